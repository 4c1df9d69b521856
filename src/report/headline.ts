import { endpointLabel } from "../stats/endpoint.ts";
import { intervalConfidence } from "../verdict/comparison.ts";
import type { CapacitySection } from "./capacity-schema.ts";
import { comparedCapacity, dropInWords, foundInWords } from "./capacity-words.ts";
import {
  changeUnit,
  counted,
  formatChange,
  formatCompared,
  formatCount,
  formatInterval,
  formatMsChange,
  formatNumber,
  formatPercent,
  formatPromised,
  plain,
} from "./format.ts";
import type { Report, ReportComparison, ReportThreshold } from "./report.ts";
import { code, cut, oneLine, plainName, slug } from "./safe-text.ts";

/**
 * The one line that says whether to act: verdict, magnitude, culprit. Everything but the culprit's name is our own
 * words and numbers; the name stands apart so that each surface can enclose it.
 */
export interface Headline {
  readonly icon: string;
  readonly before: string;
  readonly culprit: string | null;
  readonly after: string;
}

type Words = Omit<Headline, "icon">;

export function headlineOf(report: Report): Headline {
  const reason = report.verdict.reasons[0]?.code;
  if (report.capacity !== null && report.verdict.conclusion !== "invalid") {
    return ofCapacity(report, report.capacity);
  }
  switch (report.verdict.conclusion) {
    case "invalid":
      return { icon: "⚠️", ...words(notJudged(reason, report)) };
    case "inconclusive":
      return { icon: "🟡", ...inconclusive(report) };
    case "fail":
      return { icon: "❌", ...failed(report) };
    case "pass":
      return passed(report);
  }
}

/** What the verdict is about; what was set apart is not. */
export function comparedCount({
  regressed,
  waived,
  improved,
  inconclusive,
  couldNotTell,
  unchanged,
}: Report["tally"]): number {
  return regressed + waived + improved + inconclusive + couldNotTell + unchanged;
}

const capacityIcon = { fail: "❌", inconclusive: "🟡", pass: "✅" } as const;

/** How far the target carries, and whether that is less than it was. */
function ofCapacity(report: Report, capacity: CapacitySection): Headline {
  const { conclusion } = report.verdict;
  const compared = comparedCapacity(report);
  const found = foundInWords(capacity);
  if (conclusion === "invalid") return { icon: "⚠️", ...words(found) };
  if (compared?.outcome === "regressed" && compared.waived) {
    return { icon: "⚠️", ...words(`passed with a waiver: ${dropInWords(capacity, compared)}`) };
  }
  if (compared?.outcome === "regressed") return { icon: "❌", ...words(dropInWords(capacity, compared)) };
  if (compared?.outcome === "improved") return { icon: "🚀", ...words(dropInWords(capacity, compared)) };
  const isAlone = compared === null || compared.outcome === "no-baseline";
  const isFirst = conclusion === "pass" && isAlone && report.baseline.whyNot !== null;
  return isFirst
    ? { icon: "ℹ️", ...words(`${found}; no baseline yet to compare with`) }
    : { icon: capacityIcon[conclusion], ...words(found) };
}

function words(before: string): Words {
  return { before, culprit: null, after: "" };
}

function notJudged(code: string | undefined, report: Report): string {
  const { measured } = report;
  switch (code) {
    case "zero-requests":
      return "not judged: no request was sent";
    case "users-dead":
      return "not judged: every user died in onStart";
    case "users-not-reached":
      return `not judged: only ${formatCount(measured.peakUsers)} of ${counted(measured.users, "user")} ran`;
    case "saturated":
      return "not judged: the load generator was saturated, not the target";
    case "blocked":
      return "not judged: the target’s platform blocked the load";
    case "throttled":
      return "not judged: the target throttled the load (429)";
    case "target-gone":
      return "not judged: the target went away during the run";
    case "uncaught-exceptions":
      return "not judged: the locustfile threw exceptions";
    case "forbidden-host":
      return "not judged: the locustfile aimed at a host outside allowed-hosts";
    case "missing-await":
      return "not judged: a task ended with its own request in flight (a missing await)";
    case "interrupted":
      return "interrupted: a partial result, not judged";
    case "exit-code":
      return "not judged: the locustfile set a failing exit code";
    default:
      return "not judged";
  }
}

function inconclusive(report: Report): Words {
  const undecided = report.comparisons.find(({ outcome }) => outcome === "inconclusive");
  if (!undecided) return words("inconclusive: nothing could be decided");
  const unit = changeUnit(undecided.metric);
  const interval = formatInterval(undecided.change, unit);
  const facts = [
    interval === "–" ? "" : `could be ${interval}`,
    undecided.smallestDetectable === null
      ? ""
      : `could see ${formatChange(undecided.smallestDetectable, unit).replace(/^\+/, "")} or more`,
  ].filter((fact) => fact !== "");
  const after = `${undecided.metric} is undecided${facts.length > 0 ? ` (${facts.join("; ")})` : ""}`;
  return { before: "inconclusive: ", ...subject(undecided, after) };
}

/** `of …` as the culprit's name and the words after it; without an endpoint, just the words. */
function subject(what: { endpoint: ReportComparison["endpoint"] }, after: string): Pick<Words, "culprit" | "after"> {
  return what.endpoint === null
    ? { culprit: null, after }
    : { culprit: endpointLabel(what.endpoint), after: ` ${after}` };
}

/** `p95 is 38 % slower (+84 ms, 95 % interval +29 … +48 %)`. */
export function changeInWords(comparison: ReportComparison): string {
  const { metric, change, before, after } = comparison;
  const estimate = change?.estimate ?? 0;
  const unit = changeUnit(metric);
  const interval = formatInterval(change, unit);
  const bounded = interval === "–" ? "" : `${formatPercent(intervalConfidence)} interval ${interval}`;
  if (metric === "errors") {
    const step = `from ${formatPercent(before)} to ${formatPercent(after)}`;
    return `errors ${estimate < 0 ? "fell" : "rose"} ${step}${bounded ? ` (${bounded})` : ""}`;
  }
  if (metric === "stalls") {
    return `stalls ${estimate < 0 ? "fell" : "rose"} from ${formatCompared(metric, before)} to ${formatCompared(metric, after)}`;
  }
  const size = formatChange(Math.abs(estimate)).replace(/^\+/, "");
  if (metric === "capacity") {
    const step = `from ${formatCompared(metric, before)} to ${formatCompared(metric, after)}`;
    return `capacity ${estimate < 0 ? "fell" : "rose"} by ${size} ${step}${bounded ? ` (${bounded})` : ""}`;
  }
  const difference = before !== null && after !== null ? formatMsChange(after - before) : "";
  const facts = [difference, bounded].filter((fact) => fact !== "");
  const name = metric === "suite" ? "the whole suite" : metric;
  return `${name} is ${size} ${estimate < 0 ? "faster" : "slower"}${facts.length > 0 ? ` (${facts.join(", ")})` : ""}`;
}

/** `p99 is 812 ms, promised < 800 ms`; `p99: no request, promised < 800 ms`. */
export function brokenInWords(threshold: ReportThreshold): string {
  const promised = `promised ${threshold.operator} ${formatPromised(threshold.unit, threshold.expected)}`;
  const metric = /^[a-z0-9.()]+$/i.test(threshold.metric) ? threshold.metric : "a metric";
  const isMany = /^(?:errors|failures|requests)$/.test(metric);
  if (threshold.actual === null) return `${metric} ${isMany ? "have" : "has"} no data, ${promised}`;
  return `${metric} ${isMany ? "are" : "is"} ${formatPromised(threshold.unit, threshold.actual)}, ${promised}`;
}

/** A promise no endpoint answered to names what it asked for. */
function promised(threshold: ReportThreshold, after: string): Pick<Words, "culprit" | "after"> {
  const glob = threshold.endpoint === null ? / of "((?:[^"\\]|\\.)*)"/.exec(threshold.source)?.[1] : undefined;
  if (glob === undefined) return subject(threshold, after);
  return { culprit: glob.replace(/\\(["\\])/g, "$1"), after: ` ${after}` };
}

function failed(report: Report): Words {
  const regression = report.comparisons.find(({ outcome, waived }) => outcome === "regressed" && !waived);
  const broken = report.thresholds.find(({ outcome }) => outcome === "fail" || outcome === "no-data");
  if (regression) {
    const and = report.tally.broken > 0 ? `; ${counted(report.tally.broken, "SLO")} broken` : "";
    return { before: "", ...subject(regression, changeInWords(regression) + and) };
  }
  if (broken) {
    const more = report.tally.broken > 1 ? `, and ${formatCount(report.tally.broken - 1)} more broken` : "";
    return { before: "", ...promised(broken, brokenInWords(broken) + more) };
  }
  return words("failed");
}

function passed(report: Report): Headline {
  const { tally } = report;
  const codes = report.verdict.reasons.map(({ code }) => code);
  if (codes.includes("no-target")) {
    return { icon: "ℹ️", ...words("nothing was deployed for this commit, nothing was measured") };
  }
  const waived = report.comparisons.find((comparison) => comparison.outcome === "regressed" && comparison.waived);
  if (waived) {
    return { icon: "⚠️", before: "passed with a waiver: ", ...subject(waived, changeInWords(waived)) };
  }
  const improved = report.comparisons.find(({ outcome }) => outcome === "improved");
  if (improved) {
    return { icon: "🚀", before: "", ...subject(improved, changeInWords(improved)) };
  }
  const slos = metInWords(report);
  const warning = warningInWords(report);
  const compared = comparedCount(tally);
  if (compared > 0) {
    const news = `${stayedInWords(report, compared)}${slos && `; ${slos}`}`;
    return warning ? warned(news, warning) : { icon: "✅", ...words(news) };
  }
  const wanted = report.comparing.mode !== "none" || report.baseline.whyNot !== null;
  if (wanted && !report.baseline.found) {
    const news = `${slos ? `${slos}, ` : ""}no baseline yet to compare with`;
    return warning ? warned(news, warning) : { icon: "ℹ️", ...words(news) };
  }
  if (warning) return warned(slos, warning);
  return {
    icon: "✅",
    ...words(slos || `${formatNumber(report.total?.head?.requests ?? 0)} requests, nothing promised`),
  };
}

/** Nothing is worse: proven, or as far as could be told. */
function stayedInWords({ tally, comparing }: Report, compared: number): string {
  if (tally.couldNotTell > 0) {
    return `nothing slower seen; ${formatCount(tally.couldNotTell)} of ${formatCount(compared)} could not be told`;
  }
  const seen = comparing.smallestDetectable;
  const could = seen === null ? "" : `, could see ${formatPercent(seen)} or more`;
  return `no regression in ${counted(tally.endpoints, "endpoint")}${could}`;
}

function metInWords({ tally }: Report): string {
  return tally.thresholds === 0 ? "" : `${formatCount(tally.met)} of ${tally.thresholds} SLOs met`;
}

/** The first promise that was not kept and fails nothing: of the `warn` tier, or with its limit inside the interval. */
function warningInWords({ tally, thresholds }: Report): Pick<Words, "culprit" | "after"> | null {
  const first = thresholds.find(({ outcome }) => outcome === "warn");
  if (!first) return null;
  const more = tally.warned > 1 ? `, and ${counted(tally.warned - 1, "more warning")}` : "";
  return promised(first, brokenInWords(first) + more);
}

function warned(news: string, { culprit, after }: Pick<Words, "culprit" | "after">): Headline {
  return { icon: "⚠️", before: `${news}, but `, culprit, after };
}

/** Where the step's outcome is not what the verdict suggests, a sentence that says so; otherwise nothing. */
export function stepInWords({ verdict, passed: succeeds }: Report): string {
  const bad = verdict.conclusion === "fail" || verdict.conclusion === "invalid";
  if (bad && succeeds) return "The step passes all the same: fail-on leaves this out.";
  if (!bad && !succeeds) return "The step fails, because fail-on says so.";
  return "";
}

/** The heading's text: `❌ swarmgate · api — …`, the culprit as a code span. */
export function headlineMarkdown(report: Report): string {
  const { icon, before, culprit, after } = headlineOf(report);
  return `${icon} swarmgate · ${plainName(report.name)} — ${before}${culprit === null ? "" : code(culprit, 80)}${after}`;
}

/** The same for places without Markdown (a commit status, a terminal): one line of at most `max` characters. */
export function headlineText(report: Report, max = 300): string {
  const { icon, before, culprit, after } = headlineOf(report);
  const line = `${icon} ${slug(report.name)}: ${before}${culprit === null ? "" : oneLine(culprit, 80)}${after}`;
  return cut(plain(line), max).replaceAll("##[", "# #[");
}
