import { endpointsKept, keptChars, Recorder } from "../../stats/recorder.ts";
import { blockMs, type Snapshot } from "../../stats/snapshot.ts";
import { beatBlocks } from "./block-beat.ts";
import type { WorkerOptions } from "./options.ts";
import { UserPool } from "./user-pool.ts";

/** A stop that is due on a block's edge comes a little after it, into a block that it leaves nearly empty. */
const edgeSlackMs = 20;

/** A block told of so long after its end was passed over by a thread that stood still. */
const frozenMs = 1000;

/** One test in one worker, from its first spawn message to its stop: its users, and what they measure by block. */
export class WorkerTest {
  readonly recorder: Recorder;
  readonly userPool: UserPool;
  readonly #options: WorkerOptions;
  readonly #startedAtMs: number;
  readonly #send: (parts: readonly Snapshot[]) => void;
  readonly #ended = new AbortController();
  readonly #beats: Promise<void>;
  /** The first block that was not told yet. */
  #nextBlock = 0;
  #cpu = 0;
  /** Who ran when the stop came, and when that was. */
  #atStop: { readonly counts: ReadonlyMap<string, number>; readonly ms: number } | undefined;

  /** @param send given the parts of every block that closed, empty ones too */
  constructor(options: WorkerOptions, test: { startedAtMs: number; send: (parts: readonly Snapshot[]) => void }) {
    const { clock, redactor, startUser, trouble, stalls } = options;
    const { startedAtMs, send } = test;
    this.#options = options;
    this.#startedAtMs = startedAtMs;
    this.#send = send;
    const recorder = new Recorder({ startedAtMs, redactor, stalls });
    this.recorder = recorder;
    this.userPool = new UserPool({
      clock,
      start: (order) => startUser(order, { recorder, startedAtMs }),
      killed: () => trouble.killed(),
    });
    const beat = (blocks: readonly number[]) => this.#close(blocks);
    this.#beats = beatBlocks({ clock, startedAtMs, signal: this.#ended.signal, beat });
  }

  /** Share of a core in the last block. */
  get cpu(): number {
    return this.#cpu;
  }

  /** From now on users leave: the blocks before count those who ran until now. */
  stopping(): void {
    this.#atStop = { counts: new Map(this.userPool.counts), ms: this.#options.clock.now() };
  }

  /** Nobody runs any more: sends the block in progress, and whatever has ended since the last beat. */
  async end(): Promise<void> {
    this.#ended.abort();
    await this.#beats;
    const current = this.recorder.blockAt(this.#options.clock.now());
    const count = Math.max(0, current - this.#nextBlock + 1);
    this.#close(Array.from({ length: count }, (_, i) => this.#nextBlock + i));
    const { inFlight, clock } = this.#options;
    if (inFlight) this.recorder.abandon(inFlight, clock.now());
    const late = this.recorder.closeAll();
    if (late.length > 0) this.#send(late);
  }

  #close(blocks: readonly number[]): void {
    const { trouble, health, afterBlock, clock, inFlight } = this.#options;
    const nowMs = clock.now();
    const thread = health?.({ lateStarts: trouble.takeLateStarts() });
    const threads = thread ? [thread] : [];
    this.#nextBlock = (blocks.at(-1) ?? this.#nextBlock - 1) + 1;
    const look = inFlight && this.recorder.look(inFlight, nowMs);
    const parts = blocks.flatMap((block) =>
      this.recorder.close({
        untilBlock: block + 1,
        users: this.#usersIn(block, nowMs),
        health: { threads },
        // Of a block that ended while the event loop stood still nobody knows what came in it.
        look: block === blocks.at(-1) ? look : undefined,
      }),
    );
    if (this.recorder.overflowed > 0) {
      trouble.warn(
        "too-many-endpoints",
        `more than ${endpointsKept} different names: the rest is gathered under (other)`,
      );
    }
    if (this.recorder.cutNames > 0) {
      trouble.warn(
        "long-names",
        `requests have names of more than ${keptChars.name} characters, of which so many are kept: give them a \`name\``,
      );
    }
    this.#cpu = thread?.cpu ?? 0;
    this.#send(parts);
    afterBlock?.(nowMs);
  }

  /** Users at the end of a block: nobody where the thread stood still; where the stop came, who ran until then. */
  #usersIn(block: number, nowMs: number): ReadonlyMap<string, number> {
    if (nowMs - (this.#startedAtMs + (block + 1) * blockMs) > frozenMs) return new Map();
    const beginsMs = this.#startedAtMs + block * blockMs;
    const atStop = this.#atStop;
    return atStop && beginsMs + edgeSlackMs < atStop.ms ? atStop.counts : new Map(this.userPool.counts);
  }
}
