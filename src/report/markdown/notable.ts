import { kindOf } from "../../verdict/reasons.ts";
import type { Report } from "../document/report.ts";
import { formatMoment } from "../view/format.ts";
import { momentsOf } from "../view/moments.ts";
import { newFailuresInWords, newFailuresOf } from "../view/new-failures.ts";
import { endpointCell } from "../view/rows-that-matter.ts";
import { code } from "../view/safe-text.ts";
import { sentenceOf } from "../view/sentence.ts";
import { troubleInWords, whoOf } from "../view/trouble-words.ts";
import { fixedPart, type Part } from "./fit.ts";

/** What stands above the fold as sentences. */

/** Why a run is not judged or not decided, and what to do. */
export function reasonsPart(report: Report): Part | null {
  const { conclusion, reasons } = report.verdict;
  const isOpen = conclusion === "invalid" || conclusion === "inconclusive";
  // Of the rest, what could not be told is counted in the line above.
  const said = reasons.filter(({ code: id }) => (kindOf(id)?.isAside ? id !== "could-not-tell" : isOpen));
  const lines = said
    .slice(0, 5)
    .flatMap(({ message, remedy }) => [
      `- ${sentenceOf(report, message)}`,
      ...(remedy === null ? [] : [`  - **Remedy:** ${sentenceOf(report, remedy)}`]),
    ]);
  return lines.length === 0 ? null : fixedPart(1, lines.join("\n"));
}

/** What befell the run as it went on, and failures where there never were any. */
export function notablePart(report: Report): Part | null {
  const failing = newFailuresOf(report)
    .slice(0, 3)
    .map((one) => {
      const cause = one.message === null ? "" : `: ${code(one.message, 120)}`;
      return `- ⚠️ ${endpointCell(one.endpoint)} ${newFailuresInWords(one)}${cause}`;
    });
  const troubles = (report.troubles ?? []).map((trouble) => {
    const who = trouble.endpoint ? endpointCell(trouble.endpoint) : whoOf(trouble);
    const { what, look } = troubleInWords(trouble);
    const also = trouble.alsoBase ? " The base version does the same." : "";
    return `- ${trouble.alsoBase ? "" : "⚠️ "}${who} ${what}; ${look}.${also}`;
  });
  const lines = [...failing, ...troubles];
  return lines.length === 0 ? null : fixedPart(1, lines.join("\n"));
}

/** Where the time went, if the phases of the worst regression tell, and since when in the run, if it began there. */
export function explanationPart(report: Report): Part | null {
  const explained = report.comparisons.filter(({ outcome }) => outcome === "regressed").slice(0, 2);
  const lines = explained.flatMap(({ endpoint, metric, explanation }) =>
    explanation
      .slice(0, 2)
      .map((said) => `- ${endpoint ? `${endpointCell(endpoint)} ${metric}: ` : ""}${sentenceOf(report, said, 300)}`),
  );
  if (report.verdict.conclusion === "fail") lines.push(...sinceWhen(report));
  for (const { endpoint, metric, waived } of report.comparisons) {
    if (waived === null || lines.length >= 8) continue;
    const what = `${endpointCell(endpoint)} ${metric}`;
    lines.push(`- Waived: ${what} until ${code(waived.until, 40)}, because ${code(waived.reason, 300)}`);
  }
  return lines.length === 0 ? null : fixedPart(2, [...new Set(lines)].join("\n"));
}

/** Endpoints that became slower for good within the run: the change shows only after a while, or came from outside. */
function sinceWhen(report: Report): string[] {
  return momentsOf(report)
    .filter(({ name, lasting, slower }) => name !== null && lasting && slower)
    .slice(0, 2)
    .map(({ name, atMs, text }) => `- ${code(name ?? "", 120)}: at ${formatMoment(atMs)} of the run its ${text}`);
}
