import { seconds } from "../../base/units.ts";
import { evaluate } from "../../slo/evaluate.ts";
import type { ThresholdResult } from "../../slo/promise.ts";
import type { Threshold } from "../../slo/threshold/threshold.ts";
import { endpointLabel } from "../../stats/endpoint.ts";
import type { UserTrouble } from "../../stats/run-result.ts";
import { type Block, blockMs } from "../../stats/snapshot.ts";
import { isJudged, shownPercentile, summarize } from "../../stats/summary.ts";
import { withWaiting } from "../../stats/with-waiting.ts";
import type { Comparison } from "../../verdict/comparison.ts";
import type { CompareSettings } from "../../verdict/settings.ts";
import { judgeSideBySide, lookLimit } from "../../verdict/side-by-side/side-by-side.ts";
import { lookTimes } from "../../verdict/statistics/looks.ts";
import { isLasting, silenceOf } from "../../verdict/validity/silence.ts";
import { lostForGood } from "../../verdict/validity/validity.ts";
import { steadyMs } from "../question.ts";

export interface StopRuleOptions {
  readonly thresholds: readonly Threshold[];
  /** Null where there is no base version to compare with. */
  readonly sideBySide: CompareSettings | null;
  /** Judged time in all, a confirmation included. */
  readonly maxDurationMs: number;
  /** Iterations due per second in the open model. */
  readonly arrivalRate?: number | null;
  /** Codes of reasons that make no run invalid here. */
  readonly forgiven?: ReadonlySet<string>;
}

/** How often it is asked whether the run is lost; it adds up everything measured. */
const validityEveryMs = 10_000;

/** What is still open, and when to look again. */
interface Open {
  readonly names: readonly string[];
  readonly untilMs: number;
}

/**
 * Looks at a running test from time to time and says when enough was measured. Nothing is decided here for good: the
 * same looks are taken again on the whole result.
 */
export class StopRule {
  readonly #questions: StopRuleOptions;
  readonly #say: (line: string) => void;
  readonly #blocks: Block[] = [];
  #judgedMs = 0;
  #nextMs = 0;
  #nextValidityMs = 0;
  #enough = false;

  /** @param say told why the run goes on, and why it ends early */
  constructor(questions: StopRuleOptions, say: (line: string) => void) {
    this.#questions = questions;
    this.#say = say;
  }

  /**
   * Takes the blocks measured since the last time, in order, and what has happened to users so far; true once
   * everything is decided, time is up, or nothing that comes could still be judged.
   */
  take(blocks: readonly Block[], trouble: UserTrouble | null = null): boolean {
    for (const block of blocks) this.#blocks.push(block);
    this.#judgedMs += blocks.filter(isJudged).length * blockMs;
    if (this.#enough) return true;
    if (trouble && this.#judgedMs >= this.#nextValidityMs) {
      this.#nextValidityMs = this.#judgedMs + validityEveryMs;
      this.#enough = this.#isLost(trouble);
      if (this.#enough) return true;
    }
    if (this.#judgedMs < this.#nextMs) return false;
    this.#enough = this.#isSilent();
    if (this.#enough) return true;
    const open = this.#look();
    this.#enough = open === null || this.#judgedMs >= open.untilMs;
    if (open === null) return true;
    const undecided = `undecided: ${listed(open.names)}`;
    if (this.#enough) this.#say(`${undecided} after ${seconds(this.#judgedMs)}; no time is left to look again`);
    else this.#say(`${undecided}; looking again at ${seconds(open.untilMs)}`);
    this.#nextMs = open.untilMs;
    return this.#enough;
  }

  #limitMs(runTimeMs: number): number {
    const { sideBySide, maxDurationMs } = this.#questions;
    return sideBySide ? lookLimit({ runTimeMs, maxDurationMs }) : Math.max(runTimeMs, maxDurationMs);
  }

  #isLost(trouble: UserTrouble): boolean {
    const { arrivalRate = null, forgiven = new Set() } = this.#questions;
    const { totals } = summarize(this.#blocks);
    const row = totals.find(({ arm }) => arm === "base") ?? totals[0];
    const strained = { blocks: this.#blocks, arrivalRate, medianMs: (row && shownPercentile(row, 0.5)) ?? 0 };
    const limitMs = this.#limitMs(steadyMs(this.#blocks));
    const reason = lostForGood({ trouble, strained, limitMs, forgiven });
    if (reason)
      this.#say(`no longer run can be judged, so this one ends after ${seconds(this.#judgedMs)}: ${reason.message}`);
    return reason !== null;
  }

  /** The run time is over, and to wait on for a target that does not answer any more tells nothing new. */
  #isSilent(): boolean {
    for (const arm of ["head", "base"] as const) {
      const silence = silenceOf(this.#blocks, arm);
      if (!silence || !isLasting(silence)) continue;
      const whose = arm === "base" ? "the base" : "the target";
      this.#say(`${whose} has not answered for ${seconds(silence.silentMs)}, so the run is not prolonged`);
      return true;
    }
    return false;
  }

  #look(): Open | null {
    const { thresholds, sideBySide, maxDurationMs } = this.#questions;
    const blocks = withWaiting(this.#blocks);
    const runTimeMs = steadyMs(blocks);
    const limitMs = this.#limitMs(runTimeMs);
    const promises = evaluate(thresholds, blocks).filter(({ outcome }) => outcome === "undecided");
    const names = promises.map(nameOfPromise);
    if (sideBySide) {
      const question = { blocks, settings: sideBySide, runTimeMs, maxDurationMs, over: false };
      const { next, comparisons } = judgeSideBySide(question);
      // A regression ends the looking: what time is left belongs to its confirmation.
      if (next.action === "confirm") return null;
      const open = comparisons
        .filter(({ outcome, notJudged }) => (outcome === "inconclusive" || outcome === "could-not-tell") && !notJudged)
        .map(nameOfComparison);
      if (next.action === "measure") return { names: [...open, ...names], untilMs: next.untilMs };
      if (open.length > 0) return { names: [...open, ...names], untilMs: this.#judgedMs };
    }
    if (names.length === 0) return null;
    const times = lookTimes({ fromMs: runTimeMs, limitMs });
    return { names, untilMs: times.find((atMs) => atMs > this.#judgedMs) ?? limitMs };
  }
}

function nameOfPromise({ source }: ThresholdResult): string {
  return source;
}

function nameOfComparison({ endpoint, metric }: Comparison): string {
  return endpoint ? `${endpointLabel(endpoint)} ${metric}` : metric;
}

function listed(names: readonly string[]): string {
  const [first = "", second, ...more] = [...new Set(names)];
  if (second === undefined) return first;
  return more.length === 0 ? `${first} and ${second}` : `${first}, ${second} and ${more.length} more`;
}
