import { describe, expect, test } from "vitest";
import { Random } from "../../../src/base/random.ts";
import { fromBlockWire, toBlockWire } from "../../../src/gate/swarm/block-wire.ts";
import { StopRule, type StopRuleOptions } from "../../../src/gate/watch/stop-rule.ts";
import { parseThresholds } from "../../../src/slo/threshold/threshold.ts";
import type { Endpoint } from "../../../src/stats/endpoint.ts";
import type { UserTrouble } from "../../../src/stats/run-result.ts";
import { type Block, blockMs, type Phase } from "../../../src/stats/snapshot.ts";
import { defaultCompareSettings as settings } from "../../../src/verdict/settings.ts";
import { judgeSideBySide } from "../../../src/verdict/side-by-side/side-by-side.ts";
import { arms, blockOf, calm, noTrouble, sample } from "../../verdict/runs.ts";

const search: Endpoint = { method: "GET", name: "/search" };

/** Two arms of so many requests a block, about 20 ms, the head's so many times slower; steady for `steadyMs`. */
function run({
  ms,
  steadyMs,
  slower = 1,
  perBlock = 20,
}: {
  ms: number;
  steadyMs: number;
  slower?: number;
  perBlock?: number;
}) {
  const random = Random.from("lookout");
  const normal = () => Array.from({ length: 12 }, () => random.float()).reduce((a, b) => a + b, -6);
  return Array.from({ length: ms / blockMs }, (_, block) => {
    const phase: Phase = block * blockMs < steadyMs ? "steady" : "extension";
    const samples = arms.flatMap((arm) =>
      Array.from({ length: perBlock }, () =>
        sample({ arm, endpoint: search, latencyMs: 20 * Math.exp(0.3 * normal()) * (arm === "head" ? slower : 1) }),
      ),
    );
    return blockOf(block, samples, { phase });
  });
}

function lookout(questions: Partial<StopRuleOptions>) {
  const said: string[] = [];
  const watch = new StopRule(
    { thresholds: [], sideBySide: null, maxDurationMs: 240_000, ...questions },
    (line) => void said.push(line),
  );
  /** Hands over the run time at once, then block by block; how long was judged when it was enough. */
  const judgedUntil = (blocks: readonly Block[], steadyMs: number): number | null => {
    if (watch.take(blocks.slice(0, steadyMs / blockMs))) return steadyMs;
    for (let i = steadyMs / blockMs; i < blocks.length; i++) {
      if (watch.take(blocks.slice(i, i + 1))) return (i + 1) * blockMs;
    }
    return null;
  };
  return { said, judgedUntil };
}

const promised = (text: string) => parseThresholds(text, "slo").thresholds;

describe("a run watched side by side", () => {
  test("goes on while something is undecided, says what, and ends at the look that decides it", () => {
    const { said, judgedUntil } = lookout({ sideBySide: settings });
    expect(judgedUntil(run({ ms: 180_000, steadyMs: 30_000 }), 30_000)).toBe(60_000);
    expect(said).toEqual([expect.stringMatching(/^undecided: GET \/search p50.* more; looking again at 60 s$/)]);
  });

  test("ends at once when the head is slower: the time left is the confirmation's", () => {
    const { said, judgedUntil } = lookout({ sideBySide: settings });
    expect(judgedUntil(run({ ms: 60_000, steadyMs: 60_000, slower: 1.3 }), 60_000)).toBe(60_000);
    expect(said).toEqual([]);
  });

  test("of too few requests ends when time is up, undecided", () => {
    const { said, judgedUntil } = lookout({ sideBySide: settings, maxDurationMs: 80_000 });
    expect(judgedUntil(run({ ms: 80_000, steadyMs: 30_000, perBlock: 1 }), 30_000)).toBe(60_000);
    expect(said.at(-1)).toMatch(/after 60 s; no time is left to look again$/);
  });

  test("comes to the same end in mid-run and on the whole result", () => {
    const blocks = run({ ms: 120_000, steadyMs: 30_000, slower: 1.12 });
    const { judgedUntil } = lookout({ sideBySide: settings });
    const untilMs = judgedUntil(blocks, 30_000) ?? Number.NaN;
    const { judgedMs } = judgeSideBySide({
      blocks,
      settings,
      runTimeMs: 30_000,
      maxDurationMs: 240_000,
      over: true,
    });
    expect(judgedMs).toBe(untilMs);
  });
});

describe("a run that cannot be judged", () => {
  const strained = (blocks: readonly Block[], from: number, to: number) =>
    blocks.map((block, i) =>
      i >= from && i < to
        ? { ...block, health: { ...block.health, threads: [{ ...calm, utilization: 0.97 }] } }
        : block,
    );
  const open = { thresholds: promised("p50 < 20ms"), maxDurationMs: 60_000 };
  const untilMs = (blocks: readonly Block[], trouble: UserTrouble, questions: Partial<StopRuleOptions> = {}) => {
    const said: string[] = [];
    const watch = new StopRule({ sideBySide: null, ...open, ...questions }, (line) => void said.push(line));
    for (let i = 20; i <= blocks.length; i++) {
      if (watch.take(i === 20 ? blocks.slice(0, 20) : blocks.slice(i - 1, i), trouble))
        return { ms: i * blockMs, said };
    }
    return { ms: null, said };
  };
  const undecided = run({ ms: 60_000, steadyMs: 10_000, perBlock: 4 });

  test("is not prolonged once the locustfile has thrown, whatever is undecided", () => {
    const exceptions = [{ message: "boom", trace: "", task: "home", count: 1, firstMs: 0, lastMs: 0 }];
    const { ms, said } = untilMs(undecided, { ...noTrouble, exceptions });
    expect(ms).toBe(10_000);
    expect(said).toEqual([expect.stringMatching(/^no longer run can be judged, so this one ends after 10 s: .*boom/)]);
    expect(untilMs(undecided, noTrouble).ms).toBeGreaterThan(10_000);
    const forgiven = new Set(["uncaught-exceptions"]);
    expect(untilMs(undecided, { ...noTrouble, exceptions }, { forgiven }).ms).toBeGreaterThan(10_000);
  });

  test("ends when more than a fifth of all it may take was saturated, and not a moment before", () => {
    // A fifth of a minute is twelve seconds, 24 blocks.
    expect(untilMs(strained(undecided, 10, 36), noTrouble).ms).toBe(20_000);
    expect(untilMs(strained(undecided, 10, 34), noTrouble).ms).toBe(untilMs(undecided, noTrouble).ms);
    expect(untilMs(strained(undecided, 0, 20), noTrouble).ms).toBe(untilMs(undecided, noTrouble).ms);
  });
});

describe("a run with promises", () => {
  test("ends with its run time when all are decided", () => {
    const { said, judgedUntil } = lookout({ thresholds: promised("p95 < 500ms\np50 < 1ms") });
    expect(judgedUntil(run({ ms: 30_000, steadyMs: 10_000 }), 10_000)).toBe(10_000);
    expect(said).toEqual([]);
  });

  test("is prolonged while a limit lies inside the interval, until time is up", () => {
    const blocks = run({ ms: 60_000, steadyMs: 5_000, perBlock: 4 });
    const { said, judgedUntil } = lookout({ thresholds: promised("p50 < 20ms"), maxDurationMs: 40_000 });
    const untilMs = judgedUntil(blocks, 5_000);
    expect(said[0]).toBe("undecided: p50 < 20ms; looking again at 30 s");
    expect([30_000, 40_000]).toContain(untilMs);
  });
});

test("a block crosses to the gate with what it is judged by, and without what it is not", () => {
  const failure = { kind: "status", message: "500" } as const;
  const phases = { blocked: 1, dns: 0, connect: 1, tls: 0, firstByte: 3, download: 1 };
  const block = blockOf(7, [sample({ phases }), sample({ status: 500, failure })], { phase: "extension" });
  const back = fromBlockWire(structuredClone(toBlockWire(block)));
  const [[key, stats] = ["", undefined]] = back.cells;
  expect({ block: back.block, phase: back.phase }).toEqual({ block: 7, phase: "extension" });
  expect(stats).toMatchObject({ requests: 2, failures: 1 });
  expect(stats?.success.quantile(0.5)).toBe(block.cells.get(key)?.success.quantile(0.5));
  expect(stats?.phases.connect).toBeUndefined();
  expect(back.failures.groups.size).toBe(0);
});

describe("a run whose target does not answer any more", () => {
  test("is not prolonged: to wait on tells nothing new", () => {
    const silent = { answers: 0, inFlight: 20, youngestMs: 20_400, patienceMs: 3000 };
    const heard = { answers: 20, inFlight: 0, youngestMs: -1, patienceMs: 0 };
    const blocks = run({ ms: 60_000, steadyMs: 30_000 }).map((block) => {
      const liveness = { head: block.block > 40 ? silent : heard, base: heard };
      // On its way from the process that measures.
      return fromBlockWire(structuredClone(toBlockWire({ ...block, liveness })));
    });
    const { said, judgedUntil } = lookout({ thresholds: promised("p95 < 32.5ms") });
    expect(judgedUntil(blocks, 30_000)).toBe(30_000);
    expect(said).toEqual(["the target has not answered for 9.5 s, so the run is not prolonged"]);
  });

  test("counts who still waits in what it looks at", () => {
    const blocks = run({ ms: 60_000, steadyMs: 30_000 }).map((block) => {
      if (block.block !== 59) return block;
      // A thousand users that have waited for ten seconds.
      const waiting = [{ key: "head\u0000GET\u0000/search", startMs: 20_000, cycleMs: 0, count: 1000 }];
      return { ...block, waiting };
    });
    const { said, judgedUntil } = lookout({ thresholds: promised("p95 < 500ms") });
    expect(judgedUntil(blocks, 30_000)).toBe(30_000);
    expect(said).toEqual([]);
    const few = blocks.map((block) => {
      const waiting = block.waiting?.map((one) => ({ ...one, count: 70 }));
      return waiting ? { ...block, waiting } : block;
    });
    const open = lookout({ thresholds: promised("p95 < 500ms") });
    open.judgedUntil(few, 30_000);
    expect(open.said[0]).toMatch(/^undecided: p95 < 500ms/);
  });
});
