import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../src/base/random.ts";
import { abortingPromise } from "../../src/slo/abort.ts";
import { evaluate, settle } from "../../src/slo/evaluate.ts";
import { parseThreshold } from "../../src/slo/threshold/threshold.ts";
import { type Block, emptySnapshot } from "../../src/stats/snapshot.ts";
import { blocksOf, ramp, times } from "./support/traffic.ts";

const judge = (line: string, blocks: readonly Block[]) => evaluate([parseThreshold(line)], blocks);
const outcome = (line: string, blocks: readonly Block[]) => judge(line, blocks).map((result) => result.outcome);

describe("what is measured", () => {
  test("the total is every request of the head arm in the judged window, failed ones too", () => {
    const blocks = blocksOf(
      { latenciesMs: times(60, 10) },
      { latenciesMs: times(40, 500), failure: "status", endpoint: "GET /b" },
      { latenciesMs: times(900, 9000), arm: "base" },
      { latenciesMs: times(900, 9000), block: 1, phase: "warm-up" },
      { latenciesMs: times(900, 9000), block: 2, phase: "confirmation" },
      { latenciesMs: times(900, 9000), block: 3, phase: "tail" },
    );
    const [p90] = judge("p90 < 300ms", blocks);
    expect(p90).toMatchObject({ endpoint: null, metric: "p90", n: 100, outcome: "fail", unit: "ms", expected: 300 });
    expect(p90?.actual).toBeCloseTo(500, 0);
    expect(judge("requests == 100", blocks)).toMatchObject([{ outcome: "pass", actual: 100 }]);
    expect(judge("rps == 200", blocks)).toMatchObject([{ outcome: "pass", actual: 200, unit: "perSecond" }]);
    expect(judge("errors == 40%", blocks)).toMatchObject([{ outcome: "pass", actual: 0.4, unit: "ratio" }]);
    expect(judge("failures <= 40", blocks)).toMatchObject([{ outcome: "pass", actual: 40, unit: "count" }]);
    expect(judge("avg == 206ms", blocks)).toMatchObject([{ outcome: "pass" }]);
    expect(judge("min == 10ms", blocks)).toMatchObject([{ outcome: "pass" }]);
    expect(judge("max == 500ms", blocks)).toMatchObject([{ outcome: "pass" }]);
  });

  test("extensions are judged with the rest", () => {
    const blocks = blocksOf({ latenciesMs: times(5, 1) }, { latenciesMs: times(5, 1), block: 1, phase: "extension" });
    expect(judge("requests == 10", blocks)).toMatchObject([{ outcome: "pass" }]);
    expect(judge("rps == 10", blocks)).toMatchObject([{ outcome: "pass" }]);
  });

  test("apdex counts slow requests half and failed ones not at all", () => {
    const blocks = blocksOf(
      { latenciesMs: [...times(6, 100), ...times(2, 1000), ...times(1, 5000)] },
      { latenciesMs: times(1, 100), failure: "status" },
    );
    expect(judge("apdex(300ms) >= 0.7", blocks)).toMatchObject([{ actual: 0.7, outcome: "pass", unit: "score" }]);
  });

  test("`after` cuts the start of the judged window, not of the run", () => {
    const blocks = blocksOf(
      { block: 10, phase: "ramp", latenciesMs: times(50, 1) },
      { block: 20, latenciesMs: times(50, 900) },
      { block: 21, latenciesMs: times(50, 900) },
      { block: 22, latenciesMs: times(50, 20) },
    );
    expect(outcome("p95 < 300ms", blocks)).toEqual(["fail"]);
    expect(outcome("p95 < 300ms after 1s", blocks)).toEqual(["pass"]);
    expect(outcome("p95 < 300ms after 1m", blocks)).toEqual(["no-data"]);
  });
});

describe("whose promise it is", () => {
  const blocks = blocksOf(
    { endpoint: "GET /fast", latenciesMs: times(500, 10) },
    { endpoint: "POST /slow", latenciesMs: times(500, 800) },
  );

  test("a glob promises each endpoint it matches", () => {
    expect(judge('p95 < 300ms of "*"', blocks)).toMatchObject([
      { endpoint: { method: "GET", name: "/fast" }, outcome: "pass", n: 500 },
      { endpoint: { method: "POST", name: "/slow" }, outcome: "fail", n: 500 },
    ]);
    expect(judge('p95 < 300ms of "GET *"', blocks)).toHaveLength(1);
  });

  test("what an earlier entry has taken is left to it, and that is not a lack of data", () => {
    const threshold = { ...parseThreshold('p95 < 300ms of "*"'), except: ["POST *"] };
    expect(evaluate([threshold], blocks)).toMatchObject([{ endpoint: { name: "/fast" } }]);
    expect(evaluate([{ ...threshold, except: ["*"] }], blocks)).toEqual([]);
  });

  test("a glob that matches nothing is broken and names the nearest endpoints", () => {
    const [result] = judge('p95 < 300ms of "POST /slo"', blocks);
    expect(result).toMatchObject({ outcome: "no-data", actual: null, n: 0, interval: null });
    expect(result?.message).toBe(
      'no data for p95 of "POST /slo": no endpoint has that name; the nearest are "POST /slow", "GET /fast"',
    );
  });

  test("`optional` keeps a promise without data, `warn` makes it a warning", () => {
    expect(outcome('p95 < 300ms of "GET /nowhere" optional', blocks)).toEqual(["pass"]);
    expect(outcome('p95 < 300ms of "GET /nowhere" warn', blocks)).toEqual(["warn"]);
  });

  test("a run without requests keeps no promise", () => {
    expect(outcome("p95 < 300ms", [])).toEqual(["no-data"]);
    expect(outcome("errors < 1%", [])).toEqual(["no-data"]);
    expect(outcome('failures <= 5 of "*"', [])).toEqual(["no-data"]);
  });

  test("requests without a response time are no data for a latency", () => {
    const untimed = blocksOf({ latenciesMs: times(10, null) });
    expect(judge("p95 < 300ms", untimed)[0]?.message).toBe(
      "no data for p95 of all requests: no request had a response time",
    );
    expect(outcome("errors < 1%", untimed)).toEqual(["pass"]);
  });
});

describe("how sure it is", () => {
  test("a percentile breaks its promise when its whole interval is past the limit", () => {
    const blocks = blocksOf({ latenciesMs: ramp(1000) });
    const [result] = judge("p50 < 500ms", blocks);
    // Binomial(1000, 0.5): ranks 469 and 532, as any table of order statistics has it.
    expect(result?.interval?.[0]).toBeCloseTo(469, -0.5);
    expect(result?.interval?.[1]).toBeCloseTo(532, -0.5);
    expect(outcome("p50 < 460ms", blocks)).toEqual(["fail"]);
    expect(outcome("p50 < 480ms", blocks)).toEqual(["undecided"]);
    expect(outcome("p50 < 520ms", blocks)).toEqual(["undecided"]);
    expect(outcome("p50 < 540ms", blocks)).toEqual(["pass"]);
    expect(outcome("p50 > 460ms", blocks)).toEqual(["pass"]);
    expect(outcome("p50 > 540ms", blocks)).toEqual(["fail"]);
  });

  test("an error rate likewise", () => {
    const failed = (failures: number, all: number) =>
      blocksOf({ latenciesMs: times(all - failures, 1) }, { latenciesMs: times(failures, 1), failure: "status" });
    expect(outcome("errors < 1%", failed(20, 500))).toEqual(["fail"]);
    expect(outcome("errors < 1%", failed(6, 500))).toEqual(["undecided"]);
    expect(outcome("errors < 1%", failed(4, 500))).toEqual(["undecided"]);
    expect(outcome("errors < 1%", failed(2, 5000))).toEqual(["pass"]);
    expect(outcome("errors <= 0", failed(1, 500))).toEqual(["fail"]);
  });

  test("a promise that is just kept is called broken in one of forty runs at most", () => {
    const random = Random.from("coverage");
    let broken = 0;
    for (let run = 0; run < 400; run++) {
      // Exponential: its 95th percentile is −ln 0.05 of the mean.
      const latenciesMs = Array.from({ length: 200 }, () => -100 * Math.log(1 - random.float()));
      const [result] = outcome(`p95 < ${(-100 * Math.log(0.05)).toFixed(3)}ms`, blocksOf({ latenciesMs }));
      if (result === "fail") broken++;
    }
    expect(broken / 400).toBeLessThan(0.04);
    expect(broken).toBeGreaterThan(0);
  });

  test("a promise that no request broke is kept, however few there were", () => {
    const blocks = blocksOf({ latenciesMs: times(20, 40) });
    expect(outcome("p99 < 300ms", blocks)).toEqual(["pass"]);
    expect(outcome("errors < 1%", blocks)).toEqual(["pass"]);
  });

  test("the undecided becomes a warning when there is no more time", () => {
    const results = judge("p50 < 480ms", blocksOf({ latenciesMs: ramp(1000) }));
    expect(settle(results).map(({ outcome }) => outcome)).toEqual(["warn"]);
    expect(settle(judge("p50 < 1ms", blocksOf({ latenciesMs: ramp(1000) })))[0]?.outcome).toBe("fail");
  });

  test("a broken promise of the warn tier is a warning and never asks for more time", () => {
    const blocks = blocksOf({ latenciesMs: ramp(1000) });
    expect(outcome("p50 < 400ms warn", blocks)).toEqual(["warn"]);
    expect(outcome("p50 < 480ms warn", blocks)).toEqual(["warn"]);
    expect(outcome("p50 < 900ms warn", blocks)).toEqual(["pass"]);
  });

  test("making every request slower never turns a failure into a pass", () => {
    const rank = { pass: 0, undecided: 1, warn: 1, fail: 2, "no-data": 2 };
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 300 }),
        fc.integer({ min: 0, max: 500 }),
        fc.constantFrom("p50", "p95", "p99", "avg", "max", "min"),
        (latenciesMs, moreMs, metric) => {
          const before = outcome(`${metric} < 400ms`, blocksOf({ latenciesMs }))[0] ?? "fail";
          const slower = latenciesMs.map((ms) => ms + moreMs);
          const after = outcome(`${metric} < 400ms`, blocksOf({ latenciesMs: slower }))[0] ?? "fail";
          return rank[after] >= rank[before];
        },
      ),
    );
  });
});

describe("in every window", () => {
  /** Two blocks a second; `slowFrom` to `slowTo` (seconds) take 900 ms instead of 50. */
  const seconds = (count: number, { slowFrom = -1, slowTo = -1, perBlock = 30, warmUp = 0 } = {}) =>
    blocksOf(
      ...Array.from({ length: count * 2 }, (_, i) => {
        const second = i / 2 - warmUp;
        const phase = second < 0 ? ("warm-up" as const) : ("steady" as const);
        return { block: i + 7, phase, latenciesMs: times(perBlock, second >= slowFrom && second < slowTo ? 900 : 50) };
      }),
    );

  test("ten bad seconds break it, though the whole run keeps it", () => {
    const blocks = seconds(300, { slowFrom: 100, slowTo: 110 });
    expect(outcome("p95 < 300ms", blocks)).toEqual(["pass"]);
    expect(outcome("p95 < 300ms in every 10s", blocks)).toEqual(["fail"]);
    const [result] = judge("p95 < 300ms in every 10s", blocks);
    expect(result?.message).toContain("in the worst of 30 windows of 10s, 100 to 110 s into the judged time");
    expect(result).toMatchObject({ n: 600, source: "p95 < 300ms in every 10s" });
  });

  test("ramp and warm-up belong to no window, nor does the rest at the end", () => {
    const blocks = seconds(34, { warmUp: 4, slowFrom: -4, slowTo: 0 });
    expect(outcome("p95 < 300ms in every 10s", blocks)).toEqual(["pass"]);
    expect(judge("p95 < 300ms in every 10s", blocks)[0]?.message).toContain("of 3 windows");
    expect(outcome("p95 < 300ms in every 10s", seconds(39, { slowFrom: 30, slowTo: 39 }))).toEqual(["pass"]);
    expect(outcome("p95 < 300ms in every 10s", seconds(40, { slowFrom: 30, slowTo: 40 }))).toEqual(["fail"]);
  });

  test("a window with fewer than five requests beyond the percentile is not judged; none at all is a warning", () => {
    const blocks = seconds(20, { perBlock: 5, slowFrom: 0, slowTo: 10 });
    expect(judge("p95 < 300ms in every 10s", blocks)).toMatchObject([{ outcome: "fail", n: 100 }]);
    expect(judge("p96 < 300ms in every 10s", blocks)).toMatchObject([{ outcome: "warn", actual: null }]);
    expect(judge("p96 < 300ms in every 10s", blocks)[0]?.message).toContain(
      "p96 needs 125 requests in a window of 10s; the fullest had 100",
    );
    expect(judge("p95 < 300ms in every 60s", blocks)[0]?.message).toContain("shorter than one window of 60s");
    expect(outcome("p95 < 300ms in every 10s", [])).toEqual(["warn"]);
  });

  test("a rate may fall to nothing in a window", () => {
    const blocks = [...seconds(10), ...blocksOf({ block: 60, latenciesMs: [1] })].sort((a, b) => a.block - b.block);
    const quiet = Array.from({ length: 20 }, (_, i) => ({ ...emptySnapshot(27 + i), phase: "steady" as const }));
    const all = [...blocks.filter(({ block }) => block < 27), ...quiet];
    expect(judge("rps > 1/s in every 10s", all)).toMatchObject([{ outcome: "fail", actual: 0 }]);
    expect(outcome("rps > 1/s", all)).toEqual(["pass"]);
  });

  test("many good windows are not broken by chance", () => {
    const random = Random.from("windows");
    const blocks = blocksOf(
      ...Array.from({ length: 2000 }, (_, block) => ({
        block,
        latenciesMs: Array.from({ length: 20 }, () => 100 * (1 + random.float())),
      })),
    );
    // The true p95 is 195 ms.
    expect(outcome("p95 < 195ms in every 10s", blocks)).not.toEqual(["fail"]);
    expect(outcome("p95 < 170ms in every 10s", blocks)).toEqual(["fail"]);
  });
});

describe("abort", () => {
  const slow = (count: number, from = 0) =>
    blocksOf(...Array.from({ length: count }, (_, i) => ({ block: from + i, latenciesMs: times(30, 900) })));

  test("a promise that is surely broken ends the run, later than it says", () => {
    const promise = [parseThreshold("p95 < 300ms abort after 20s"), parseThreshold("p50 < 1ms")];
    expect(abortingPromise(promise, { blocks: slow(30), elapsedMs: 20_000 })).toBeNull();
    expect(abortingPromise(promise, { blocks: slow(30), elapsedMs: 20_500 })).toMatchObject({ metric: "p95" });
  });

  test("a few requests end nothing", () => {
    const promise = [parseThreshold("p95 < 300ms abort"), parseThreshold("avg < 300ms abort")];
    const few = blocksOf({ latenciesMs: times(9, 900) });
    expect(abortingPromise(promise, { blocks: few, elapsedMs: 5000 })).toBeNull();
  });

  test("an endpoint that was not asked yet ends nothing", () => {
    const promise = [parseThreshold('p95 < 300ms of "GET /later" abort')];
    expect(abortingPromise(promise, { blocks: slow(30), elapsedMs: 20_000 })).toBeNull();
  });
});

describe("what it says", () => {
  test("plain words with units, the interval and the number of requests", () => {
    const blocks = blocksOf({ endpoint: "GET /item/{id}", latenciesMs: ramp(1000) });
    const messages = (line: string) => judge(line, blocks).map(({ message }) => message);
    expect(messages('p50 < 300ms of "GET /item/*"')).toEqual([
      "p50 of GET /item/{id} was 500 ms (95 % interval 469 to 532 ms, 1000 requests); promised below 300 ms",
    ]);
    expect(messages("errors <= 1%")).toEqual([
      "errors of all requests were 0 % (95 % interval 0 to 0.368 %, 1000 requests); promised at most 1 %",
    ]);
    const minute = blocksOf(...Array.from({ length: 20 }, (_, block) => ({ block, latenciesMs: ramp(100) })));
    expect(judge("p95>5s for 10s, stop as failed", minute)[0]?.message).toContain(
      '; "for 10s" is judged on each window of 10s as a whole',
    );
  });

  test("rounding never tells the opposite", () => {
    const blocks = blocksOf({ latenciesMs: times(400, 300.4) });
    expect(judge("avg < 300ms", blocks)[0]?.message).toContain("was 300.4 ms");
  });

  test("the place and the canonical source come along", () => {
    const [result] = evaluate([parseThreshold("P(95)<300", "slo:2")], blocksOf({ latenciesMs: [1] }));
    expect(result).toMatchObject({ place: "slo:2", source: "p95 < 300ms", operator: "<" });
  });
});
