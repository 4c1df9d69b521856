import { describe, expect, test } from "vitest";
import { buildReport } from "../../src/report/build-report.ts";
import { renderConsole } from "../../src/report/console.ts";
import { renderHtml } from "../../src/report/html/html.ts";
import { fixedPart, type Part, shedToFit } from "../../src/report/markdown/fit.ts";
import { bodyOf, renderMarkdown } from "../../src/report/markdown/markdown.ts";
import { commentMarker, withoutMarker } from "../../src/report/markdown/marker.ts";
import { headlineMarkdown, headlineText } from "../../src/report/view/headline.ts";
import type { ReasonCode } from "../../src/verdict/reasons.ts";
import { comparison, sampleInputs, sampleReport, threshold } from "../support/make-report.ts";

describe("the comment", () => {
  const fail = sampleReport("fail");

  test("shows at most five rows above the fold, regressions and broken promises among them", () => {
    const report = buildReport({
      ...sampleInputs.fail!(),
      verdict: {
        conclusion: "fail",
        reasons: [],
        thresholds: Array.from({ length: 9 }, () => threshold({ outcome: "fail" })),
        comparisons: Array.from({ length: 9 }, (_, i) =>
          comparison({ outcome: "regressed", endpoint: { method: "GET", name: `/${i}` } }),
        ),
      },
    });
    const [fold = ""] = renderMarkdown(report).split("<details>");
    const rows = fold.split("\n").filter((line) => line.startsWith("| ❌"));
    expect(rows).toHaveLength(5);
    expect(rows.filter((row) => row.includes("SLO"))).toHaveLength(2);
  });

  test("says that there is no baseline, and why", () => {
    expect(renderMarkdown(sampleReport("first-run"))).toContain("No baseline: `no run of main has stored one yet`.");
  });

  test("names the simple percentage rule where that rule decided", () => {
    expect(renderMarkdown(sampleReport("five-hundred"))).toContain("by the simple percentage rule");
    expect(renderMarkdown(fail)).not.toContain("simple percentage rule");
  });

  test("tells a waiver with its reason, users that were lost, and what a comparison warns of, once", () => {
    const input = sampleInputs.waived!();
    const warned = input.verdict.comparisons.map((c) => ({ ...c, warnings: ["another machine"] }));
    const text = renderMarkdown(
      buildReport({
        ...input,
        result: { ...input.result, trouble: { ...input.result.trouble, retiredPairs: 2 } },
        verdict: { ...input.verdict, comparisons: warned },
      }),
    );
    expect(text).toContain("- Waived: `POST /checkout` p95 until `2026-12-24`, because `fraud check added`");
    expect(text).toContain("- Users lost: 2 pairs retired when one twin left");
    expect(text.match(/another machine/g)).toHaveLength(1);
  });

  test("marks no change as established that is not", () => {
    const improved = sampleReport("pass");
    const [, ...rows] = renderMarkdown(improved).split("\n");
    expect(rows.filter((row) => row.startsWith("|") && row.includes("**"))).toEqual([]);
    expect(renderMarkdown(improved)).not.toMatch(/[↑↓▲▼⬆⬇]/u);
  });

  test("is the same but for marker and footer when another run says the same", () => {
    const later = { ...fail, generatedAt: "2026-09-23T00:00:00.000Z", commit: "0".repeat(40), run: null };
    expect(renderMarkdown(later)).not.toBe(renderMarkdown(fail));
    const unlinked = (text: string) => bodyOf(text).replace(/\[re-run\]\([^)]*\)/, "re-run");
    expect(unlinked(renderMarkdown(later))).toBe(unlinked(renderMarkdown(fail)));
  });

  test("begins with the marker that it is found by", () => {
    expect(renderMarkdown(fail).startsWith(`${commentMarker("api")}\n### `)).toBe(true);
    expect(commentMarker("api --> <b>")).toMatch(/^<!-- swarmgate:[A-Za-z0-9._-]+ -->$/);
    expect(withoutMarker(renderMarkdown(fail))).toMatch(/^### /);
    expect(withoutMarker("no marker")).toBe("no marker");
  });

  test("keeps words of the outside out of the heading but for the culprit's name", () => {
    const hostile = headlineMarkdown(sampleReport("hostile"));
    expect(hostile).toMatch(/^❌ swarmgate · api-b-x — `GET` p95 is 38/);
    expect(headlineText(fail, 140)).toMatch(/^❌ api: POST \/checkout p95 is 38 % slower \(\+84 ms/);
    expect([...headlineText(sampleReport("five-hundred"), 60)].length).toBeLessThanOrEqual(60);
  });
});

describe("headlines", () => {
  const base = sampleInputs.pass!();
  const headline = (verdict: Partial<typeof base.verdict>) =>
    headlineText(buildReport({ ...base, verdict: { ...base.verdict, ...verdict } }));
  // As a document of another version may have it.
  const reason = (code: string) => ({
    conclusion: "invalid" as const,
    reasons: [{ code: code as ReasonCode, message: "m" }],
  });

  test.each([
    ["zero-requests", "no request was sent"],
    ["users-dead", "every user died in onStart"],
    ["users-not-reached", "only 10 of 10 users ran"],
    ["saturated", "the load generator was saturated"],
    ["blocked", "platform blocked the load"],
    ["throttled", "throttled the load (429)"],
    ["target-gone", "the target was not answering at the end of the run"],
    ["uncaught-exceptions", "threw exceptions"],
    ["forbidden-host", "outside allowed-hosts"],
    ["missing-await", "missing await"],
    ["interrupted", "partial result"],
    ["something-new", "not judged"],
  ])("name the cause %s", (code, words) => {
    expect(headline(reason(code))).toContain(words);
  });

  test("tell a broken promise without data", () => {
    const broken = threshold({ actual: null, outcome: "no-data", endpoint: { method: "GET", name: "/typo" }, n: 0 });
    expect(headline({ conclusion: "fail", thresholds: [broken], comparisons: [] })).toBe(
      "❌ api: GET /typo p95 has no data, promised < 300 ms",
    );
  });

  test("name the endpoint a promise asked for where none is called so", () => {
    const source = 'errors < 1% of "GET /say \\"hi\\""';
    const broken = threshold({
      source,
      metric: "errors",
      unit: "ratio",
      expected: 0.01,
      actual: null,
      outcome: "no-data",
    });
    expect(headline({ conclusion: "fail", thresholds: [broken], comparisons: [] })).toBe(
      '❌ api: GET /say "hi" errors have no data, promised < 1 %',
    );
  });

  test("pass with a warning where a promise was not kept and fails nothing, and say why on the console", () => {
    const message = "p95 of GET / was 301 ms; promised below 300 ms, and the limit lies inside the interval";
    const warned = threshold({ outcome: "warn", actual: 301, message, endpoint: { method: "GET", name: "/" } });
    expect(headline({ thresholds: [threshold(), warned], comparisons: [] })).toBe(
      "⚠️ api: 1 of 2 SLOs met, but GET / p95 is 301 ms, promised < 300 ms",
    );
    expect(headline({ thresholds: [warned, warned] })).toMatch(
      /^⚠️ api: no regression in 2 endpoints, .*; 0 of 2 SLOs met, but GET \/ p95 is 301 ms, promised < 300 ms, and 1 more warning$/,
    );
    const report = buildReport({ ...base, verdict: { ...base.verdict, thresholds: [warned], comparisons: [] } });
    expect(renderConsole(report)).toContain(`  warn p95 < 300ms [GET /]: 301 ms; ${message}\n`);
  });

  test("do not call a load too much that may have kept the promises", () => {
    const input = sampleInputs.capacity!();
    const told = (outcome: "undecided" | "broken", conclusion: "inconclusive" | "fail") => {
      const steps = input.capacity!.steps.slice(0, 1).map((step) => ({ ...step, outcome }));
      const verdict = { ...input.verdict, conclusion, comparisons: [] };
      return headlineText(buildReport({ ...input, verdict, capacity: { ...input.capacity!, steps } }));
    };
    expect(told("undecided", "inconclusive")).toBe("🟡 api: undecided whether even 25 users keep the promises");
    expect(told("broken", "fail")).toBe("❌ api: not even 25 users keep the promises");
  });

  test("tell errors in percent, not in relative change", () => {
    const errors = comparison({
      metric: "errors",
      before: 0.001,
      after: 0.021,
      change: { estimate: 0.02, low: 0.01, high: 0.03 },
      outcome: "regressed",
    });
    expect(headline({ conclusion: "fail", comparisons: [errors] })).toBe(
      "❌ api: GET /home errors rose from 0.1 % to 2.1 % (95 % interval +1 … +3 pp)",
    );
  });
});

describe("a step that does not follow the verdict", () => {
  test("says so on every surface", () => {
    for (const [name, passed, words] of [
      ["fail", true, "The step passes all the same"],
      ["first-run", false, "The step fails, because fail-on says so"],
    ] as const) {
      const report = { ...sampleReport(name), passed };
      for (const text of [renderMarkdown(report), renderConsole(report), renderHtml(report)])
        expect(text).toContain(words);
      expect(renderMarkdown({ ...report, passed: !passed })).not.toContain(words);
    }
  });
});

describe("fitting", () => {
  const rows = (tier: number, count: number, text: string): Part => ({
    tier,
    rows: Array.from({ length: count }, (_, i) => `${text}${i}`),
    frame: (kept, shed) => `${text}:${kept.length}/${shed}`.padEnd(kept.join("\n").length, "."),
  });

  test("sheds rows of the highest tier first, from the bottom, and as few as it must", () => {
    const text = shedToFit([fixedPart(0, "head"), rows(1, 10, "a"), rows(2, 10, "b")], 60);
    expect(text.length).toBeLessThanOrEqual(60);
    expect(text).toContain("head");
    expect(text).toContain("a:10/0");
    expect(text).toMatch(/b:[1-9]\/[1-9]/);
  });

  test("drops whole parts before it touches a lower tier, and never tier 0", () => {
    const text = shedToFit([fixedPart(0, "head"), fixedPart(1, "one"), fixedPart(2, "x".repeat(100))], 12);
    expect(text).toBe("head\n\none");
    expect(shedToFit([fixedPart(0, "head")], 1)).toBe("head");
  });
});
