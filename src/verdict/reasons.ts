import { type Authored, foreign, ours, type Sentence, saidOf } from "../base/sentence.ts";

export type Conclusion = "pass" | "fail" | "inconclusive" | "invalid";

/**
 * What may fail the step (`fail-on`); an empty set is `none`. A target that is gone fails it whatever else is
 * named there: `target-gone` is in every set but the empty one.
 */
export type FailOn =
  | "slo"
  | "regression"
  | "invalid"
  | "inconclusive"
  | "no-baseline"
  | "missing-endpoints"
  | "no-base"
  | "target-gone";

/** Why the verdict is what it is. */
export interface Reason extends Authored {
  readonly code: ReasonCode;
  /** What was seen, with the numbers. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy?: string | undefined;
}

/** What follows from a reason. */
export interface ReasonKind {
  /** What it makes of a run by itself. */
  readonly conclusion: Conclusion;
  /** The place in the list of reasons: the lowest comes first. */
  readonly weight: number;
  /** The word of `fail-on` that fails the step for it; null where nothing does. */
  readonly failsOn: FailOn | null;
  /** Whether a run of the default branch that has it becomes part of the baseline. */
  readonly isStored: boolean;
  /** Reported beside a verdict, and no cause of it. */
  readonly isAside: boolean;
  /** The first line of a report, where it needs no numbers; `{…}` stands for one of them. */
  readonly headline: string | null;
  /** What to do, where that does not depend on what was seen. */
  readonly remedy: string | null;
}

const invalid = { conclusion: "invalid", weight: 0, failsOn: "invalid", isStored: false, isAside: false } as const;
const aside = { conclusion: "pass", failsOn: null, isStored: true, isAside: true, headline: null } as const;

/** Every reason a verdict can have. All that follows from a code is read from here. */
export const reasonTable = {
  "zero-requests": { ...invalid, headline: "not judged: no request was sent", remedy: null },
  "users-dead": {
    ...invalid,
    headline: "not judged: every user died in onStart",
    remedy: "Repair onStart; a wrong password or a missing route of the target shows there first.",
  },
  "users-not-reached": {
    ...invalid,
    headline: "not judged: only {peak} of {users} ran",
    remedy: "Raise `spawn-rate` or `run-time`, or ask for fewer users.",
  },
  saturated: { ...invalid, headline: "not judged: the load generator was saturated, not the target", remedy: null },
  "machine-busy": {
    ...invalid,
    headline: "not judged: other work kept the load generator's machine busy",
    remedy: null,
  },
  "cores-shared": {
    ...invalid,
    headline: "not judged: the target and the load generator competed for the same cores",
    remedy:
      "Give the target cores or a machine of its own (`taskset`, `--cpuset-cpus`), or lower the load until both fit.",
  },
  blocked: {
    ...invalid,
    headline: "not judged: the target’s platform blocked the load",
    remedy:
      "Let the runner through (a protection bypass header in `headers`, an allow-listed address), or load a deployment without the shield.",
  },
  throttled: {
    ...invalid,
    headline: "not judged: the target throttled the load (429)",
    remedy: "Lower the load, or lift the rate limit for the runner.",
  },
  "target-gone": {
    ...invalid,
    failsOn: "target-gone",
    headline: "not judged: the target was not answering at the end of the run",
    remedy: "Look at the target's own log: it may have crashed, hung or been stopped; check `host` and `wait-for`.",
  },
  "uncaught-exceptions": {
    ...invalid,
    headline: "not judged: the locustfile threw exceptions",
    remedy: "Repair the locustfile, or catch what it may throw: a task cut short sends less than it should.",
  },
  "forbidden-host": {
    ...invalid,
    headline: "not judged: the locustfile aimed at a host outside allowed-hosts",
    remedy: "Name the hosts in `allowed-hosts` if they are yours to load.",
  },
  "missing-await": {
    ...invalid,
    headline: "not judged: a task ended with its own request in flight (a missing await)",
    remedy: "Write `await` before every request.",
  },
  interrupted: {
    ...invalid,
    headline: "interrupted: a partial result, not judged",
    remedy: "Run it again to its end.",
  },
  slo: {
    conclusion: "fail",
    weight: 1,
    failsOn: "slo",
    isStored: false,
    isAside: false,
    headline: null,
    remedy: null,
  },
  /** A locustfile that sets an exit code has made a promise of its own. */
  "exit-code": {
    conclusion: "fail",
    weight: 2,
    failsOn: "slo",
    isStored: false,
    isAside: false,
    headline: "the locustfile set a failing exit code",
    remedy: null,
  },
  /** The head ended under load, beside a base that did not. */
  "service-died": {
    conclusion: "fail",
    weight: 2.5,
    failsOn: "regression",
    isStored: false,
    isAside: false,
    headline: null,
    remedy: "Its last lines are below, its whole log is in the report directory.",
  },
  regression: {
    conclusion: "fail",
    weight: 3,
    failsOn: "regression",
    // Marked as red where it is stored, and not learnt from.
    isStored: true,
    isAside: false,
    headline: null,
    remedy: null,
  },
  inconclusive: {
    conclusion: "inconclusive",
    weight: 4,
    failsOn: "inconclusive",
    isStored: true,
    isAside: false,
    headline: null,
    remedy: "More load or a longer run narrows the interval.",
  },
  /** The base version could not be started, so that there was nothing beside the head. */
  "no-base": { ...aside, weight: 4.5, failsOn: "no-base", isAside: false, remedy: null },
  "no-baseline": { ...aside, weight: 5, failsOn: "no-baseline", isAside: false, remedy: null },
  "missing-endpoints": { ...aside, weight: 6, failsOn: "missing-endpoints", remedy: null },
  "could-not-tell": { ...aside, weight: 7, remedy: "More load or a longer run tells more of them." },
  "too-few-requests": { ...aside, weight: 8, remedy: "Raise `users` or `run-time`, or the weight of the task." },
  "min-effect": { ...aside, weight: 9, remedy: null },
  improved: { ...aside, weight: 10, isAside: false, remedy: null },
  "no-target": {
    ...aside,
    weight: 11,
    isAside: false,
    headline: "nothing was deployed for this commit, so nothing was measured",
    remedy: null,
  },
} as const satisfies Record<string, ReasonKind>;

/** Stable: outputs, `verdict.json` and people's scripts have them. */
export type ReasonCode = keyof typeof reasonTable;

/** A reason in the words of its sentences; without a `remedy` it has the one of its code. */
export function reason(code: ReasonCode, message: Sentence, remedy: Sentence | null = remedyOf(code)): Reason {
  return {
    code,
    message: message.text,
    ...(remedy && { remedy: remedy.text }),
    said: saidOf(message, remedy),
  };
}

/** Its message as the sentence it was. */
export function messageOf({ message, said }: Pick<Reason, "message" | "said">): Sentence {
  const pieces = said?.find((one) => one.join("") === message);
  return pieces ? { text: message, pieces } : foreign(message);
}

function remedyOf(code: ReasonCode): Sentence | null {
  const { remedy } = reasonTable[code];
  return remedy === null ? null : ours(remedy);
}

/** What follows from a code; undefined for one that a document of another version has. */
export function kindOf(code: string): ReasonKind | undefined {
  return Object.hasOwn(reasonTable, code) ? reasonTable[code as ReasonCode] : undefined;
}

const gravity = ["pass", "inconclusive", "fail", "invalid"] as const satisfies readonly Conclusion[];

/** The gravest of what they make of a run; without any it passes. */
export function conclusionOf(reasons: readonly Pick<Reason, "code">[]): Conclusion {
  const gravest = Math.max(0, ...reasons.map(({ code }) => gravity.indexOf(reasonTable[code].conclusion)));
  return gravity[gravest] as Conclusion;
}

/** The weightiest first, otherwise as they stand. */
export function inOrder(reasons: readonly Reason[]): Reason[] {
  return [...reasons].sort((a, b) => reasonTable[a.code].weight - reasonTable[b.code].weight);
}

/** Whether a run with these may become part of the baseline unasked. */
export function areStored(reasons: readonly Pick<Reason, "code">[]): boolean {
  return reasons.every(({ code }) => reasonTable[code].isStored);
}
