import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Random } from "../../src/base/random.ts";
import { type CompareSettings, defaultCompareSettings } from "../../src/verdict/settings.ts";
import { median } from "../../src/verdict/statistics/screen.ts";
import type { PastRun } from "../../src/verdict/stored/history.ts";
import { judgeStored } from "../../src/verdict/stored/stored-baseline.ts";
import { rateText } from "./proportion.ts";

/**
 * The stored baseline on public benchmark histories: the `data.js` files that github-action-benchmark keeps on projects'
 * pages, a folder of them (`node test/bench/histories.ts FOLDER`). Every run is held against the ten before it, as if
 * each benchmark were an endpoint and its value its median. Nobody has labelled these histories: a red run whose level
 * is gone within three runs was a false alarm; one that lasts may be a slowdown of that project, and is counted once.
 */
const { values, positionals } = parseArgs({
  options: { past: { type: "string", default: "10" }, seed: { type: "string", default: "swarmgate" } },
  allowPositionals: true,
});
const [folder] = positionals;
if (!folder) throw new Error("node test/bench/histories.ts FOLDER: a folder of data.js files");
const past = Number(values.past);
/** Runs after one that say whether its level lasted. */
const after = 3;
const fewestBenches = 4;
const settings: CompareSettings = { ...defaultCompareSettings, metrics: ["p50"], minEffectMs: 0 };

interface Measured {
  readonly name: string;
  readonly value: number;
  readonly unit?: string;
}

interface History {
  readonly name: string;
  /** By run, then by benchmark: logarithms of how long it took. */
  readonly runs: readonly ReadonlyMap<string, number>[];
}

/** `entries` of a data.js: suites, and in each the runs in order. */
function historiesOf(file: string): History[] {
  const text = readFileSync(join(folder as string, file), "utf8");
  const json = text.slice(text.indexOf("{")).trim().replace(/;$/, "");
  const { entries } = JSON.parse(json) as { entries: Record<string, { benches: Measured[] }[]> };
  return Object.entries(entries).map(([suite, runs]) => ({
    name: `${file.replace(/--.*/, "").replace("+", "/")} ${suite}`,
    runs: runs.map(({ benches }) => {
      const known = benches.filter(({ value }) => value > 0);
      // How often in a second, or how long: the logarithm turns the one into the other.
      return new Map(known.map(({ name, value, unit }) => [name, Math.log(value) * (isRate(unit) ? -1 : 1)]));
    }),
  }));
}

function isRate(unit = ""): boolean {
  return /\/s(ec)?$/.test(unit);
}

/** One value an endpoint stands for all of its latencies: what lies within a run is not in these files. */
function runOf(
  levels: ReadonlyMap<string, number>,
  names: readonly string[],
  slower?: { name: string; by: number },
): PastRun {
  return {
    startedAt: "2026-01-01T00:00:00.000Z",
    endpoints: names.map((name) => {
      const ms = Math.exp(levels.get(name) as number) * (slower?.name === name ? slower.by : 1);
      return {
        endpoint: { method: "", name },
        requests: 1e6,
        failures: 0,
        latencies: { count: 1e6, quantile: () => ms },
      };
    }),
  };
}

const injected = [1.1, 1.2, 1.5] as const;
const sums = { windows: 0, gone: 0, lasting: 0, undecided: 0, found: injected.map(() => 0), tried: 0 };

console.log(
  `${"".padEnd(52)} runs  red and gone      red and lasting   undecided         ${injected.map((by) => `+${Math.round(100 * (by - 1))} % found`.padEnd(18)).join("")}`,
);
for (const file of readdirSync(folder).sort()) {
  for (const { name, runs } of historiesOf(file)) {
    const rates = { windows: 0, gone: 0, lasting: 0, undecided: 0, found: injected.map(() => 0), tried: 0 };
    for (let at = past; at + after < runs.length; at++) {
      const window = runs.slice(at - past, at + 1 + after);
      const names = [...(window[0]?.keys() ?? [])].filter((bench) => window.every((run) => run.has(bench)));
      if (names.length < fewestBenches) continue;
      const before = window
        .slice(0, past)
        .map((levels) => runOf(levels, names))
        .reverse();
      const judge = (slower?: { name: string; by: number }) =>
        judgeStored({
          current: runOf(window[past] as ReadonlyMap<string, number>, names, slower),
          runs: before,
          settings,
        });
      rates.windows++;
      const comparisons = judge();
      const red = comparisons.filter(({ outcome }) => outcome === "regressed");
      if (red.length > 0) {
        const lasts = red.some(({ endpoint }) => stays(window, endpoint ? [endpoint.name] : names));
        if (lasts) {
          rates.lasting++;
          // A new level is a new window, as three runs that agree, or `mode: baseline`, begin one.
          at += past;
        } else rates.gone++;
        continue;
      }
      if (comparisons.some(({ outcome }) => outcome === "inconclusive")) rates.undecided++;
      const target = names[Random.from(values.seed, name, at).int(0, names.length - 1)] as string;
      rates.tried++;
      for (const [i, by] of injected.entries()) {
        const hit = judge({ name: target, by }).some(
          ({ outcome, endpoint }) => outcome === "regressed" && endpoint?.name === target,
        );
        if (hit) rates.found[i] = (rates.found[i] as number) + 1;
      }
    }
    if (rates.windows === 0) continue;
    print(name, rates);
    sums.windows += rates.windows;
    sums.gone += rates.gone;
    sums.lasting += rates.lasting;
    sums.undecided += rates.undecided;
    sums.tried += rates.tried;
    for (const i of injected.keys()) sums.found[i] = (sums.found[i] as number) + (rates.found[i] as number);
  }
}
print("all", sums);

/** Whether the level after the red run is nearer to that run's than to the level before, for half of what was red. */
function stays(window: readonly ReadonlyMap<string, number>[], names: readonly string[]): boolean {
  const level = (runs: readonly ReadonlyMap<string, number>[], name: string) =>
    median(runs.map((run) => run.get(name) as number));
  const stayed = names.filter((name) => {
    const was = level(window.slice(0, past), name);
    const now = level(window.slice(past, past + 1), name);
    return level(window.slice(past + 1), name) - was > (now - was) / 2;
  });
  return stayed.length >= names.length / 2;
}

function print(name: string, { windows, gone, lasting, undecided, found, tried }: typeof sums): void {
  const rest = found.map((count) => rateText(count, Math.max(1, tried))).join(" ");
  console.log(
    `${name.slice(0, 52).padEnd(52)} ${String(windows).padStart(4)} ${rateText(gone, windows)} ${rateText(lasting, windows)} ${rateText(undecided, windows)} ${rest}`,
  );
}
