import { readFileSync } from "node:fs";
import { decodeResult } from "../../src/stats/document/result-document.ts";
import type { Comparison } from "../../src/verdict/comparison.ts";
import type { Verdict } from "../../src/verdict/verdict.ts";
import { type ActionOutcome, runAction } from "./run-action.ts";
import { openShop, type ShopProcess } from "./shop-process.ts";

/** Four endpoints of the sample shop, none of them busy. */
export const shopper = `
import { HttpUser, between, task } from "swarmgate";
export class Shopper extends HttpUser {
  waitTime = between(0.05, 0.15);
  @task async home() { await this.client.get("/"); }
  @task async search() { await this.client.get("/search?q=oak", { name: "/search" }); }
  @task async products() { await this.client.get("/products"); }
  @task async product() { await this.client.get("/products/" + this.random.int(1, 50), { name: "/products/{id}" }); }
}
`;

/** One run of the built action side by side, reduced to what acceptance asks. */
export interface SideBySideRun {
  readonly outcome: ActionOutcome;
  readonly verdict: Verdict;
  readonly conclusion: Verdict["conclusion"];
  /** `GET /search p95`, each comparison found regressed. */
  readonly regressed: readonly string[];
  readonly undecided: readonly string[];
  /** What the first pass alone took for regressions, believed or not: tells something even where a run is invalid. */
  readonly seenOnce: readonly string[];
  /** Judged milliseconds of the first pass, and of the confirmation. */
  readonly judgedMs: number;
  readonly confirmedMs: number;
  readonly durationMs: number;
}

/** Two copies of the sample shop in processes of their own: the version under test and its base. */
export interface TwoShops {
  readonly head: ShopProcess;
  readonly base: ShopProcess;
  close(): Promise<void>;
}

export async function openTwoShops(): Promise<TwoShops> {
  const [head, base] = await Promise.all([openShop(), openShop()]);
  return { head, base, close: async () => void (await Promise.all([head.close(), base.close()])) };
}

export async function sideBySideRun(
  { head, base }: TwoShops,
  { timeoutMs = 330_000, ...inputs }: { readonly timeoutMs?: number } & Readonly<Record<string, string | number>> = {},
): Promise<SideBySideRun> {
  const outcome = await runAction({
    files: { "locustfile.ts": shopper },
    timeoutMs,
    inputs: {
      host: head.url,
      "base-host": base.url,
      users: "20",
      "spawn-rate": "20",
      "baseline-store": "none",
      "upload-artifact": "false",
      comment: "never",
      ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, String(value)])),
    },
  });
  const { "result-path": path = "" } = outcome.outputs;
  if (path === "") throw new Error(`the run came to no result:\n${outcome.stdout}${outcome.stderr}`);
  const { blocks } = decodeResult(readFileSync(path, "utf8"), path);
  const verdict = JSON.parse(readFileSync(path.replace(/result\.json$/, "verdict.json"), "utf8")) as Verdict;
  const named = (isWanted: (comparison: Comparison) => boolean) =>
    verdict.comparisons
      .filter(isWanted)
      .map(({ endpoint, metric }) => `${endpoint ? `${endpoint.method} ${endpoint.name} ` : ""}${metric}`);
  const lasted = (...phases: readonly string[]) => blocks.filter(({ phase }) => phases.includes(phase)).length * 500;
  return {
    outcome,
    verdict,
    conclusion: verdict.conclusion,
    regressed: named(({ outcome: is }) => is === "regressed"),
    undecided: named(({ outcome: is }) => is === "inconclusive" || is === "could-not-tell"),
    seenOnce: named(({ outcome: is, confirmation }) => is === "regressed" || confirmation !== undefined),
    judgedMs: lasted("steady", "extension"),
    confirmedMs: lasted("confirmation"),
    durationMs: outcome.durationMs,
  };
}
