import { ours } from "../../base/sentence.ts";
import { type RunResult, type Warning, warning } from "../../stats/run-result.ts";
import { isJudged } from "../../stats/summary.ts";

/** Of a block's time, taken by other guests of the host. */
const stealLimit = 0.05;
/** Of the judged blocks; as many as make a generator saturated. */
const crowdedShare = 0.2;

/**
 * Whether somebody else was given the machine's time: another job on the same host, say. What that did to the load
 * generator itself is `saturation`'s affair; this tells of it where the generator still kept up and the target, on the
 * same machine, may not have. Null where the system does not say.
 */
export function crowding({ blocks }: RunResult): Warning | null {
  const steals = blocks.flatMap((block) =>
    isJudged(block) && block.health.machine ? [block.health.machine.steal] : [],
  );
  const crowded = steals.filter((steal) => steal > stealLimit);
  if (crowded.length <= crowdedShare * steals.length) return null;
  const most = Math.round(100 * Math.max(...crowded));
  const share = Math.round((100 * crowded.length) / steals.length);
  const message =
    `Others on this runner's host took up to ${most} % of its time, over 5 % in ${share} % of the run ` +
    `(${crowded.length} of ${steals.length} blocks): latencies may be theirs as much as the target's. ` +
    "Run one load test at a time on a host.";
  return warning("crowded", ours(message));
}
