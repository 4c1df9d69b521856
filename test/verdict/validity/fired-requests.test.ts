import { expect, test } from "vitest";
import { buildReport } from "../../../src/report/build-report.ts";
import { renderConsole } from "../../../src/report/console.ts";
import { renderMarkdown } from "../../../src/report/markdown/markdown.ts";
import { decodeResult, encodeResult } from "../../../src/stats/document/result-document.ts";
import { firedRequests } from "../../../src/verdict/validity/fired-requests.ts";
import { makeResult } from "../../support/make-result.ts";

const fired = { endpoint: { method: "SQL", name: "find order" }, rate: 100, medianMs: 20, fired: 1 };
const mixed = { endpoint: { method: "GET", name: "/diluted" }, rate: 100, medianMs: 20, fired: 0.5 };
const clients = { endpoint: { method: "GET", name: "/" }, rate: 100, medianMs: 20 };
const onBase = <B extends object>(behaviour: B) => ({ ...behaviour, arm: "base" as const });
const run = (behaviours: Parameters<typeof makeResult>[0]["behaviours"]) =>
  makeResult({ behaviours, phases: [["steady", 20]] });

test("a protocol of the locustfile's own is counted and shown, and nobody is accused", () => {
  const result = run([fired, clients]);
  expect(firedRequests(result)).toBeNull();
  expect(firedRequests(run([fired, onBase(fired), clients, onBase(clients)]))).toBeNull();
  const again = decodeResult(encodeResult(result), "result.json").summary.endpoints;
  expect(again.map(({ fired, requests }) => fired / requests).sort()).toEqual([0, 1]);
  const report = buildReport({
    result,
    verdict: { conclusion: "pass", reasons: [], thresholds: [], comparisons: [] },
    generatedAt: "2026-01-01T00:00:00Z",
    passed: true,
  });
  expect(renderConsole(report)).toMatch(/# fired +Request\n-+\|-+\n[\d\s]+SQL find order/);
  expect(renderMarkdown(report)).toMatch(
    /Measured by the locustfile: [\d\s]+requests fired .*`SQL find order: \d+ of \d+`/,
  );
});

test("requests that dilute the client's own, and arms measured in different ways, are warned about", () => {
  expect(firedRequests(run([mixed, clients]))).toMatchObject({
    code: "fired-requests",
    message: expect.stringMatching(/under the same name: \d+ of \d+ requests of GET \/diluted\. /),
  });
  const replaced = { ...clients, fired: 1 };
  expect(firedRequests(run([replaced, onBase(clients)]))?.message).toContain(
    "in different shares on the two versions: GET / (100 % now, 0 % before)",
  );
});
