import { type Endpoint, endpointLabel } from "../../stats/endpoint.ts";
import { type Contrast, contrastsOf } from "../statistics/contrast.ts";
import type { Level } from "../statistics/level.ts";
import { mean } from "../statistics/prediction.ts";
import { median } from "../statistics/screen.ts";
import { winsorised } from "../statistics/winsor.ts";
import type { PastEndpoint, PastRun } from "./history.ts";
import { type PassLevels, withinRuns, withPasses } from "./within-runs.ts";

/** Values beyond the percentile, on the smaller side, for it to be worth comparing. */
export const fewestBeyond = 5;
const outlierSpreads = 4;
/** Of fewer runs four spreads are passed by chance, and the rest would look calmer than they are. */
const fewestForOutliers = 8;
/** Runs that all but agree must not make an outlier of one that differs by a hair. */
const smallestSpread = 0.02;
/** Endpoints from which on each is compared with the others of its run. */
const enoughForContrasts = 4;

/** One endpoint's percentile over the runs that have it, as logarithms of milliseconds. */
export interface PastRow extends Level {
  readonly endpoint: Endpoint;
  /** What the new run's number of requests leaves open about `now`. */
  readonly samplingSd: number;
  /** Requests on both sides. */
  readonly n: number;
  /** The endpoint beside the others of each run; null where there are too few others. */
  readonly contrast: Contrast | null;
}

/** All rows of one percentile. */
export interface PastTable {
  readonly rows: readonly PastRow[];
  /** What the endpoints that every run has have in common; null with too few of them. */
  readonly suite: Level | null;
}

/**
 * Lays out new and old runs for one percentile. Runs whose whole level is far off the others are left out.
 * @param elsewhere runs on other machines, machine by machine: they teach how much runs differ, and no more
 */
export function layOut({
  current,
  runs,
  elsewhere = [],
  ratio,
}: {
  current: PastRun;
  runs: readonly PastRun[];
  elsewhere?: readonly (readonly PastRun[])[];
  ratio: number;
}): PastTable {
  const now = levels(current, ratio);
  const past = runs.map((run) => levels(run, ratio));
  const others = elsewhere.map((group) => group.map((run) => levels(run, ratio)));
  const everywhere = [...past, ...others.flat()];
  const shared = [...now.keys()].filter((label) => past.length > 0 && everywhere.every((run) => run.has(label)));
  const level = (run: Levels) => mean(shared.map((label) => run.get(label) as number));
  const without = (group: readonly Levels[]) => (shared.length > 0 ? withoutOutliers(group, level) : group);
  const kept = without(past);
  const keptElsewhere = others.map(without);
  const within = withinRuns(
    { now: current.passes ?? 1, past: runs.map(({ passes }) => passes ?? 1) },
    [...runs, ...elsewhere.flat()].map((run) => passLevels(run, { shared, ratio })).filter((run) => run !== null),
  );
  const over = (label: string): Level => ({
    now: now.get(label) as number,
    past: winsorised(
      kept.flatMap((run) => run.get(label) ?? []),
      fewestForOutliers,
    ),
    elsewhere: keptElsewhere.map((group) =>
      winsorised(
        group.flatMap((run) => run.get(label) ?? []),
        fewestForOutliers,
      ),
    ),
  });
  const contrasts = shared.length >= enoughForContrasts ? contrastsOf(shared.map(over)) : null;
  const rows = current.endpoints.flatMap((endpoint): PastRow[] => {
    const label = endpointLabel(endpoint.endpoint);
    if (!now.has(label) || !kept.some((run) => run.has(label))) return [];
    const contrast = contrasts?.rows[shared.indexOf(label)];
    return [
      {
        ...withPasses(over(label), within?.itself),
        endpoint: endpoint.endpoint,
        samplingSd: samplingSd(endpoint.latencies, ratio),
        n: [current, ...runs].reduce((sum, run) => sum + (find(run, label)?.requests ?? 0), 0),
        contrast: contrast
          ? { ...withPasses(contrast, within?.beside), others: withPasses(contrast.others, within?.suite) }
          : null,
      },
    ];
  });
  return { rows, suite: contrasts ? withPasses(contrasts.suite, within?.suite) : null };
}

/** What the passes of a run came to, by endpoint; null of a run of one, and where one of them says too little. */
function passLevels(run: PastRun, { shared, ratio }: { shared: readonly string[]; ratio: number }): PassLevels | null {
  const count = run.passes ?? 1;
  if (count < 2 || shared.length === 0) return null;
  const name = `p${Number((100 * ratio).toFixed(4))}`;
  const all = shared.map((label) => (find(run, label)?.passes ?? []).map((pass) => Math.log(pass[name] ?? Number.NaN)));
  return all.every((passes) => passes.length === count && passes.every(Number.isFinite)) ? all : null;
}

type Levels = ReadonlyMap<string, number>;

function levels(run: PastRun, ratio: number): Levels {
  const out = new Map<string, number>();
  for (const { endpoint, latencies } of run.endpoints) {
    if (!hasEnough(latencies.count, ratio)) continue;
    out.set(endpointLabel(endpoint), Math.log(latencies.quantile(ratio)));
  }
  return out;
}

/** Whether so many requests say anything of a percentile. */
export function hasEnough(requests: number, ratio: number): boolean {
  return requests * Math.min(ratio, 1 - ratio) >= fewestBeyond;
}

function withoutOutliers(runs: readonly Levels[], level: (run: Levels) => number): readonly Levels[] {
  if (runs.length < fewestForOutliers) return runs;
  const values = runs.map(level);
  const middle = median(values);
  const spread = Math.max(1.4826 * median(values.map((value) => Math.abs(value - middle))), smallestSpread);
  return runs.filter((_, i) => Math.abs((values[i] as number) - middle) <= outlierSpreads * spread);
}

/** By order statistics: the distance of the values one standard error of rank to each side. */
function samplingSd(latencies: PastEndpoint["latencies"], ratio: number): number {
  const sd = Math.sqrt((ratio * (1 - ratio)) / latencies.count);
  const high = latencies.quantile(Math.min(1, ratio + sd));
  const low = latencies.quantile(Math.max(0, ratio - sd));
  return low > 0 ? Math.log(high / low) / 2 : 0;
}

export function find(run: PastRun, label: string): PastEndpoint | undefined {
  return run.endpoints.find(({ endpoint }) => endpointLabel(endpoint) === label);
}
