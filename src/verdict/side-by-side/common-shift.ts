import { type Endpoint, endpointLabel } from "../../stats/endpoint.ts";
import type { Comparison } from "../comparison.ts";
import { median } from "../statistics/screen.ts";

/** What a shift is read from; a report's comparisons have it as well. */
export type Shifted = Pick<Comparison, "before" | "after" | "change" | "tolerance"> & {
  readonly endpoint: Endpoint | null;
  readonly metric: string;
  readonly outcome: string;
};

/** Nearly every endpoint moved the same way, by about the same time or about the same factor. */
export interface CommonShift {
  readonly metric: string;
  /** Endpoints that moved, of those compared. */
  readonly moved: number;
  readonly compared: number;
  /** `ms`: about so many milliseconds each; `ratio`: each about so much more of its own (0.5 is half as much again). */
  readonly by: "ms" | "ratio";
  /** The median endpoint's; negative for faster. */
  readonly size: number;
  /** The least and the most of them, where they differ too much for "about". */
  readonly range: readonly [least: number, most: number] | null;
  /** Endpoints that moved more than the rest, by time and by factor; the most first. */
  readonly more: readonly Endpoint[];
  /** How many tolerances the median endpoint moved. */
  readonly past: number;
}

const movedShare = 0.8;
/** So much more than the median endpoint. */
const apart = 1.5;
/** Mean distance from the median, relative to it, within which "about" is true. */
const alike = 0.3;

interface Move {
  readonly endpoint: Endpoint;
  readonly ms: number;
  readonly ratio: number;
  readonly tolerance: number;
}

/**
 * Whether everything moved, and by how much; null where it did not, or where nothing is proven. A cap on the whole
 * target (a pool, a lock, a slower machine) is no endpoint's doing, so none may be blamed that moved as the rest did.
 */
export function commonShift(comparisons: readonly Shifted[]): CommonShift | null {
  const proven = comparisons.filter(
    ({ outcome, metric }) => outcome === "regressed" && (/^p\d/.test(metric) || metric === "suite"),
  );
  if (proven.length === 0) return null;
  const metrics = new Set(comparisons.flatMap(({ metric }) => (/^p\d/.test(metric) ? [metric] : [])));
  const found = [...metrics].flatMap((metric) => shiftOf(comparisons, metric) ?? []);
  return found.sort((a, b) => b.past - a.past)[0] ?? null;
}

function shiftOf(comparisons: readonly Shifted[], metric: string): CommonShift | null {
  const moves = comparisons.flatMap((one): Move[] => {
    const { endpoint, before, after, change, tolerance } = one;
    if (one.metric !== metric || !endpoint || before === null || after === null || !change) return [];
    return [{ endpoint, ms: after - before, ratio: change.estimate, tolerance }];
  });
  const moved = moves.filter(({ ratio, tolerance }) => ratio >= tolerance);
  if (moves.length < 2 || moved.length < movedShare * moves.length) return null;
  const times = moved.map(({ ms }) => ms);
  const ratios = moved.map(({ ratio }) => ratio);
  const by = scatter(times) <= scatter(ratios) ? "ms" : "ratio";
  const sizes = by === "ms" ? times : ratios;
  const more = moved
    .filter(({ ms, ratio }) => ms > apart * median(times) && ratio > apart * median(ratios))
    .sort((a, b) => b.ms - a.ms);
  return {
    metric,
    moved: moved.length,
    compared: moves.length,
    by,
    size: median(sizes),
    range: scatter(sizes) <= alike ? null : [Math.min(...sizes), Math.max(...sizes)],
    more: more.map(({ endpoint }) => endpoint),
    past: median(moved.map(({ ratio, tolerance }) => ratio / Math.max(tolerance, 1e-9))),
  };
}

/** Whether an endpoint is one of those that moved more than the rest. */
export function movedMore({ more }: CommonShift, endpoint: Endpoint): boolean {
  return more.some((one) => endpointLabel(one) === endpointLabel(endpoint));
}

/** Mean distance from the median, relative to it. */
function scatter(values: readonly number[]): number {
  const middle = median(values);
  return values.reduce((sum, value) => sum + Math.abs(value - middle), 0) / (values.length * middle);
}
