import { type Block, blockMs } from "../stats/snapshot.ts";
import { isJudged } from "../stats/summary.ts";
import { type JudgedWindow, judgedWindow } from "./measure.ts";
import type { ThresholdMetric } from "./threshold/metric.ts";

/** One of the windows of equal length that the judged part of a run is cut into. */
export interface RunWindow {
  /** Since the first judged block. */
  readonly fromMs: number;
  readonly measured: JudgedWindow;
}

/**
 * The judged blocks less the first `afterMs`, in windows of `everyMs`, one after the other; the rest at the end that
 * is shorter is left out. A long run joins the histograms of neighbouring blocks: there a latency may count for the
 * window before or after its own.
 */
export function windowsOf(
  blocks: readonly Block[],
  { afterMs, everyMs }: { afterMs: number; everyMs: number },
): RunWindow[] {
  const judged = blocks.filter(isJudged);
  const first = Math.min(...judged.map(({ block }) => block));
  const groups = new Map<number, Block[]>();
  for (const block of judged) {
    const index = Math.floor(((block.block - first) * blockMs - afterMs) / everyMs);
    if (index < 0) continue;
    const group = groups.get(index);
    if (group) group.push(block);
    else groups.set(index, [block]);
  }
  return [...groups]
    .filter(([, group]) => group.length * blockMs >= everyMs)
    .map(([index, group]) => ({ fromMs: afterMs + index * everyMs, measured: judgedWindow(group, 0) }));
}

/**
 * Requests a window needs before this metric of it says anything: five beyond a percentile, as many as a median needs
 * for an average. Counts and rates need none: that there are few is what they tell.
 */
export function leastRequests(metric: ThresholdMetric): number {
  switch (metric.kind) {
    case "percentile": {
      const share = Math.min(metric.percent, 100 - metric.percent) / 100;
      return share === 0 ? 1 : Math.ceil(5 / share - 1e-9);
    }
    case "avg":
    case "apdex":
      return 10;
    case "rps":
    case "requests":
    case "failures":
      return 0;
    case "errors":
    case "min":
    case "max":
      return 1;
  }
}
