import { kindOf } from "../../verdict/reasons.ts";
import type { CapacitySection } from "../document/capacity-schema.ts";
import type { Report } from "../document/report.ts";
import { comparedCapacity, dropInWords, foundInWords } from "./capacity-words.ts";
import { counted, formatCount, plain } from "./format.ts";
import { failed, inconclusive, passed, wantsBaseline } from "./headline-verdicts.ts";
import { type Headline, words } from "./headline-words.ts";
import { code, cut, oneLine, plainName, slug } from "./safe-text.ts";
import { withServices } from "./service-words.ts";

/** The one line that says whether to act: verdict, magnitude, culprit. */
export function headlineOf(report: Report): Headline {
  return withServices(ofVerdict(report), report);
}

function ofVerdict(report: Report): Headline {
  const reason = report.verdict.reasons[0]?.code;
  if (report.capacity !== null && report.verdict.conclusion !== "invalid") {
    return ofCapacity(report, report.capacity);
  }
  switch (report.verdict.conclusion) {
    case "invalid":
      return { icon: "⚠️", ...words(notJudged(reason, report)) };
    case "inconclusive":
      return inconclusive(report);
    case "fail":
      return { icon: "❌", ...failed(report) };
    case "pass":
      return passed(report);
  }
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
  const isFirst = conclusion === "pass" && isAlone && wantsBaseline(report);
  return isFirst
    ? { icon: "ℹ️", ...words(`${found}; no baseline yet to compare with`) }
    : { icon: capacityIcon[conclusion], ...words(found) };
}

/** What the verdict's table says, with its numbers filled in. */
function notJudged(code: string | undefined, { measured }: Report): string {
  const headline = (code === undefined ? undefined : kindOf(code)?.headline) ?? "not judged";
  return headline
    .replace("{peak}", formatCount(measured.peakUsers))
    .replace("{users}", counted(measured.users, "user"));
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
