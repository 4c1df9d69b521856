import { endpointLabel } from "../../stats/endpoint.ts";
import { isSeenOnce } from "../../verdict/comparison.ts";
import { kindOf, reasonTable } from "../../verdict/reasons.ts";
import type { Report, ReportComparison, ReportThreshold } from "../document/report.ts";
import { counted, formatCount, formatPercent } from "./format.ts";
import {
  brokenInWords,
  changeInWords,
  comparedCount,
  type Headline,
  holds,
  openInWords,
  subject,
  type Words,
  words,
} from "./headline-words.ts";
import { newFailuresInWords, newFailuresOf } from "./new-failures.ts";
import { servedInWords, shiftInWords, shiftOf, throughputInWords } from "./shift-words.ts";
import { troubleInWords, whoOf } from "./trouble-words.ts";

/** The heading's words for each verdict that was reached. */

export function inconclusive(report: Report): Headline {
  const { comparisons, tally } = report;
  const once = comparisons.find(isSeenOnce);
  if (once) {
    return { icon: "⚠️", before: "seen once, not confirmed: ", ...subject(once, changeInWords(once)) };
  }
  const failing = failuresInWords(report);
  if (failing) return { icon: "⚠️", before: "", ...failing, after: `${failing.after}; too few requests to be sure` };
  const open = comparisons.find(({ outcome }) => outcome === "inconclusive");
  if (open?.unseenMachine) {
    const why = "the baseline comes from other machines, and a slower machine looks like slower code";
    return { icon: "🟡", ...words(`response times not compared: ${why}`) };
  }
  if (open) {
    const more = tally.inconclusive > 1 ? `, and ${formatCount(tally.inconclusive - 1)} more` : "";
    return { icon: "🟡", before: "undecided: ", ...subject(open, openInWords(open) + more) };
  }
  if (tally.missing > 0) {
    const missing = comparisons.find(({ outcome }) => outcome === "missing");
    const before = "nothing was compared: this run made no request to ";
    const more =
      tally.missing > 1 ? ` and ${counted(tally.missing - 1, "more endpoint")} of the baseline` : " of the baseline";
    return { icon: "🟡", before, culprit: missing?.endpoint ? endpointLabel(missing.endpoint) : null, after: more };
  }
  if (comparisons.length > 0 && comparedCount(tally) === 0 && tally.notJudged > 0) {
    const requests = formatCount(report.total?.head?.requests ?? 0);
    return { icon: "🟡", ...words(`not compared: ${requests} requests are too few to compare any endpoint`) };
  }
  return { icon: "🟡", ...words(whyNothing(report.baseline.incomparable)) };
}

function whyNothing(incomparable: Report["baseline"]["incomparable"]): string {
  if (incomparable === "other-profile") return "not compared: the stored runs were measured under another load";
  if (incomparable === "other-measurement") return "not compared: the stored runs were measured in another way";
  return "nothing could be decided";
}

/** A promise no endpoint answered to names what it asked for. */
function promised(threshold: ReportThreshold, after: string): Pick<Words, "culprit" | "after"> {
  const glob = threshold.endpoint === null ? / of "((?:[^"\\]|\\.)*)"/.exec(threshold.source)?.[1] : undefined;
  if (glob === undefined) return subject(threshold, after);
  return { culprit: glob.replace(/\\(["\\])/g, "$1"), after: ` ${after}` };
}

export function failed(report: Report): Words {
  const { comparisons, thresholds, tally } = report;
  const regression = comparisons.find(({ outcome, waived }) => outcome === "regressed" && !waived);
  const broken = thresholds.find(({ outcome }) => outcome === "fail" || outcome === "no-data");
  const and = tally.broken > 0 ? `; ${counted(tally.broken, "SLO")} broken` : "";
  const everywhere = regression && shiftOf(report);
  if (everywhere) {
    const [most] = everywhere.more;
    const rate = [throughputInWords(report), servedInWords(report)].filter((part) => part !== "");
    const before = [shiftInWords(everywhere), ...rate].join("; ") + courseInWords(report, null);
    return most ? { before: `${before}; most of all `, culprit: endpointLabel(most), after: and } : words(before + and);
  }
  if (regression)
    return {
      before: "",
      ...subject(regression, changeInWords(regression) + courseInWords(report, regression.endpoint) + and),
    };
  if (broken) {
    const more = tally.broken > 1 ? `, and ${formatCount(tally.broken - 1)} more broken` : "";
    return { before: "", ...promised(broken, brokenInWords(broken) + more + courseInWords(report, broken.endpoint)) };
  }
  const [first] = report.verdict.reasons;
  return words((first && kindOf(first.code)?.headline) ?? "failed");
}

export function passed(report: Report): Headline {
  const { tally, comparisons } = report;
  const codes = report.verdict.reasons.map(({ code }) => code);
  if (codes.includes("no-target")) {
    return { icon: "ℹ️", ...words(reasonTable["no-target"].headline) };
  }
  const waived = comparisons.find((comparison) => comparison.outcome === "regressed" && comparison.waived);
  if (waived) {
    return { icon: "⚠️", before: "passed with a waiver: ", ...subject(waived, changeInWords(waived)) };
  }
  const warning = warningOf(report);
  const improved = comparisons.find(({ outcome }) => outcome === "improved");
  if (improved && !warning) {
    return { icon: "🚀", before: "", ...subject(improved, changeInWords(improved)) };
  }
  const news = newsOf(report, warning !== null);
  if (warning) return { icon: "⚠️", ...warning, before: (news === "" ? "" : `${news}, but `) + (warning.before ?? "") };
  const isFirst = comparedCount(tally) === 0 && wantsBaseline(report);
  return { icon: isFirst ? "ℹ️" : "✅", ...words(news) };
}

/** What went well. */
function newsOf(report: Report, isWarned: boolean): string {
  const { tally } = report;
  const slos = metInWords(report);
  if (comparedCount(tally) > 0) return [stayedInWords(report, isWarned), slos].filter((part) => part !== "").join("; ");
  if (wantsBaseline(report)) return `${slos === "" ? "" : `${slos}, `}no baseline yet to compare with`;
  return slos || `${formatCount(report.total?.head?.requests ?? 0)} requests, nothing promised`;
}

/** Whether stored runs were to be compared with, and none was found. */
export function wantsBaseline({ comparing, baseline }: Report): boolean {
  if (baseline.found || baseline.wanted === false) return false;
  return comparing.mode === "baseline" || baseline.whyNot !== null;
}

/** Nothing is worse: proven, or as far as could be told. */
function stayedInWords({ tally, comparing, endpoints }: Report, isWarned: boolean): string {
  if (tally.couldNotTell > 0) {
    const of = `${formatCount(tally.couldNotTell)} of ${formatCount(comparedCount(tally))}`;
    const why = isWarned ? "" : " (comparisons with too much noise)";
    return `nothing slower seen; ${of} could not be told${why}`;
  }
  const compared = endpoints.filter(({ change }) => change !== null).length;
  const seen = comparing.smallestDetectable;
  const could = seen === null ? "" : `, a change of ${formatPercent(seen)} or more would have shown`;
  return `no regression in ${counted(compared === 0 ? tally.endpoints : compared, "endpoint")}${could}`;
}

/** Promises kept for sure; what is too close to tell is said as a warning. */
function metInWords({ tally, thresholds }: Report): string {
  const isOpen = tally.met === 0 && thresholds.some((one) => one.outcome === "warn" && holds(one));
  if (tally.thresholds === 0 || isOpen) return "";
  return `${formatCount(tally.met)} of ${tally.thresholds} SLOs met`;
}

type Warned = Pick<Words, "culprit" | "after"> & { readonly before?: string };

/** The first thing that fails nothing and should be known all the same. */
function warningOf(report: Report): Warned | null {
  return (
    missingInWords(report) ??
    unkeptInWords(report) ??
    failuresInWords(report) ??
    troubleNews(report) ??
    unservedInWords(report)
  );
}

/** The open model: what was due and not served, whether or not anything earlier is known. */
function unservedInWords(report: Report): Warned | null {
  const served = servedInWords(report);
  return served === "" ? null : { culprit: null, after: `only ${served}` };
}

function missingInWords({ tally, comparisons }: Report): Warned | null {
  const missing = comparisons.find(({ outcome }) => outcome === "missing");
  if (!missing?.endpoint) return null;
  const more = tally.missing > 1 ? ` and ${counted(tally.missing - 1, "more endpoint")}` : "";
  return {
    before: "this run never requested ",
    culprit: endpointLabel(missing.endpoint),
    after: `${more}, which the baseline has${missing.renamedTo ? " (renamed?)" : ""}`,
  };
}

/** The first promise that was not kept and fails nothing: of the `warn` tier, or with its limit inside the interval. */
function unkeptInWords({ tally, thresholds }: Report): Warned | null {
  const first =
    thresholds.find((one) => one.outcome === "warn" && !holds(one)) ??
    thresholds.find(({ outcome }) => outcome === "warn");
  if (!first) return null;
  const more = tally.warned > 1 ? `, and ${counted(tally.warned - 1, "more warning")}` : "";
  return promised(first, brokenInWords(first) + more);
}

function failuresInWords(report: Report): Warned | null {
  const [first, ...more] = newFailuresOf(report).filter(({ isNews }) => isNews);
  if (!first) return null;
  const others = more.length === 0 ? "" : `, and ${counted(more.length, "more endpoint")}`;
  return subject(first, newFailuresInWords(first) + others);
}

function troubleNews({ troubles = [] }: Report): Warned | null {
  const first = troubles.find(({ alsoBase }) => !alsoBase);
  if (!first) return null;
  const { what } = troubleInWords(first);
  return first.endpoint ? subject(first, what) : { culprit: null, after: `${whoOf(first)} ${what}` };
}

/** What the culprit, or everything, did in the course of the run; empty where it did nothing odd. */
function courseInWords({ troubles = [] }: Report, culprit: ReportComparison["endpoint"]): string {
  const found = troubles.find(
    ({ endpoint, alsoBase }) =>
      !alsoBase && (endpoint === null || culprit === null || endpointLabel(endpoint) === endpointLabel(culprit)),
  );
  return found ? `; ${troubleInWords(found).brief}` : "";
}
