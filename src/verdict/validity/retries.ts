import { joined, ours, type Sentence, say } from "../../base/sentence.ts";
import { endpointLabel } from "../../stats/endpoint.ts";
import { type RunResult, type Warning, warning } from "../../stats/run-result.ts";
import type { SummaryRow } from "../../stats/summary.ts";

/** Of an endpoint's requests; what a server's own idle time makes of ordinary load stays below it. */
const retriedShare = 0.01;
const namesShown = 3;

/**
 * Endpoints whose requests met a closing connection so often that chance does not explain it: a server that drops
 * connections, or one that closes them without saying so. Each such request was sent twice and none failed by it, so
 * no other number shows it. Null where there are none.
 */
export function retries({ summary }: Pick<RunResult, "summary">): Warning | null {
  const found = summary.endpoints
    .filter(({ retried, requests }) => retried > retriedShare * requests)
    .sort((a, b) => b.retried - a.retried);
  if (found.length === 0) return null;
  const names = found.slice(0, namesShown).map(inWords);
  if (found.length > namesShown) names.push(say`and ${found.length - namesShown} more endpoints`);
  return warning(
    "retried",
    say`The target closed idle connections just as requests arrived: ${joined(names, ", ")} were sent a second time. Latencies count from the first attempt. If its idle timeout does not explain this, it drops connections.`,
  );
}

function inWords({ arm, endpoint, retried, requests }: SummaryRow): Sentence {
  const share = ((100 * retried) / requests).toFixed(1);
  return say`${retried} of ${requests} requests (${ours(share)} %) of ${endpointLabel(endpoint)}${ours(arm === "base" ? " on the base version" : "")}`;
}
