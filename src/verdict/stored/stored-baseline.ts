import { ours, type Sentence, saidOf, say } from "../../base/sentence.ts";
import type { Baseline, BaselineRecord } from "../../baseline/baseline.ts";
import { recordOf } from "../../baseline/record.ts";
import { type LeftOut, type Usable, usable } from "../../baseline/usable.ts";
import { endpointLabel } from "../../stats/endpoint.ts";
import type { RunResult } from "../../stats/run-result.ts";
import { type Comparison, type ComparisonMetric, type ComparisonOutcome, withNotes } from "../comparison.ts";
import { doubtfulAmong, isHidden, outcomeOf } from "../outcome.ts";
import { reason } from "../reasons.ts";
import { alphaOf, type CompareSettings, percentileOf, toleranceOf } from "../settings.ts";
import { missing } from "../side-by-side/unpaired.ts";
import { rejected } from "../statistics/family.ts";
import type { Proportion } from "../statistics/fisher.ts";
import { median } from "../statistics/screen.ts";
import type { Reason } from "../verdict.ts";
import { errorWindowsOf } from "./error-windows.ts";
import type { PastRun } from "./history.ts";
import { find, hasEnough, layOut } from "./past-table.ts";
import { slowDrift } from "./slow-drift.ts";
import { errorsQuestion, rowQuestion, type StoredQuestion, suiteQuestion } from "./stored-question.ts";
import { byMachine, undecidedBy, unseenMachine } from "./unseen-machine.ts";
import { withTheRest } from "./with-the-rest.ts";

/** More runs than this tell of a past that is over. */
const mostRuns = 30;

export interface StoredComparison {
  readonly comparisons: readonly Comparison[];
  /** Why nothing, or nothing comparable, was found. */
  readonly findings: readonly Reason[];
  /** The stored runs there were, and which of them it was held against. Null where none were found. */
  readonly usable: Usable | null;
}

/** A result against a baseline, as `compare: baseline` asks. */
export function compareWithBaseline({
  result,
  baseline,
  whyNot,
  settings,
}: {
  result: RunResult;
  /** Null where none was found. */
  baseline: Baseline | null;
  /** Why none was found, if that is known. */
  whyNot?: string | null;
  settings: CompareSettings;
}): StoredComparison {
  const errorWindows = errorWindowsOf(result.blocks);
  return compareStored({ current: recordOf(result), baseline, whyNot, settings, errorWindows });
}

/**
 * A new run against stored ones (docs/statistics.md#stored-baseline). The spread between runs is part of every
 * interval. With four endpoints and more, each is compared with the others of its own run, which takes out what hit
 * all of them; that common part is judged by one test of its own, `suite`, because it may be the machine as well as
 * the code. Half the error probability goes to the suite, half to the endpoints.
 * @param errorWindows the new run's requests and failures by window, under an endpoint's label
 */
export function compareStored({
  current,
  baseline,
  whyNot = null,
  settings,
  errorWindows = new Map(),
}: {
  current: BaselineRecord;
  baseline: Baseline | null;
  whyNot?: string | null | undefined;
  settings: CompareSettings;
  errorWindows?: ReadonlyMap<string, readonly Proportion[]>;
}): StoredComparison {
  const use = baseline && usable(baseline, current);
  const runs = [...(use?.records ?? [])].reverse().slice(0, mostRuns);
  if (use && runs.length > 0) {
    const comparisons = judgeStored({ current, runs, settings, errorWindows });
    return { comparisons: comparisons.map((one) => withNotes(one, use)), findings: [], usable: use };
  }
  const { why, message } = use?.incomparable ?? { why: undefined, message: whyNot };
  return { comparisons: [], findings: [withoutBaseline(message, why)], usable: use };
}

/**
 * Why nothing was compared. Runs of another load, or measured in another way, leave the question open; where there are
 * none, there was no question.
 */
export function withoutBaseline(message: string | null, why: LeftOut | undefined): Reason {
  if (why === "other-profile" || why === "other-measurement") {
    return reason(
      "inconclusive",
      ours(`Nothing to compare with: ${message}.`),
      say`The next run on the default branch stores one to compare with.`,
    );
  }
  const because = message === null ? ours(" yet") : say`: ${why === undefined ? message : ours(message)}`;
  return reason("no-baseline", say`There is no baseline${because}; the promises alone were judged.`);
}

/** The tests alone, on runs already chosen, newest first. */
export function judgeStored({
  current,
  runs,
  settings,
  errorWindows = new Map(),
}: {
  current: PastRun;
  runs: readonly PastRun[];
  settings: CompareSettings;
  errorWindows?: ReadonlyMap<string, readonly Proportion[]>;
}): Comparison[] {
  // Side by side allows 2 % for lasting differences between deployments; here they are part of the runs' spread.
  const margin = 0;
  const { own, elsewhere } = byMachine(runs, current);
  const unseen = own.length === 0 ? unseenMachine(current.machine) : null;
  const endpoints: StoredQuestion[] = [];
  const suites: StoredQuestion[] = [];
  const open: Comparison[] = [];
  for (const metric of settings.metrics) {
    const ratio = percentileOf(metric);
    if (ratio !== null) {
      const table = layOut({ current, runs: unseen ? runs : own, elsewhere: unseen ? [] : elsewhere, ratio });
      const questions = table.rows.map((row) => rowQuestion({ row, metric, settings, margin }));
      if (unseen) open.push(...questions.map(({ comparison }) => undecidedBy(comparison, unseen)));
      else endpoints.push(...questions);
      if (table.suite && !unseen)
        suites.push(suiteQuestion({ level: table.suite, metric, settings, margin, rows: table.rows }));
      const known = new Set(table.rows.map(({ endpoint }) => endpointLabel(endpoint)));
      open.push(...unjudged({ current, runs, known, metric, tolerance: toleranceOf(settings, metric) }));
    } else if (metric === "errors") {
      for (const now of current.endpoints) {
        const windows = errorWindows.get(endpointLabel(now.endpoint)) ?? [];
        const question = errorsQuestion({ now, runs, windows, settings });
        if (question) endpoints.push(question);
      }
    }
  }
  const alpha = alphaOf(settings);
  const judged = [...settle(endpoints, suites.length > 0 ? alpha / 2 : alpha), ...worst(settle(suites, alpha / 2))];
  return [...slowDrift({ comparisons: withTheRest(judged), runs: own, settings }), ...open, ...vanished(current, runs)];
}

/** Holm over one family, then what is said of each: changed, unchanged, or not to be told (outcome.ts). */
function settle(family: readonly StoredQuestion[], alpha: number): Comparison[] {
  const up = rejected(
    family.map(({ up: p, able }) => ({ p, able })),
    alpha,
  );
  const down = rejected(
    family.map(({ down: p, able }) => ({ p, able })),
    alpha,
  );
  const able = Math.max(1, family.filter((question) => question.able).length);
  const limit = doubtfulAmong(able);
  return family.map(
    ({ comparison, detect, material, better, excluded, size, looksWorse, hopeless, ...question }, i): Comparison => {
      const proven = { worse: up[i] === true && material, better: down[i] === true && better };
      const outcome = outcomeOf({ proven, excluded, size, looksWorse: looksWorse(limit), p: null });
      const hidden = isHidden({ size, excluded, p: question.up });
      const notJudged = hidden ? "min-effect" : hopeless && !proven.worse ? "too-few-requests" : null;
      const smallestDetectable = detect(alpha / able);
      return {
        ...comparison,
        p: question.up,
        smallestDetectable,
        outcome,
        ...(notJudged && { outcome: "could-not-tell", notJudged }),
      };
    },
  );
}

/** One row for the suite, whatever the number of percentiles: the one that says most. */
function worst(suites: readonly Comparison[]): Comparison[] {
  const says: Partial<Record<ComparisonOutcome, number>> = {
    regressed: 4,
    inconclusive: 3,
    improved: 2,
    "could-not-tell": 1,
  };
  const weight = ({ outcome }: Comparison) => says[outcome] ?? 0;
  return [...suites].sort((a, b) => weight(b) - weight(a) || (a.p ?? 1) - (b.p ?? 1)).slice(0, 1);
}

const untold = {
  method: "baseline",
  before: null,
  after: null,
  change: null,
  p: null,
  tolerance: 0,
  smallestDetectable: null,
  explanation: [],
} as const;

/** Endpoints of the new run that could not be compared: new, or too few requests on one side. */
function unjudged({
  current,
  runs,
  known,
  metric,
  tolerance,
}: {
  current: PastRun;
  runs: readonly PastRun[];
  known: ReadonlySet<string>;
  metric: ComparisonMetric;
  tolerance: number;
}): Comparison[] {
  return current.endpoints
    .filter(({ endpoint }) => !known.has(endpointLabel(endpoint)))
    .map(({ endpoint, requests }): Comparison => {
      const past = runs.flatMap((run) => find(run, endpointLabel(endpoint)) ?? []);
      const of = { ...untold, endpoint, metric, tolerance, n: requests };
      const ratio = percentileOf(metric);
      const usually = median(past.map(({ latencies }) => latencies.count));
      // Twice what it takes: a little fewer by chance is no sign of anything.
      const hadEnough = ratio !== null && hasEnough(usually / 2, ratio);
      if (past.length === 0)
        return { ...of, outcome: "no-baseline", ...warned(say`new: no stored run has this endpoint`) };
      const few = say`too few requests (${requests} now`;
      // What had enough of them before makes fewer because it changed: that is no reason to look away.
      if (hadEnough)
        return {
          ...of,
          outcome: "inconclusive",
          ...warned(say`${few}, about ${Math.round(usually)} in the stored runs)`),
        };
      return { ...of, outcome: "could-not-tell", notJudged: "too-few-requests", ...warned(say`${few})`) };
    });
}

function warned(warning: Sentence): Pick<Comparison, "warnings" | "said"> {
  return { warnings: [warning.text], said: saidOf(warning) };
}

/** Endpoints that the newest stored run has and the new one has not. */
function vanished(current: PastRun, runs: readonly PastRun[]): Comparison[] {
  const gone = (runs[0]?.endpoints ?? []).filter(({ endpoint }) => !find(current, endpointLabel(endpoint)));
  return gone.map(({ endpoint, requests }) =>
    missing(endpoint, { n: requests, method: "baseline", whose: "the new run" }),
  );
}
