import { describe, expect, test } from "vitest";
import { reportOfScenario, type Scenario } from "../support/comment-scenarios.ts";

const shop = (rare: number) => [
  { endpoint: { method: "GET", name: "/" }, weight: 10, medianMs: 20 },
  { endpoint: { method: "GET", name: "/a" }, weight: 10, medianMs: 40 },
  { endpoint: { method: "POST", name: "/rare" }, weight: rare, medianMs: 60 },
];
const beside = { "base-host": "http://localhost:8081", "max-duration": "120s" };
const sideBySide = (now: Scenario["now"]) =>
  reportOfScenario({ past: [], now: { twoArms: true, users: 30, seconds: 120, ...now }, settings: beside });
const codes = (report: ReturnType<typeof sideBySide>) => report.verdict.reasons.map(({ code }) => code);
const of = (report: ReturnType<typeof sideBySide>, name: string) =>
  report.comparisons.filter(({ endpoint }) => endpoint?.name === name);

describe("what a verdict is about", () => {
  test("one endpoint too rare for this load is listed apart, and the rest passes", () => {
    const report = sideBySide({ shop: shop(0.15) });
    expect(report.verdict.conclusion).toBe("pass");
    expect(of(report, "/rare").map(({ notJudged }) => notJudged)).toEqual(
      of(report, "/rare").map(() => "too-few-requests"),
    );
    const [reason, ...more] = report.verdict.reasons.filter(({ code }) => code === "too-few-requests");
    expect(reason?.message).toContain("POST /rare (");
    expect(more).toEqual([]);
  });

  test("an endpoint that became so slow that it makes few requests is not excused by that", () => {
    const slow: Scenario["now"] = {
      shop: shop(10),
      answer: ({ arm, endpoint, usualMs }) => ({ ms: arm === "head" && endpoint.name === "/rare" ? 9000 : usualMs }),
    };
    const report = sideBySide(slow);
    expect(of(report, "/rare").filter(({ notJudged }) => notJudged)).toEqual([]);
    expect(report.verdict.conclusion).not.toBe("pass");
  });

  test("an endpoint that vanished is a warned green, and fails the step only where that is asked", () => {
    const past = Array.from({ length: 4 }, (_, day) => ({ seed: `${day}`, shop: shop(10) }));
    const gone = { past, now: { shop: shop(10).slice(0, 2) } };
    const report = reportOfScenario(gone);
    expect([report.verdict.conclusion, report.passed]).toEqual(["pass", true]);
    expect(codes(report)).toContain("missing-endpoints");
    expect(reportOfScenario({ ...gone, settings: { "fail-on": "slo,missing-endpoints" } }).passed).toBe(false);
  });

  test("where everything was renamed nothing was compared, which is never green", () => {
    const past = Array.from({ length: 4 }, (_, day) => ({ seed: `${day}`, shop: shop(10) }));
    const renamed = shop(10).map((one) => ({ ...one, endpoint: { ...one.endpoint, name: `/v2${one.endpoint.name}` } }));
    const report = reportOfScenario({ past, now: { shop: renamed } });
    expect(report.verdict.conclusion).toBe("inconclusive");
    expect(report.verdict.reasons[0]?.message).toMatch(/^Nothing was compared/);
    expect(report.tally.missing).toBe(3);
  });

  test("what the minimum effect hides is named, and leaves nothing open", () => {
    const fast = shop(10).map((one) => ({ ...one, medianMs: one.endpoint.name === "/" ? 0.8 : one.medianMs }));
    const report = sideBySide({
      shop: fast,
      answer: ({ arm, endpoint, usualMs }) => ({ ms: usualMs * (arm === "head" && endpoint.name === "/" ? 1.4 : 1) }),
    });
    expect(report.verdict.conclusion).toBe("pass");
    const [reason] = report.verdict.reasons.filter(({ code }) => code === "min-effect");
    expect(reason?.message).toMatch(
      /^Slower by less than min-effect, and so not judged: .*GET \/ p50 \(\+0\.3\d* ms\)/,
    );
  });

  test("side by side a slowdown of everything is said as that, with the throughput of both", () => {
    const report = sideBySide({
      shop: shop(10),
      answer: ({ arm, usualMs }) => ({ ms: usualMs + (arm === "head" ? 200 : 0) }),
    });
    expect(report.throughput?.now).toBeLessThan(0.8 * (report.throughput?.before ?? 0));
    expect(report.verdict.conclusion).toBe("inconclusive");
  });
});
