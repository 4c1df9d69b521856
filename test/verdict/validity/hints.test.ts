import { describe, expect, it } from "vitest";
import { cellKey } from "../../../src/stats/endpoint.ts";
import { EndpointStats } from "../../../src/stats/endpoint-stats.ts";
import { FailureLog } from "../../../src/stats/failures.ts";
import type { RunResult } from "../../../src/stats/run-result.ts";
import type { Block } from "../../../src/stats/snapshot.ts";
import { hintsOf } from "../../../src/verdict/validity/hints.ts";
import { sampleInputs } from "../../support/make-report.ts";

const endpoint = { method: "GET", name: "/" };

interface Seen {
  readonly users?: number;
  readonly perBlock?: number;
  readonly latencyMs?: number;
  readonly limited?: number;
  readonly forbidden?: number;
  readonly refused?: number;
  readonly host?: string;
  readonly resets?: number;
  readonly connects?: boolean;
  readonly lateStarts?: number;
  readonly arrivalRate?: number | null;
}

/** Twenty blocks, ten seconds, all alike. */
function run(seen: Seen): RunResult {
  const { users = 10, perBlock = 50, latencyMs = 40, limited = 0, resets = 0, connects = false, lateStarts = 0 } = seen;
  const { forbidden = 0, refused = 0 } = seen;
  const make = Object.values(sampleInputs)[0] as () => { result: RunResult };
  const { result } = make();
  const blocks = Array.from({ length: 20 }, (_, block): Block => {
    const stats = new EndpointStats();
    const failures = new FailureLog();
    for (let i = 0; i < perBlock; i++) {
      const kind = i < resets ? "reset" : i < refused ? "connect" : null;
      const failure = kind ? ({ kind, message: "gone" } as const) : undefined;
      if (failure) failures.record("head", endpoint, failure, block);
      stats.record({
        arm: "head",
        endpoint,
        intendedMs: 0,
        startMs: 0,
        latencyMs,
        status: i < limited ? 429 : i < forbidden ? 403 : 200,
        bytesIn: 1,
        bytesOut: 1,
        phases: connects ? { connect: 1 } : {},
        failure,
      });
    }
    const thread = { thread: "0", delayP99Ms: 0, delayMaxMs: 0, utilization: 0, cpu: 0, lateStarts, openSockets: 1 };
    return {
      block,
      phase: "steady",
      users: new Map([["U", users]]),
      cells: new Map([[cellKey("head", endpoint), stats]]),
      failures,
      health: { threads: [thread] },
    };
  });
  const profile = { ...result.meta.profile, arrivalRate: seen.arrivalRate ?? null };
  const host = seen.host ?? result.meta.host;
  return { ...result, meta: { ...result.meta, profile, host }, blocks };
}

const codes = (seen: Seen) => hintsOf(run(seen)).map(({ code }) => code);

describe("hints", () => {
  it("are silent on an ordinary run", () => {
    // 100 requests/s of 40 ms: 4 of 10 users busy.
    expect(codes({})).toEqual([]);
  });

  it.each([
    ["waits-dominate", { users: 500 }],
    ["no-waits", { users: 4, perBlock: 200, latencyMs: 10 }],
    ["throttling", { limited: 1 }],
    ["resets", { resets: 1 }],
    ["connections-not-reused", { connects: true }],
    ["late-starts", { lateStarts: 2, arrivalRate: 100 }],
    ["late-starts", { lateStarts: 2 }],
    ["one-address", { users: 50, forbidden: 1, host: "https://shop.example" }],
    ["one-address", { users: 50, refused: 1, host: "https://shop.example" }],
  ] as const)("%s is told where it is so", (code, seen) => {
    expect(codes(seen)).toEqual([code]);
  });

  it("are not made of a handful of requests", () => {
    expect(codes({ perBlock: 1, limited: 1, connects: true })).toEqual([]);
  });

  it("know that nobody stands before a target on this machine", () => {
    for (const host of ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:80/x"]) {
      expect(codes({ users: 50, forbidden: 1, host })).toEqual([]);
    }
    expect(codes({ users: 50, forbidden: 1, host: "https://localhost.example" })).toEqual(["one-address"]);
  });

  it("say of late starts when they began, and whether pacing or a rate asked too much", () => {
    const [pacing] = hintsOf(run({ lateStarts: 2 }));
    expect(pacing?.message).toMatch(
      /^40 iterations began later than scheduled, the first 0 s after the start: the pacing/,
    );
    const [rate] = hintsOf(run({ lateStarts: 2, arrivalRate: 100 }));
    expect(rate?.message).toContain("100 iterations/s need more users than there are");
  });

  it("carry the numbers", () => {
    expect(hintsOf(run({ limited: 1 }))[0]?.message).toMatch(/^20 answers were 429 \(2 %\)/);
  });
});
