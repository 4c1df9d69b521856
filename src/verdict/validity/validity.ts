import { seconds } from "../../base/units.ts";
import type { RunResult, UserTrouble } from "../../stats/run-result.ts";
import type { Reason } from "../verdict.ts";
import { platformBlocks } from "./blocked.ts";
import { busyMachine } from "./busy-machine.ts";
import { isSaturatedForGood, type Strained, saturation } from "./saturation.ts";
import { stoodStill } from "./stood-still.ts";
import { targetGone } from "./target-gone.ts";

/**
 * Why a run cannot be judged (docs/verdict.md#invalid-runs), the likeliest cause first; empty for a sound one. Every
 * reason carries its evidence in numbers and what to do.
 */
export function invalidities(result: RunResult): Reason[] {
  const reasons = [
    interrupted(result),
    usersDead(result),
    missingAwaits(result),
    forbiddenHosts(result),
    ...platformBlocks(result),
    targetGone(result),
    uncaughtExceptions(result),
    zeroRequests(result),
    usersNotReached(result),
    strained(result),
  ];
  return reasons.filter((reason) => reason !== null);
}

/** What the generator or its machine did to the numbers, the plainest cause alone. */
function strained(result: RunResult): Reason | null {
  return saturation(result) ?? busyMachine(result) ?? stoodStill(result);
}

/**
 * Why a run can never be judged, however long it goes on; null while it may. Only what cannot be undone counts: the
 * locustfile's own faults, and a generator so long saturated that no calm can make it a fifth.
 */
export function lostForGood({
  trouble,
  strained,
  limitMs,
  forgiven,
}: {
  trouble: UserTrouble;
  strained: Strained;
  /** Judged time at the most. */
  limitMs: number;
  /** Codes that make no run invalid here. */
  forgiven: ReadonlySet<string>;
}): Reason | null {
  const faults = [missingAwaits({ trouble }), forbiddenHosts({ trouble }), uncaughtExceptions({ trouble })];
  const fault = faults.find((reason) => reason !== null && !forgiven.has(reason.code));
  if (fault) return fault;
  if (forgiven.has("saturated") || !isSaturatedForGood(strained, { limitMs })) return null;
  return { code: "saturated", message: "The load generator was saturated for too long to be made good." };
}

function interrupted({ interrupted, summary }: RunResult): Reason | null {
  if (!interrupted) return null;
  return {
    code: "interrupted",
    message: `The run was interrupted after ${seconds(summary.windowMs)} of judged time.`,
    remedy: "Run it again to its end.",
  };
}

function usersDead({ trouble }: RunResult): Reason | null {
  const { deadInOnStart, targetUsers, exceptions } = trouble;
  if (deadInOnStart === 0 || deadInOnStart < targetUsers) return null;
  const first = exceptions.find((group) => /onStart|on_start/.test(group.task)) ?? exceptions[0];
  return {
    code: "users-dead",
    message: `Every user died in onStart (${deadInOnStart} of ${targetUsers})${first ? `: ${first.message}` : ""}.`,
    remedy: "Repair onStart; a wrong password or a missing route of the target shows there first.",
  };
}

function missingAwaits({ trouble }: Pick<RunResult, "trouble">): Reason | null {
  const [first, ...more] = trouble.missingAwaits;
  if (!first) return null;
  const place = first.place === null ? "" : ` at ${first.place}`;
  const others = more.length === 0 ? "" : `; so do ${more.map((one) => one.task).join(", ")}`;
  return {
    code: "missing-await",
    message: `${first.task} ended ${first.count}× with its own request still in flight${place}${others}.`,
    remedy: "Write `await` before every request.",
  };
}

function forbiddenHosts({ trouble }: Pick<RunResult, "trouble">): Reason | null {
  const { forbiddenHosts } = trouble;
  if (forbiddenHosts.length === 0) return null;
  const hosts = forbiddenHosts.map(({ host, count }) => `${host} (${count}×)`).join(", ");
  return {
    code: "forbidden-host",
    message: `The locustfile aimed at hosts outside allowed-hosts: ${hosts}. Nothing was sent there.`,
    remedy: "Name the hosts in `allowed-hosts` if they are yours to load.",
  };
}

function uncaughtExceptions({ trouble }: Pick<RunResult, "trouble">): Reason | null {
  const { exceptions } = trouble;
  const worst = [...exceptions].sort((a, b) => b.count - a.count)[0];
  if (!worst) return null;
  const total = exceptions.reduce((sum, group) => sum + group.count, 0);
  return {
    code: "uncaught-exceptions",
    message: `The locustfile threw ${total}×, most often in ${worst.task}${worst.place ? ` at ${worst.place}` : ""} (${worst.count}×): ${worst.message}`,
    remedy: "Repair the locustfile, or catch what it may throw: a task cut short sends less than it should.",
  };
}

function zeroRequests({ summary }: RunResult): Reason | null {
  const judged = summary.totals.find((row) => row.arm === "head")?.requests ?? 0;
  if (judged > 0) return null;
  if (summary.allRequests > 0) {
    const left = Object.entries(summary.leftOut).map(([phase, count]) => `${count} in ${phase}`);
    return {
      code: "zero-requests",
      message: `No request fell into the judged window; ${left.join(", ")}.`,
      remedy: "Lengthen `run-time`, or shorten `warmup`.",
    };
  }
  return {
    code: "zero-requests",
    message: "Not one request was sent.",
    remedy: "Look at the tasks, the tags and the wait times: a wait longer than `run-time` sends nothing.",
  };
}

function usersNotReached({ trouble, meta }: RunResult): Reason | null {
  const { peakUsers, targetUsers, deadInOnStart } = trouble;
  // A run that stops after so many requests may stop before its ramp has ended.
  if (peakUsers >= targetUsers || meta.profile.requests !== null) return null;
  const dead = deadInOnStart === 0 ? "" : `; ${deadInOnStart} died in onStart`;
  return {
    code: "users-not-reached",
    message: `Only ${peakUsers} of ${targetUsers} users ran at once${dead}.`,
    remedy: "Raise `spawn-rate` or `run-time`, or ask for fewer users.",
  };
}
