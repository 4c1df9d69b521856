/** A percentile in another tool's words. */
export interface ReportedPercentile {
  /** 0 to 1, so 0.95 for p95. */
  readonly ratio: number;
  readonly ms: number;
  /** How far rounding may have moved it, to either side; milliseconds. */
  readonly roundingMs: number;
}

/**
 * What another tool says of so many requests together. Its percentiles are its own and cannot be added up, so a
 * statement holds for a sum of cells only where that sum is just those requests.
 */
export interface ReportedPercentiles {
  /** Requests it speaks of, and their latencies added up: by both it is known again. */
  readonly count: number;
  readonly sumMs: number;
  /** Requests per second over its own window; null where it does not say. */
  readonly rps: number | null;
  /** Rising by ratio; 0 and 1 are the minimum and the maximum, which cells have. */
  readonly percentiles: readonly ReportedPercentile[];
}

/** What cells carry while nobody else measured them: the usual case, without an allocation. */
export const nothingReported: readonly ReportedPercentiles[] = [];

interface Stated {
  readonly requests: number;
  readonly latencySumMs: number;
  readonly stated: readonly ReportedPercentiles[];
}

/** The statement about exactly these requests, if there is one. */
export function reportedFor({ requests, latencySumMs, stated }: Stated): ReportedPercentiles | undefined {
  // Documents keep sums to a tenth of a microsecond for each cell.
  return stated.find(
    ({ count, sumMs }) => count === requests && Math.abs(sumMs - latencySumMs) <= 0.01 + 1e-6 * Math.abs(sumMs),
  );
}

/** The percentile as it was stated; undefined where it was not. */
export function reportedAt(statement: ReportedPercentiles | undefined, ratio: number): ReportedPercentile | undefined {
  return statement?.percentiles.find((one) => Math.abs(one.ratio - ratio) < 1e-9);
}

/** Where a percentile can lie by what was stated: within the rounding, or between the neighbours that were stated. */
export function reportedBounds(
  statement: ReportedPercentiles,
  { ratio, minMs, maxMs }: { ratio: number; minMs: number; maxMs: number },
): { readonly low: number; readonly high: number } {
  const exact = reportedAt(statement, ratio);
  const below = exact ?? statement.percentiles.findLast((one) => one.ratio < ratio);
  const above = exact ?? statement.percentiles.find((one) => one.ratio > ratio);
  const within = (ms: number) => Math.min(maxMs, Math.max(minMs, ms));
  return {
    low: below ? within(below.ms - below.roundingMs) : minMs,
    high: above ? within(above.ms + above.roundingMs) : maxMs,
  };
}
