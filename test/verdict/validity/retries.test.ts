import { expect, test } from "vitest";
import { buildReport } from "../../../src/report/build-report.ts";
import { renderConsole } from "../../../src/report/console.ts";
import { renderMarkdown } from "../../../src/report/markdown/markdown.ts";
import { decodeResult, encodeResult } from "../../../src/stats/document/result-document.ts";
import { retries } from "../../../src/verdict/validity/retries.ts";
import { makeResult } from "../../support/make-result.ts";

const often = { endpoint: { method: "GET", name: "/dropped" }, rate: 100, medianMs: 20, retried: 0.1 };
const seldom = { endpoint: { method: "GET", name: "/kept" }, rate: 100, medianMs: 20, retried: 0.002 };
const never = { endpoint: { method: "GET", name: "/" }, rate: 100, medianMs: 20 };
const onBase = (behaviour: typeof often) => ({ ...behaviour, arm: "base" as const });

test("requests sent a second time are counted for each endpoint and arm, and survive result.json", () => {
  const result = makeResult({ behaviours: [often, onBase(seldom), never], phases: [["steady", 20]] });
  const again = decodeResult(encodeResult(result), "result.json");
  const counts = again.summary.endpoints.map(({ arm, endpoint, retried }) => [arm, endpoint.name, retried]);
  expect(counts).toEqual(result.summary.endpoints.map(({ arm, endpoint, retried }) => [arm, endpoint.name, retried]));
  const of = (name: string) => counts.find((row) => row[1] === name)?.[2];
  expect(of("/dropped")).toBeGreaterThan(100);
  expect(of("/")).toBe(0);
  expect(again.summary.totals.find(({ arm }) => arm === "head")?.retried).toBe(of("/dropped"));
});

test("over one in a hundred is a warning that names endpoint, arm and count", () => {
  const result = makeResult({ behaviours: [often, onBase(often), seldom, never], phases: [["steady", 20]] });
  const warning = retries(result);
  expect(warning?.code).toBe("retried");
  expect(warning?.message).toMatch(/\d+ of \d+ requests \(\d+\.\d %\) of GET \/dropped on the base version/);
  expect(warning?.message).not.toContain("/kept");
  expect(retries(makeResult({ behaviours: [seldom, never], phases: [["steady", 20]] }))).toBeNull();
});

test("what was sent a second time stands in the comment and below the console's tables, and only then", () => {
  const report = (behaviours: Parameters<typeof makeResult>[0]["behaviours"]) =>
    buildReport({
      result: makeResult({ behaviours, phases: [["steady", 20]] }),
      verdict: { conclusion: "pass", reasons: [], thresholds: [], comparisons: [] },
      generatedAt: "2026-01-01T00:00:00Z",
      passed: true,
    });
  const some = report([{ ...never, arm: "base" }, seldom, onBase(seldom), never]);
  expect(renderConsole(some)).toMatch(/# retried +Request\n-+\|-+\n\d+ +GET \/kept/);
  expect(renderMarkdown(some)).toMatch(
    /Sent a second time: \d+ requests? .*`GET \/kept \(base version\): \d+ of 2000`/,
  );
  const none = report([never]);
  expect(renderConsole(none)).not.toContain("retried");
  expect(renderMarkdown(none)).not.toContain("second time");
});
