import { describe, expect, test } from "vitest";
import { renderConsole } from "../../src/report/console.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { parseReport, renderJson } from "../../src/report/report.ts";
import { expectGolden } from "../support/golden.ts";
import { sampleNames, sampleReport } from "../support/make-report.ts";

// A file of five hundred rows is too long to read; its head and tail tell what matters.
function readable(text: string): string {
  const lines = text.split("\n");
  return lines.length <= 160 ? text : [...lines.slice(0, 40), "[…]", ...lines.slice(-40)].join("\n");
}

describe.each(sampleNames)("the report %s", (name) => {
  const report = sampleReport(name);

  test("as the pull request's comment", () => {
    const text = renderMarkdown(report);
    expect(text.length).toBeLessThan(60_000);
    expectGolden(`comment/${name}.md`, readable(text));
  });

  test("on the console", () => {
    expectGolden(`console/${name}.txt`, readable(renderConsole(report, { columns: 120 })));
  });

  test("survives being written and read, byte for byte", () => {
    const json = renderJson(report);
    expect(json.length).toBeLessThan(1_048_576);
    expect(parseReport(json)).toEqual(report);
    expect(renderJson(parseReport(json))).toBe(json);
  });
});
