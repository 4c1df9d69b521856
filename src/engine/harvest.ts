import type { StatsData } from "../protocol/messages.ts";
import { fromWire } from "../protocol/snapshot-wire.ts";
import { addSnapshots, type Snapshot } from "../stats/snapshot.ts";

/** What the workers measured, by block. Parts add up, in whatever order and however late they come. */
export class Harvest {
  readonly snapshots = new Map<number, Snapshot>();
  readonly totals = { requests: 0, failures: 0 };
  readonly #added: (snapshot: Snapshot) => void;

  /** @param added told of every part that came in */
  constructor({ added }: { added: (snapshot: Snapshot) => void }) {
    this.#added = added;
  }

  take(data: StatsData): void {
    for (const wire of data.snapshots) this.add(fromWire(wire));
  }

  add(snapshot: Snapshot): void {
    for (const { requests, failures } of snapshot.cells.values()) {
      this.totals.requests += requests;
      this.totals.failures += failures;
    }
    const known = this.snapshots.get(snapshot.block);
    this.snapshots.set(snapshot.block, known ? addSnapshots(known, snapshot) : snapshot);
    this.#added(snapshot);
  }
}
