import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Verdict } from "../../src/verdict/verdict.ts";
import { cleanUpActionRuns, runAction } from "../support/run-action.ts";
import { openShop } from "../support/shop-process.ts";
import { shopper } from "../support/side-by-side-run.ts";
import { rateText } from "./proportion.ts";

/**
 * The gate on real traffic against stored runs: the built action on the sample shop, which is held against runs of
 * itself. Stored runs first (`--stored`), then so many with nothing changed (`--aa`), with one endpoint 20 % slower
 * (`--slow`), with one that does half the work (`--faster`), with all of them slower (`--all`), in turn, so that whatever
 * the machine does befalls every kind. One line a run and the tally so far after each; stopped and begun again with the
 * same `--directory` it goes on where it was. Build first. A run of three passes takes three minutes and more.
 */
const { values } = parseArgs({
  options: {
    directory: { type: "string", default: ".swarmgate/stored-shop" },
    stored: { type: "string", default: "10" },
    aa: { type: "string", default: "20" },
    slow: { type: "string", default: "20" },
    faster: { type: "string", default: "20" },
    all: { type: "string", default: "5" },
    "run-time": { type: "string", default: "60s" },
    "max-duration": { type: "string", default: "4m" },
    users: { type: "string", default: "20" },
  },
});

type Kind = "stored" | "aa" | "slow" | "faster" | "all";

/** What of a finished run is kept, a line each. */
interface Line {
  readonly kind: Kind;
  readonly conclusion: Verdict["conclusion"];
  /** `GET /search p95`; `suite` of all endpoints together. */
  readonly red: readonly string[];
  readonly seconds: number;
}

const endpoints = ["GET /", "GET /search", "GET /products", "GET /products/{id}"] as const;
const slowBy = (factor: number, names: readonly string[]) =>
  names.map((name) => `slow=${encodeURIComponent(`${name}:${factor}`)}`);
/** What the shop is told before a run. The stored runs and `aa` are the version that one endpoint of `faster` halves. */
const switches: Readonly<Record<Kind, readonly string[]>> = {
  stored: slowBy(2, ["GET /search"]),
  aa: slowBy(2, ["GET /search"]),
  slow: slowBy(2.4, ["GET /search"]),
  faster: slowBy(1, ["GET /search"]),
  all: [
    ...slowBy(2.6, ["GET /search"]),
    ...slowBy(
      1.3,
      endpoints.filter((name) => name !== "GET /search"),
    ),
  ],
};

const directory = resolve(values.directory);
mkdirSync(directory, { recursive: true });
const tallyPath = join(directory, "runs.jsonl");
const lines: Line[] = existsSync(tallyPath)
  ? readFileSync(tallyPath, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Line)
  : [];
const done = (kind: Kind) => lines.filter((line) => line.kind === kind).length;
const wanted: Readonly<Record<Kind, number>> = {
  stored: Number(values.stored),
  aa: Number(values.aa),
  slow: Number(values.slow),
  faster: Number(values.faster),
  all: Number(values.all),
};

function nextKind(): Kind | undefined {
  if (done("stored") < wanted.stored) return "stored";
  const left = (["aa", "slow", "faster", "all"] as const).filter((kind) => done(kind) < wanted[kind]);
  return left.sort((a, b) => done(a) / wanted[a] - done(b) / wanted[b])[0];
}

/** A fresh process every time: two deployments of one version are never quite alike. */
async function runOnce(kind: Kind): Promise<Line> {
  const shop = await openShop();
  const startedMs = performance.now();
  try {
    for (const each of switches[kind]) await shop.turn(each);
    const outcome = await runAction({
      workspace: directory,
      files: { "locustfile.ts": shopper },
      timeoutMs: 900_000,
      inputs: {
        host: shop.url,
        compare: "baseline",
        users: values.users,
        "spawn-rate": values.users,
        "run-time": values["run-time"],
        "max-duration": values["max-duration"],
        "baseline-store": "file",
        "baseline-path": "baseline.json",
        "save-baseline": kind === "stored" ? "always" : "never",
        "upload-artifact": "false",
        comment: "never",
        seed: `${kind} ${done(kind)}`,
      },
    });
    const path = outcome.outputs["result-path"];
    if (!path) throw new Error(`the run came to no result:\n${outcome.stdout}${outcome.stderr}`);
    const verdict = JSON.parse(readFileSync(path.replace(/result\.json$/, "verdict.json"), "utf8")) as Verdict;
    const red = verdict.comparisons
      .filter(({ outcome }) => outcome === "regressed")
      .map(({ endpoint, metric }) => (endpoint ? `${endpoint.method} ${endpoint.name} ${metric}` : metric));
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    return { kind, conclusion: verdict.conclusion, red, seconds };
  } finally {
    await shop.close();
  }
}

/** What is asked of each kind. */
const isRight: Readonly<Record<Kind, (line: Line) => boolean>> = {
  stored: ({ conclusion }) => conclusion === "pass",
  aa: ({ red }) => red.length === 0,
  slow: ({ red }) => red.length > 0 && red.every((name) => name.startsWith("GET /search ")),
  faster: ({ red }) => red.length === 0,
  all: ({ red }) => red.includes("suite"),
};

function tally(): string {
  return (Object.keys(wanted) as Kind[])
    .filter((kind) => done(kind) > 0)
    .map((kind) => {
      const of = lines.filter((line) => line.kind === kind);
      const count = (conclusion: string) => of.filter((line) => line.conclusion === conclusion).length;
      const right = rateText(of.filter(isRight[kind]).length, of.length).trim();
      return `  ${kind.padEnd(7)} ${of.length} of ${wanted[kind]}: right ${right}; fail ${count("fail")}, pass ${count("pass")}, inconclusive ${count("inconclusive")}, invalid ${count("invalid")}`;
    })
    .join("\n");
}

try {
  for (let kind = nextKind(); kind; kind = nextKind()) {
    const line = await runOnce(kind);
    lines.push(line);
    appendFileSync(tallyPath, `${JSON.stringify(line)}\n`);
    console.log(
      `${kind} ${done(kind)}: ${line.conclusion} after ${line.seconds} s; red: ${line.red.join(", ") || "nothing"}`,
    );
    console.log(tally());
  }
} finally {
  cleanUpActionRuns();
}
