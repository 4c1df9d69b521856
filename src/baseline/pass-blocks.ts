import { parseCellKey } from "../stats/endpoint.ts";
import { addCells, type Block } from "../stats/snapshot.ts";
import { isJudged } from "../stats/summary.ts";
import type { PassPercentiles, RecordedEndpoint } from "./baseline.ts";

/** The judged blocks of each pass: a pass begins where users are spawned, or warm up, after something was judged. */
export function passesOf(blocks: readonly Block[]): Block[][] {
  const passes: Block[][] = [];
  let begins = true;
  for (const block of blocks) {
    if (isJudged(block)) {
      if (begins) passes.push([]);
      passes.at(-1)?.push(block);
      begins = false;
    } else if (block.phase === "ramp" || block.phase === "warm-up") begins = true;
  }
  return passes;
}

/** What is kept of every pass; between these nobody can say later what another percentile was. */
const keptPercentiles = { p50: 0.5, p75: 0.75, p90: 0.9, p95: 0.95, p99: 0.99 } as const;
/** Latencies beyond a percentile, on the smaller side, for it to say something of a pass. */
const fewestBeyond = 5;

/** The percentiles of every pass of the head, by the key of its cell. */
export function passPercentiles(passes: readonly (readonly Block[])[]): Map<string, readonly PassPercentiles[]> {
  const all = passes.map((blocks) => addCells(blocks.map(({ cells }) => cells)));
  const out = new Map<string, readonly PassPercentiles[]>();
  for (const key of new Set(all.flatMap((cells) => [...cells.keys()]))) {
    if (parseCellKey(key).arm !== "head") continue;
    const each = all.map((cells) => percentilesOf(cells.get(key)?.comparable));
    if (each.every((percentiles) => percentiles !== null)) out.set(key, each);
  }
  return out;
}

function percentilesOf(latencies: RecordedEndpoint["latencies"] | undefined): PassPercentiles | null {
  if (!latencies) return null;
  const known = Object.entries(keptPercentiles).filter(
    ([, ratio]) => latencies.count * Math.min(ratio, 1 - ratio) >= fewestBeyond,
  );
  if (known.length === 0) return null;
  // To a tenth of a percent: finer than the bins they come from.
  return Object.fromEntries(known.map(([name, ratio]) => [name, Number(latencies.quantile(ratio).toPrecision(4))]));
}
