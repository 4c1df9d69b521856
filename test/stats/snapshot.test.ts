import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellKey, type Endpoint } from "../../src/stats/endpoint.ts";
import { EndpointStats } from "../../src/stats/endpoint-stats.ts";
import { FailureLog, groupsKept, normalizeMessage, otherFailures } from "../../src/stats/failures.ts";
import type { Sample } from "../../src/stats/sample.ts";
import { addSnapshots, type Block, emptySnapshot, type Snapshot } from "../../src/stats/snapshot.ts";
import { shownPercentile, summarize } from "../../src/stats/summary.ts";

const endpoints: readonly Endpoint[] = [
  { method: "GET", name: "/a" },
  { method: "POST", name: "/b" },
];

const sample: fc.Arbitrary<Sample> = fc.record({
  arm: fc.constantFrom("head" as const, "base" as const),
  endpoint: fc.constantFrom(...endpoints),
  intendedMs: fc.constant(0),
  startMs: fc.nat(1000),
  // Whole halves, so that sums of floats do not depend on their order.
  latencyMs: fc.option(fc.nat(20_000).map((n) => n / 2)),
  status: fc.constantFrom(200, 404, 0),
  bytesIn: fc.nat(1000),
  bytesOut: fc.nat(100),
  phases: fc.option(fc.record({ firstByte: fc.nat(500) }), { nil: undefined }),
  serverTiming: fc.constant(undefined),
  failure: fc.option(
    fc.record({
      kind: fc.constantFrom("status" as const, "timeout" as const),
      message: fc.constantFrom("x", "y 12345"),
    }),
    { nil: undefined },
  ),
  retried: fc.boolean(),
  fired: fc.boolean(),
});

function snapshotOf(samples: readonly Sample[], users = 0): Snapshot {
  const cells = new Map<string, EndpointStats>();
  const failures = new FailureLog();
  for (const one of samples) {
    const key = cellKey(one.arm, one.endpoint);
    const stats = cells.get(key) ?? new EndpointStats();
    stats.record(one);
    cells.set(key, stats);
    if (one.failure) failures.record(one.arm, one.endpoint, one.failure, one.startMs);
  }
  return { ...emptySnapshot(3), users: new Map(users ? [["U", users]] : []), cells, failures };
}

/** A snapshot as comparable plain data, order of arrival taken out. */
function plain(snapshot: Snapshot): unknown {
  const histogram = (h: { counts: ReadonlyMap<number, number> }) => [...h.counts].sort(([a], [b]) => a - b);
  return {
    users: [...snapshot.users],
    cells: [...snapshot.cells]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, s]) => ({
        key,
        sums: [
          s.requests,
          s.failures,
          s.untimed,
          s.retried,
          s.fired,
          s.bytesIn,
          s.bytesOut,
          s.latencySumMs,
          s.minMs,
          s.maxMs,
        ],
        statuses: [...s.statuses].sort(),
        histograms: [s.success, s.failure, s.timeout, ...Object.values(s.phases)].map(histogram),
      })),
    failures: [...snapshot.failures.groups]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, g]) => [key, g.count, g.firstMs, g.lastMs]),
  };
}

const snapshot = fc.tuple(fc.array(sample, { maxLength: 30 }), fc.nat(5)).map(([s, users]) => snapshotOf(s, users));

describe("adding snapshots", () => {
  it("is associative and commutative, and the empty snapshot is its zero", () => {
    fc.assert(
      fc.property(snapshot, snapshot, snapshot, (a, b, c) => {
        expect(plain(addSnapshots(addSnapshots(a, b), c))).toEqual(plain(addSnapshots(a, addSnapshots(b, c))));
        expect(plain(addSnapshots(a, b))).toEqual(plain(addSnapshots(b, a)));
        expect(plain(addSnapshots(a, emptySnapshot(3)))).toEqual(plain(a));
      }),
    );
  });

  it("gives one summary however samples are split over workers and blocks", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(sample, fc.nat(3)), { minLength: 1, maxLength: 60 }), (dealt) => {
        const block = (samples: Sample[], number: number): Block => ({
          ...snapshotOf(samples),
          block: number,
          phase: "steady",
        });
        const whole = summarize([
          block(
            dealt.map(([s]) => s),
            0,
          ),
          block([], 1),
          block([], 2),
          block([], 3),
        ]);
        const split = summarize(
          [0, 1, 2, 3].map((n) =>
            block(
              dealt.filter(([, to]) => to === n).map(([s]) => s),
              n,
            ),
          ),
        );
        expect({ ...split, failures: [] }).toEqual({ ...whole, failures: [] });
        expect(new Set(split.failures.map((f) => `${f.message}${f.count}`))).toEqual(
          new Set(whole.failures.map((f) => `${f.message}${f.count}`)),
        );
      }),
    );
  });

  it("refuses parts of different blocks", () => {
    expect(() => addSnapshots(emptySnapshot(1), emptySnapshot(2))).toThrow("not parts of one block");
  });
});

describe("a summary", () => {
  it("judges steady and extension blocks alone, and tells what it left out", () => {
    const one = { ...baseSample(), latencyMs: 10 };
    const slow = { ...baseSample(), latencyMs: 900 };
    const blocks: Block[] = [
      { ...snapshotOf([slow, slow]), block: 0, phase: "ramp" },
      { ...snapshotOf([slow]), block: 1, phase: "warm-up" },
      { ...snapshotOf([one, one]), block: 2, phase: "steady" },
      { ...snapshotOf([one]), block: 3, phase: "extension" },
      { ...snapshotOf([slow]), block: 4, phase: "tail" },
    ];
    const summary = summarize(blocks);
    expect(summary.totals[0]).toMatchObject({ requests: 3, rps: 3, maxMs: 10 });
    expect(summary.allRequests).toBe(7);
    expect(summary.leftOut).toEqual({ ramp: 2, "warm-up": 1, tail: 1 });
  });

  it("never shows a percentile outside what was seen", () => {
    const { totals } = summarize([{ ...snapshotOf([{ ...baseSample(), latencyMs: 8.6 }]), block: 0, phase: "steady" }]);
    expect(shownPercentile(totals[0]!, 1)).toBe(8.6);
    expect(shownPercentile(totals[0]!, 0.5)).toBe(8.6);
  });

  it("counts requests without a response time and leaves them out of the timing", () => {
    const samples = [
      { ...baseSample(), latencyMs: null },
      { ...baseSample(), latencyMs: 20 },
    ];
    const { totals } = summarize([{ ...snapshotOf(samples), block: 0, phase: "steady" }]);
    expect(totals[0]).toMatchObject({ requests: 2, avgMs: 20, minMs: 20 });
  });
});

describe("failures", () => {
  it("that are alike make one group, which reads as the earliest of them did, in whatever order they come", () => {
    const failed = [3, 1, 2].map((n) => ({ message: `refused: 10.0.0.${n}:80, order ${n}0000`, atMs: n }));
    for (const order of [failed, [...failed].reverse()]) {
      const logs = order.map(({ message, atMs }) => {
        const log = new FailureLog();
        log.record("head", endpoints[0]!, { kind: "connect", message }, atMs);
        return log;
      });
      const groups = [...logs.reduce((sum, log) => sum.merge(log), new FailureLog()).groups.values()];
      expect(groups).toMatchObject([{ message: "refused: 10.0.0.1:80, order 10000", count: 3, firstMs: 1, lastMs: 3 }]);
    }
  });

  it("are grouped by what they have in common", () => {
    expect(normalizeMessage("no item 4711 for 6f9619ff-8b86-d011-b42d-00cf4fc964ff")).toBe("no item {n} for {uuid}");
    expect(normalizeMessage("404 Not Found")).toBe("404 Not Found");
    expect(normalizeMessage("connect ECONNREFUSED 127.0.0.1:8080")).toBe("connect ECONNREFUSED {address}");
  });

  it("never fill the memory: beyond the limit they are counted together", () => {
    const log = new FailureLog();
    for (let i = 0; i < groupsKept + 50; i++) {
      log.record(
        "head",
        endpoints[0]!,
        {
          kind: "check",
          message: `wrong ${"abcdefghij"[i % 10]}${"klmnopqrst"[Math.floor(i / 10) % 10]}${"uvw"[Math.floor(i / 100)]}`,
        },
        i,
      );
    }
    expect(log.groups.size).toBe(groupsKept + 1);
    expect([...log.groups.values()].find((g) => g.message === otherFailures)?.count).toBe(50);
  });

  it("keep the three earliest samples", () => {
    const log = new FailureLog();
    for (const atMs of [5, 1, 4, 2, 3]) {
      const kept = { request: "GET /", status: 500, headers: [], body: "", atMs };
      log.record("head", endpoints[0]!, { kind: "status", message: "500", sample: kept }, atMs);
    }
    expect([...log.groups.values()][0]?.samples.map((s) => s.atMs)).toEqual([1, 2, 3]);
  });
});

function baseSample(): Sample {
  return {
    arm: "head",
    endpoint: endpoints[0]!,
    intendedMs: 0,
    startMs: 0,
    latencyMs: 1,
    status: 200,
    bytesIn: 1,
    bytesOut: 0,
  };
}
