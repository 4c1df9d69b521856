import { describe, expect, test } from "vitest";
import type { Failure } from "../../../src/stats/failures.ts";
import { invalidities } from "../../../src/verdict/validity/validity.ts";
import { blockOf, calm, resultOf, sample, steadyBlocks } from "../runs.ts";

const sound = () => steadyBlocks(40, 10, () => ({}));
const codesOf = (result: Parameters<typeof invalidities>[0]) => invalidities(result).map(({ code }) => code);
const failing = (failure: Failure, status = 0) => ({ failure, status });

describe("what makes a run invalid", () => {
  test("a sound run has no reason", () => {
    expect(invalidities(resultOf(sound()))).toEqual([]);
  });

  test("no request at all", () => {
    expect(codesOf(resultOf([]))).toEqual(["zero-requests"]);
  });

  test("requests that all fell into the warm-up say so", () => {
    const [reason] = invalidities(resultOf([blockOf(0, [sample()], { phase: "warm-up" }), blockOf(1, [])]));
    expect(reason).toMatchObject({ code: "zero-requests", message: expect.stringContaining("1 in warm-up") });
  });

  test("every user dead in onStart is told before the silence it explains", () => {
    const exceptions = [
      { message: "401 on /login", trace: "", task: "Shopper.onStart", count: 10, firstMs: 0, lastMs: 1 },
    ];
    const reasons = invalidities(resultOf([], { trouble: { deadInOnStart: 10, exceptions } }));
    expect(reasons[0]).toMatchObject({ code: "users-dead", message: expect.stringContaining("401 on /login") });
    expect(reasons.map(({ code }) => code)).toContain("zero-requests");
  });

  test("some users dead in onStart is not every user", () => {
    expect(codesOf(resultOf(sound(), { trouble: { deadInOnStart: 9 } }))).not.toContain("users-dead");
  });

  test("fewer users than asked for", () => {
    expect(codesOf(resultOf(sound(), { trouble: { peakUsers: 9 } }))).toEqual(["users-not-reached"]);
  });

  test.each([
    ["an event loop late in more than a fifth of the blocks", { delayP99Ms: 6 }, 9],
    ["a thread busier than 0.9 in more than a fifth of the blocks", { utilization: 0.91 }, 9],
  ])("%s is saturation", (_, strain, blocks) => {
    const health = [{ ...calm, ...strain }];
    const run = (strained: number) =>
      resultOf(Array.from({ length: 40 }, (_, i) => blockOf(i, [sample()], i < strained ? { health } : {})));
    expect(codesOf(run(blocks))).toEqual(["saturated"]);
    expect(codesOf(run(blocks - 1))).toEqual([]);
  });

  test("a slow target allows a later event loop: a quarter of its median", () => {
    const health = [{ ...calm, delayP99Ms: 20 }];
    const run = (latencyMs: number) =>
      resultOf(Array.from({ length: 40 }, (_, i) => blockOf(i, [sample({ latencyMs })], { health })));
    expect(codesOf(run(100))).toEqual([]);
    expect(codesOf(run(60))).toEqual(["saturated"]);
  });

  test("late starts count in the open model alone", () => {
    const blocks = Array.from({ length: 40 }, (_, i) =>
      blockOf(i, [sample()], { health: [{ ...calm, lateStarts: 5 }] }),
    );
    const closed = resultOf(blocks);
    const profile = { ...closed.meta.profile, arrivalRate: 100 };
    expect(codesOf(closed)).toEqual([]);
    expect(codesOf({ ...closed, meta: { ...closed.meta, profile } })).toEqual(["saturated"]);
  });

  test("too few users for the arrival rate are told as that, and not as a machine too slow", () => {
    const open = (health: object) => {
      const closed = resultOf(
        Array.from({ length: 40 }, (_, i) => blockOf(i, [sample()], { health: [{ ...calm, ...health }] })),
      );
      return invalidities({
        ...closed,
        meta: { ...closed.meta, profile: { ...closed.meta.profile, arrivalRate: 100 } },
      });
    };
    const [few] = open({ lateStarts: 5 });
    expect(few?.message).toContain("200 iterations started late, since all 10 users were still busy");
    expect(few?.remedy).toContain("Raise `users`");
    const [slow] = open({ lateStarts: 5, utilization: 0.95 });
    expect(slow?.message).toContain("The load generator was saturated");
    expect(slow?.remedy).toContain("fewer users");
  });

  test.each([
    [["x-vercel-mitigated", "challenge"]],
    [["CF-Mitigated", "challenge"]],
    [["Location", "https://vercel.com/sso-api?url=x"]],
    [["location", "https://team.cloudflareaccess.com/cdn-cgi/access/login"]],
  ] as const)("an answer with %s is the platform's, not the target's", (header) => {
    const failure: Failure = {
      kind: "status",
      message: "403",
      sample: { request: "GET /home", status: 403, headers: [header], body: "", atMs: 0 },
    };
    expect(codesOf(resultOf([...sound(), blockOf(40, [sample(failing(failure, 403))])]))).toEqual(["blocked"]);
  });

  test("more than one percent of 429 is throttling", () => {
    const run = (many: number) =>
      resultOf([
        blockOf(
          0,
          Array.from({ length: 200 }, (_, i) => sample({ status: i < many ? 429 : 200 })),
        ),
      ]);
    expect(codesOf(run(2))).toEqual([]);
    expect(codesOf(run(3))).toEqual(["throttled"]);
  });

  test("a target that nobody answers for at the end went away; one that came back did not", () => {
    const refused = failing({ kind: "connect", message: "ECONNREFUSED" });
    const gone = steadyBlocks(40, 10, (block) => (block >= 30 ? refused : {}));
    const back = steadyBlocks(40, 10, (block) => (block >= 10 && block < 15 ? refused : {}));
    const [reason] = invalidities(resultOf(gone));
    expect(reason).toMatchObject({ code: "target-gone", message: expect.stringContaining("ECONNREFUSED") });
    expect(codesOf(resultOf(back))).toEqual([]);
  });

  test("slow answers and bad answers are not absence", () => {
    const bad = steadyBlocks(40, 10, () => failing({ kind: "status", message: "500" }, 500));
    const late = steadyBlocks(40, 10, () => failing({ kind: "timeout", message: "timeout" }));
    expect(codesOf(resultOf(bad))).toEqual([]);
    expect(codesOf(resultOf(late))).toEqual([]);
  });

  test("exceptions, forbidden hosts, missing awaits and an interruption each have their reason", () => {
    const exceptions = [{ message: "x is undefined", trace: "", task: "Shopper.buy", count: 3, firstMs: 0, lastMs: 1 }];
    const trouble = {
      exceptions,
      forbiddenHosts: [{ host: "example.org", count: 2 }],
      missingAwaits: [{ task: "Shopper.home", place: "locustfile.ts:5:3", count: 7 }],
    };
    const reasons = invalidities(resultOf(sound(), { trouble, interrupted: true }));
    expect(reasons.map(({ code }) => code)).toEqual([
      "interrupted",
      "missing-await",
      "forbidden-host",
      "uncaught-exceptions",
    ]);
    expect(reasons[1]?.message).toContain("locustfile.ts:5:3");
    expect(reasons[2]?.message).toContain("example.org (2×)");
    expect(reasons.every((reason) => (reason.remedy ?? "") !== "")).toBe(true);
  });
});
