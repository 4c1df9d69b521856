import fc from "fast-check";
import { expect, test } from "vitest";
import { Random } from "../../../src/base/random.ts";
import { BlockArchive } from "../../../src/engine/master/block-archive.ts";
import { type SnapshotWire, toWire } from "../../../src/protocol/snapshot-wire.ts";
import { cellKey } from "../../../src/stats/endpoint.ts";
import { EndpointStats } from "../../../src/stats/endpoint-stats.ts";
import { addSnapshots, emptySnapshot, type Snapshot } from "../../../src/stats/snapshot.ts";

function part(block: number, latencies: readonly number[], name = "/a"): Snapshot {
  const endpoint = { method: "GET", name };
  const stats = new EndpointStats();
  for (const latencyMs of latencies) {
    const phases = { blocked: latencyMs / 50, firstByte: latencyMs * 0.8, download: latencyMs / 10 };
    const times = { intendedMs: 0, startMs: 0, latencyMs, phases };
    stats.record({ ...times, arm: "head", endpoint, status: 200, bytesIn: 9, bytesOut: 4, serverTiming: undefined });
  }
  return {
    ...emptySnapshot(block),
    users: new Map([["Visitor", 1]]),
    cells: new Map([[cellKey("head", endpoint), stats]]),
  };
}

/** As plain data in one order. */
function plain(snapshot: Snapshot | undefined): unknown {
  if (!snapshot) return undefined;
  const wire: SnapshotWire = toWire(snapshot);
  const sorted = (value: unknown): unknown =>
    value instanceof Map
      ? [...value].map(([key, one]) => [key, sorted(one)]).sort(([a], [b]) => (`${a}` < `${b}` ? -1 : 1))
      : typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, sorted(one)]))
        : value;
  return sorted(wire);
}

test("blocks come out as they went in, whole, however late, often and disordered their parts came", () => {
  const parts = fc.array(
    fc.record({
      block: fc.nat(300),
      latencies: fc.array(fc.nat(5000), { maxLength: 5 }),
      name: fc.constantFrom("/a", "/b"),
    }),
    { minLength: 1, maxLength: 200 },
  );
  fc.assert(
    fc.property(parts, (all) => {
      const archive = new BlockArchive();
      const known = new Map<number, Snapshot>();
      for (const { block, latencies, name } of all) {
        const one = part(block, latencies, name);
        archive.add(one);
        const before = known.get(block);
        known.set(block, before ? addSnapshots(before, one) : one);
      }
      expect(new Set([...archive].map(([block]) => block))).toEqual(new Set(known.keys()));
      for (const [block, snapshot] of archive) expect(plain(snapshot)).toEqual(plain(known.get(block)));
      for (const block of [0, 1, 150, 299, ...known.keys()]) {
        expect(plain(archive.get(block))).toEqual(plain(known.get(block)));
      }
    }),
    { numRuns: 60 },
  );
});

test("half an hour at 300 requests/s is held in a few megabytes", () => {
  const archive = new BlockArchive();
  const random = Random.from("half an hour");
  const blocks = 30 * 120;
  for (let block = 0; block < blocks; block++) {
    for (let endpoint = 0; endpoint < 5; endpoint++) {
      const latencies = Array.from({ length: 30 }, () => Math.exp(random.float() * 2));
      archive.add(part(block, latencies, `/page/${endpoint}`));
    }
  }
  expect(archive.packedBytes).toBeGreaterThan(0);
  expect(archive.packedBytes / blocks).toBeLessThan(2500);
});
