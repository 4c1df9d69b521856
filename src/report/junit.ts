import { endpointLabel } from "../stats/endpoint.ts";
import type { Report, ReportComparison, ReportThreshold } from "./document/report.ts";
import { plain } from "./view/format.ts";
import { headlineText } from "./view/headline.ts";
import { changeInWords } from "./view/headline-words.ts";
import { escapeMarkup, oneLine } from "./view/safe-text.ts";

/** JUnit XML: a testcase for every promise and every comparison, and one for the verdict where nothing could be judged. */
export function renderJunit(report: Report): string {
  const name = oneLine(report.name, 100);
  const promises = report.thresholds.map((threshold) => thresholdCase(threshold, name));
  const comparisons = report.comparisons.map((comparison) => comparisonCase(comparison, name));
  const suites = [
    suite(`${name}: promises`, promises, report),
    suite(`${name}: comparisons`, comparisons, report),
    suite(`${name}: verdict`, [verdictCase(report, name)], report),
  ];
  const all = [...promises, ...comparisons, verdictCase(report, name)];
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${escapeMarkup(name)}" ${counts(all)}>\n${suites.filter((text) => text !== "").join("\n")}\n</testsuites>\n`;
}

interface Case {
  readonly classname: string;
  readonly name: string;
  readonly outcome: "passed" | "failure" | "error" | "skipped";
  readonly message: string;
}

function thresholdCase(threshold: ReportThreshold, name: string): Case {
  const { outcome, endpoint, source, message } = threshold;
  const where = endpoint === null ? "" : ` [${endpointLabel(endpoint)}]`;
  return {
    classname: `${name}.promises`,
    name: oneLine(`${source}${where}`, 200),
    outcome: outcome === "fail" || outcome === "no-data" ? "failure" : outcome === "undecided" ? "skipped" : "passed",
    message: oneLine(message, 500),
  };
}

/** Neither proven to have changed nor to have stayed. */
const skipped: ReadonlySet<ReportComparison["outcome"]> = new Set([
  "inconclusive",
  "could-not-tell",
  "missing",
  "no-baseline",
]);

function comparisonCase(comparison: ReportComparison, name: string): Case {
  const { outcome, endpoint, metric, waived } = comparison;
  const where = endpoint === null ? "the whole run" : endpointLabel(endpoint);
  const told = comparison.change ? plain(changeInWords(comparison)) : outcome;
  return {
    classname: `${name}.comparisons`,
    name: oneLine(`${where} ${metric}`, 200),
    outcome: outcome === "regressed" && !waived ? "failure" : skipped.has(outcome) ? "skipped" : "passed",
    message: oneLine(waived ? `${told}; waived until ${waived.until}: ${waived.reason}` : told, 500),
  };
}

/** Fails where the step fails for a reason no promise and no comparison shows. */
function verdictCase(report: Report, name: string): Case {
  const { conclusion, reasons } = report.verdict;
  const why = reasons.map(({ message, remedy }) => (remedy === null ? message : `${message} ${remedy}`)).join(" ");
  const shown = report.tally.broken > 0 || report.tally.regressed > 0;
  return {
    classname: `${name}.verdict`,
    name: "the run could be judged",
    outcome:
      conclusion === "invalid" ? (report.passed ? "skipped" : "error") : report.passed || shown ? "passed" : "failure",
    message: oneLine(`${headlineText(report)} ${why}`, 1000),
  };
}

function counts(cases: readonly Case[]): string {
  const number = (wanted: Case["outcome"]) => cases.filter(({ outcome }) => outcome === wanted).length;
  return `tests="${cases.length}" failures="${number("failure")}" errors="${number("error")}" skipped="${number("skipped")}"`;
}

function suite(name: string, cases: readonly Case[], report: Report): string {
  if (cases.length === 0) return "";
  const time = (report.measured.windowMs / 1000).toFixed(3);
  const at = report.startedAt === null ? "" : ` timestamp="${report.startedAt.slice(0, 19)}"`;
  const body = cases.map((item) => {
    const open = `    <testcase classname="${escapeMarkup(item.classname)}" name="${escapeMarkup(item.name)}"`;
    if (item.outcome === "passed") return `${open}/>`;
    return `${open}>\n      <${item.outcome} message="${escapeMarkup(item.message)}"/>\n    </testcase>`;
  });
  return `  <testsuite name="${escapeMarkup(name)}" ${counts(cases)} time="${time}"${at}>\n${body.join("\n")}\n  </testsuite>`;
}
