import { endpointLabel } from "../stats/endpoint.ts";
import { changeText } from "./change-text.ts";
import { type Comparison, isSeenOnce } from "./comparison.ts";
import { doubtful } from "./outcome.ts";
import type { Reason } from "./verdict.ts";

/** Why a verdict stays open, and what it is not about: the comparisons that are neither changed nor unchanged. */

/** What looked worse once comes first, with its size; then what could not be decided, as one reason. */
export function undecided(comparisons: readonly Comparison[]): Reason[] {
  const open = comparisons.filter(({ outcome }) => outcome === "inconclusive");
  const once = open.filter(isSeenOnce);
  return [
    ...once.slice(0, 3).map(seenOnce),
    ...rest(open.filter((one) => !isSeenOnce(one))),
    ...nothingJudged(comparisons),
  ];
}

function seenOnce(comparison: Comparison): Reason {
  const why = comparison.warnings.find((warning) => warning.startsWith("seen once")) ?? "";
  return {
    code: "inconclusive",
    message: `Seen once and not confirmed: ${changeText(comparison)} (${why}).`,
    remedy: why.includes("too few")
      ? "More load or a longer run narrows the interval."
      : why.includes("did not confirm")
        ? "If the next run sees it as well, take it for real."
        : "Run it again, and take it for real if it is seen again. A second pass needs time (`max-duration`); results of other jobs have none, so `fail-on` can include `inconclusive` there.",
  };
}

function rest(open: readonly Comparison[]): Reason[] {
  const [first, ...more] = open;
  if (!first) return [];
  const [warning] = first.warnings;
  const why = warning ? ` (${warning})` : "";
  const others = more.length === 0 ? "" : ` and ${more.length} more`;
  return [
    {
      code: "inconclusive",
      message: `Undecided: ${nameOf(first)}${others}${why}${shows(first)}.`,
      remedy: "More load or a longer run narrows the interval.",
    },
  ];
}

/** The named comparison's own: what other rows could have seen stands in them. */
function shows({ metric, smallestDetectable }: Comparison): string {
  if (smallestDetectable === null) return "";
  if (metric === "errors") return `; ${short(100 * smallestDetectable)} percentage points more would have shown`;
  if (smallestDetectable > 9) return "; only what takes ten times as long would have shown";
  return `; a change of ${short(100 * smallestDetectable)} % would have shown`;
}

function short(value: number): number {
  return Number(value.toPrecision(3));
}

/** There was something to compare with, and not one comparison came of it: that must not look like a pass. */
function nothingJudged(comparisons: readonly Comparison[]): Reason[] {
  const asked = comparisons.filter(({ endpoint, metric }) => endpoint !== null && metric !== "errors");
  const past = asked.filter(({ outcome }) => outcome !== "no-baseline");
  if (past.length === 0 || past.some(isJudged)) return [];
  const missing = past.filter(({ outcome }) => outcome === "missing").length;
  if (missing > 0) {
    return [
      {
        code: "inconclusive",
        message: `Nothing was compared: ${missing === past.length ? "every endpoint" : `${missing} endpoints`} of the baseline had no request in this run.`,
        remedy: "If they were renamed, one run on the default branch makes a baseline of the new names.",
      },
    ];
  }
  const most = Math.max(...past.map(({ n }) => n));
  return [
    {
      code: "inconclusive",
      message: `Nothing could be compared: no endpoint has enough requests for it (at most ${most}).`,
      remedy: "Raise `users` or `run-time`, or shorten the wait times.",
    },
  ];
}

function isJudged({ outcome, notJudged }: Comparison): boolean {
  return outcome !== "missing" && outcome !== "no-baseline" && notJudged !== "too-few-requests";
}

/** What a verdict that stands says besides: what is missing, what could not be told, and what was set apart. */
export function asides(comparisons: readonly Comparison[]): Reason[] {
  return [
    ...missingEndpoints(comparisons),
    ...couldNotTell(comparisons),
    ...tooFew(comparisons),
    ...tooSmall(comparisons),
  ];
}

function missingEndpoints(comparisons: readonly Comparison[]): Reason[] {
  const missing = comparisons.filter(({ outcome }) => outcome === "missing");
  if (missing.length === 0) return [];
  const renamed = missing.flatMap(({ warnings }) => warnings.filter((text) => text.startsWith("perhaps renamed")));
  const perhaps = renamed.length === 0 ? "" : `; ${renamed[0]}`;
  return [
    {
      code: "missing-endpoints",
      message: `Not compared, since this run made no request to ${missing.length === 1 ? "it" : "them"}: ${named(missing)}${perhaps}.`,
      remedy:
        "If it was renamed or removed on purpose, the next runs on the default branch take over; to fail on this, add `missing-endpoints` to `fail-on`.",
    },
  ];
}

function couldNotTell(comparisons: readonly Comparison[]): Reason[] {
  const open = comparisons.filter(({ outcome, notJudged }) => outcome === "could-not-tell" && !notJudged);
  if (open.length === 0) return [];
  const message = `Neither slower nor proven to be unchanged: ${open.length} of ${comparisons.filter(isJudged).length} comparisons.`;
  return [{ code: "could-not-tell", message, remedy: "More load or a longer run tells more of them." }];
}

function tooFew(comparisons: readonly Comparison[]): Reason[] {
  const rare = comparisons.filter(({ notJudged }) => notJudged === "too-few-requests");
  if (rare.length === 0) return [];
  const message = `Never compared at this load, which makes too few requests to ${names(rare).length === 1 ? "it" : "them"}: ${named(rare)}.`;
  return [{ code: "too-few-requests", message, remedy: "Raise `users` or `run-time`, or the weight of the task." }];
}

function tooSmall(comparisons: readonly Comparison[]): Reason[] {
  const small = comparisons.filter(
    ({ notJudged, change, p }) =>
      notJudged === "min-effect" && change !== null && change.estimate > 0 && p !== null && p < doubtful,
  );
  if (small.length === 0) return [];
  const each = small.slice(0, 3).map((one) => `${nameOf(one)} (+${short((one.after ?? 0) - (one.before ?? 0))} ms)`);
  const more = small.length > 3 ? ` and ${small.length - 3} more` : "";
  const message = `Slower by less than min-effect, and so not judged: ${each.join(", ")}${more}.`;
  return [{ code: "min-effect", message }];
}

function nameOf({ endpoint, metric }: Comparison): string {
  return endpoint ? `${endpointLabel(endpoint)} ${metric}` : metric === "suite" ? "all endpoints together" : metric;
}

/** Each endpoint once, with the metrics that are meant. */
function names(comparisons: readonly Comparison[]): string[] {
  const metrics = new Map<string, string[]>();
  for (const { endpoint, metric, outcome } of comparisons) {
    const label = endpoint ? endpointLabel(endpoint) : metric;
    metrics.set(label, [...(metrics.get(label) ?? []), ...(outcome === "missing" ? [] : [metric])]);
  }
  return [...metrics].map(([label, list]) => (list.length === 0 ? label : `${label} (${list.join(", ")})`));
}

function named(comparisons: readonly Comparison[]): string {
  const all = names(comparisons);
  return all.length <= 5 ? all.join(", ") : `${all.slice(0, 4).join(", ")} and ${all.length - 4} more`;
}
