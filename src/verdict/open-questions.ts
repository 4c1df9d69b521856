import { joined, listed, ours, type Sentence, say } from "../base/sentence.ts";
import { endpointLabel } from "../stats/endpoint.ts";
import { changeSentence, nameOf } from "./change-text.ts";
import { type Comparison, type ConfirmationOutcome, isSeenOnce } from "./comparison.ts";
import { doubtful } from "./outcome.ts";
import { messageOf, reason } from "./reasons.ts";
import type { Reason } from "./verdict.ts";

/** Why a verdict stays open, and what it is not about: the comparisons that are neither changed nor unchanged. */

/** What looked worse once comes first, with its size; then what could not be decided, as one reason. */
export function undecided(comparisons: readonly Comparison[]): Reason[] {
  const open = comparisons.filter(({ outcome }) => outcome === "inconclusive");
  const once = open.filter(isSeenOnce);
  const other = open.filter((one) => !isSeenOnce(one));
  return [
    ...once.slice(0, 3).map(seenOnce),
    ...onUnseenMachine(other.filter(({ unseenMachine }) => unseenMachine)),
    ...rest(other.filter(({ unseenMachine }) => !unseenMachine)),
    ...nothingJudged(comparisons),
  ];
}

const afterOnce: Record<Exclude<ConfirmationOutcome, "agreed">, { readonly why: string; readonly remedy: string }> = {
  disagreed: {
    why: "the second pass did not show it",
    remedy: "If the next run shows it as well, take it for real.",
  },
  "too-few-requests": {
    why: "the second pass had too few requests to confirm it",
    remedy: "More load or a longer run narrows the interval.",
  },
  missing: {
    why: "there was no second pass to confirm it",
    remedy:
      "Run it again, and take it for real if it shows again. A second pass needs time (`max-duration`); results of other jobs have none, so `fail-on` can include `inconclusive` there.",
  },
};

function seenOnce(comparison: Comparison): Reason {
  const { confirmation = "missing" } = comparison;
  const { why, remedy } = afterOnce[confirmation === "agreed" ? "missing" : confirmation];
  return reason(
    "inconclusive",
    say`Seen once and not confirmed: ${changeSentence(comparison)}; ${ours(why)}.`,
    ours(remedy),
  );
}

/** No load helps here: what is missing is a baseline of this machine. */
function onUnseenMachine(open: readonly Comparison[]): Reason[] {
  const [first] = open;
  if (!first) return [];
  // Every one of them says which machine it was.
  const sentence = messageOf({ message: first.warnings[0] ?? "", said: first.said });
  return [
    reason(
      "inconclusive",
      say`Response times were not compared (${open.length} ${ours(open.length === 1 ? "comparison" : "comparisons")}): ${sentence}.`,
      say`Use a runner of the kind that measured the baseline, or let the default branch run on this one; side by side (\`base-host\`) needs no stored runs.`,
    ),
  ];
}

function rest(open: readonly Comparison[]): Reason[] {
  const [first, ...more] = open;
  if (!first) return [];
  const [warning] = first.warnings;
  const why = warning === undefined ? ours("") : say` (${messageOf({ message: warning, said: first.said })})`;
  const others = more.length === 0 ? "" : ` and ${more.length} more`;
  return [reason("inconclusive", say`Undecided: ${nameSentence(first)}${ours(others)}${why}${ours(shows(first))}.`)];
}

/** The named comparison's own: what other rows could have shown stands in them. */
function shows({ metric, smallestDetectable }: Comparison): string {
  if (smallestDetectable === null) return "";
  if (metric === "errors") {
    return `; fewer than ${short(100 * smallestDetectable)} percentage points more do not show reliably at this load`;
  }
  if (smallestDetectable > 9) return "; at this load, not even ten times the response time shows reliably";
  return `; changes under ${short(100 * smallestDetectable)} % do not show reliably at this load`;
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
      reason(
        "inconclusive",
        ours(
          `Nothing was compared: ${missing === past.length ? "every endpoint" : `${missing} endpoints`} of the baseline had no request in this run.`,
        ),
        say`If they were renamed, one run on the default branch makes a baseline of the new names.`,
      ),
    ];
  }
  const most = Math.max(...past.map(({ n }) => n));
  return [
    reason(
      "inconclusive",
      say`Nothing could be compared: no endpoint had enough requests (at most ${most}).`,
      say`Raise \`users\` or \`run-time\`, or shorten the wait times.`,
    ),
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
  const renamed = missing.find(({ renamedTo }) => renamedTo)?.renamedTo;
  const perhaps = renamed
    ? say`; perhaps renamed: ${endpointLabel(renamed)} is new, and has as much of the traffic`
    : ours("");
  return [
    reason(
      "missing-endpoints",
      say`Not compared, since this run made no request to ${ours(missing.length === 1 ? "it" : "them")}: ${named(missing)}${perhaps}.`,
      say`If it was renamed or removed on purpose, the next runs on the default branch take over; to fail on this, add \`missing-endpoints\` to \`fail-on\`.`,
    ),
  ];
}

function couldNotTell(comparisons: readonly Comparison[]): Reason[] {
  const open = comparisons.filter(({ outcome, notJudged }) => outcome === "could-not-tell" && !notJudged);
  if (open.length === 0) return [];
  return [
    reason(
      "could-not-tell",
      say`Neither slower nor proven to be unchanged: ${open.length} of ${comparisons.filter(isJudged).length} comparisons.`,
    ),
  ];
}

function tooFew(comparisons: readonly Comparison[]): Reason[] {
  const rare = comparisons.filter(({ notJudged }) => notJudged === "too-few-requests");
  if (rare.length === 0) return [];
  return [
    reason(
      "too-few-requests",
      say`Not compared, since this load makes too few requests to ${ours(names(rare).length === 1 ? "it" : "them")}: ${named(rare)}.`,
    ),
  ];
}

function tooSmall(comparisons: readonly Comparison[]): Reason[] {
  const small = comparisons.filter(
    ({ notJudged, change, p }) =>
      notJudged === "min-effect" && change !== null && change.estimate > 0 && p !== null && p < doubtful,
  );
  if (small.length === 0) return [];
  const each = small
    .slice(0, 3)
    .map((one) => say`${nameSentence(one)} (+${short((one.after ?? 0) - (one.before ?? 0))} ms)`);
  const more = small.length > 3 ? ` and ${small.length - 3} more` : "";
  return [
    reason("min-effect", say`Slower by less than min-effect, and so not judged: ${joined(each, ", ")}${ours(more)}.`),
  ];
}

function nameSentence({ endpoint, metric }: Comparison): Sentence {
  return endpoint ? say`${endpointLabel(endpoint)} ${ours(metric)}` : ours(nameOf(metric));
}

/** Each endpoint once, with the metrics that are meant. */
function names(comparisons: readonly Comparison[]): Sentence[] {
  const metrics = new Map<string, { readonly name: Sentence; readonly list: string[] }>();
  for (const { endpoint, metric, outcome } of comparisons) {
    const label = endpoint ? endpointLabel(endpoint) : metric;
    const known = metrics.get(label) ?? { name: endpoint ? say`${label}` : ours(metric), list: [] };
    if (outcome !== "missing") known.list.push(metric);
    metrics.set(label, known);
  }
  return [...metrics.values()].map(({ name, list }) =>
    list.length === 0 ? name : say`${name} (${ours(list.join(", "))})`,
  );
}

function named(comparisons: readonly Comparison[]): Sentence {
  return listed(names(comparisons), 5);
}
