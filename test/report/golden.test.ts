import { describe, expect, test } from "vitest";
import { annotationsOf } from "../../src/report/annotations.ts";
import { renderConsole } from "../../src/report/console.ts";
import { parseReport, renderJson } from "../../src/report/document/report.ts";
import { pageScript, pageStyle } from "../../src/report/html/assets.ts";
import { renderHtml } from "../../src/report/html/html.ts";
import { renderJunit } from "../../src/report/junit.ts";
import { renderCsv } from "../../src/report/locust/csv.ts";
import { renderLocustJson } from "../../src/report/locust/locust-json.ts";
import { renderJobSummary } from "../../src/report/markdown/job-summary.ts";
import { renderMarkdown } from "../../src/report/markdown/markdown.ts";
import { expectGolden } from "../support/golden.ts";
import { sampleInputs, sampleNames, sampleReport } from "../support/make-report.ts";

// A file of five hundred rows is too long to read; its head and tail tell what matters.
function readable(text: string): string {
  const lines = text.split("\n");
  return lines.length <= 400 ? text : [...lines.slice(0, 40), "[…]", ...lines.slice(-40)].join("\n");
}

describe.each(sampleNames)("the report %s", (name) => {
  const report = sampleReport(name);

  test("as the pull request's comment", () => {
    const text = renderMarkdown(report);
    expect(text.length).toBeLessThan(60_000);
    expectGolden(`comment/${name}.md`, readable(text));
  });

  test("as the job's summary", () => {
    expectGolden(`summary/${name}.md`, readable(renderJobSummary(report)));
  });

  test("on the console", () => {
    expectGolden(`console/${name}.txt`, readable(renderConsole(report, { columns: 120 })));
  });

  test("as JUnit XML", () => {
    expectGolden(`junit/${name}.xml`, readable(renderJunit(report)));
  });

  // The script and style are the same in all, and the numbers of the charts too many to read.
  test("as a page", () => {
    const page = renderHtml(report).replace(pageScript, "").replace(pageStyle, "");
    const text = page.replace(/(id="data">).*(<\/script>)/, "$1…$2").replace(/sha256-[^&]*/g, "sha256-…");
    if (name !== "five-hundred") expectGolden(`html/${name}.html`, readable(text));
  });

  test("as annotations", () => {
    const list = annotationsOf(report);
    for (const { message } of list) expect(message.length).toBeLessThanOrEqual(4096);
    expectGolden(`annotations/${name}.json`, `${JSON.stringify(list, null, 2)}\n`);
  });

  test("survives being written and read, byte for byte", () => {
    const json = renderJson(report);
    expect(json.length).toBeLessThan(1_048_576);
    expect(parseReport(json)).toEqual(report);
    expect(renderJson(parseReport(json))).toBe(json);
  });
});

describe.each(["fail", "nothing", "hostile"])("for Locust's readers, the run %s", (name) => {
  const result = sampleInputs[name]!().result;

  test("as four CSV files", () => {
    const files = renderCsv(result);
    const text = Object.entries(files).map(([file, csv]) => `== ${file}\n${csv}`);
    for (const csv of Object.values(files)) expect(csv.replaceAll("\r\n", "")).not.toMatch(/[\r]|[^"]\n$/);
    expectGolden(`csv/${name}.txt`, text.join("\n").replaceAll("\r\n", "\n"));
  });

  test("as Locust's JSON", () => {
    expectGolden(`locust-json/${name}.json`, readable(renderLocustJson(result)));
  });
});

test("the document, as it is written", () => {
  const { series, distribution, ...rest } = sampleReport("fail");
  expect(series.rps.length).toBe(12);
  expect(distribution.base).not.toBeNull();
  expectGolden("report/fail.json", `${JSON.stringify(rest, null, 1)}\n`);
});
