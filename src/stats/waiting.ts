/** Requests in flight at a block's end that have waited past their endpoint's limit: those that are alike. */
export interface Waiting {
  /** `cellKey(arm, endpoint)`. */
  readonly key: string;
  /** When they began, milliseconds from the start signal, rounded up to `startStepMs`. */
  readonly startMs: number;
  /** Their users' median cycle, rounded; 0 where it is not known. */
  readonly cycleMs: number;
  readonly count: number;
}

/** Moments closer than this are one: a thousand users that hang began within a few hundred milliseconds. */
export const startStepMs = 100;

/** Adds what two workers say of the same block's end; sorted, so that the order of arrival does not matter. */
export function addWaiting(a: readonly Waiting[] = [], b: readonly Waiting[] = []): readonly Waiting[] {
  const sums = new Map<string, Waiting>();
  for (const one of [...a, ...b]) {
    const id = `${one.startMs} ${one.cycleMs} ${one.key}`;
    const known = sums.get(id);
    sums.set(id, known ? { ...known, count: known.count + one.count } : one);
  }
  return [...sums].sort(([x], [y]) => (x < y ? -1 : x > y ? 1 : 0)).map(([, one]) => one);
}
