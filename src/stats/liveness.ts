import type { Arm } from "./endpoint.ts";

/** Whether a target answered during one block, and what was asked of it at the block's end. State one can add. */
export interface Liveness {
  /** Answers, whole ones and pieces, that came during the block. */
  readonly answers: number;
  /** Requests in flight at the block's end. Told, as all that follows, where no answer came. */
  readonly inFlight: number;
  /** When the youngest of them began, milliseconds from the start signal; -1 without any. */
  readonly youngestMs: number;
  /**
   * How long a silence would be nothing unusual, milliseconds: the largest of the limits of their endpoints, as
   * `waitLimitMs` has it; the timeout of one that never answered.
   */
  readonly patienceMs: number;
}

export type LivenessByArm = Readonly<Partial<Record<Arm, Liveness>>>;

function add(a: Liveness | undefined, b: Liveness | undefined): Liveness | undefined {
  if (!a || !b) return a ?? b;
  return {
    answers: a.answers + b.answers,
    inFlight: a.inFlight + b.inFlight,
    youngestMs: Math.max(a.youngestMs, b.youngestMs),
    patienceMs: Math.max(a.patienceMs, b.patienceMs),
  };
}

/** Adds what two workers say of the same block; undefined where neither says anything. */
export function addLiveness(a: LivenessByArm | undefined, b: LivenessByArm | undefined): LivenessByArm | undefined {
  if (!a || !b) return a ?? b;
  const head = add(a.head, b.head);
  const base = add(a.base, b.base);
  return { ...(head && { head }), ...(base && { base }) };
}

/** The same, where the start signal was so much earlier. */
export function laterBy({ head, base }: LivenessByArm, ms: number): LivenessByArm {
  const later = (arm: Liveness) => (arm.youngestMs < 0 ? arm : { ...arm, youngestMs: arm.youngestMs + ms });
  return { ...(head && { head: later(head) }), ...(base && { base: later(base) }) };
}
