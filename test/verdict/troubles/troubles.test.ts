import { describe, expect, test } from "vitest";
import { appendRun } from "../../../src/gate/results/append-run.ts";
import type { RunResult } from "../../../src/stats/run-result.ts";
import { troublesOf } from "../../../src/verdict/troubles/troubles.ts";
import { type Ask, type Simulation, simulate } from "../../support/simulated-run.ts";

const shop = [
  { endpoint: { method: "GET", name: "/" }, weight: 3, medianMs: 12 },
  { endpoint: { method: "GET", name: "/search" }, weight: 1, medianMs: 30 },
];
const run = (changes: Partial<Simulation>) =>
  simulate({ seed: "troubles", shop, users: 20, waitMs: 300, seconds: 120, ...changes });
const kinds = (changes: Partial<Simulation>) => troublesOf(run(changes)).map(({ kind }) => kind);
const isSearch = ({ endpoint }: Ask) => endpoint.name === "/search";

describe("what befalls a run as it goes on", () => {
  test.each(["a", "b", "c", "d", "e", "f", "g", "h"])("an even run has nothing odd (%s)", (seed) => {
    expect(kinds({ seed })).toEqual([]);
  });

  test("pauses every 20 s are named with their distance and length", () => {
    const [found, ...more] = troublesOf(
      run({
        answer: ({ usualMs, second }) => ({ ms: usualMs + (second % 20 < 0.9 ? 900 - 1000 * (second % 20) : 0) }),
      }),
    );
    expect(more).toEqual([]);
    expect(found).toMatchObject({ kind: "pauses", everyMs: 20_000, alsoBase: false });
    expect(found?.kind === "pauses" && found.lastedMs).toBeGreaterThan(600);
  });

  test("an endpoint that gets slower by so much a minute is named, one that jumped once is not", () => {
    const [leak] = troublesOf(run({ answer: (ask) => ({ ms: ask.usualMs + (isSearch(ask) ? 0.5 * ask.second : 0) }) }));
    expect(leak).toMatchObject({ kind: "slowing-down", endpoint: { name: "/search" }, endpoints: 1 });
    const perMinute = leak?.kind === "slowing-down" ? leak.perMinuteMs : 0;
    expect(perMinute).toBeGreaterThan(24);
    expect(perMinute).toBeLessThan(36);
    expect(kinds({ answer: (ask) => ({ ms: ask.usualMs * (isSearch(ask) && ask.second > 60 ? 2 : 1) }) })).toEqual([]);
  });

  test("a cold start that decays is named with how long it took", () => {
    const [found] = troublesOf(
      run({ answer: ({ usualMs, second }) => ({ ms: usualMs * (1 + 6 * Math.exp(-second / 8)) }) }),
    );
    expect(found?.kind).toBe("cold-start");
    expect(found?.kind === "cold-start" && found.lastedMs).toBeGreaterThan(15_000);
  });

  test("failures that come all at once are an outage, those that come evenly are not", () => {
    const failed = { ms: 5, status: 503, failure: { kind: "status", message: "503" } } as const;
    const [burst] = troublesOf(
      run({ answer: ({ usualMs, second }) => (second > 60 && second < 64 ? failed : { ms: usualMs }) }),
    );
    expect(burst).toMatchObject({ kind: "error-burst", endpoints: 2 });
    expect(kinds({ answer: ({ usualMs, dice }) => (dice < 0.05 ? failed : { ms: usualMs }) })).toEqual([]);
  });

  test("what the base version does beside it is not of this change", () => {
    const found = troublesOf(
      run({
        twoArms: true,
        answer: ({ usualMs, second }) => ({ ms: usualMs + (second % 20 < 0.9 ? 900 - 1000 * (second % 20) : 0) }),
      }),
    );
    expect(found).toEqual([expect.objectContaining({ kind: "pauses", alsoBase: true })]);
  });
});

describe("a run of several passes", () => {
  /** Passes of a minute, each with an answer of its own; the first two seconds are a ramp. */
  const passes = (...answers: NonNullable<Simulation["answer"]>[]) =>
    answers
      .map((answer, i): RunResult => {
        const pass = run({ seed: `pass ${i}`, seconds: 60, answer });
        const blocks = pass.blocks.map((block, at) => (at < 4 ? { ...block, phase: "ramp" as const } : block));
        return { ...pass, blocks };
      })
      .reduce((first, second) => appendRun(first, second));
  const found = (...answers: NonNullable<Simulation["answer"]>[]) => troublesOf(passes(...answers));
  const times = (factor: number) => (ask: Ask) => ({ ms: ask.usualMs * factor });

  test.each([
    ["a first one that was slower", times(1.7), times(1), times(1)],
    ["each slower than the one before", times(1), times(1.2), times(1.4)],
    ["one that was slower", times(1), times(1.6), times(1)],
  ])("has nothing odd for %s", (_, ...answers) => {
    expect(found(...answers)).toEqual([]);
  });

  test("whose every beginning is slow stands still at no time", () => {
    const slowStart = ({ usualMs, second }: Ask) => ({ ms: second < 3 ? 20 * usualMs : usualMs });
    expect(found(slowStart, slowStart, slowStart).map(({ kind }) => kind)).not.toContain("pauses");
  });

  test("in which an endpoint gets slower all the time names it", () => {
    const leak = (from: number) => (ask: Ask) => ({
      ms: ask.usualMs + (isSearch(ask) ? 0.5 * (from + ask.second) : 0),
    });
    const [trouble] = found(leak(0), leak(60), leak(120));
    expect(trouble).toMatchObject({ kind: "slowing-down", endpoint: { name: "/search" } });
  });

  test("whose first one begins cold names the start", () => {
    const cold = ({ usualMs, second }: Ask) => ({ ms: usualMs * (1 + 6 * Math.exp(-second / 8)) });
    expect(found(cold, times(1), times(1))).toEqual([expect.objectContaining({ kind: "cold-start" })]);
  });

  test("with pauses names them", () => {
    const pausing = ({ usualMs, second }: Ask) => ({
      ms: usualMs + ((second + 10) % 20 < 0.9 ? 900 - 1000 * ((second + 10) % 20) : 0),
    });
    expect(found(pausing, pausing, pausing)).toEqual([expect.objectContaining({ kind: "pauses" })]);
  });
});
