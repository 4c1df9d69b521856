import { EndpointStats } from "../endpoint-stats.ts";
import type { Block } from "../snapshot.ts";

/** How many neighbouring blocks share one set of histograms in a document: powers of two. */
export interface Joined {
  readonly latencies: number;
  readonly timings: number;
}

/** So many sets of histograms for each endpoint, at most: 7.5 minutes of blocks, or an hour of four seconds each. */
const mostSets = 900;
/** Phases and server timings explain and are never judged: they stand four times as rarely. */
const timingsRarer = 4;

/**
 * How coarsely a run tells when its latencies were measured. Side by side they stay with their blocks, whatever the
 * run's length: verdicts compare the arms second by second, and nothing else needs the latencies of a block.
 */
export function joinedIn(blocks: readonly Block[]): Joined {
  let size = 1;
  while (blocks.length / size > mostSets) size *= 2;
  const sideBySide = blocks.some(({ cells }) => cells.keys().some((key) => key.startsWith("base\u0000")));
  return { latencies: sideBySide ? 1 : size, timings: size === 1 ? 1 : timingsRarer * size };
}

/**
 * Cells' histograms added up over groups of `size` blocks, each sum standing in for the cell where its endpoint was
 * seen last in the group; nothing for the others. No group crosses from one phase of the run into
 * another, so the sum over a window is what it was: only the moment is told less finely.
 * @param add what is added up
 * @returns what stands in for a cell
 */
export function joinCells(
  blocks: readonly Block[],
  size: number,
  add: (sum: EndpointStats, stats: EndpointStats) => void,
): (cell: EndpointStats) => EndpointStats | undefined {
  if (size === 1) return (cell) => cell;
  const joined = new Map<EndpointStats, EndpointStats>();
  let group = "";
  let open = new Map<string, { last: EndpointStats; sum: EndpointStats }>();
  const close = () => {
    for (const { last, sum } of open.values()) joined.set(last, sum);
    open = new Map();
  };
  for (const block of blocks) {
    const here = `${block.phase} ${Math.floor(block.block / size)}`;
    if (here !== group) close();
    group = here;
    for (const [key, stats] of block.cells) {
      const entry = open.get(key);
      const sum = entry?.sum ?? new EndpointStats();
      add(sum, stats);
      if (entry) entry.last = stats;
      else open.set(key, { last: stats, sum });
    }
  }
  close();
  return (cell) => joined.get(cell);
}
