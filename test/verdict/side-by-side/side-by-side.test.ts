import { describe, expect, test } from "vitest";
import { Random } from "../../../src/base/random.ts";
import { Slots } from "../../../src/engine/worker/slots.ts";
import { type Endpoint, parseCellKey } from "../../../src/stats/endpoint.ts";
import type { Sample } from "../../../src/stats/sample.ts";
import { type Block, blockMs, type Phase } from "../../../src/stats/snapshot.ts";
import { defaultCompareSettings as settings } from "../../../src/verdict/settings.ts";
import { judgeSideBySide, lookLimit } from "../../../src/verdict/side-by-side/side-by-side.ts";
import { arms, blockOf, sample } from "../runs.ts";

const endpoints: readonly Endpoint[] = [
  { method: "GET", name: "/home" },
  { method: "GET", name: "/item/{id}" },
];

interface Head {
  readonly slower?: number;
  readonly failing?: number;
  readonly stallEvery?: number;
}

/** Blocks of 25 requests per second, arm and endpoint, about 20 ms; what `head` says befalls the second endpoint. */
function run(seed: string, ms: number, head: Head = {}, phase: Phase = "steady", first = 0): Block[] {
  const random = Random.from(seed);
  const normal = () => Array.from({ length: 12 }, () => random.float()).reduce((a, b) => a + b, -6);
  return Array.from({ length: ms / blockMs }, (_, block) => {
    const samples: Sample[] = [];
    for (const endpoint of endpoints) {
      for (const arm of arms) {
        const hit = arm === "head" && endpoint === endpoints[1];
        for (let i = 0; i < 12; i++) {
          const stalled = hit && head.stallEvery !== undefined && block % head.stallEvery === 0;
          const latencyMs = 20 * Math.exp(0.3 * normal()) * (hit ? (head.slower ?? 1) : 1) + (stalled ? 800 : 0);
          const fails = hit && random.float() < (head.failing ?? 0);
          const failure = fails ? ({ kind: "status", message: "500" } as const) : undefined;
          samples.push(sample({ arm, endpoint, latencyMs, status: fails ? 500 : 200, failure }));
        }
      }
    }
    return blockOf(first + block, samples, { phase });
  });
}

const budget = { settings, runTimeMs: 60_000, maxDurationMs: 240_000 };
const judge = (blocks: readonly Block[], over = false) => judgeSideBySide({ ...budget, blocks, over });
const regressed = ({ comparisons }: ReturnType<typeof judge>) =>
  comparisons
    .filter(({ outcome }) => outcome === "regressed")
    .map(({ endpoint, metric }) => `${endpoint?.name ?? ""} ${metric}`.trim());

describe("a run whose arms had turns", () => {
  const turned = { ...budget, settings: { ...settings, alternates: true } };
  const slots = new Slots({ seed: "turns", startedAtMs: 0 });
  /** The same requests, each arm's in its own turns alone; the first `ramp` blocks are not judged. */
  const inTurns = (blocks: readonly Block[], { from = 0, ramp = 0 } = {}): Block[] =>
    blocks.map((block) => {
      const arm = slots.armOf(Math.floor((block.block - from) / 2));
      const cells = new Map([...block.cells].filter(([key]) => parseCellKey(key).arm === arm));
      return { ...block, cells, phase: block.block - from < ramp ? "ramp" : block.phase };
    });
  const regressions = (blocks: readonly Block[], over: boolean) =>
    judgeSideBySide({ ...turned, blocks, over })
      .comparisons.filter(({ outcome }) => outcome === "regressed")
      .map(({ endpoint, metric }) => `${endpoint?.name} ${metric}`);

  test.each([0, 1, 2, 3])("is compared in pairs of turns, wherever in a pair its judged time begins (%i)", (ramp) => {
    const first = inTurns(run("a", 182_000, { slower: 1.25 }), { ramp });
    const { next, comparisons } = judgeSideBySide({ ...turned, blocks: first, over: false });
    expect(next.action).toBe("confirm");
    expect(comparisons.find(({ endpoint }) => endpoint?.name === "/home")?.outcome).not.toBe("regressed");
    const number = first.length;
    const second = inTurns(run("b", 60_000, { slower: 1.25 }, "confirmation", number), { from: number, ramp });
    const found = regressions([...first, ...second], true);
    expect(found).toContain("/item/{id} p50");
    expect(found.every((name) => name.startsWith("/item/{id}"))).toBe(true);
  });

  test("of two equals is no regression, though a burst of one turn befalls one arm alone", () => {
    const blocks = inTurns(run("c", 240_000));
    const { comparisons, next } = judgeSideBySide({ ...turned, blocks, over: true });
    expect(next).toEqual({ action: "stop" });
    expect(comparisons.filter(({ outcome }) => outcome === "regressed")).toEqual([]);
    expect(comparisons.find(({ metric }) => metric === "p50")?.outcome).toBe("unchanged");
  });
});

describe("a side-by-side run", () => {
  test("keeps time back for its confirmation", () => {
    expect(lookLimit(budget)).toBe(180_000);
    expect(lookLimit({ runTimeMs: 60_000, maxDurationMs: 60_000 })).toBe(60_000);
  });

  test("measures until the run time before anything is decided", () => {
    expect(judge(run("a", 30_000)).next).toEqual({ action: "measure", untilMs: 60_000 });
  });

  test("of two equals ends in a pass, and says what it could have seen", () => {
    const done = judge(run("equal", 120_000), true);
    expect(done.next.action).toBe("stop");
    expect(new Set(done.comparisons.map(({ outcome }) => outcome))).toEqual(new Set(["unchanged"]));
    for (const { metric, change, smallestDetectable } of done.comparisons) {
      if (metric !== "p50" && metric !== "p95") continue;
      expect(change?.low).toBeLessThan(change?.high ?? 0);
      expect(smallestDetectable).toBeGreaterThan(0.05);
      expect(smallestDetectable).toBeLessThan(0.3);
    }
  });

  test("a slower head is first confirmed, then regressed, and only the endpoint that is slower", () => {
    const first = run("slow", 60_000, { slower: 1.3 });
    const found = judge(first);
    expect(found.next).toEqual({ action: "confirm", forMs: 60_000 });
    expect(regressed(found)).toEqual([]);
    const second = run("again", 60_000, { slower: 1.3 }, "confirmation", 120);
    const confirmed = judge([...first, ...second], true);
    expect(regressed(confirmed)).toEqual(["/item/{id} p50", "/item/{id} p95"]);
    expect(confirmed.next.action).toBe("stop");
  });

  test("what the second pass does not confirm is inconclusive", () => {
    const blocks = [...run("slow", 60_000, { slower: 1.3 }), ...run("not again", 60_000, {}, "confirmation", 120)];
    const judged = judge(blocks, true);
    expect(regressed(judged)).toEqual([]);
    const undecided = judged.comparisons.filter(({ outcome }) => outcome === "inconclusive");
    expect(undecided[0]?.warnings.join()).toContain("did not confirm");
  });

  test("without time left to confirm it is inconclusive", () => {
    const blocks = run("slow", 60_000, { slower: 1.3 });
    const judged = judgeSideBySide({ ...budget, maxDurationMs: 60_000, blocks, over: false });
    expect([judged.next.action, regressed(judged)]).toEqual(["stop", []]);
    expect(judged.comparisons.some(({ warnings }) => warnings.join().includes("no second pass confirmed it"))).toBe(
      true,
    );
  });

  test("errors from none to two percent are found", () => {
    const first = run("errors", 60_000, { failing: 0.02 });
    const second = run("errors again", 60_000, { failing: 0.02 }, "confirmation", 120);
    expect(regressed(judge([...first, ...second], true))).toEqual(["/item/{id} errors"]);
  });

  test("a head that always fails is found, though its windows have no spread", () => {
    const first = run("broken", 60_000, { failing: 1 });
    const second = run("broken again", 60_000, { failing: 1 }, "confirmation", 120);
    expect(regressed(judge([...first, ...second], true))).toContain("/item/{id} errors");
  });

  test("a head that stands still now and then is found, though its percentiles hardly move", () => {
    const first = run("stalls", 120_000, { stallEvery: 12 });
    const second = run("stalls again", 60_000, { stallEvery: 12 }, "confirmation", 240);
    expect(regressed(judge([...first, ...second], true))).toContain("stalls");
  });

  test("undecided goes on to the next look, up to the limit", () => {
    const thin = (ms: number) =>
      run("few", ms).map((block, i) => (i % 20 === 0 ? block : { ...block, cells: new Map() }));
    expect(judge(thin(60_000)).next).toEqual({ action: "measure", untilMs: 90_000 });
    expect(judge(thin(180_000)).next).toEqual({ action: "stop" });
  });

  test("endpoints that only one arm has are listed, not judged", () => {
    const odd = blockOf(0, [sample({ endpoint: { method: "GET", name: "/new" } })]);
    const listed = judge([odd, ...run("odd", 60_000)], true).comparisons.filter(
      ({ outcome }) => outcome === "no-baseline",
    );
    expect(listed.map(({ endpoint, warnings }) => [endpoint?.name, warnings[0]])).toEqual([
      ["/new", "new: the base has no such endpoint"],
    ]);
  });
});

test("a run that stopped half a second short of a look is judged by what it has", () => {
  const blocks = run("short", 9500);
  const question = { blocks, settings, runTimeMs: 8000, maxDurationMs: 30_000, over: true };
  expect(judgeSideBySide(question).judgedMs).toBeGreaterThan(0);
});
