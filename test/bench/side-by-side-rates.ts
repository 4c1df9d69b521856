import { type CompareSettings, defaultCompareSettings } from "../../src/verdict/settings.ts";
import { rateText } from "./proportion.ts";
import { asShipped, byReference, type Rule, type Simulated } from "./pull-request.ts";
import { type QueueingEffect, type QueueingSetting, QueueingSimulation } from "./queueing.ts";
import { type Effect, presets, type Setting, Simulation } from "./verdict-noise.ts";

/** A target that knows which of its endpoints an effect on one befalls. */
type Target = Simulated & { readonly target: number };

interface Row {
  readonly name: string;
  readonly make: (seed: string) => Target;
  readonly rule?: Rule;
  readonly settings?: CompareSettings;
  /** Whether a comparison may be red: of an endpoint, or null of the whole run. */
  readonly mayBeRed?: (endpoint: string | null, target: number) => boolean;
}

const shared: Setting = { shared: presets.ci, own: null, tau: 0, rate: 50, endpoints: 10 };
const quiet: Setting = { ...shared, own: presets.quiet };
const restless: Setting = { ...shared, own: presets.ci };
const uneven: Setting = { ...restless, uneven: 0.3 };

const of = (setting: Setting, effect: Effect) => (seed: string) => new Simulation(setting, effect, seed);
const onlyTarget = (endpoint: string | null, target: number) => endpoint === `/e${target}`;
const nobody = () => false;
const anybody = () => true;

function errorRows(): Row[] {
  const rates: Setting = { ...shared, errors: 0.001 };
  return [
    { name: "errors 0.1 % everywhere, unchanged", make: of(rates, { factor: 1 }), mayBeRed: nobody },
    { name: "errors 0.1 → 0.8 % on one", make: of(rates, { factor: 1, errors: 0.008 }), mayBeRed: onlyTarget },
    {
      name: "errors 0.1 → 0.8 % on one, quiet hosts",
      make: of({ ...quiet, errors: 0.001 }, { factor: 1, errors: 0.008 }),
      mayBeRed: onlyTarget,
    },
    { name: "errors 0.1 → 0.6 % on one", make: of(rates, { factor: 1, errors: 0.006 }), mayBeRed: onlyTarget },
    {
      name: "errors 1 % everywhere, unchanged",
      make: of({ ...shared, errors: 0.01 }, { factor: 1 }),
      mayBeRed: nobody,
    },
  ];
}

/** What lies beyond p95 is seen by percentiles beyond it alone, and those need requests. */
function tailRows(): Row[] {
  const beyond: Effect = { factor: 1.5, beyond: 0.95 };
  const asked: CompareSettings = { ...defaultCompareSettings, metrics: ["p50", "p95", "p99", "errors", "stalls"] };
  return [
    { name: "beyond p95 +50 %, 50/s, p50 and p95 asked", make: of(shared, beyond), mayBeRed: onlyTarget },
    ...[50, 100, 200].map(
      (rate): Row => ({
        name: `beyond p95 +50 %, ${rate}/s, p99 asked as well`,
        make: of({ ...shared, rate }, beyond),
        settings: asked,
        mayBeRed: onlyTarget,
      }),
    ),
    {
      name: "unchanged, 100/s, p99 asked as well",
      make: of({ ...quiet, rate: 100 }, { factor: 1 }),
      settings: asked,
      mayBeRed: nobody,
    },
  ];
}

function lastingRows(): Row[] {
  return [
    ...[0.01, 0.02, 0.03, 0.05].map(
      (more): Row => ({
        name: `the head's deployment slower by ${100 * more} % for good, quiet hosts`,
        make: of(quiet, { factor: 1 + more, all: true }),
        rule: asShipped,
        mayBeRed: nobody,
      }),
    ),
    {
      name: "deployments differ by a spread of 2 % each, quiet hosts",
      make: of({ ...quiet, tau: 0.02 }, { factor: 1 }),
      rule: asShipped,
      mayBeRed: nobody,
    },
  ];
}

function fasterRows(): Row[] {
  return [0.05, 0.1, 0.15, 0.3].flatMap((less) =>
    [1, 3, 6, 9].map(
      (count): Row => ({
        name: `${count} of ten ${100 * less} % faster, restless hosts, unevenly`,
        make: of(uneven, { factor: 1, others: { count, factor: 1 - less } }),
        rule: asShipped,
        mayBeRed: nobody,
      }),
    ),
  );
}

function stallRows(): Row[] {
  const pausing = (everyMs: number, forMs: number): Row => ({
    name: `the head stands still ${forMs / 1000} s every ${everyMs / 1000} s`,
    make: of(quiet, { factor: 1, pauses: { everyMs, forMs } }),
    mayBeRed: anybody,
  });
  return [
    pausing(200_000, 7000),
    pausing(20_000, 1000),
    pausing(10_000, 1000),
    pausing(10_000, 300),
    pausing(5000, 300),
  ];
}

/** Each endpoint of each version drifts by itself: no machine that all feel. */
function apartRows(): Row[] {
  return [0.01, 0.03].flatMap((apart) => [
    {
      name: `drifting by themselves, ${100 * apart} %, unchanged`,
      make: of({ ...quiet, apart }, { factor: 1 }),
      rule: asShipped,
      mayBeRed: nobody,
    },
    {
      name: `drifting by themselves, ${100 * apart} %, +10 % on one`,
      make: of({ ...quiet, apart }, { factor: 1.1 }),
      rule: asShipped,
      mayBeRed: onlyTarget,
    },
  ]);
}

function queueingRows(): Row[] {
  const setting: QueueingSetting = { endpoints: 10, users: 40, thinkMs: 160, servers: 4, oneMachine: true };
  const queue = (changes: Partial<QueueingSetting>, effect: QueueingEffect) => (seed: string) =>
    new QueueingSimulation({ ...setting, ...changes }, effect, seed);
  return [true, false].flatMap((oneMachine): Row[] => {
    const where = oneMachine ? "one machine" : "machines of their own";
    return [
      { name: `queues, ${where}, unchanged`, make: queue({ oneMachine }, { factor: 1 }), mayBeRed: nobody },
      // One endpoint's work makes all of the queue longer, so others may truly be slower.
      {
        name: `queues, ${where}, +20 % work on one`,
        make: queue({ oneMachine }, { factor: 1.2 }),
        mayBeRed: onlyTarget,
      },
      {
        name: `queues, ${where}, +10 % work everywhere`,
        make: queue({ oneMachine }, { factor: 1.1, all: true }),
        mayBeRed: anybody,
      },
    ];
  });
}

const parts: Readonly<Record<string, () => Row[]>> = {
  errors: errorRows,
  tails: tailRows,
  lasting: lastingRows,
  faster: fasterRows,
  standstill: stallRows,
  apart: apartRows,
  queues: queueingRows,
};

/** The names by which `--only` asks for a part. */
export const sideBySideParts = Object.keys(parts);

/**
 * Side by side, beyond the settings of the literature: how often red, how often for an endpoint that stayed, and what
 * else came of it; each with its 95 % interval.
 */
export function printSideBySideRates(part: string, { n, seed, rows }: { n: number; seed: string; rows: string }): void {
  console.log(
    `\nSide by side, ${part}: ten endpoints, 50 requests/s each if not said otherwise, both versions together`,
  );
  console.log(
    `${"".padEnd(66)} red                who stayed is red  all proven         not all told       undecided            mean`,
  );
  for (const { name, make, rule = byReference, settings, mayBeRed = anybody } of parts[part]?.() ?? []) {
    if (!name.includes(rows)) continue;
    const ends = Array.from({ length: n }, (_, i) => {
      const target = make(`${seed} ${name} ${i}`);
      const end = rule(target, settings && { settings });
      const blamed = end.named.some(({ endpoint }) => !mayBeRed(endpoint?.name ?? null, target.target));
      return { ...end, blamed };
    });
    const rate = (is: (end: (typeof ends)[number]) => boolean) => rateText(ends.filter(is).length, n);
    const [red, pass, open, undecided] = (["regressed", "pass", "open", "undecided"] as const).map((which) =>
      rate(({ outcome }) => outcome === which),
    );
    const seconds = ends.reduce((sum, end) => sum + end.seconds, 0) / n;
    const how = rule === asShipped ? `${name} (confirmed)` : name;
    console.log(
      `${how.padEnd(66)} ${red} ${rate(({ blamed }) => blamed)} ${pass} ${open} ${undecided} ${seconds.toFixed(0).padStart(4)} s  n ${n}`,
    );
  }
}
