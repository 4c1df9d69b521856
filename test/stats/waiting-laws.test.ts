import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromBlockWire, toBlockWire } from "../../src/gate/swarm/block-wire.ts";
import { checkSnapshotWire } from "../../src/protocol/snapshot-check.ts";
import { fromWire, toWire } from "../../src/protocol/snapshot-wire.ts";
import { decodeResult, encodeResult } from "../../src/stats/document/result-document.ts";
import { type Arm, cellKey } from "../../src/stats/endpoint.ts";
import { EndpointStats } from "../../src/stats/endpoint-stats.ts";
import type { Histogram } from "../../src/stats/histogram.ts";
import { addLiveness, type Liveness, type LivenessByArm } from "../../src/stats/liveness.ts";
import { addSnapshots, emptySnapshot, type Snapshot } from "../../src/stats/snapshot.ts";
import { addWaiting, type Waiting } from "../../src/stats/waiting.ts";
import { withWaiting } from "../../src/stats/with-waiting.ts";
import { blockOf, resultOf, sample } from "../verdict/runs.ts";

const key = cellKey("head", { method: "GET", name: "/home" });

const liveness: fc.Arbitrary<Liveness> = fc.record({
  answers: fc.nat(50),
  inFlight: fc.nat(50),
  youngestMs: fc.integer({ min: -1, max: 60_000 }),
  patienceMs: fc.nat(60_000),
});
const byArm: fc.Arbitrary<LivenessByArm> = fc.record({ head: liveness, base: liveness }, { requiredKeys: [] });
const waiting: fc.Arbitrary<Waiting> = fc.record({
  key: fc.constantFrom(key, cellKey("base", { method: "GET", name: "/home" })),
  startMs: fc.nat(20).map((n) => n * 100),
  cycleMs: fc.constantFrom(0, 100, 250),
  count: fc.integer({ min: 1, max: 9 }),
});
const cell = fc
  .record({ stalled: fc.array(fc.nat(9000)), filled: fc.array(fc.nat(9000)), usual: fc.array(fc.nat(900)) })
  .map(({ stalled, filled, usual }) => {
    const stats = new EndpointStats();
    for (const latencyMs of usual) stats.record(sample({ latencyMs }));
    for (const latencyMs of stalled) stats.record(sample({ latencyMs }), "stalled");
    for (const ms of filled) stats.backFill(ms, 2);
    return stats;
  });
const snapshot: fc.Arbitrary<Snapshot> = fc
  .record({ cell, byArm: fc.option(byArm, { nil: undefined }), waits: fc.array(waiting, { maxLength: 6 }) })
  .map(({ cell, byArm, waits }) => ({
    ...emptySnapshot(3),
    cells: new Map([[key, cell]]),
    ...(byArm && { liveness: byArm }),
    ...(waits.length > 0 && { waiting: addWaiting(waits) }),
  }));

const counts = (histogram: Histogram | undefined) => histogram && [...histogram.counts].sort(([a], [b]) => a - b);

/** What of a snapshot says who waited, as comparable plain data. */
function plain({ cells, liveness, waiting }: Snapshot): unknown {
  return {
    cells: [...cells].map(([name, stats]) => [
      name,
      stats.requests,
      ...[stats.stalled, stats.backFilled, stats.latencies, stats.judged, stats.comparable].map(counts),
    ]),
    liveness,
    waiting,
  };
}

describe("what says who waited", () => {
  test("adds up in any order, and nothing is its zero", () => {
    fc.assert(
      fc.property(snapshot, snapshot, snapshot, (a, b, c) => {
        expect(plain(addSnapshots(addSnapshots(a, b), c))).toEqual(plain(addSnapshots(a, addSnapshots(b, c))));
        expect(plain(addSnapshots(a, b))).toEqual(plain(addSnapshots(b, a)));
        expect(plain(addSnapshots(a, emptySnapshot(3)))).toEqual(plain(a));
      }),
    );
    expect(addLiveness(undefined, undefined)).toBeUndefined();
  });

  test("crosses every channel, and what is no measurement is refused", () => {
    fc.assert(
      fc.property(snapshot, (one) => {
        expect(plain(fromWire(checkSnapshotWire(structuredClone(toWire(one)))))).toEqual(plain(one));
        const block = { ...one, phase: "steady" as const };
        expect(plain(fromBlockWire(structuredClone(toBlockWire(block))))).toEqual(plain(one));
      }),
    );
    const wire = toWire(emptySnapshot(0));
    for (const bad of [
      { liveness: { head: { answers: -1, inFlight: 0, youngestMs: 0, patienceMs: 0 } } },
      { liveness: { base: { answers: 0, inFlight: 0, youngestMs: Number.NaN, patienceMs: 0 } } },
      { liveness: { head: 7 } },
      { waiting: [{ key: 1, startMs: 0, cycleMs: 0, count: 1 }] },
      { waiting: [{ key, startMs: -1, cycleMs: 0, count: 1 }] },
      { waiting: { length: 3 } },
    ]) {
      expect(() => checkSnapshotWire({ ...wire, ...bad })).toThrow(RangeError);
    }
  });

  test("stays in result.json, but for who still waits: there all has ended", () => {
    fc.assert(
      fc.property(fc.array(snapshot, { minLength: 1, maxLength: 4 }), (parts) => {
        const blocks = parts.map((part, block) => ({ ...part, block, phase: "steady" as const }));
        const read = decodeResult(encodeResult(resultOf(blocks)), "result.json");
        const heard = ({ answers, ...rest }: Liveness): Liveness =>
          answers > 0 ? { answers, inFlight: 0, youngestMs: -1, patienceMs: 0 } : { answers, ...rest };
        const written = blocks.map(({ liveness: l, waiting: _, ...block }) => {
          const head = l?.head && heard(l.head);
          const base = l?.base && heard(l.base);
          return plain({ ...block, ...(l && { liveness: { ...(head && { head }), ...(base && { base }) } }) });
        });
        expect(read.blocks.map(plain)).toEqual(written);
      }),
    );
  });

  test("is absent from documents that were written before, which read as they did", () => {
    const text = encodeResult(resultOf([blockOf(0, [sample(), sample({ latencyMs: 40 })])]));
    expect(text).not.toMatch(/stalled|backFilled|liveness/);
    const [block] = decodeResult(text, "old.json").blocks;
    const stats = block?.cells.get(key);
    expect(block?.liveness).toBeUndefined();
    expect([stats?.isCorrected, stats?.judged.count, stats?.latencies.count]).toEqual([false, 2, 2]);
  });

  test("changes nothing that is counted, at a look", () => {
    fc.assert(
      fc.property(fc.array(waiting, { minLength: 1, maxLength: 8 }), (waits) => {
        const blocks = Array.from({ length: 20 }, (_, block) => blockOf(block, [sample()]));
        const last = { ...(blocks[19] as (typeof blocks)[number]), waiting: addWaiting(waits) };
        const before = [...blocks.slice(0, 19), last];
        const looked = withWaiting(before);
        const sums = (all: readonly Snapshot[], arm: Arm) => {
          const sum = new EndpointStats();
          for (const { cells } of all) {
            const stats = cells.get(cellKey(arm, { method: "GET", name: "/home" }));
            if (stats) sum.merge(stats);
          }
          return sum;
        };
        const [was, is] = [sums(before, "head"), sums(looked, "head")];
        expect([is.requests, is.failures, counts(is.latencies)]).toEqual([
          was.requests,
          was.failures,
          counts(was.latencies),
        ]);
        const many = waits.reduce((all, { count }) => all + count, 0);
        const added = (sums(looked, "head").backFilled?.count ?? 0) + (sums(looked, "base").backFilled?.count ?? 0);
        expect(added).toBeGreaterThanOrEqual(many);
        // What was given is as it was: the next look begins from it again.
        expect(sums(before, "head").backFilled).toBeUndefined();
      }),
    );
  });
});
