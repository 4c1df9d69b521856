import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fisherUpperTail } from "../../src/verdict/statistics/fisher.ts";
import { newcombe } from "../../src/verdict/statistics/newcombe.ts";
import { detectable, predict } from "../../src/verdict/statistics/prediction.ts";
import { slowerThanOthers } from "../../src/verdict/statistics/relative-test.ts";
import { scoreDifferences, scoreThreshold, slowerThan } from "../../src/verdict/statistics/score-test.ts";
import { together } from "../../src/verdict/statistics/screen.ts";
import { levelPrior } from "../../src/verdict/stored/stored-question.ts";
import { windowsOf } from "./vector-data.ts";

const text = readFileSync(new URL("../../docs/statistics.md", import.meta.url), "utf8");

/** A fenced example of the document, as it is printed there. */
function example<T>(name: string): T {
  const body = new RegExp(`\`\`\`json ${name}\\n(.*?)\`\`\``, "s").exec(text)?.[1];
  if (body === undefined) throw new Error(`docs/statistics.md has no example "${name}"`);
  return JSON.parse(body) as T;
}

/** Equal as far as the document prints it. */
function printed(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(Math.max(1e-6, 5e-6 * Math.abs(expected)));
}

test("the score test by hand", () => {
  const it = example<{
    base: number[][];
    head: number[][];
    p: number;
    rho: number;
    x: number;
    D: number[];
    t: number;
    independentP: number;
    guardedP: number;
    before: number;
    after: number;
  }>("worked-score");
  const us = (list: readonly number[] = []) => list.map((ms) => ms * 1000);
  const windows = together(windowsOf(it.base.map((a, i) => ({ a: us(a), b: us(it.head[i]) }))));
  const question = { ratio: it.p, rho: it.rho };
  printed(scoreThreshold(windows, question) / 1000, it.x);
  for (const [i, d] of scoreDifferences(windows, question).entries()) printed(d, it.D[i] ?? Number.NaN);
  const { t, independentP, p } = slowerThan(windows, question);
  printed(t, it.t);
  printed(independentP, it.independentP);
  printed(p, it.guardedP);
  printed(windows.base.quantile(it.p) / 1000, it.before);
  printed(windows.head.quantile(it.p) / 1000, it.after);
});

test("the test against the others by hand", () => {
  const it = example<{ felt: number[]; p: number; rho: number; t: number }>("worked-others");
  const { base, head } = example<{ base: number[][]; head: number[][] }>("worked-score");
  const us = (list: readonly number[] = []) => list.map((ms) => ms * 1000);
  const windows = together(windowsOf(base.map((a, i) => ({ a: us(a), b: us(head[i]) }))));
  printed(slowerThanOthers({ windows, felt: it.felt }, { ratio: it.p, rho: it.rho }).t, it.t);
});

test("errors by hand", () => {
  type Count = { failures: number; requests: number };
  const it = example<{ before: Count; after: Count; fisher: number; low: number; high: number }>("worked-errors");
  printed(fisherUpperTail(it), it.fisher);
  const { low, high } = newcombe({ ...it, z: 1.959964 });
  printed(low, it.low);
  printed(high, it.high);
});

test("five stored runs by hand", () => {
  const it = example<
    Record<"now" | "estimate" | "sd" | "df" | "standardError" | "t" | "p" | "detectable", number> & { past: number[] }
  >("worked-stored");
  const found = predict({ past: it.past.map(Math.log), next: [Math.log(it.now)], prior: levelPrior, margin: 0 });
  printed(Math.expm1(found.estimate), it.estimate);
  printed(found.sd, it.sd);
  expect(found.df).toBe(it.df);
  printed(found.standardError, it.standardError);
  printed(found.t, it.t);
  printed(found.up, it.p);
  printed(detectable(found, { alpha: 0.01 / 3, margin: 0 }), it.detectable);
});
