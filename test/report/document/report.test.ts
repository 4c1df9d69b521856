import { readFileSync, writeFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { buildReport } from "../../../src/report/build-report.ts";
import { reportJsonSchema } from "../../../src/report/document/json-schema.ts";
import { parseReport, type Report, renderJson } from "../../../src/report/document/report.ts";
import { bounds } from "../../../src/report/document/report-schema.ts";
import { percentile } from "../../../src/report/markdown/details.ts";
import { renderMarkdown } from "../../../src/report/markdown/markdown.ts";
import { lastingChange, momentsOf } from "../../../src/report/view/moments.ts";
import { checkout, comparison, home, sampleInputs, sampleNames, sampleReport } from "../../support/make-report.ts";
import { makeResult } from "../../support/make-result.ts";

const report = sampleReport("fail");
const written = () => JSON.parse(renderJson(report)) as Record<string, unknown>;
const reading = (changes: Record<string, unknown>) => () => parseReport(JSON.stringify({ ...written(), ...changes }));
const unreadable = expect.objectContaining({ code: "report-unreadable", exitCode: 2 });

describe("report.json read back", () => {
  test("drops keys nobody knows", () => {
    expect(reading({ extra: "x", __proto__: { polluted: true } })()).toEqual(report);
  });

  test.each([
    ["too many endpoints", { endpoints: Array.from({ length: bounds.endpoints + 1 }, () => report.endpoints[0]) }],
    ["a name beyond its length", { name: "x".repeat(201) }],
    ["a number that is none", { passed: Number.NaN }],
    ["a ratio above one", { comparing: { ...report.comparing, confidence: 1.5 } }],
    ["a negative count", { tally: { ...report.tally, broken: -1 } }],
    ["a link to a script", { run: { ...report.run, url: "javascript:alert(1)" } }],
    ["a link out of Markdown", { run: { ...report.run, url: "https://x.example/a)[b](c" } }],
    ["a commit that is a name", { commit: "main` @x" }],
    ["a verdict of its own", { verdict: { conclusion: "approved", reasons: [] } }],
    ["a metric of its own", { comparisons: [{ ...report.comparisons[0], metric: "p95` @x" }] }],
  ])("refuses %s", (_, changes) => {
    expect(reading(changes)).toThrow(unreadable);
  });

  test("refuses what is too large, not JSON, or newer", () => {
    expect(() => parseReport(`"${"x".repeat(1_048_576)}"`)).toThrow(unreadable);
    expect(() => parseReport("{")).toThrow(unreadable);
    expect(() => parseReport("null")).toThrow(unreadable);
    expect(reading({ schema: 2 })).toThrow(/newer/);
  });

  test("has a published JSON Schema, which is up to date and accepts what is written", () => {
    const file = "schema/report.schema.json";
    const current = reportJsonSchema();
    if (process.env.GOLDEN === "write") writeFileSync(file, `${JSON.stringify(current, null, 2)}\n`);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(current);
    const validate = new Ajv2020({ strict: false }).compile(current);
    for (const name of sampleNames) expect(validate(JSON.parse(renderJson(sampleReport(name))))).toBe(true);
    expect(validate({ ...written(), commit: "main" })).toBe(false);
  });
});

describe("a report", () => {
  test("counts what the summary counted, to the last request", () => {
    const { result } = sampleInputs.fail!();
    const total = result.summary.totals.find(({ arm }) => arm === "head")!;
    expect(report.total!.head!.requests).toBe(total.requests);
    expect(report.endpoints.reduce((sum, { head }) => sum + (head?.requests ?? 0), 0)).toBe(total.requests);
    expect(report.distribution.head!.bins.reduce((sum, { count }) => sum + count, 0)).toBe(total.requests);
    const statuses = report.measured.statuses.reduce((sum, [, count]) => sum + count, 0);
    expect(statuses).toBe(total.requests);
    expect(percentile(report.total!.head, 0.95)).toBeCloseTo(total.percentilesMs[5]!, 2);
    const perSecond = report.series.rps.reduce((sum, rps) => sum + rps, 0);
    const heads = result.blocks.flatMap(({ cells }) => [...cells].filter(([key]) => key.startsWith("head")));
    expect(perSecond).toBeCloseTo(
      heads.reduce((sum, [, stats]) => sum + stats.requests, 0),
      3,
    );
  });

  test("holds a long run in at most 600 points", () => {
    const long = makeResult({ behaviours: [{ endpoint: home, rate: 2, medianMs: 5 }], phases: [["steady", 1500]] });
    const { series } = buildReport({ ...sampleInputs.pass!(), result: long });
    expect(series.rps.length).toBe(375);
    expect(series.stepMs).toBe(4000);
    expect(series.rps[3]).toBeCloseTo(2, 6);
  });

  test("tells new endpoints from vanished ones", () => {
    const rows = buildReport({
      ...sampleInputs.pass!(),
      verdict: {
        conclusion: "pass",
        reasons: [],
        thresholds: [],
        comparisons: [
          comparison({ endpoint: checkout, before: null, after: 90, change: null, outcome: "no-baseline" }),
          comparison({ endpoint: { method: "GET", name: "/old" }, after: null, change: null, outcome: "no-baseline" }),
          comparison(),
        ],
      },
      vanished: [{ method: "GET", name: "/older" }, home],
    }).endpoints;
    expect(rows.map(({ endpoint, presence }) => `${endpoint.name} ${presence}`)).toEqual([
      "/home both",
      "/item/{id} both",
      "/old vanished",
      "/checkout new",
      "/older vanished",
    ]);
  });

  test("keeps no credentials, path or query of the target", () => {
    expect(sampleReport("hostile").measured.host).toBe("http://host.example");
  });

  test("puts regressions first, waived ones after them, noise last", () => {
    const order = (list: Report["comparisons"]) => list.map(({ outcome, waived }) => (waived ? "waived" : outcome));
    const waived = { until: "2026-12-24", reason: "r" };
    const comparisons = [
      comparison(),
      comparison({ outcome: "improved" }),
      comparison({ outcome: "regressed", waived }),
      comparison({ outcome: "inconclusive" }),
      comparison({ outcome: "regressed" }),
    ];
    const built = buildReport({ ...sampleInputs.fail!(), verdict: { ...sampleInputs.fail!().verdict, comparisons } });
    expect(order(built.comparisons)).toEqual(["regressed", "waived", "inconclusive", "improved", "unchanged"]);
    expect(built.tally).toMatchObject({ regressed: 1, waived: 1, improved: 1, unchanged: 1, inconclusive: 1 });
  });

  test("says a thing once: what is known of the whole run, not what the engine saw on its way", () => {
    const input = sampleInputs.pass!();
    const engine = [
      { code: "late-starts", message: "40 started late" },
      { code: "high-spawn-rate", message: "fast" },
    ];
    const warnings = [{ code: "late-starts", message: "40 began late: the pacing asks for too much" }];
    const built = buildReport({ ...input, result: { ...input.result, warnings: engine }, warnings });
    expect(built.warnings.map(({ message }) => message)).toEqual(["fast", warnings[0]!.message]);
  });

  test("looks at regressed endpoints first, then at slow ones", () => {
    expect(report.series.endpoints[0]!.endpoint).toEqual(checkout);
  });
});

describe("when it began", () => {
  const slowed = (fromSecond: number | undefined, spread = 0.2) =>
    buildReport({
      ...sampleInputs.pass!(),
      result: makeResult({
        behaviours: [
          { endpoint: home, rate: 60, medianMs: 20, spread },
          {
            endpoint: checkout,
            rate: 40,
            medianMs: 30,
            spread,
            ...(fromSecond ? { slower: { fromSecond, factor: 2.5 } } : {}),
          },
        ],
        phases: [
          ["ramp", 2],
          ["steady", 30],
        ],
      }),
    });

  test("names the endpoint and the second", () => {
    const moment = momentsOf(slowed(15)).find(({ name }) => name === "POST /checkout")!;
    expect(moment.text).toContain("rose");
    expect(Math.abs(moment.atMs - 15_000)).toBeLessThanOrEqual(1000);
    expect(momentsOf(slowed(15)).find(({ name }) => name === "GET /home")).toBeUndefined();
  });

  test("is in the comment of a run that failed", () => {
    const report = slowed(15);
    const failed = { ...report, verdict: { ...report.verdict, conclusion: "fail" as const } };
    expect(renderMarkdown(failed)).toMatch(
      /^- `POST \/checkout`: at 00:1[456] of the run its p95 rose from about \S+.ms to about \S+.ms and stayed there$/m,
    );
    expect(renderMarkdown(report)).not.toContain("of the run its");
    expect(renderMarkdown({ ...failed, series: slowed(undefined).series })).not.toContain("of the run its");
  });

  test("says nothing of noise", () => {
    expect(momentsOf(slowed(undefined, 0.6))).toEqual([]);
  });

  test("needs three points on either side", () => {
    const phase = Array.from({ length: 5 }, () => "steady" as const);
    expect(lastingChange({ stepMs: 1000, phase }, [1, 1, 9, 9, 9])).toBeNull();
    expect(lastingChange({ stepMs: 1000, phase: [...phase, "steady"] }, [1, 1, 1, 9, 9, 9])).toMatchObject({
      atMs: 3000,
    });
  });
});
