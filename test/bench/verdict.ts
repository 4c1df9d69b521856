import { parseArgs } from "node:util";
import { Histogram } from "../../src/stats/histogram.ts";
import { defaultCompareSettings as settings } from "../../src/verdict/settings.ts";
import { Counts } from "../../src/verdict/statistics/counts.ts";
import type { PastRun } from "../../src/verdict/stored/history.ts";
import { judgeStored } from "../../src/verdict/stored/stored-baseline.ts";
import { rateText } from "./proportion.ts";
import { asShipped, byReference, type Rule } from "./pull-request.ts";
import { printSideBySideRates, sideBySideParts } from "./side-by-side-rates.ts";
import { printStoredRates } from "./stored-rates.ts";
import { mannWhitney, median, percentPast, secondMedians, tTest } from "./verdict-naive.ts";
import { type Effect, presets, type Setting, Simulation } from "./verdict-noise.ts";

/**
 * False alarms and detections of the verdict on simulated targets, beside the rules people write by hand. One core,
 * a few minutes: `npm run bench:verdict`, more draws with `-- --draws 400`, one
 * part or some rows of it with `--only reference --rows "+10 %"`; the stored baseline on thousands of cheap draws with
 * `--only runs --run-draws 2000`. Seeded: the same numbers every time.
 */
const { values } = parseArgs({
  options: {
    draws: { type: "string", default: "30" },
    "run-draws": { type: "string", default: "100" },
    seed: { type: "string", default: "swarmgate" },
    only: { type: "string", default: "" },
    rows: { type: "string", default: "" },
  },
});
const draws = Number(values.draws);
const wants = (part: string) => values.only === "" || values.only.split(",").includes(part);

const unchanged: Effect = { factor: 1 };
const one10: Effect = { factor: 1.1 };
const one20: Effect = { factor: 1.2 };
const tail50: Effect = { factor: 1.5, beyond: 0.9 };
const tail20: Effect = { factor: 1.2, beyond: 0.9 };
const errors2: Effect = { factor: 1, errors: 0.02 };

const shared: Setting = { shared: presets.ci, own: null, tau: 0, rate: 50, endpoints: 10 };
const quietHost: Setting = { ...shared, own: presets.quiet };
const ciHost: Setting = { ...shared, own: presets.ci };

interface Tally {
  readonly n: number;
  readonly regressed: number;
  readonly by120: number;
  /** Everything is proven to have stayed. */
  readonly pass: number;
  /** Green, though not everything could be told. */
  readonly open: number;
  readonly seconds: number;
  readonly exact: number;
}

const results = new Map<string, Tally>();

function play(
  name: string,
  { setting, effect, rule, n }: { setting: Setting; effect: Effect; rule: Rule; n: number },
): void {
  if (!name.includes(values.rows)) return;
  const ends = Array.from({ length: n }, (_, i) => {
    const simulation = new Simulation(setting, effect, `${values.seed} ${name} ${i}`);
    const end = rule(simulation, { turns: setting.turns === true });
    // Only the endpoint that was touched is named.
    return { ...end, exact: end.named.every(({ endpoint }) => endpoint?.name === `/e${simulation.target}`) };
  });
  const count = (test: (end: (typeof ends)[number]) => boolean) => ends.filter(test).length;
  const tally = {
    n,
    regressed: count(({ outcome }) => outcome === "regressed"),
    by120: count(({ outcome, seconds }) => outcome === "regressed" && seconds <= 120),
    pass: count(({ outcome }) => outcome === "pass"),
    open: count(({ outcome }) => outcome === "open"),
    seconds: ends.reduce((sum, end) => sum + end.seconds, 0) / n,
    exact: count(({ outcome, exact }) => outcome === "regressed" && exact),
  };
  results.set(name, tally);
  const rest = n - tally.regressed - tally.pass - tally.open;
  console.log(
    `${name.padEnd(44)} ${share(tally.regressed, n)} ${share(tally.by120, n)} ${share(tally.pass, n)} ${share(tally.open, n)} ${share(rest, n)}  ${tally.seconds.toFixed(0).padStart(4)} s  n ${n}`,
  );
}

function share(count: number, n: number): string {
  return rateText(count, n);
}

const started = performance.now();
const header = (title: string) =>
  console.log(
    `\n${title}\n${"".padEnd(44)} regressed          by 120 s           all proven         not all told       undecided          mean`,
  );

if (wants("reference")) {
  header("Side by side, ten endpoints, 50 requests/s each (both arms), looks 30–240 s, no confirmation");
  for (const [where, setting] of [
    ["shared", shared],
    ["+quiet host", quietHost],
    ["+ci host", ciHost],
  ] as const) {
    play(`A/A, ${where}`, { setting, effect: unchanged, rule: byReference, n: 2 * draws });
    play(`+10 % on one endpoint, ${where}`, { setting, effect: one10, rule: byReference, n: draws });
    play(`+20 % on one endpoint, ${where}`, { setting, effect: one20, rule: byReference, n: draws });
  }
  play("A/A, +ci host, felt unevenly", {
    setting: { ...ciHost, uneven: 0.3 },
    effect: unchanged,
    rule: byReference,
    n: 2 * draws,
  });
  play("six endpoints 5 % faster, +ci host, unevenly", {
    setting: { ...ciHost, uneven: 0.3 },
    effect: { factor: 1, others: { count: 6, factor: 0.95 } },
    rule: byReference,
    n: draws,
  });
  play("all endpoints +10 %, +quiet host", {
    setting: quietHost,
    effect: { factor: 1.1, all: true },
    rule: byReference,
    n: draws,
  });
  for (const [where, setting] of [
    ["shared", shared],
    ["+quiet host", quietHost],
  ] as const) {
    play(`+10 % at 100/s, ${where}`, {
      setting: { ...setting, rate: 100 },
      effect: one10,
      rule: byReference,
      n: draws,
    });
  }
  play("tail +50 %, shared", { setting: shared, effect: tail50, rule: byReference, n: draws });
  play("tail +20 % at 100/s, shared", {
    setting: { ...shared, rate: 100 },
    effect: tail20,
    rule: byReference,
    n: Math.ceil(draws / 2),
  });
  play("errors 0 → 2 %, shared", { setting: shared, effect: errors2, rule: byReference, n: draws });
  play("A/A, +quiet host, tau 1 %", {
    setting: { ...quietHost, tau: 0.01 },
    effect: unchanged,
    rule: byReference,
    n: draws,
  });
}

if (wants("turns")) {
  header("The same where the arms have turns of a second, compared in pairs of turns");
  for (const [where, plain] of [
    ["shared", shared],
    ["+quiet host", quietHost],
  ] as const) {
    const setting = { ...plain, turns: true };
    play(`turns: A/A, ${where}`, { setting, effect: unchanged, rule: byReference, n: 2 * draws });
    play(`turns: +10 % on one endpoint, ${where}`, { setting, effect: one10, rule: byReference, n: draws });
    play(`turns: +20 % on one endpoint, ${where}`, { setting, effect: one20, rule: byReference, n: draws });
  }
}

if (wants("shipped")) {
  header("The same as the action runs it: looks 60–180 s, then a confirmation");
  for (const [where, setting] of [
    ["shared", shared],
    ["+quiet host", quietHost],
  ] as const) {
    play(`shipped: A/A, ${where}`, { setting, effect: unchanged, rule: asShipped, n: draws });
    play(`shipped: +10 %, ${where}`, { setting, effect: one10, rule: asShipped, n: draws });
    play(`shipped: +20 %, ${where}`, { setting, effect: one20, rule: asShipped, n: draws });
  }
}

/** A head-only run of a minute as the store keeps it, and its cells for the rules that want them. */
function storedRun(setting: Setting, effect: Effect, seed: string) {
  const simulation = new Simulation(setting, effect, seed, ["head"]);
  simulation.extendTo(60_000);
  const sums = simulation.series.map(({ head }) => Counts.sum(head.map(({ latencies }) => latencies)));
  const run: PastRun = {
    startedAt: "2026-01-01T00:00:00.000Z",
    endpoints: simulation.series.map(({ endpoint, head }, i) => ({
      endpoint,
      requests: head.reduce((sum, cell) => sum + cell.requests, 0),
      failures: head.reduce((sum, cell) => sum + cell.failures, 0),
      latencies: histogramOf(sums[i] as Counts),
    })),
  };
  return { run, p95: sums.map((sum) => sum.quantile(0.95)), simulation };
}

function histogramOf({ bins, running }: Counts): Histogram {
  return new Histogram(2, new Map(Array.from(bins, (bin, i) => [bin, (running[i] as number) - (running[i - 1] ?? 0)])));
}

const storedResults = new Map<string, { found: number; n: number; detectable: number }>();

function playStored(
  name: string,
  { noise, effect, runs, n }: { noise: keyof typeof presets; effect: Effect; runs: number; n: number },
) {
  const setting: Setting = { shared: presets[noise], own: null, tau: 0, rate: 40, endpoints: 10 };
  const rules = [
    "ours",
    "p95 > +10 % of one run",
    "p95 > +20 % of one run",
    "p95 > +10 % of the median of ten",
    "t-test over ten runs, 99 %",
    "Mann–Whitney over seconds, 5 %",
  ] as const;
  const flags = new Map<string, number>(rules.map((rule) => [rule, 0]));
  const flag = (rule: (typeof rules)[number], is: boolean) => flags.set(rule, (flags.get(rule) ?? 0) + (is ? 1 : 0));
  let detectableSum = 0;
  for (let draw = 0; draw < n; draw++) {
    const seed = `${values.seed} stored ${name} ${draw}`;
    const past = Array.from({ length: runs }, (_, i) => storedRun(setting, unchanged, `${seed} past ${i}`));
    const now = storedRun(setting, effect, `${seed} now`);
    const comparisons = judgeStored({ current: now.run, runs: past.map(({ run }) => run), settings });
    flag(
      "ours",
      comparisons.some(({ outcome }) => outcome === "regressed"),
    );
    detectableSum +=
      comparisons.find(({ endpoint, metric }) => endpoint?.name === `/e${now.simulation.target}` && metric === "p50")
        ?.smallestDetectable ?? 0;
    const any = (test: (now: number, i: number) => boolean) => now.p95.some(test);
    const ten = past.slice(0, 10);
    const first = past[0] as (typeof past)[number];
    flag(
      "p95 > +10 % of one run",
      any((p95, i) => percentPast(p95, first.p95[i] as number, 10)),
    );
    flag(
      "p95 > +20 % of one run",
      any((p95, i) => percentPast(p95, first.p95[i] as number, 20)),
    );
    flag(
      "p95 > +10 % of the median of ten",
      any((p95, i) => percentPast(p95, median(ten.map((run) => run.p95[i] as number)), 10)),
    );
    flag(
      "t-test over ten runs, 99 %",
      any((p95, i) =>
        tTest(
          p95,
          ten.map((run) => run.p95[i] as number),
          0.01,
        ),
      ),
    );
    flag(
      "Mann–Whitney over seconds, 5 %",
      now.simulation.series.some(({ head }, i) =>
        mannWhitney(secondMedians(first.simulation.series[i]?.head ?? []), secondMedians(head), 0.05),
      ),
    );
  }
  storedResults.set(name, { found: flags.get("ours") ?? 0, n, detectable: detectableSum / n });
  console.log(
    `${name}, n ${n}; printed smallest detectable (p50 of one endpoint) ${((100 * detectableSum) / n).toFixed(0)} %`,
  );
  for (const rule of rules) console.log(`  ${rule.padEnd(42)} ${share(flags.get(rule) ?? 0, n)}`);
}

if (wants("stored")) {
  console.log("\nStored baseline, ten endpoints, a minute each: pull requests flagged");
  playStored("A/A, quiet, 20 runs", { noise: "quiet", effect: unchanged, runs: 20, n: draws });
  playStored("A/A, ci, 20 runs", { noise: "ci", effect: unchanged, runs: 20, n: draws });
  playStored("A/A, harsh, 20 runs", { noise: "harsh", effect: unchanged, runs: 20, n: draws });
  playStored("A/A, ci, 2 runs", { noise: "ci", effect: unchanged, runs: 2, n: draws });
  playStored("+20 % on one endpoint, ci, 20 runs", { noise: "ci", effect: one20, runs: 20, n: draws });
  playStored("+50 % on one endpoint, ci, 20 runs", { noise: "ci", effect: { factor: 1.5 }, runs: 20, n: draws });
}

for (const part of sideBySideParts) {
  if (wants(part)) printSideBySideRates(part, { n: draws, seed: values.seed, rows: values.rows });
}

if (wants("runs")) printStoredRates({ n: Number(values["run-draws"]), seed: values.seed, rows: values.rows });

console.log("\nGoals");
function goal(text: string, name: string, value: (tally: Tally) => number, holds: (percent: number) => boolean): void {
  const tally = results.get(name);
  if (!tally) return;
  const percent = (100 * value(tally)) / tally.n;
  console.log(`  ${holds(percent) ? "met    " : "NOT MET"}  ${text} (${name}): ${percent.toFixed(1)} %`);
}
for (const where of ["shared", "+quiet host", "+ci host", "+ci host, felt unevenly"]) {
  goal(
    "A/A false alarms at most 1 %",
    `A/A, ${where}`,
    (t) => t.regressed,
    (p) => p <= 1,
  );
}
for (const where of ["shared", "+quiet host"]) {
  goal(
    "+10 % found within 240 s, at least 95 %",
    `+10 % on one endpoint, ${where}`,
    (t) => t.regressed,
    (p) => p >= 95,
  );
  goal(
    "+10 % at 100/s found within 120 s, at least 90 %",
    `+10 % at 100/s, ${where}`,
    (t) => t.by120,
    (p) => p >= 90,
  );
  goal(
    "+20 % found within 120 s, at least 99 %",
    `+20 % on one endpoint, ${where}`,
    (t) => t.by120,
    (p) => p >= 99,
  );
  goal(
    "+10 % ends in a pass, at most 5 %",
    `+10 % on one endpoint, ${where}`,
    (t) => t.pass,
    (p) => p <= 5,
  );
}
goal(
  "tail +50 % found within 240 s, at least 95 %",
  "tail +50 %, shared",
  (t) => t.regressed,
  (p) => p >= 95,
);
goal(
  "tail +20 % at 100/s found, at least 85 %",
  "tail +20 % at 100/s, shared",
  (t) => t.regressed,
  (p) => p >= 85,
);
goal(
  "errors 0 → 2 % found, all",
  "errors 0 → 2 %, shared",
  (t) => t.regressed,
  (p) => p >= 100,
);
for (const [name, { found, n }] of storedResults) {
  const percent = (100 * found) / n;
  if (name.startsWith("A/A"))
    console.log(
      `  ${percent <= 1 ? "met    " : "NOT MET"}  stored: A/A at most 1 % (${name}): ${percent.toFixed(1)} %`,
    );
  if (name.startsWith("+20"))
    console.log(
      `  ${percent >= 80 ? "met    " : "NOT MET"}  stored: found, at least 80 % (${name}): ${percent.toFixed(1)} %`,
    );
}
console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} s`);
