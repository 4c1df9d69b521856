import { cellKey } from "../../stats/endpoint.ts";
import type { RunResult } from "../../stats/run-result.ts";
import { blockMs } from "../../stats/snapshot.ts";
import { windowBlocks } from "../document/distribution.ts";
import { blockStartSeconds, type Entry, entriesOf, locustBuckets, seconds, statsIn } from "./locust-numbers.ts";

/** What Locust's `--json` prints: its entries with its keys. Pure; the run result decides all of it. */
export function renderLocustJson(result: RunResult): string {
  return `${JSON.stringify(locustEntries(result), null, 4)}\n`;
}

/** Locust's entries, without an Aggregated row, as Locust has none here. */
export function locustEntries(result: RunResult): object[] {
  const window = windowBlocks(result);
  const startTime = window.length === 0 ? 0 : blockStartSeconds(result, Math.min(...window.map(({ block }) => block)));
  const bySecond = seconds(result);
  return entriesOf(result).map(({ endpoint, stats }: Entry) => {
    const perSecond = bySecond
      .map((second) => ({ second: second.second, stats: statsIn(second, endpoint) }))
      .filter((at) => at.stats.requests > 0);
    const lastBlock = window
      .filter(({ cells }) => cells.has(cellKey("head", endpoint)))
      .reduce((last, { block }) => Math.max(last, block), -1);
    return {
      name: endpoint.name,
      method: endpoint.method,
      // Known to the half second: that is how long a block lasts.
      last_request_timestamp: lastBlock < 0 ? null : blockStartSeconds(result, lastBlock) + blockMs / 1000,
      start_time: startTime,
      num_requests: stats.requests,
      num_none_requests: stats.untimed,
      num_failures: stats.failures,
      total_response_time: stats.latencySumMs,
      max_response_time: stats.maxMs,
      min_response_time: stats.requests === stats.untimed ? null : stats.minMs,
      total_content_length: stats.bytesIn,
      response_times: Object.fromEntries(locustBuckets(stats)),
      num_reqs_per_sec: Object.fromEntries(perSecond.map((at) => [at.second, at.stats.requests])),
      num_fail_per_sec: Object.fromEntries(
        perSecond.filter((at) => at.stats.failures > 0).map((at) => [at.second, at.stats.failures]),
      ),
    };
  });
}
