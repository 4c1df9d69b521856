import { endpointLabel } from "../../stats/endpoint.ts";
import type { Report } from "../document/report.ts";
import { code, prose } from "./safe-text.ts";

/**
 * Reasons and warnings whose sentences are made of our own words, numbers and the names of endpoints. Others may quote
 * what a target, a locustfile or a store said: those stand in a code span as a whole.
 */
const ownWords: ReadonlySet<string> = new Set([
  "calibration",
  "cores-shared",
  "could-not-tell",
  "crowded",
  "fired-requests",
  "generator-stalls",
  "inconclusive",
  "interleave",
  "late-starts",
  "machine-busy",
  "min-effect",
  "missing-endpoints",
  "no-waits",
  "resets",
  "retried",
  "saturated",
  "target-gone",
  "throttled",
  "throttling",
  "too-few-requests",
  "users-not-reached",
  "waits",
  "waits-dominate",
  "zero-requests",
]);

/**
 * A message on its way into Markdown: where it is ours, text with the names in it enclosed; else, and in a report of an
 * untrusted run, all of it enclosed.
 * @param lead what stands before it, as part of the same sentence
 */
export function sentenceOf(
  report: Report,
  { code: id, text, lead = "", max = 400 }: { code: string; text: string; lead?: string; max?: number },
): string {
  const whole = `${lead}${text}`;
  if (report.untrusted || !ownWords.has(id) || quotesOthers(report, id)) return code(whole, max);
  const named = [...report.endpoints, ...report.comparisons].flatMap(({ endpoint }) =>
    endpoint ? [endpointLabel(endpoint)] : [],
  );
  return prose(whole, named, max);
}

/** What ended a step of a capacity search, or a second pass, may be an error of somebody else's code. */
function quotesOthers({ capacity, warnings }: Report, id: string): boolean {
  return id === "inconclusive" && (Boolean(capacity) || warnings.some(({ code: other }) => other === "confirmation"));
}
