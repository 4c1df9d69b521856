import { fromWire, type SnapshotWire, toWire } from "../../protocol/snapshot-wire.ts";
import type { Block, Phase } from "../../stats/snapshot.ts";

/** A block on its way from the load-generating process to the gate. */
export interface BlockWire extends SnapshotWire {
  readonly phase: Phase;
}

/**
 * A block as plain data, with what comparisons and promises need: counts and latencies. Phases of requests, samples
 * of failures are in the result; copying them in mid-run would only take time from the load.
 */
export function toBlockWire(block: Block): BlockWire {
  const wire = toWire(block);
  const cells = new Map(
    [...wire.cells].map(([key, cell]) => [key, { ...cell, phases: new Map(), serverTiming: new Map() }]),
  );
  return { ...wire, cells, failures: [], phase: block.phase };
}

export function fromBlockWire(wire: BlockWire): Block {
  return { ...fromWire(wire), phase: wire.phase };
}
