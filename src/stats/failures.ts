import { type Arm, cellKey, type Endpoint } from "./endpoint.ts";

/** Every kind of failure. */
export const failureKinds = [
  "status", // the answer's status was 400 or above
  "timeout",
  "connect", // refused, unreachable, no route
  "dns",
  "tls",
  "reset", // the connection broke in mid-answer
  "protocol", // the answer was not HTTP, or could not be decoded
  "redirects", // too many
  "check", // the locustfile said so
  "exception", // the locustfile threw before it said
  "forbidden-host", // aimed outside allowed-hosts: never sent
  "interrupted", // still in flight when its user was stopped
] as const;

/**
 * Why a request counts as failed: the answer's status, a broken connection, or the locustfile's own verdict.
 * @example
 * ```ts
 * import { HttpUser, runSingleUser, task } from "swarmgate";
 * import type { FailureKind } from "swarmgate";
 *
 * class Visitor extends HttpUser {
 *   @task async home() {
 *     await this.client.get("/");
 *   }
 * }
 *
 * const samples = await runSingleUser(Visitor, { host: "http://localhost:8080", iterations: 10 });
 * const kinds: FailureKind[] = samples.flatMap(({ failure }) => failure?.kind ?? []);
 * ```
 */
export type FailureKind = (typeof failureKinds)[number];

/** What came back, redacted and cut short: enough to act on. */
export interface FailureSample {
  /** `POST /checkout?step=2` */
  readonly request: string;
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** At most the first 2 KiB, as text. */
  readonly body: string;
  readonly atMs: number;
}

/**
 * One request's failure. What failures are grouped by is its message, normalised.
 * @example
 * ```ts
 * import type { Failure } from "swarmgate";
 *
 * const refused: Failure = { kind: "connect", message: "connection refused" };
 * ```
 */
export interface Failure {
  /** Which of them it was. */
  readonly kind: FailureKind;
  /** What went wrong, in a sentence. */
  readonly message: string;
  /** What came back, where anything did. */
  readonly sample?: FailureSample | undefined;
}

/** Failures of one endpoint that are alike. */
export interface FailureGroup {
  readonly arm: Arm;
  readonly endpoint: Endpoint;
  readonly kind: FailureKind;
  /** As it read the first time. In the others numbers, identifiers and addresses may differ. */
  message: string;
  count: number;
  firstMs: number;
  lastMs: number;
  /** The earliest few, at most `samplesKept`. */
  samples: FailureSample[];
}

/** Exceptions a locustfile's code threw outside a request's verdict, grouped by message and place. */
export interface ExceptionGroup {
  readonly message: string;
  /** The stack in the user's own lines. */
  readonly trace: string;
  /** The first of those lines, `locustfile.ts:12:7`; absent where the stack has none. */
  readonly place?: string | undefined;
  /** `Shopper.checkout`: where it was thrown; "on_start" and "on_stop" count too. */
  readonly task: string;
  count: number;
  firstMs: number;
  lastMs: number;
}

export const samplesKept = 3;
/** Groups kept apart; what comes after is counted in one group named `otherFailures`. */
export const groupsKept = 200;
export const otherFailures = "(other failures)";

/** Characters of a message that are kept, and looked at to group it. */
const messageChars = 500;

/** A message as people read it. */
export function shownMessage(message: string): string {
  return message.slice(0, messageChars);
}

/**
 * What messages are grouped by, so that a thousand ids make one group: UUIDs, hex, long numbers and addresses are
 * replaced. For keys only; nobody can act on `refused: {address}`.
 */
export function normalizeMessage(message: string): string {
  return shownMessage(message)
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "{uuid}")
    .replace(/\b0x[0-9a-f]+\b/gi, "{hex}")
    .replace(/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b/gi, "{hex}")
    .replace(/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, "{address}")
    .replace(/(?<![\w.{])(?!(?:[1-5]\d\d)(?![\w.]))\d+(?:\.\d+)?(?![\w}])/g, "{n}")
    .slice(0, 300);
}

/** Failure groups by key; state one can add. */
export class FailureLog {
  readonly groups = new Map<string, FailureGroup>();

  record(arm: Arm, endpoint: Endpoint, failure: Failure, atMs: number): void {
    this.#fold({
      arm,
      endpoint,
      kind: failure.kind,
      message: shownMessage(failure.message),
      count: 1,
      firstMs: atMs,
      lastMs: atMs,
      samples: failure.sample ? [failure.sample] : [],
    });
  }

  /** Whether one more sample of this kind of failure would be kept: building one is not free. */
  wantsSample(arm: Arm, endpoint: Endpoint, kind: FailureKind, message: string): boolean {
    const group = this.groups.get(keyOf({ arm, endpoint, kind, message }));
    return group === undefined || group.samples.length < samplesKept;
  }

  /** Adds a whole group. */
  add(group: FailureGroup): void {
    this.#fold(group);
  }

  merge(other: FailureLog): this {
    return this.fold(other.groups.values());
  }

  /** Adds groups that stand alone: what crossed a channel, or a document. */
  fold(groups: Iterable<FailureGroup>): this {
    for (const group of groups) this.#fold(group);
    return this;
  }

  #fold(group: FailureGroup): void {
    const key = keyOf(group);
    const mine = this.groups.get(key);
    if (!mine) {
      if (this.groups.size >= groupsKept && group.message !== otherFailures) {
        this.#fold({ ...group, message: otherFailures });
      } else {
        this.groups.set(key, { ...group, samples: group.samples.slice(0, samplesKept) });
      }
      return;
    }
    mine.message = earlier(mine, group).message;
    mine.count += group.count;
    mine.firstMs = Math.min(mine.firstMs, group.firstMs);
    mine.lastMs = Math.max(mine.lastMs, group.lastMs);
    if (group.samples.length > 0) {
      mine.samples = [...mine.samples, ...group.samples].sort((a, b) => a.atMs - b.atMs).slice(0, samplesKept);
    }
  }
}

/** The one whose message stands for both, whichever order they come in. */
function earlier(one: FailureGroup, other: FailureGroup): FailureGroup {
  if (one.firstMs !== other.firstMs) return one.firstMs < other.firstMs ? one : other;
  return one.message <= other.message ? one : other;
}

function keyOf(group: Pick<FailureGroup, "arm" | "endpoint" | "kind" | "message">): string {
  return `${cellKey(group.arm, group.endpoint)}\u0000${group.kind}\u0000${normalizeMessage(group.message)}`;
}
