import { type Arm, type Endpoint, endpointLabel, parseCellKey } from "../../stats/endpoint.ts";
import type { EndpointStats } from "../../stats/endpoint-stats.ts";
import type { Block } from "../../stats/snapshot.ts";
import { Counts } from "../statistics/counts.ts";
import type { Proportion } from "../statistics/fisher.ts";

/** One endpoint of one arm over one block. */
export interface Cell extends Proportion {
  /** Successes, timeouts, and what long waits kept from being sent. */
  readonly latencies: Counts;
}

/** One endpoint's blocks, one cell each, in order of time. */
export interface Series {
  readonly endpoint: Endpoint;
  readonly base: readonly Cell[];
  readonly head: readonly Cell[];
}

const emptyCell: Cell = { failures: 0, requests: 0, latencies: Counts.of() };

/** The blocks of a run by endpoint, sorted by name. An endpoint that only one arm has keeps empty cells in the other. */
export function seriesOf(blocks: readonly Block[]): Series[] {
  const found = new Map<string, { endpoint: Endpoint } & Record<Arm, Cell[]>>();
  for (const [index, block] of blocks.entries()) {
    for (const [key, stats] of block.cells) {
      const { arm, endpoint } = parseCellKey(key);
      const label = endpointLabel(endpoint);
      let series = found.get(label);
      if (!series) {
        const empty = () => new Array<Cell>(blocks.length).fill(emptyCell);
        series = { endpoint, head: empty(), base: empty() };
        found.set(label, series);
      }
      series[arm][index] = cellOf(stats);
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, series]) => series);
}

function cellOf({ failures, requests, success, timeout, backFilled }: EndpointStats): Cell {
  const latencies = backFilled ? Counts.of(success, timeout, backFilled) : Counts.of(success, timeout);
  return { failures, requests, latencies };
}
