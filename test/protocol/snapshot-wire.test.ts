import fc from "fast-check";
import { expect, test } from "vitest";
import { fromWire, toWire } from "../../src/protocol/snapshot-wire.ts";
import { cellKey } from "../../src/stats/endpoint.ts";
import { EndpointStats } from "../../src/stats/endpoint-stats.ts";
import { FailureLog } from "../../src/stats/failures.ts";
import type { Sample } from "../../src/stats/sample.ts";
import { addSnapshots, type Snapshot } from "../../src/stats/snapshot.ts";

const samples: fc.Arbitrary<Sample> = fc.record({
  arm: fc.constantFrom("head", "base"),
  endpoint: fc.record({ method: fc.constantFrom("GET", "POST"), name: fc.constantFrom("/a", "/b", "") }),
  intendedMs: fc.nat(10_000),
  startMs: fc.nat(10_000),
  latencyMs: fc.option(fc.double({ min: 0, max: 4_000_000, noNaN: true })),
  status: fc.constantFrom(0, 200, 404, 500),
  bytesIn: fc.nat(),
  bytesOut: fc.nat(),
  phases: fc.option(fc.record({ dns: fc.double({ min: 0, max: 10, noNaN: true }) }), { nil: undefined }),
  serverTiming: fc.option(fc.constant([["db", 12.5]] as const), { nil: undefined }),
  failure: fc.option(
    fc.record({ kind: fc.constantFrom("status", "timeout", "check"), message: fc.constantFrom("no", "not yet") }),
    { nil: undefined },
  ),
});

function snapshotOf(list: readonly Sample[]): Snapshot {
  const cells = new Map<string, EndpointStats>();
  const failures = new FailureLog();
  for (const sample of list) {
    const key = cellKey(sample.arm, sample.endpoint);
    const cell = cells.get(key) ?? new EndpointStats();
    cells.set(key, cell);
    cell.record(sample);
    if (sample.failure) failures.record(sample.arm, sample.endpoint, sample.failure, sample.startMs);
  }
  return { block: 3, users: new Map([["Shopper", 2]]), cells, failures, health: { threads: [] } };
}

test("a snapshot that crossed a channel as a structured clone is what it was", () => {
  fc.assert(
    fc.property(fc.array(samples, { maxLength: 30 }), (list) => {
      const snapshot = snapshotOf(list);
      const back = fromWire(structuredClone(toWire(snapshot)));
      expect(toWire(back)).toEqual(toWire(snapshot));
      expect(back.cells.values().every((cell) => cell instanceof EndpointStats)).toBe(true);
    }),
  );
});

test("what came over the channel can still be added to", () => {
  const one = snapshotOf([]);
  const back = fromWire(structuredClone(toWire(one)));
  expect(addSnapshots(back, back).users.get("Shopper")).toBe(4);
});
