import { EndpointStats } from "./endpoint-stats.ts";
import { type Block, blockMs } from "./snapshot.ts";
import { backFill } from "./waits.ts";

/**
 * The blocks of a run under way as if it ended now: requests still in flight past their limit count with the time they
 * have waited, in what is judged and nowhere else. The blocks given are not changed.
 */
export function withWaiting(blocks: readonly Block[]): readonly Block[] {
  const last = blocks.at(-1);
  if (!last?.waiting || last.waiting.length === 0) return blocks;
  const endMs = (last.block + 1) * blockMs;
  const extra = new Map<number, Map<string, EndpointStats>>();
  const put = (key: string, { atMs, ms, count }: { atMs: number; ms: number; count: number }) => {
    const block = Math.floor(atMs / blockMs);
    const cells = extra.get(block) ?? new Map<string, EndpointStats>();
    extra.set(block, cells);
    const cell = cells.get(key) ?? new EndpointStats();
    cells.set(key, cell);
    cell.backFill(ms, count);
  };
  for (const { key, startMs, cycleMs, count } of last.waiting) {
    const waitedMs = Math.max(0, endMs - startMs);
    put(key, { atMs: startMs, ms: waitedMs, count });
    backFill({ startMs, waitedMs, cycleMs, count }, (sample) => put(key, sample));
  }
  return blocks.map((block) => {
    const more = extra.get(block.block);
    return more ? { ...block, cells: addCellsTo(block.cells, more) } : block;
  });
}

function addCellsTo(
  cells: Block["cells"],
  more: ReadonlyMap<string, EndpointStats>,
): ReadonlyMap<string, EndpointStats> {
  const sum = new Map(cells);
  for (const [key, stats] of more) {
    const known = sum.get(key);
    sum.set(key, known ? new EndpointStats().merge(known).merge(stats) : stats);
  }
  return sum;
}
