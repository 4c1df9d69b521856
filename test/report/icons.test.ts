import fc from "fast-check";
import { expect, test } from "vitest";
import { buildReport } from "../../src/report/build-report.ts";
import type { Report } from "../../src/report/document/report.ts";
import { renderMarkdown } from "../../src/report/markdown/markdown.ts";
import { headlineOf } from "../../src/report/view/headline.ts";
import { comparisonIcon, rowIcon, thresholdIcon } from "../../src/report/view/rows-that-matter.ts";
import { type Endpoint, endpointLabel } from "../../src/stats/endpoint.ts";
import type { Comparison } from "../../src/verdict/comparison.ts";
import { judge } from "../../src/verdict/verdict-of.ts";
import { checkout, comparison, home, item, sampleInputs, threshold } from "../support/make-report.ts";
import { makeResult } from "../support/make-result.ts";

const endpoints: readonly Endpoint[] = [home, item, checkout];
const rest = sampleInputs.pass!();
const result = makeResult({
  behaviours: endpoints.map((endpoint) => ({ endpoint, rate: 4, medianMs: 20 })),
  phases: [["steady", 1]],
});

const anyComparison = fc
  .record({
    endpoint: fc.constantFrom<Endpoint | null>(...endpoints, null),
    metric: fc.constantFrom("p50" as const, "p95" as const, "errors" as const),
    outcome: fc.constantFrom<Comparison["outcome"]>(
      "regressed",
      "improved",
      "unchanged",
      "could-not-tell",
      "inconclusive",
      "missing",
      "no-baseline",
    ),
    isWaived: fc.boolean(),
    confirmation: fc.constantFrom("disagreed" as const, "missing" as const, undefined),
    unseenMachine: fc.boolean(),
    withTheRest: fc.boolean(),
    estimate: fc.constantFrom(-0.3, -0.02, 0.02, 0.3, 2),
    hasNumbers: fc.boolean(),
  })
  .map(({ isWaived, hasNumbers, estimate, ...changes }): Comparison => {
    const { endpoint, metric, outcome, ...flags } = changes;
    const isAlone = outcome === "no-baseline" || outcome === "missing";
    return comparison({
      endpoint: outcome === "missing" ? (endpoint ?? home) : endpoint,
      metric: endpoint === null ? "suite" : metric,
      outcome,
      before: isAlone ? null : 20,
      after: outcome === "missing" ? null : 20 * (1 + estimate),
      change: isAlone || !hasNumbers ? null : { estimate, low: estimate - 0.1, high: estimate + 0.1 },
      ...(outcome === "inconclusive" && flags),
      ...(outcome === "regressed" && isWaived && { waived: { until: "2026-12-24", reason: "known" } }),
    });
  });

const anyThreshold = fc
  .record({
    endpoint: fc.constantFrom<Endpoint | null>(...endpoints, null),
    outcome: fc.constantFrom("pass" as const, "warn" as const, "fail" as const, "no-data" as const),
    actual: fc.constantFrom(141, 299, 412),
  })
  .map((changes) => threshold(changes));

const anyReport = fc
  .record({
    comparisons: fc.array(anyComparison, { maxLength: 8 }),
    thresholds: fc.array(anyThreshold, { maxLength: 4 }),
    found: fc.boolean(),
  })
  .map(({ comparisons, thresholds, found }): Report => {
    const verdict = judge({ result, thresholds, comparisons });
    const baseline = { found, whyNot: found ? null : "none was stored", wanted: true };
    return buildReport({ ...rest, result, verdict, baseline, passed: verdict.conclusion === "pass" });
  });

/** What is known of an endpoint that a quiet sign beside its name would deny. */
function trouble({ comparisons, thresholds }: Report, label: string): boolean {
  const isOwn = ({ endpoint }: { endpoint: Endpoint | null }) => endpoint !== null && endpointLabel(endpoint) === label;
  return (
    comparisons.some((one) => isOwn(one) && ["regressed", "inconclusive", "missing"].includes(one.outcome)) ||
    thresholds.some((one) => isOwn(one) && one.outcome !== "pass")
  );
}

const loud = [comparisonIcon.regressed, comparisonIcon.inconclusive, comparisonIcon.missing, thresholdIcon.warn];

test("whatever the verdict, no sign denies what its row or its table knows", () => {
  fc.assert(
    fc.property(anyReport, (report) => {
      const { icon } = headlineOf(report);
      const { conclusion } = report.verdict;
      expect(
        { fail: ["❌"], inconclusive: ["🟡", "⚠️"], invalid: ["⚠️"], pass: ["✅", "🚀", "⚠️", "ℹ️"] }[conclusion],
      ).toContain(icon);
      const rows = report.endpoints.map((row) => ({ row, sign: rowIcon(report, row) }));
      for (const { row, sign } of rows) {
        const isTroubled = trouble(report, endpointLabel(row.endpoint));
        if (isTroubled) expect(loud).toContain(sign);
        if (sign === comparisonIcon.unchanged || sign === comparisonIcon.improved) expect(isTroubled).toBe(false);
      }
      if (icon === "✅" || icon === "ℹ️" || icon === "🚀") {
        expect(rows.map(({ sign }) => sign)).not.toContain(comparisonIcon.regressed);
        expect(rows.map(({ sign }) => sign)).not.toContain(comparisonIcon.inconclusive);
      }
      // Of the table above the fold: a row's sign is that of its own outcome.
      for (const line of renderMarkdown(report).split("\n")) {
        const [, sign = "", , metric = ""] = line.split("|").map((cell) => cell.trim());
        if (metric === "p95" && sign === "➖") expect(line).not.toMatch(/\*\*/);
      }
    }),
    { numRuns: 300 },
  );
});
