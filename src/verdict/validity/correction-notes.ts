import { joined, ours, type Sentence, say } from "../../base/sentence.ts";
import { cellKey, endpointLabel, parseCellKey } from "../../stats/endpoint.ts";
import type { EndpointStats } from "../../stats/endpoint-stats.ts";
import { type RunResult, type Warning, warning } from "../../stats/run-result.ts";
import { addCells } from "../../stats/snapshot.ts";
import { shortestStallMs } from "../../stats/stall-log.ts";
import { isJudged } from "../../stats/summary.ts";
import { stalledRequests } from "./stood-still.ts";

const shownRatio = 0.95;
/** A smaller difference is told by nobody. */
const tellingTimes = 1.05;
const mostNamed = 3;

/** Where what is judged is not what was measured, and by how much. Empty as a rule. */
export function correctionNotes(result: RunResult): Warning[] {
  const cells = addCells(result.blocks.filter(isJudged).map((block) => block.cells));
  return [waits(cells), stalls(result)].filter((note) => note !== null);
}

function waits(cells: ReadonlyMap<string, EndpointStats>): Warning | null {
  let missed = 0;
  let longestMs = 0;
  const differ: { readonly key: string; readonly judgedMs: number; readonly rawMs: number }[] = [];
  for (const [key, stats] of cells) {
    if (!stats.backFilled) continue;
    missed += stats.backFilled.count;
    longestMs = Math.max(longestMs, stats.backFilled.quantile(1));
    const judgedMs = stats.judged.quantile(shownRatio);
    const rawMs = stats.latencies.count === 0 ? 0 : stats.latencies.quantile(shownRatio);
    if (judgedMs > tellingTimes * rawMs) differ.push({ key, judgedMs, rawMs });
  }
  if (missed === 0) return null;
  differ.sort((a, b) => b.judgedMs - a.judgedMs);
  const named = differ.slice(0, mostNamed).map(({ key, judgedMs, rawMs }) => {
    return say`p95 of ${labelOf(key, cells)} is ${ours(ms(judgedMs))}, ${ours(ms(rawMs))} by its answers alone`;
  });
  const more = differ.length > mostNamed ? `, and ${differ.length - mostNamed} more differ` : "";
  const which = named.length === 0 ? ours("") : say`: ${joined(named, "; ")}${ours(more)}`;
  return warning(
    "waits",
    say`Users waited ${ours(ms(longestMs))} or longer for answers, and so did not send about ${missed} requests. Promises and comparisons count what those would have waited${which}. Counts, rates and the latencies in tables are those of the requests that were sent.`,
  );
}

/** Side by side an endpoint stands there twice. */
function labelOf(key: string, cells: ReadonlyMap<string, EndpointStats>): Sentence {
  const { arm, endpoint } = parseCellKey(key);
  const label = endpointLabel(endpoint);
  if (arm === "base") return say`${label} (base)`;
  return cells.has(cellKey("base", endpoint)) ? say`${label} (head)` : say`${label}`;
}

function stalls(result: RunResult): Warning | null {
  const { stalled, requests } = stalledRequests(result);
  if (stalled === 0) return null;
  return warning(
    "generator-stalls",
    ours(
      `${stalled} of ${requests} requests were under way while the load generator itself stood still for over ` +
        `${shortestStallMs} ms: they are counted, and kept out of what promises and comparisons read. ` +
        "Look for code of the locustfile that computes for long, or for a machine that is too busy.",
    ),
  );
}

function ms(value: number): string {
  return value >= 1000 ? `${Number((value / 1000).toPrecision(3))} s` : `${Number(value.toPrecision(3))} ms`;
}
