import { endpointLabel, parseCellKey } from "../../stats/endpoint.ts";
import { type Block, blockMs } from "../../stats/snapshot.ts";
import { isJudged } from "../../stats/summary.ts";
import { sum } from "../statistics/error-test.ts";
import type { Proportion } from "../statistics/fisher.ts";

/** Wide enough for an outage to stand in few of them. */
const widthMs = 2000;

/** Requests and failures of the head by window, under each endpoint's label. */
export function errorWindowsOf(blocks: readonly Block[]): Map<string, Proportion[]> {
  const judged = blocks.filter(isJudged);
  const perWindow = widthMs / blockMs;
  const cells = new Map<string, Proportion[]>();
  for (const [index, block] of judged.entries()) {
    for (const [key, { failures, requests }] of block.cells) {
      const { arm, endpoint } = parseCellKey(key);
      if (arm !== "head") continue;
      const label = endpointLabel(endpoint);
      const empty = () => new Array<Proportion>(judged.length).fill({ failures: 0, requests: 0 });
      const list = cells.get(label) ?? empty();
      list[index] = { failures, requests };
      cells.set(label, list);
    }
  }
  const out = new Map<string, Proportion[]>();
  for (const [label, list] of cells) {
    const windows = Array.from({ length: Math.ceil(list.length / perWindow) }, (_, i) =>
      sum(list.slice(i * perWindow, (i + 1) * perWindow)),
    );
    out.set(label, windows);
  }
  return out;
}
