import { describe, expect, test } from "vitest";
import { buildReport } from "../../src/report/build-report.ts";
import { renderMarkdown } from "../../src/report/markdown/markdown.ts";
import { headlineText } from "../../src/report/view/headline.ts";
import { judge } from "../../src/verdict/verdict-of.ts";
import { type Simulation, simulate } from "../support/simulated-run.ts";

/** Trouble is seen, and not judged: a first run, and one that is compared with nothing, name it as well. */

const checkout = { method: "POST", name: "/checkout" };
const plan = {
  seed: "first",
  shop: [
    { endpoint: { method: "GET", name: "/" }, weight: 4, medianMs: 10 },
    { endpoint: checkout, weight: 1, medianMs: 40 },
  ],
  users: 40,
  waitMs: 300,
  seconds: 80,
} satisfies Simulation;
const failed = { status: 500, failure: { kind: "status", message: "500 Internal Server Error" } } as const;

const troubles: Readonly<
  Record<string, { readonly answer: NonNullable<Simulation["answer"]>; readonly said: RegExp }>
> = {
  "pauses every 20 s": {
    answer: ({ usualMs, second }) => ({ ms: usualMs + (second % 20 < 0.9 ? 900 - 1000 * (second % 20) : 0) }),
    said: /the target stops answering every 20 s/,
  },
  "a leak": {
    answer: ({ usualMs, endpoint, second }) => ({ ms: usualMs + (endpoint.name === "/checkout" ? second : 0) }),
    said: /POST \/checkout keeps getting slower, by \d+ ms a minute/,
  },
  "a cold start": {
    answer: ({ usualMs, second }) => ({ ms: usualMs * (1 + 6 * Math.exp(-second / 8)) }),
    said: /the target started cold/,
  },
  "3 % of checkouts answered 500": {
    answer: ({ usualMs, endpoint, dice }) =>
      endpoint.name === "/checkout" && dice < 0.03 ? { ms: usualMs, ...failed } : { ms: usualMs },
    said: /POST \/checkout failed \d+ of [\d\s]+ requests/,
  },
};

describe.each(Object.entries(troubles))("%s", (_, { answer, said }) => {
  test.each([
    ["on a first run", { found: false, wanted: true, whyNot: "none was stored" }],
    ["with compare: none", { found: false, wanted: false }],
  ])("%s is named in the heading and above the fold", (_when, baseline) => {
    const result = simulate({ ...plan, answer });
    const verdict = judge({ result, thresholds: [], comparisons: [] });
    const report = buildReport({ result, verdict, baseline, passed: true, generatedAt: "2026-12-01T10:00:00Z" });
    expect(verdict.conclusion).toBe("pass");
    expect(headlineText(report)).toMatch(said);
    expect(headlineText(report)).toMatch(/^⚠️/);
    const visible = (renderMarkdown(report).split("<details>")[0] ?? "").replaceAll(/\s/g, " ");
    expect(visible.replaceAll("`", "")).toMatch(said);
    expect(visible).not.toContain("had never failed before");
  });
});

test("the heading counts requests as the line below it does", () => {
  const result = simulate(plan);
  const verdict = judge({ result, thresholds: [], comparisons: [] });
  const baseline = { found: false, wanted: false };
  const report = buildReport({ result, verdict, baseline, passed: true, generatedAt: "2026-12-01T10:00:00Z" });
  const requests = `${report.total?.head?.requests}`;
  expect(headlineText(report).replaceAll(/(\d)\s(?=\d)/g, "$1")).toContain(`${requests} requests, nothing promised`);
});
