import { joined, listed, ours, say } from "../../base/sentence.ts";
import { seconds } from "../../base/units.ts";
import type { RunResult, UserTrouble } from "../../stats/run-result.ts";
import { reason } from "../reasons.ts";
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
  return reason("saturated", say`The load generator was saturated for so long that no calm could make up for it.`);
}

function interrupted({ interrupted, summary }: RunResult): Reason | null {
  if (!interrupted) return null;
  return reason("interrupted", say`The run was interrupted after ${ours(seconds(summary.windowMs))} of judged time.`);
}

function usersDead({ trouble }: RunResult): Reason | null {
  const { deadInOnStart, targetUsers, exceptions } = trouble;
  if (deadInOnStart === 0 || deadInOnStart < targetUsers) return null;
  const first = exceptions.find((group) => /onStart|on_start/.test(group.task)) ?? exceptions[0];
  const why = first ? say`: ${first.message}` : ours("");
  return reason("users-dead", say`Every user died in onStart (${deadInOnStart} of ${targetUsers})${why}.`);
}

function missingAwaits({ trouble }: Pick<RunResult, "trouble">): Reason | null {
  const [first, ...more] = trouble.missingAwaits;
  if (!first) return null;
  const place = first.place === null ? ours("") : say` at ${first.place}`;
  const others =
    more.length === 0
      ? ours("")
      : say`; so do ${listed(
          more.map((one) => one.task),
          more.length,
        )}`;
  return reason(
    "missing-await",
    say`${first.task} ended ${first.count}× with its own request still in flight${place}${others}.`,
  );
}

function forbiddenHosts({ trouble }: Pick<RunResult, "trouble">): Reason | null {
  const { forbiddenHosts } = trouble;
  if (forbiddenHosts.length === 0) return null;
  const hosts = joined(
    forbiddenHosts.map(({ host, count }) => say`${host} (${count}×)`),
    ", ",
  );
  return reason(
    "forbidden-host",
    say`The locustfile aimed at hosts outside allowed-hosts: ${hosts}. Nothing was sent there.`,
  );
}

function uncaughtExceptions({ trouble }: Pick<RunResult, "trouble">): Reason | null {
  const { exceptions } = trouble;
  const worst = [...exceptions].sort((a, b) => b.count - a.count)[0];
  if (!worst) return null;
  const total = exceptions.reduce((sum, group) => sum + group.count, 0);
  const place = worst.place ? say` at ${worst.place}` : ours("");
  return reason(
    "uncaught-exceptions",
    say`The locustfile threw ${total}×, most often in ${worst.task}${place} (${worst.count}×): ${worst.message}`,
  );
}

function zeroRequests({ summary }: RunResult): Reason | null {
  const judged = summary.totals.find((row) => row.arm === "head")?.requests ?? 0;
  if (judged > 0) return null;
  if (summary.allRequests > 0) {
    const left = Object.entries(summary.leftOut).map(([phase, count]) => `${count} in ${phase}`);
    return reason(
      "zero-requests",
      say`No request fell into the judged window; ${ours(left.join(", "))}.`,
      say`Lengthen \`run-time\`, or shorten \`warmup\`.`,
    );
  }
  return reason(
    "zero-requests",
    say`Not one request was sent.`,
    say`Look at the tasks, the tags and the wait times: a wait longer than \`run-time\` sends nothing.`,
  );
}

function usersNotReached({ trouble, meta }: RunResult): Reason | null {
  const { peakUsers, targetUsers, deadInOnStart } = trouble;
  // A run that stops after so many requests may stop before its ramp has ended.
  if (peakUsers >= targetUsers || meta.profile.requests !== null) return null;
  const dead = deadInOnStart === 0 ? "" : `; ${deadInOnStart} died in onStart`;
  return reason("users-not-reached", say`Only ${peakUsers} of ${targetUsers} users ran at once${ours(dead)}.`);
}
