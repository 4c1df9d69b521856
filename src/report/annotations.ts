import { endpointLabel } from "../stats/endpoint.ts";
import type { Report, ReportThreshold } from "./document/report.ts";
import { formatPromised, plain } from "./view/format.ts";
import { headlineText } from "./view/headline.ts";
import { changeInWords } from "./view/headline-words.ts";
import { cut, oneLine } from "./view/safe-text.ts";

export interface Annotation {
  readonly level: "error" | "warning" | "notice";
  /** One line, at most 4,096 characters. */
  readonly message: string;
  /** A path of the repository, only where the promise was written in a file of it. */
  readonly file?: string;
  readonly line?: number;
}

/** The runner shows ten of each level a step. */
const mostOfALevel = 10;
const longest = 4096;

/** One error per broken promise and regression (a warning where the step passes all the same), one line per cause. */
export function annotationsOf(report: Report): Annotation[] {
  const { verdict, passed } = report;
  const bad = passed ? "warning" : "error";
  const list: Annotation[] = [];
  if (verdict.conclusion === "invalid" || verdict.conclusion === "inconclusive") {
    const [first] = verdict.reasons;
    const why = first ? ` ${first.message}${first.remedy === null ? "" : ` ${first.remedy}`}` : "";
    list.push(annotation(verdict.conclusion === "invalid" ? bad : "warning", `${headlineText(report)}.${why}`));
  }
  for (const threshold of report.thresholds) {
    const { outcome } = threshold;
    if (outcome === "fail" || outcome === "no-data") list.push(ofThreshold(bad, threshold));
    else if (outcome === "warn") list.push(ofThreshold("warning", threshold));
  }
  for (const comparison of report.comparisons) {
    if (comparison.outcome !== "regressed") continue;
    const where = comparison.endpoint === null ? "" : `${oneLine(endpointLabel(comparison.endpoint))}: `;
    const told = plain(changeInWords(comparison));
    const { waived } = comparison;
    list.push(
      waived
        ? annotation("warning", `${where}${told} (waived until ${waived.until}: ${waived.reason})`)
        : annotation(bad, where + told),
    );
  }
  if (verdict.reasons.some(({ code }) => code === "no-target")) list.push(annotation("notice", headlineText(report)));
  const seen = new Map<Annotation["level"], number>();
  return list.filter(({ level }) => {
    seen.set(level, (seen.get(level) ?? 0) + 1);
    return (seen.get(level) ?? 0) <= mostOfALevel;
  });
}

function annotation(
  level: Annotation["level"],
  text: string,
  place: { file?: string; line?: number } = {},
): Annotation {
  return { level, message: cut(oneLine(text, longest), longest).slice(0, longest), ...place };
}

function ofThreshold(level: Annotation["level"], threshold: ReportThreshold): Annotation {
  const where = threshold.endpoint === null ? "" : ` of ${endpointLabel(threshold.endpoint)}`;
  const actual = threshold.actual === null ? "no data" : plain(formatPromised(threshold.unit, threshold.actual));
  const promised = plain(formatPromised(threshold.unit, threshold.expected));
  const text = `${threshold.metric}${where}: expected ${threshold.operator} ${promised}, found ${actual}. ${threshold.message}`;
  return annotation(level, text, placeOf(threshold.place));
}

/** `.github/swarmgate.yml:9:5` is a file's line; `slo:2` is an input's and no file. Absolute paths and `..` are none. */
function placeOf(place: string | null): { file?: string; line?: number } {
  const match = /^([A-Za-z0-9._][A-Za-z0-9._/-]*\.(?:ya?ml|json|toml|conf)):(\d{1,6})(?::\d{1,6})?$/.exec(place ?? "");
  const [, file = "", line = ""] = match ?? [];
  return match && !file.split("/").includes("..") ? { file, line: Number(line) } : {};
}
