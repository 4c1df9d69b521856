import type { Report } from "../document/report.ts";
import {
  counted,
  formatCount,
  formatDuration,
  formatInstant,
  formatMs,
  formatPercent,
  formatRate,
} from "../view/format.ts";
import { headlineMarkdown, headlineOf, stepInWords } from "../view/headline.ts";
import { wantsBaseline } from "../view/headline-verdicts.ts";
import { comparedCount } from "../view/headline-words.ts";
import { isWithTheRest, matterColumns, rowsThatMatter, ruleInWords } from "../view/rows-that-matter.ts";
import { throughputInWords } from "../view/shift-words.ts";
import { capacityPart } from "./capacity.ts";
import {
  endpointsPart,
  exceptionsPart,
  failuresPart,
  percentile,
  presencePart,
  present,
  thresholdsPart,
  warningsPart,
} from "./details.ts";
import { fixedPart, longestComment, type Part, shedToFit } from "./fit.ts";
import { gateChangesPart } from "./gate-changes.ts";
import { commentMarker, withoutMarker } from "./marker.ts";
import { baselineInWords, measuredPart } from "./measured.ts";
import { explanationPart, notablePart, reasonsPart } from "./notable.ts";
import { servicesPart } from "./services.ts";
import { details, tablePart } from "./table.ts";

/** The label of a report whose measuring a stranger could have changed. */
export const untrustedLabel = "measured in an untrusted run";

/** The pull request's comment (docs/documents.md#the-comment). Under 60,000 characters whatever the report. */
export function renderMarkdown(report: Report): string {
  const heading = fixedPart(0, `${commentMarker(report.name)}\n### ${headlineMarkdown(report)}`);
  const parts: (Part | null)[] = isPlainlyGreen(report)
    ? [heading, ...greenParts(report)]
    : [
        heading,
        ...topParts(report),
        endpointsPart(report, 6),
        presencePart(report, 4),
        failuresPart(report, 5, { groups: 10, samples: 1 }),
        exceptionsPart(report, 5),
        thresholdsPart(report, 4),
        warningsPart(report, 3),
        measuredPart(report, 3),
        fixedPart(0, footer(report)),
      ];
  // One for the line's end, one to stay below.
  return `${shedToFit(present(parts), longestComment - 2)}\n`;
}

/** A pass with nothing to say: nobody needs more than two lines of it. */
function isPlainlyGreen(report: Report): boolean {
  const { verdict, passed, capacity, untrusted, gateChanges } = report;
  const isGreen =
    verdict.conclusion === "pass" && passed && capacity === null && !untrusted && gateChanges.length === 0;
  return isGreen && headlineOf(report).icon === "✅" && notablePart(report) === null;
}

function greenParts(report: Report): (Part | null)[] {
  return [
    fixedPart(0, summaryLine(report)),
    fixedPart(0, "<details><summary>Endpoints, promises and how this was measured</summary>"),
    endpointsPart(report, 6),
    reasonsFolded(report),
    failuresPart(report, 5, { groups: 10, samples: 1 }),
    exceptionsPart(report, 5),
    thresholdsPart(report, 4),
    warningsPart(report, 3),
    measuredPart(report, 3),
    fixedPart(0, "</details>"),
    fixedPart(0, footer(report)),
  ];
}

function reasonsFolded(report: Report): Part | null {
  const text = reasonsPart(report)?.frame([], 0) ?? "";
  return text === "" ? null : fixedPart(4, details("Not judged", text));
}

/** What a comment says, without the marker and the footer, which change with every run. */
export function bodyOf(comment: string): string {
  return withoutMarker(comment)
    .replace(/\n*<sub>[^\n]*<\/sub>\s*$/, "")
    .trim();
}

/** Everything above the fold but the heading. */
export function topParts(report: Report): (Part | null)[] {
  return [
    report.untrusted
      ? fixedPart(0, `> **Note:** ${untrustedLabel}; a pull request can change what it measures.`)
      : null,
    gateChangesPart(report),
    fixedPart(0, summaryLine(report)),
    reasonsPart(report),
    servicesPart(report),
    notablePart(report),
    matterPart(report),
    explanationPart(report),
    capacityPart(report, 2),
  ];
}

function matterPart(report: Report): Part | null {
  const cells = rowsThatMatter(report);
  if (cells.length === 0) return null;
  const rule = ruleInWords(report);
  return tablePart({
    tier: 1,
    columns: matterColumns(report),
    cells,
    wrap: (table) => (rule === "" ? table : `${table}\n\n${rule}`),
  });
}

/** One sentence of counts, one of traffic, and what to do next. */
function summaryLine(report: Report): string {
  const { tally } = report;
  const together = report.comparisons.filter(isWithTheRest).length;
  const counts = [
    tally.regressed > 0 ? counted(tally.regressed, "regression") : "",
    tally.waived > 0 ? counted(tally.waived, "waived regression") : "",
    tally.broken > 0 ? `${counted(tally.broken, "SLO")} broken` : "",
    tally.warned > 0 ? counted(tally.warned, "warning") : "",
    tally.improved > 0 ? counted(tally.improved, "improvement") : "",
    tally.missing > 0 ? `${counted(tally.missing, "endpoint")} missing` : "",
    together > 0 ? `${formatCount(together)} slower with the rest` : "",
    tally.inconclusive > together ? `${formatCount(tally.inconclusive - together)} undecided` : "",
    tally.couldNotTell > 0 ? `${formatCount(tally.couldNotTell)} could not be told` : "",
    tally.unchanged > 0
      ? `${formatCount(tally.unchanged)} of ${counted(comparedCount(tally), "comparison")} unchanged`
      : "",
    tally.met > 0 && tally.broken === 0 ? `${counted(tally.met, "SLO")} met` : "",
  ].filter((part) => part !== "");
  const sentences = [
    counts.length === 0 ? "" : `${counts.join(", ")}.`,
    stepInWords(report),
    trafficInWords(report),
    report.baseline.found && report.comparing.mode === "baseline" ? "" : baselineNote(report),
    `**Next:** ${nextStep(report)}`,
  ];
  return sentences.filter((sentence) => sentence !== "").join(" ");
}

function baselineNote(report: Report): string {
  if (report.comparing.mode === "side-by-side") return "";
  const note = baselineInWords(report);
  return note === "" ? "Compared with nothing, as asked." : note;
}

function trafficInWords(report: Report): string {
  const { total, measured } = report;
  const head = total?.head;
  if (!head) return "No request was judged.";
  const shown = [`p50 ${formatMs(percentile(head, 0.5))}`, `p95 ${formatMs(percentile(head, 0.95))}`];
  const before = report.throughput?.before ?? null;
  const earlier = throughputInWords(report) === "" ? "" : `, ${formatRate(before)} before`;
  const due = report.throughput?.arrivalRate ?? null;
  const asked = due === null ? "" : `, ${formatRate(due)} iterations due`;
  const rate = `${formatRate(head.rps)} for ${formatDuration(measured.windowMs)}${earlier}${asked}`;
  return `${counted(head.requests, "request")} (${rate}): ${shown.join(", ")}, ${formatPercent(head.errorRatio)} errors.`;
}

/** Our own words only; the link leads to the run. */
function nextStep(report: Report): string {
  const { verdict, tally, run } = report;
  const linked = (text: string) => (run?.url ? `[${text}](${run.url})` : text);
  switch (verdict.conclusion) {
    case "invalid":
      // No link of this run: two such comments say the same.
      return "follow the remedy, then re-run.";
    case "inconclusive":
      if (report.baseline.incomparable)
        return "nothing; the next run on the default branch stores one to compare with.";
      if (isForWantOfMachine(report))
        return "compare on a runner like the baseline’s, or side by side (`base-host`); more load does not help.";
      return `${linked("re-run")}, or give it more requests (\`run-time\`, \`users\`, \`max-duration\`).`;
    case "fail":
      return tally.regressed > 0
        ? `find the cause, ${linked("re-run")} if you doubt it, or \`waive\` it with a reason in the configuration.`
        : `mend what broke the promise, or change the promise in the configuration; ${linked("the run")} has the details.`;
    case "pass":
      if (tally.waived > 0) return "lift the waiver once the cause is mended.";
      if (verdict.reasons.some(({ code: reason }) => reason === "no-target"))
        return "nothing; deploy to have it measured.";
      if (tally.missing > 0) return "say whether that is meant; the remedy stands above.";
      if (!wantsBaseline(report) || comparedCount(tally) > 0) return "nothing to do.";
      if (report.baseline.saved) return "nothing; this run is the baseline from now on.";
      return report.baseline.kept === false
        ? "nothing; no baseline is kept here, so there will be none to compare with."
        : "nothing; a run of this workflow on the default branch stores the baseline.";
  }
}

/** All that is open is so because no stored run was measured on this machine. */
function isForWantOfMachine({ comparisons }: Report): boolean {
  const open = comparisons.filter(({ outcome }) => outcome === "inconclusive");
  return open.length > 0 && open.every(({ unseenMachine }) => unseenMachine);
}

export function footer(report: Report): string {
  const { run } = report;
  const attempt = run && run.attempt > 1 ? `, attempt ${run.attempt}` : "";
  const label = run === null ? "" : `run ${run.number}${attempt}`;
  const parts = [
    report.commit?.slice(0, 7) ?? "",
    formatInstant(report.generatedAt),
    run?.url ? `[${label}](${run.url})` : label,
    report.untrusted ? untrustedLabel : "",
  ];
  return `<sub>${parts.filter((part) => part !== "").join(" · ")}</sub>`;
}
