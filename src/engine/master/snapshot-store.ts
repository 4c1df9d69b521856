import type { StatsData } from "../../protocol/messages.ts";
import { fromWire } from "../../protocol/snapshot-wire.ts";
import type { Snapshot } from "../../stats/snapshot.ts";
import { BlockArchive } from "./block-archive.ts";

/** What the workers measured, by block. Parts add up, in whatever order and however late they come. */
export class SnapshotStore {
  readonly snapshots = new BlockArchive();
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
    this.snapshots.add(snapshot);
    this.#added(snapshot);
  }
}
