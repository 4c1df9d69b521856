import { describe, expect, test } from "vitest";
import { outputsOf } from "../../src/door/github/outputs-of.ts";
import { buildReport } from "../../src/report/build-report.ts";
import { renderConsole } from "../../src/report/console.ts";
import { parseReport, renderJson } from "../../src/report/document/report.ts";
import { renderHtml } from "../../src/report/html/html.ts";
import { renderCsv } from "../../src/report/locust/csv.ts";
import { locustEntries } from "../../src/report/locust/locust-json.ts";
import { renderJobSummary } from "../../src/report/markdown/job-summary.ts";
import { renderMarkdown } from "../../src/report/markdown/markdown.ts";
import { decodeResult, encodeResult } from "../../src/stats/document/result-document.ts";
import { checkout, home, item, sampleInputs } from "../support/make-report.ts";
import { makeResult } from "../support/make-result.ts";
import {
  asTold,
  consoleTally,
  csvTally,
  htmlTally,
  jsonTally,
  markdownTally,
  resultTally,
} from "../support/surfaces.ts";

/** Failures of two kinds, a warm-up that is left out, an endpoint that hardly anybody asked for. */
const measured = (seconds: number) =>
  makeResult({
    behaviours: [
      { endpoint: home, rate: 130, medianMs: 12 },
      {
        endpoint: item,
        rate: 7,
        medianMs: 30,
        failures: [{ share: 0.2, status: 0, failure: { kind: "timeout", message: "timed out" } }],
      },
      {
        endpoint: checkout,
        rate: 21,
        medianMs: 60,
        failures: [{ share: 0.1, status: 503, failure: { kind: "status", message: "503" } }],
      },
      { endpoint: { method: "GET", name: "/rare" }, rate: 0.3, medianMs: 5 },
    ],
    phases: [
      ["ramp", 2],
      ["warm-up", 3],
      ["steady", seconds],
      ["tail", 1],
    ],
  });

describe.each([
  ["half a minute", 30],
  ["eight minutes, whose histograms are joined", 480],
])("every surface of a run of %s says the same, to the last request", (_, seconds) => {
  const result = measured(seconds);
  const expected = resultTally(result);
  // What is told is told from the document, as a run reads its own back.
  const read = decodeResult(encodeResult(result), "result.json");
  const report = buildReport({ ...sampleInputs.pass!(), result: read });
  const surfaces = {
    "result.json": resultTally(read),
    console: consoleTally(renderConsole(report, { columns: 160 })),
    CSV: csvTally(renderCsv(read).stats),
    JSON: jsonTally(locustEntries(read) as Parameters<typeof jsonTally>[0]),
    HTML: htmlTally(renderHtml(report)),
    "HTML of report.json": htmlTally(renderHtml(parseReport(renderJson(report)))),
    comment: markdownTally(renderMarkdown(report)),
    summary: markdownTally(renderJobSummary(report)),
  };

  test.each(Object.entries(surfaces))("%s", (_name, tally) => {
    expect(expected.size).toBe(5);
    expect(Object.fromEntries(tally)).toEqual(Object.fromEntries(asTold(expected, tally)));
    expect(tally.get("total")?.failures).toBeGreaterThan(0);
  });

  test("outputs", () => {
    const outputs = outputsOf({ report, directory: "/nowhere", exitCode: 0, comparisons: [] } as unknown as Parameters<
      typeof outputsOf
    >[0]);
    const total = expected.get("total");
    expect(outputs).toMatchObject({ requests: `${total?.requests}`, failures: `${total?.failures}` });
    expect(Number(outputs["error-rate"])).toBeCloseTo((total?.failures ?? 0) / (total?.requests ?? 1), 6);
  });

  test("and what was left out is told with it", () => {
    const left = Object.values(read.summary.leftOut).reduce((sum, count) => sum + count, 0);
    expect(left).toBeGreaterThan(0);
    expect(read.summary.allRequests).toBe((expected.get("total")?.requests ?? 0) + left);
    expect(report.measured.phases.reduce((sum, { requests }) => sum + requests, 0)).toBe(read.summary.allRequests);
  });
});
