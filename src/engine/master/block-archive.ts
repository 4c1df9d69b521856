import { deserialize, serialize } from "node:v8";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { fromWire, type SnapshotWire, toWire } from "../../protocol/snapshot-wire.ts";
import { addSnapshots, type Snapshot } from "../../stats/snapshot.ts";

/** Blocks as whoever reads them needs them: one by number, or all. A map of snapshots is this too. */
export type Blocks = Pick<ReadonlyMap<number, Snapshot>, "get"> & Iterable<readonly [number, Snapshot]>;

/** Blocks that stay as they are, for the live rates and for parts that come late: half a minute. */
const recentBlocks = 60;
/** Older ones are packed so many at a time, or as soon as they hold so many cells: neither may hold up the master. */
const packedBlocks = 20;
const packedCells = 500;

/** Some blocks, packed. */
interface Pack {
  readonly blocks: ReadonlySet<number>;
  readonly bytes: Buffer;
}

/**
 * Every block of a run. The newest stand open; older ones are packed, for a run of hours has thousands of them, and an
 * open one is 10 to 30 times as large: 4 MiB a minute at 300 requests/s to five endpoints. A part that comes for a
 * packed block is kept beside it: parts add up.
 */
export class BlockArchive implements Blocks {
  readonly #open = new Map<number, Snapshot>();
  readonly #packs: Pack[] = [];
  #newest = -1;
  #highestPacked = -1;

  /** Adds a block, or a part of one. */
  add(snapshot: Snapshot): void {
    const { block } = snapshot;
    const known = this.#open.get(block);
    this.#open.set(block, known ? addSnapshots(known, snapshot) : snapshot);
    if (block <= this.#newest) return;
    this.#newest = block;
    this.#packOld();
  }

  get(block: number): Snapshot | undefined {
    const open = this.#open.get(block);
    if (block > this.#highestPacked) return open;
    const packed = this.#packs.filter(({ blocks }) => blocks.has(block)).flatMap(unpacked);
    const parts = [...packed.filter((part) => part.block === block), ...(open ? [open] : [])];
    return parts.length === 0 ? undefined : parts.reduce(addSnapshots);
  }

  /** All blocks, each whole, by no order of theirs: packed ones are opened for it. */
  *[Symbol.iterator](): Generator<readonly [number, Snapshot]> {
    const all = new Map<number, Snapshot>();
    for (const part of [...this.#packs.flatMap(unpacked), ...this.#open.values()]) {
      const known = all.get(part.block);
      all.set(part.block, known ? addSnapshots(known, part) : part);
    }
    yield* all;
  }

  /** Bytes of all packs. */
  get packedBytes(): number {
    return this.#packs.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  #packOld(): void {
    const old = [...this.#open.values()].filter(({ block }) => block <= this.#newest - recentBlocks);
    const cells = old.reduce((sum, snapshot) => sum + snapshot.cells.size, 0);
    if (old.length < packedBlocks && cells < packedCells) return;
    for (const { block } of old) {
      this.#open.delete(block);
      this.#highestPacked = Math.max(this.#highestPacked, block);
    }
    // The fastest level: neighbours repeat each other's names and bins, which it finds too.
    const bytes = deflateRawSync(serialize(old.map(toWire)), { level: 1 });
    this.#packs.push({ blocks: new Set(old.map(({ block }) => block)), bytes });
  }
}

function unpacked({ bytes }: Pack): Snapshot[] {
  return (deserialize(inflateRawSync(bytes)) as SnapshotWire[]).map(fromWire);
}
