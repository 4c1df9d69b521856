import { EndpointStats } from "./endpoint-stats.ts";
import { FailureLog } from "./failures.ts";
import { addHealth, type Health, noHealth } from "./health.ts";
import { addLiveness, type LivenessByArm } from "./liveness.ts";
import { addWaiting, type Waiting } from "./waiting.ts";

/** Length of a block. Every clock-minute has 120 of them, numbered from the start signal. */
export const blockMs = 500;

/**
 * One block of the run, or one worker's part of it. State one can add: a block is known by its number, not by when
 * or in how many parts it arrived, so late, repeated and reordered workers need no special code.
 */
export interface Snapshot {
  readonly block: number;
  /** Running users by class at the block's end. */
  readonly users: ReadonlyMap<string, number>;
  /** By `cellKey(arm, endpoint)`. */
  readonly cells: ReadonlyMap<string, EndpointStats>;
  readonly failures: FailureLog;
  readonly health: Health;
  /** Whether each arm's target answered; undefined where nobody looked, or our own event loop stood still. */
  readonly liveness?: LivenessByArm | undefined;
  /** Requests in flight past their limit at the block's end. Of a run under way; once it is over all have ended. */
  readonly waiting?: readonly Waiting[] | undefined;
}

/**
 * What a block belongs to. Judged are `steady` and `extension`; `confirmation` judges only what it confirms;
 * the rest is reported.
 */
export type Phase = "ramp" | "warm-up" | "steady" | "extension" | "confirmation" | "tail";

/** A snapshot once the whole block is in and the run's course says what it was part of. */
export interface Block extends Snapshot {
  readonly phase: Phase;
}

export function emptySnapshot(block: number): Snapshot {
  return { block, users: new Map(), cells: new Map(), failures: new FailureLog(), health: noHealth };
}

/** The sum of two parts of the same block; neither is changed. Associative and commutative, `emptySnapshot` is zero. */
export function addSnapshots(a: Snapshot, b: Snapshot): Snapshot {
  if (a.block !== b.block) throw new RangeError(`block ${a.block} and block ${b.block} are not parts of one block`);
  const users = new Map(a.users);
  for (const [name, count] of b.users) users.set(name, (users.get(name) ?? 0) + count);
  const liveness = addLiveness(a.liveness, b.liveness);
  const waiting = addWaiting(a.waiting, b.waiting);
  return {
    block: a.block,
    users,
    cells: addCells([a.cells, b.cells]),
    failures: new FailureLog().merge(a.failures).merge(b.failures),
    health: addHealth(a.health, b.health),
    ...(liveness && { liveness }),
    ...(waiting.length > 0 && { waiting }),
  };
}

/** Cells of any number of snapshots (parts of a block, or the blocks of a window) added up by key. */
export function addCells(parts: Iterable<ReadonlyMap<string, EndpointStats>>): Map<string, EndpointStats> {
  const sum = new Map<string, EndpointStats>();
  for (const cells of parts) {
    for (const [key, stats] of cells) {
      let mine = sum.get(key);
      if (!mine) {
        mine = new EndpointStats();
        sum.set(key, mine);
      }
      mine.merge(stats);
    }
  }
  return sum;
}
