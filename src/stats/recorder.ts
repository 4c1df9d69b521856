import type { Redactor } from "../base/redact.ts";
import { type Arm, cellKey, type Endpoint, otherEndpointName } from "./endpoint.ts";
import { EndpointStats, type Judging } from "./endpoint-stats.ts";
import { type Failure, FailureLog, type FailureSample } from "./failures.ts";
import { FlightLog, type Look } from "./flight-log.ts";
import { type Health, noHealth } from "./health.ts";
import type { Cycling, InFlightSource } from "./in-flight.ts";
import { Patience } from "./patience.ts";
import type { Sample, SampleSink } from "./sample.ts";
import { blockMs, type Snapshot } from "./snapshot.ts";
import { noStalls, type StallLog } from "./stall-log.ts";
import { backFill, shortestWaitMs } from "./waits.ts";

/** Endpoints kept apart in each arm over a whole run; what comes after is gathered under `(other)`. */
export const endpointsKept = 1000;

/**
 * Characters kept of the texts a locustfile or a target chooses, so that what is written down can be read again: names,
 * and what a failure's sample is made of (see `result-schema.ts`).
 */
export const keptChars = { name: 1000, method: 100, request: 4000, headerName: 1000, headerValue: 8000, body: 4096 };
/** Headers kept of one answer. */
const headersKept = 200;

/** One endpoint of one arm: its key, and its cell in the block that was written to last. */
interface Slot {
  readonly key: string;
  readonly endpoint: Endpoint;
  readonly patience: Patience;
  block: number;
  cell: EndpointStats | undefined;
}

/** A block that is being written to. */
interface OpenBlock {
  readonly cells: Map<string, EndpointStats>;
  readonly failures: FailureLog;
}

/**
 * Adds samples to the block they started in. A request that outlives its block makes a further part of that block:
 * parts add up, so a slow answer is counted where its load was, however late it comes.
 *
 * The hot path is two map look-ups by strings the sample already has and one `EndpointStats.record`; measured at
 * 0.28 µs a sample with five phases, 0.08 µs without (Node 24, test/bench/recorder.ts). What waited long, or met a stall
 * of our own, is looked at more closely.
 */
export class Recorder implements SampleSink {
  readonly #startedAtMs: number;
  readonly #redactor: Redactor;
  readonly #limit: number;
  readonly #slots: Record<Arm, Map<string, Map<string, Slot>>> = { head: new Map(), base: new Map() };
  readonly #known: Record<Arm, number> = { head: 0, base: 0 };
  readonly #byKey = new Map<string, Slot>();
  readonly #flights: FlightLog;
  readonly #stalls: StallLog;
  readonly #open = new Map<number, OpenBlock>();
  #overflowed = 0;
  #requests = 0;
  #cutNames = 0;

  constructor(options: { startedAtMs: number; redactor: Redactor; endpoints?: number; stalls?: StallLog | undefined }) {
    this.#startedAtMs = options.startedAtMs;
    this.#redactor = options.redactor;
    this.#limit = options.endpoints ?? endpointsKept;
    this.#stalls = options.stalls ?? noStalls;
    this.#flights = new FlightLog({
      startedAtMs: options.startedAtMs,
      patienceOf: (arm, endpoint) => this.#slots[arm].get(endpoint.method)?.get(endpoint.name)?.patience,
    });
  }

  /** Samples taken so far, both arms. */
  get requests(): number {
    return this.#requests;
  }

  /** Samples of endpoints beyond the limit. */
  get overflowed(): number {
    return this.#overflowed;
  }

  /** Samples whose endpoint's name was too long to be kept whole. */
  get cutNames(): number {
    return this.#cutNames;
  }

  /** The block in progress at `nowMs`. */
  blockAt(nowMs: number): number {
    return Math.max(0, Math.floor((nowMs - this.#startedAtMs) / blockMs));
  }

  /** @param user whose request it was, where that is known */
  record(sample: Sample, user?: Cycling): void {
    this.#requests++;
    const slot = this.#slot(sample.arm, sample.endpoint);
    const block = this.blockAt(sample.startMs);
    if (slot.block !== block || slot.cell === undefined) {
      slot.cell = this.#cell(block, slot.key);
      slot.block = block;
    }
    const answered = this.#flights.ended(sample);
    if (sample.failure && answered && sample.latencyMs !== null) slot.patience.failed(sample.latencyMs);
    const latencyMs = sample.latencyMs ?? 0;
    if (latencyMs > shortestWaitMs || this.#stalls.mayBend(sample)) {
      slot.cell.record(sample, this.#judging(sample, { slot, answered, cycleMs: user?.cycleMs }));
    } else slot.cell.record(sample);
    if (sample.failure) this.#recordFailure(block, sample, slot.endpoint, sample.failure);
  }

  /** How a sample is judged that took long or met a stall; back-fills what its wait kept from being sent. */
  #judging(
    { startMs, intendedMs, latencyMs }: Sample,
    { slot, answered, cycleMs }: { slot: Slot; answered: boolean; cycleMs: number | undefined },
  ): Judging {
    if (latencyMs === null) return "usual";
    const { limitMs } = slot.patience;
    const bentByMs = this.#stalls.bentByMs({ startMs: intendedMs, latencyMs });
    // A target that hangs for longer than is usual is not excused by a moment in which we stood still as well.
    if (bentByMs > 0 && latencyMs - bentByMs <= (limitMs ?? shortestWaitMs)) return "stalled";
    if (latencyMs <= shortestWaitMs || (limitMs !== undefined && latencyMs <= limitMs)) return "usual";
    if (answered) slot.patience.waited();
    // What an endpoint that was never answered usually takes, nobody knows.
    if (limitMs !== undefined && cycleMs !== undefined) {
      backFill({ startMs, waitedMs: latencyMs, cycleMs, count: 1 }, ({ atMs, ms, count }) =>
        this.#cell(this.blockAt(atMs), slot.key).backFill(ms, count),
      );
    }
    return "waited";
  }

  #slot(arm: Arm, endpoint: Endpoint): Slot {
    const found = this.#slots[arm].get(endpoint.method)?.get(endpoint.name);
    if (found) return found;
    const method = cut(endpoint.method, keptChars.method);
    const name = cut(endpoint.name, keptChars.name);
    if (method === endpoint.method && name === endpoint.name) return this.#newSlot(arm, endpoint);
    this.#cutNames++;
    return this.#slot(arm, { method, name });
  }

  #newSlot(arm: Arm, asked: Endpoint): Slot {
    const full = this.#known[arm] >= this.#limit;
    const endpoint = full ? { method: "", name: otherEndpointName } : asked;
    if (full) this.#overflowed++;
    const methods = this.#slots[arm];
    let names = methods.get(endpoint.method);
    if (!names) {
      names = new Map();
      methods.set(endpoint.method, names);
    }
    let slot = names.get(endpoint.name);
    if (!slot) {
      slot = { key: cellKey(arm, endpoint), endpoint, patience: new Patience(), block: -1, cell: undefined };
      names.set(endpoint.name, slot);
      this.#byKey.set(slot.key, slot);
      this.#known[arm]++;
    }
    return slot;
  }

  #cell(block: number, key: string): EndpointStats {
    const { cells } = this.#openBlock(block);
    let cell = cells.get(key);
    if (!cell) {
      cell = new EndpointStats();
      cells.set(key, cell);
    }
    return cell;
  }

  #openBlock(block: number): OpenBlock {
    let open = this.#open.get(block);
    if (!open) {
      open = { cells: new Map(), failures: new FailureLog() };
      this.#open.set(block, open);
    }
    return open;
  }

  #recordFailure(block: number, { arm, startMs }: Sample, endpoint: Endpoint, failure: Failure): void {
    const { failures } = this.#openBlock(block);
    const message = this.#redactor.clean(failure.message);
    const sample =
      failure.sample && failures.wantsSample(arm, endpoint, failure.kind, message)
        ? cleanSample(this.#redactor, failure.sample)
        : undefined;
    failures.record(arm, endpoint, { kind: failure.kind, message, sample }, startMs);
  }

  /**
   * Parts of the blocks before `untilBlock`, each handed over once. The block that ends now comes even if nothing
   * happened in it, with the users and health of its end; earlier ones only with what came late.
   */
  close(end: {
    untilBlock: number;
    users: ReadonlyMap<string, number>;
    health?: Health;
    /** What `look` saw at its end. */
    look?: Look | undefined;
  }): Snapshot[] {
    const last = end.untilBlock - 1;
    const parts: Snapshot[] = [];
    const whole = { users: end.users, health: end.health ?? noHealth, ...end.look };
    for (const [block, { cells, failures }] of this.#open) {
      if (block >= end.untilBlock) continue;
      this.#open.delete(block);
      for (const [key, stats] of cells) this.#byKey.get(key)?.patience.add(stats);
      if (block !== last) parts.push({ block, users: new Map(), cells, failures, health: noHealth });
      else parts.push({ block, cells, failures, ...whole });
    }
    if (last >= 0 && !parts.some((part) => part.block === last)) {
      parts.push({ block: last, cells: new Map(), failures: new FailureLog(), ...whole });
    }
    this.#forgetCells(parts);
    return parts.sort((a, b) => a.block - b.block);
  }

  /** Which answers came since the last look, and what is in flight now. */
  look(inFlight: InFlightSource, nowMs: number): Look {
    return this.#flights.look(inFlight, nowMs);
  }

  /** Requests that nobody waits for any more count with the time they have waited: judged, as no end of theirs is told. */
  abandon(inFlight: InFlightSource, nowMs: number): void {
    inFlight(({ startMs, endpoint }, { arm, cycleMs = 0 }) => {
      const slot = this.#slot(arm, endpoint);
      const waitedMs = nowMs - startMs;
      const { limitMs } = slot.patience;
      if (waitedMs <= (limitMs ?? shortestWaitMs)) return;
      const put = ({ atMs, ms, count }: { atMs: number; ms: number; count: number }) =>
        this.#cell(this.blockAt(atMs), slot.key).backFill(ms, count);
      put({ atMs: startMs, ms: waitedMs, count: 1 });
      if (limitMs !== undefined) backFill({ startMs, waitedMs, cycleMs, count: 1 }, put);
    });
  }

  /** What was handed over must not be written to any more. */
  #forgetCells(parts: readonly Snapshot[]): void {
    const closed = new Set(parts.map((part) => part.block));
    for (const methods of [this.#slots.head, this.#slots.base]) {
      for (const names of methods.values()) {
        for (const slot of names.values()) if (closed.has(slot.block)) slot.cell = undefined;
      }
    }
  }

  /** Everything that is left, when nothing more will come. */
  closeAll(): Snapshot[] {
    const highest = Math.max(-1, ...this.#open.keys());
    return highest < 0 ? [] : this.close({ untilBlock: highest + 1, users: new Map() });
  }
}

function cleanSample(redactor: Redactor, sample: FailureSample): FailureSample {
  const { request, headerName, headerValue, body } = keptChars;
  return {
    request: cut(redactor.clean(sample.request), request),
    status: sample.status,
    headers: sample.headers
      .slice(0, headersKept)
      .map(([name, value]) => [cut(name, headerName), cut(redactor.clean(value), headerValue)] as const),
    body: cut(redactor.clean(sample.body), body),
    atMs: sample.atMs,
  };
}

function cut(text: string, chars: number): string {
  return text.length <= chars ? text : `${text.slice(0, chars - 1)}…`;
}
