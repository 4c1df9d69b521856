import { type Arm, cellKey, type Endpoint } from "./endpoint.ts";
import type { FailureKind } from "./failures.ts";
import type { InFlightSource } from "./in-flight.ts";
import type { LivenessByArm } from "./liveness.ts";
import { type Patience, unansweredMs } from "./patience.ts";
import type { Sample } from "./sample.ts";
import { blockMs } from "./snapshot.ts";
import { addWaiting, startStepMs, type Waiting } from "./waiting.ts";
import { shortestWaitMs } from "./waits.ts";

/** Ends of a request at which nothing of an answer may have come. */
const unanswered: ReadonlySet<FailureKind> = new Set<FailureKind>([
  "timeout",
  "connect",
  "dns",
  "tls",
  "reset",
  "forbidden-host",
  "interrupted",
]);

/** Cycles longer than this are told as this: no wait is back-filled by them. */
const longestCycleMs = 3_600_000;

/** What a look at the requests in flight comes to. */
export interface Look {
  readonly liveness: LivenessByArm;
  readonly waiting: readonly Waiting[];
}

/** Counts answers as they come, and looks at what is in flight when a block ends. */
export class FlightLog {
  readonly #startedAtMs: number;
  readonly #patienceOf: (arm: Arm, endpoint: Endpoint) => Patience | undefined;
  readonly #answers: Record<Arm, number> = { head: 0, base: 0 };

  constructor(options: {
    startedAtMs: number;
    patienceOf: (arm: Arm, endpoint: Endpoint) => Patience | undefined;
  }) {
    this.#startedAtMs = options.startedAtMs;
    this.#patienceOf = options.patienceOf;
  }

  /** A request ended; whether it was answered. */
  ended(sample: Sample): boolean {
    const { failure, arm } = sample;
    if (failure && unanswered.has(failure.kind)) {
      // Pieces that came before the last look were noticed then.
      if (msSinceFirstByte(sample) < blockMs) this.#answers[arm]++;
      return false;
    }
    this.#answers[arm]++;
    return true;
  }

  /** What came since the last look, and what is in flight. */
  look(inFlight: InFlightSource, nowMs: number): Look {
    const waiting: Waiting[] = [];
    const late = nowMs - shortestWaitMs;
    inFlight((request, user) => {
      const { received, startMs } = request;
      const { arm } = user;
      if (received !== request.noticed) {
        request.noticed = received;
        this.#answers[arm]++;
      }
      if (startMs >= late) return;
      const { endpoint } = request;
      const limitMs = this.#patienceOf(arm, endpoint)?.limitMs;
      // One that was never answered has no cycle worth the name: it counts alone.
      if (limitMs !== undefined && nowMs - startMs <= limitMs) return;
      // Asked of those that wait alone: it is a median.
      const cycleMs = limitMs === undefined ? undefined : user.cycleMs;
      waiting.push({
        key: cellKey(arm, endpoint),
        startMs: Math.max(0, Math.ceil((startMs - this.#startedAtMs) / startStepMs) * startStepMs),
        cycleMs: cycleMs === undefined ? 0 : Math.min(longestCycleMs, coarse(cycleMs)),
        count: 1,
      });
    });
    return { liveness: this.#liveness(inFlight), waiting: addWaiting(waiting) };
  }

  #liveness(source: InFlightSource): LivenessByArm {
    const answers = { ...this.#answers };
    this.#answers.head = this.#answers.base = 0;
    const silent: Record<Arm, { inFlight: number; youngestMs: number; patienceMs: number }> = {
      head: { inFlight: 0, youngestMs: -1, patienceMs: 0 },
      base: { inFlight: 0, youngestMs: -1, patienceMs: 0 },
    };
    source(({ startMs, endpoint, timeoutMs }, { arm }) => {
      // What is in flight matters only in silence.
      if (answers[arm] > 0) return;
      const seen = silent[arm];
      seen.inFlight++;
      seen.youngestMs = Math.max(seen.youngestMs, startMs - this.#startedAtMs);
      const patienceMs = this.#patienceOf(arm, endpoint)?.patienceMs(timeoutMs) ?? unansweredMs(timeoutMs);
      seen.patienceMs = Math.min(longestPatienceMs, Math.max(seen.patienceMs, patienceMs));
    });
    const livenessOf = (arm: Arm) =>
      answers[arm] > 0 || silent[arm].inFlight > 0 ? { answers: answers[arm], ...silent[arm] } : undefined;
    const [head, base] = [livenessOf("head"), livenessOf("base")];
    return { ...(head && { head }), ...(base && { base }) };
  }
}

/** Infinity where none came. */
function msSinceFirstByte({ startMs, intendedMs, latencyMs, phases }: Sample): number {
  if (phases?.firstByte === undefined) return Number.POSITIVE_INFINITY;
  const { blocked = 0, dns = 0, connect = 0, tls = 0, firstByte } = phases;
  return intendedMs + (latencyMs ?? 0) - (startMs + blocked + dns + connect + tls + firstByte);
}

/** A day: documents carry no infinity. */
const longestPatienceMs = 86_400_000;

/** Two digits: users alike are one group. */
function coarse(ms: number): number {
  return Number(ms.toPrecision(2));
}
