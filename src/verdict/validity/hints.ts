import { ours } from "../../base/sentence.ts";
import { percent } from "../../base/units.ts";
import { parseCellKey } from "../../stats/endpoint.ts";
import { EndpointStats } from "../../stats/endpoint-stats.ts";
import { type RunResult, type Warning, warning } from "../../stats/run-result.ts";
import { type Block, blockMs } from "../../stats/snapshot.ts";
import { isJudged } from "../../stats/summary.ts";
import { isLocal } from "./local-target.ts";
import { suffice } from "./saturation.ts";

/** Below this, one odd request is a share worth telling; hints would be noise. */
const fewestRequests = 100;

/** What a hint looks at: the judged window, both arms together. */
interface Window {
  readonly stats: EndpointStats;
  readonly blocks: readonly Block[];
  readonly seconds: number;
  /** Users running, on average. */
  readonly users: number;
  /** Requests in flight, on average: Little's law, rate times time. */
  readonly inFlight: number;
}

/**
 * What a load tester at one's side would remark: true of the run, no fault of the target and no reason to doubt the
 * verdict. Pure; an empty list is the usual answer.
 */
export function hintsOf(result: RunResult): Warning[] {
  const window = windowOf(result);
  if (window.stats.requests < fewestRequests || window.users === 0) return [];
  return [
    waits(window, result),
    noWaits(window, result),
    throttling(window),
    resets(window),
    oneAddress(window, result),
    connections(window),
    lateStarts(window, result),
  ].filter((hint) => hint !== null);
}

function windowOf({ blocks }: RunResult): Window {
  const judged = blocks.filter(isJudged);
  const stats = new EndpointStats();
  let users = 0;
  const arms = new Set<string>();
  for (const block of judged) {
    for (const [key, cell] of block.cells) {
      stats.merge(cell);
      arms.add(parseCellKey(key).arm);
    }
    for (const count of block.users.values()) users += count;
  }
  const seconds = (judged.length * blockMs) / 1000;
  return {
    stats,
    blocks: judged,
    seconds,
    // Side by side every user is a pair.
    users: (users / Math.max(1, judged.length)) * Math.max(1, arms.size),
    inFlight: stats.latencySumMs / 1000 / Math.max(seconds, 0.001),
  };
}

function waits({ inFlight, users, stats, seconds }: Window, { meta }: RunResult): Warning | null {
  if (meta.profile.arrivalRate !== null || users < 5 || inFlight > 0.02 * users) return null;
  return warning(
    "waits-dominate",
    ours(
      `The users mostly wait: on average ${text(inFlight)} of ${text(users)} had a request in flight (${text(stats.requests / seconds)} requests/s). For more load, shorten the wait times or set an arrival rate; more users alone cost memory.`,
    ),
  );
}

function noWaits({ inFlight, users, stats, seconds }: Window, { meta }: RunResult): Warning | null {
  const perUser = stats.requests / seconds / users;
  if (meta.profile.arrivalRate !== null || inFlight < 0.9 * users || perUser < 20) return null;
  return warning(
    "no-waits",
    ours(
      `The users loop without a wait (${text(perUser)} requests/s each): the load follows the target's speed, so a slower target is simply asked less. With a wait time or an arrival rate the same load meets both versions.`,
    ),
  );
}

function throttling({ stats }: Window): Warning | null {
  const limited = stats.statuses.get(429) ?? 0;
  if (limited === 0) return null;
  return warning(
    "throttling",
    ours(
      `${limited} answers were 429 (${percent(limited / stats.requests, 2)}): the target limits the rate. It sees all users come from one address; let that address through, or lower the load.`,
    ),
  );
}

/** Fewer users might come from one office; so many from one address look like an attack. */
const crowd = 20;
/** Of the requests. */
const refusedShare = 0.005;

/**
 * Answers that firewalls and limits by address give. 429 names itself and has a hint of its own; a target on this
 * machine has nothing of the kind in front of it.
 */
function oneAddress({ blocks, stats, users }: Window, { meta }: RunResult): Warning | null {
  let unconnected = 0;
  for (const block of blocks) {
    for (const group of block.failures.groups.values()) if (group.kind === "connect") unconnected += group.count;
  }
  const forbidden = stats.statuses.get(403) ?? 0;
  const told = [
    forbidden === 0 ? "" : `${forbidden} answers were 403`,
    unconnected === 0 ? "" : `${unconnected} connections were refused`,
  ].filter((part) => part !== "");
  if (users < crowd || forbidden + unconnected < refusedShare * stats.requests || isLocal(meta.host)) return null;
  return warning(
    "one-address",
    ours(
      `${told.join(" and ")} (${percent((forbidden + unconnected) / stats.requests, 2)}), and the target sees all ${text(users)} users come from one address: a firewall, bot protection or a limit by address may have answered in its place. Let that address through, or spread the load over shards.`,
    ),
  );
}

function resets({ blocks, stats }: Window): Warning | null {
  let count = 0;
  for (const block of blocks) {
    for (const group of block.failures.groups.values()) if (group.kind === "reset") count += group.count;
  }
  if (count < 0.01 * stats.requests) return null;
  return warning(
    "resets",
    ours(
      `${count} connections broke in mid-answer (${percent(count / stats.requests, 2)}): look for a proxy, a firewall or a crashing worker in front of the target.`,
    ),
  );
}

function connections({ stats, users }: Window): Warning | null {
  const made = stats.phases.connect?.count ?? 0;
  // Every user makes one to begin with.
  if (made - users < 0.5 * stats.requests) return null;
  return warning(
    "connections-not-reused",
    ours(
      `${percent(made / stats.requests, 2)} of the requests opened a connection of their own: keep-alive is lost, and connecting is part of every latency. Look for "Connection: close" or a short keep-alive timeout at the target.`,
    ),
  );
}

function lateStarts({ blocks, stats }: Window, result: RunResult): Warning | null {
  let late = 0;
  let from: number | null = null;
  for (const { block, health } of blocks) {
    const count = health.threads.reduce((sum, thread) => sum + thread.lateStarts, 0);
    if (count > 0) from ??= block;
    late += count;
  }
  if (late < 0.01 * stats.requests) return null;
  const { arrivalRate } = result.meta.profile;
  const why =
    arrivalRate !== null && suffice(result)
      ? "the target answered more slowly than before, so that no user was free. Their latency counts from the schedule."
      : arrivalRate === null
        ? "the pacing asks for more than the users can do. Raise users, or let them pace slower."
        : `${text(arrivalRate)} iterations/s need more users than there are. Their latency counts from the schedule. Raise users or max-users, or lower the rate.`;
  return warning(
    "late-starts",
    ours(
      `${late} iterations began later than scheduled, the first ${text(((from ?? 0) * blockMs) / 1000)} s after the start: ${why}`,
    ),
  );
}

function text(value: number): string {
  return String(Number(value.toPrecision(2)));
}
