import { type Block, blockMs } from "../../stats/snapshot.ts";
import { isJudged } from "../../stats/summary.ts";
import type { Comparison, ConfirmationOutcome } from "../comparison.ts";
import { alphaOf, type CompareSettings } from "../settings.ts";
import { type Look, passShare, planLooks } from "../statistics/looks.ts";
import { confirmedBy, isSlower, type Rates, ratesBeside, throughputComparison } from "../throughput-test.ts";
import { comparisonOf } from "./comparison-of.ts";
import { type Confirmation, confirm } from "./confirm.ts";
import { type Decision, decide, type TestResult } from "./decide.ts";
import { type Series, seriesOf } from "./series.ts";
import { unpaired } from "./unpaired.ts";
import { cutWindows, type Pairing, pairMs, type RunWindows } from "./window.ts";

/** What the gate should do next. */
export type Next =
  /** Go on until so much has been judged, then look again. */
  | { readonly action: "measure"; readonly untilMs: number }
  /** Run the whole locustfile again, with fresh users and connections, in phase `confirmation`. */
  | { readonly action: "confirm"; readonly forMs: number }
  | { readonly action: "stop" };

export interface SideBySide {
  readonly next: Next;
  readonly comparisons: readonly Comparison[];
  /** How long was judged when it was decided. */
  readonly judgedMs: number;
}

export interface SideBySideQuestion {
  readonly blocks: readonly Block[];
  readonly settings: CompareSettings;
  /** As asked for; nothing is decided before. */
  readonly runTimeMs: number;
  /** Judged time in all, the confirmation included. */
  readonly maxDurationMs: number;
  /** Nothing more will be measured: decide with what there is. */
  readonly over: boolean;
}

/** Kept back for the confirmation: a quarter of the budget, within these bounds. */
const reserveMs = { share: 0.25, least: 20_000, most: 60_000 } as const;
const shortestConfirmationMs = 15_000;
/** A run that stopped this much short of a look has reached it. */
const slackMs = 1000;

/** How much of the budget the looks may use; the rest is the confirmation's. */
export function lookLimit({ runTimeMs, maxDurationMs }: { runTimeMs: number; maxDurationMs: number }): number {
  const kept = Math.min(reserveMs.most, Math.max(reserveMs.least, reserveMs.share * maxDurationMs));
  return Math.max(runTimeMs, maxDurationMs - kept);
}

/**
 * Judges a side-by-side run from its blocks alone, at any moment of it: the looks are taken again one after another,
 * so that the gate in mid-run, the final judgement and a second reading of `result.json` come to the same end.
 */
export function judgeSideBySide(question: SideBySideQuestion): SideBySide {
  const judged = seriesOf(question.blocks.filter(isJudged));
  const blocks = question.blocks.filter(isJudged);
  const pairing = pairingOf(blocks, question);
  const taken = takeLooks({ series: judged, measuredMs: blocks.length * blockMs, pairing, ...question });
  if (taken.next.action === "measure") return told(taken, question);
  const rates = question.settings.metrics.includes("throughput") ? ratesBeside(blocks) : null;
  const isLess = rates !== null && isSlower(rates, question.settings);
  if (taken.decision.outcome !== "regressed" && !isLess) return withRates(told(taken, question), question, { rates });
  const second = question.blocks.filter(({ phase }) => phase === "confirmation");
  const stopped = { ...taken, next: { action: "stop" } } as const;
  if (second.length > 0) {
    const offenders = taken.decision.tests.filter(({ outcome }) => outcome === "regressed");
    const windows = cutWindows(seriesOf(second), second.length, pairingOf(second, question));
    const confirmations = new Map(confirm(offenders, windows).map((one, i) => [offenders[i] as TestResult, one]));
    const confirmation = isLess ? confirmedBy(ratesBeside(second)) : null;
    return withRates(told(stopped, question, confirmations), question, { rates, confirmation });
  }
  const confirmation = isLess ? ("missing" as const) : null;
  const leftMs = question.maxDurationMs - taken.atMs;
  if (question.over || leftMs < shortestConfirmationMs) {
    return withRates(told(stopped, question), question, { rates, confirmation });
  }
  const next = { action: "confirm", forMs: Math.min(leftMs, Math.max(60_000, taken.atMs)) } as const;
  return withRates(told({ ...taken, next }, question), question, { rates, confirmation });
}

/** With throughput among what was compared, where it was asked for and there is enough of it. */
function withRates(
  judged: SideBySide,
  { settings }: SideBySideQuestion,
  { rates, confirmation = null }: { rates: Rates | null; confirmation?: ConfirmationOutcome | null },
): SideBySide {
  if (!rates) return judged;
  const throughput = throughputComparison(rates, { settings, method: "side-by-side", confirmation });
  return { ...judged, comparisons: [...judged.comparisons, throughput] };
}

/** One look at the first `atMs` of a run; what the simulator takes too. */
export function lookAt({
  series,
  settings,
  atMs,
  alpha,
  passAlpha,
  limitMs,
  pairing = null,
  before,
}: Look & {
  series: readonly Series[];
  settings: CompareSettings;
  /** Judged time the run might have: what would have too few requests even then is hopeless. */
  limitMs: number;
  /** Where the arms have turns. */
  pairing?: Pairing | null;
  /** The look before this one. */
  before?: TakenLook | undefined;
}): TakenLook {
  const windows = cutWindows(series, Math.floor(atMs / blockMs), pairing);
  const decision = decide(windows, {
    settings,
    alpha,
    passAlpha,
    limitMs,
    ...(before && { passed: before.decision.passed }),
  });
  return { decision, windows, atMs, alpha };
}

/** What a look came to. */
export interface TakenLook {
  readonly decision: Decision;
  readonly windows: RunWindows;
  readonly atMs: number;
  readonly alpha: number;
}

/**
 * Pairs of turns begin with the pass they are part of, every fourth block; a confirmation's blocks are numbered on from
 * the first pass, so where it began is looked for.
 */
function pairingOf(judged: readonly Block[], { blocks, settings }: SideBySideQuestion): Pairing | null {
  const first = judged[0];
  if (!settings.alternates || !first) return null;
  let at = blocks.indexOf(first);
  while (at > 0 && ["ramp", "warm-up"].includes(blocks[at - 1]?.phase ?? "")) at--;
  const since = first.block - (blocks[at]?.block ?? 0);
  const pair = pairMs / blockMs;
  return { lead: (pair - (since % pair)) % pair };
}

/** The looks alone, up to what has been measured. */
function takeLooks({
  series,
  measuredMs,
  settings,
  runTimeMs,
  maxDurationMs,
  over,
  pairing,
}: Omit<SideBySideQuestion, "blocks"> & {
  series: readonly Series[];
  pairing: Pairing | null;
  measuredMs: number;
}): TakenLook & { next: Next } {
  const budget = alphaOf(settings);
  const limitMs = lookLimit({ runTimeMs, maxDurationMs });
  const looks = planLooks({ fromMs: runTimeMs, limitMs, alpha: budget });
  const take = (look: Look) => lookAt({ ...look, series, settings, pairing, limitMs, before: last });
  let last: TakenLook | undefined;
  for (const [index, look] of looks.entries()) {
    if (look.atMs > measuredMs + slackMs) {
      // A run that stopped between two looks has spent in proportion.
      const spentMs = last?.atMs ?? 0;
      const isNew = !last || measuredMs > spentMs + slackMs;
      const taken = last && !isNew ? last : take(inProportion({ spentMs, measuredMs, limitMs, budget, over }));
      return { ...taken, next: over ? { action: "stop" } : { action: "measure", untilMs: look.atMs } };
    }
    last = take(look);
    const isLast = index === looks.length - 1 || (over && measuredMs <= look.atMs);
    if (isLast || last.decision.outcome !== "undecided" || isHopeless(last.decision))
      return { ...last, next: { action: "stop" } };
  }
  throw new RangeError("a comparison has at least one look");
}

/** A look that was not planned, for a run that ended, or is asked about, between two. */
function inProportion({
  spentMs,
  measuredMs,
  limitMs,
  budget,
  over,
}: {
  spentMs: number;
  measuredMs: number;
  limitMs: number;
  budget: number;
  over: boolean;
}): Look {
  const alpha = (budget * (measuredMs - spentMs)) / limitMs;
  // What ended before any pass was due passes at its end or never.
  const wholeMs = over && spentMs === 0 ? Math.min(limitMs, measuredMs) : limitMs;
  return { atMs: measuredMs, alpha, passAlpha: passShare({ atMs: measuredMs, sinceMs: spentMs, limitMs: wholeMs }) };
}

/** Nothing that was compared will ever have enough requests: more time brings nothing. */
function isHopeless({ tests }: Decision): boolean {
  return (
    tests.some(({ hopeless }) => hopeless) && tests.every(({ hopeless, metric }) => hopeless || metric === "stalls")
  );
}

function told(
  { decision, windows, atMs, alpha, next }: ReturnType<typeof takeLooks>,
  { settings }: SideBySideQuestion,
  confirmations: ReadonlyMap<TestResult, Confirmation> = new Map(),
): SideBySide {
  return {
    next,
    judgedMs: atMs,
    comparisons: [
      ...decision.tests.map((test) => {
        const confirmation = confirmations.get(test) ?? null;
        return comparisonOf(test, { alpha, family: decision.family, settings, confirmation });
      }),
      ...unpaired(windows),
    ],
  };
}
