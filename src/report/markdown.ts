import { fixedPart, longestComment, type Part, shedToFit } from "./fit.ts";
import {
  counted,
  formatCount,
  formatDuration,
  formatInstant,
  formatMoment,
  formatMs,
  formatPercent,
  formatRate,
} from "./format.ts";
import { headlineMarkdown, stepInWords } from "./headline.ts";
import { comparedCount } from "./headline-words.ts";
import { commentMarker, withoutMarker } from "./marker.ts";
import { capacityPart } from "./md-capacity.ts";
import {
  endpointsPart,
  exceptionsPart,
  failuresPart,
  percentile,
  presencePart,
  present,
  thresholdsPart,
  warningsPart,
} from "./md-details.ts";
import { gateChangesPart } from "./md-gate.ts";
import { baselineInWords, measuredPart } from "./md-measured.ts";
import { endpointCell, matterColumns, rowsThatMatter, ruleInWords } from "./md-rows.ts";
import { momentsOf } from "./moments.ts";
import type { Report } from "./report.ts";
import { code } from "./safe-text.ts";
import { tablePart } from "./table.ts";

/** The label of a report whose measuring a stranger could have changed. */
export const untrustedLabel = "measured in an untrusted run";

/** The pull request's comment (SPEC 8). Under 60,000 characters whatever the report. */
export function renderMarkdown(report: Report): string {
  const parts: (Part | null)[] = [
    fixedPart(0, `${commentMarker(report.name)}\n### ${headlineMarkdown(report)}`),
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
  return `${shedToFit(present(parts), longestComment - 1)}\n`;
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

/** Why a run is not judged or not decided, and what to do; the messages enclosed, as they may quote the outside. */
function reasonsPart(report: Report): Part | null {
  const { conclusion, reasons } = report.verdict;
  const told = conclusion === "invalid" || conclusion === "inconclusive" ? reasons : [];
  const lines = told
    .slice(0, 5)
    .flatMap(({ message, remedy }) => [
      `- ${code(message, 400)}`,
      ...(remedy === null ? [] : [`  - **Remedy:** ${code(remedy, 400)}`]),
    ]);
  return lines.length === 0 ? null : fixedPart(1, lines.join("\n"));
}

/** Where the time went, if the phases of the worst regression tell, and since when in the run, if it began there. */
function explanationPart(report: Report): Part | null {
  const lines = report.comparisons
    .filter(({ outcome }) => outcome === "regressed")
    .slice(0, 2)
    .flatMap(({ explanation }) => explanation.slice(0, 2))
    .map((sentence) => `- ${code(sentence, 300)}`);
  if (report.verdict.conclusion === "fail") lines.push(...sinceWhen(report));
  for (const { endpoint, metric, waived } of report.comparisons) {
    if (waived === null || lines.length >= 8) continue;
    const what = `${endpointCell(endpoint)} ${metric}`;
    lines.push(`- Waived: ${what} until ${code(waived.until, 40)}, because ${code(waived.reason, 300)}`);
  }
  return lines.length === 0 ? null : fixedPart(2, lines.join("\n"));
}

/** Endpoints that became slower for good within the run: the change shows only after a while, or came from outside. */
function sinceWhen(report: Report): string[] {
  return momentsOf(report)
    .filter(({ name, lasting, slower }) => name !== null && lasting && slower)
    .slice(0, 2)
    .map(({ name, atMs, text }) => `- ${code(name ?? "", 120)}: at ${formatMoment(atMs)} of the run its ${text}`);
}

/** One sentence of counts, one of traffic, and what to do next. */
function summaryLine(report: Report): string {
  const { tally } = report;
  const counts = [
    tally.regressed > 0 ? counted(tally.regressed, "regression") : "",
    tally.waived > 0 ? counted(tally.waived, "waived regression") : "",
    tally.broken > 0 ? `${counted(tally.broken, "SLO")} broken` : "",
    tally.warned > 0 ? counted(tally.warned, "warning") : "",
    tally.improved > 0 ? counted(tally.improved, "improvement") : "",
    tally.inconclusive > 0 ? `${formatCount(tally.inconclusive)} undecided` : "",
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
  return note === "" ? "No baseline: comparison is off." : note;
}

function trafficInWords({ total, measured }: Report): string {
  const head = total?.head;
  if (!head) return "No request was judged.";
  const shown = [`p50 ${formatMs(percentile(head, 0.5))}`, `p95 ${formatMs(percentile(head, 0.95))}`];
  const rate = `${formatRate(head.rps)} for ${formatDuration(measured.windowMs)}`;
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
      return `${linked("re-run")}, or give it more requests (\`run-time\`, \`users\`, \`max-duration\`).`;
    case "fail":
      return tally.regressed > 0
        ? `find the cause, ${linked("re-run")} if you doubt it, or \`waive\` it with a reason in the configuration.`
        : `mend what broke the promise, or change the promise in the configuration; ${linked("the run")} has the details.`;
    case "pass":
      if (tally.waived > 0) return "lift the waiver once the cause is mended.";
      if (verdict.reasons.some(({ code: reason }) => reason === "no-target"))
        return "nothing; deploy to have it measured.";
      if (!report.baseline.found && report.comparing.mode !== "side-by-side" && baselineInWords(report) !== "") {
        return report.baseline.saved
          ? "nothing; this run is the baseline from now on."
          : "nothing; the baseline is stored when this workflow runs on the default branch.";
      }
      return "nothing to do.";
  }
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
