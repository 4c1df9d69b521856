import type { RunResult } from "../../stats/run-result.ts";
import type { Block } from "../../stats/snapshot.ts";
import { busiest, strainOf } from "../../verdict/validity/saturation.ts";
import { sizeOrNull, tidySize, whole } from "./clip.ts";
import type { HealthCourse } from "./report.ts";

/**
 * How the load generator fared as the run went on: of each step the worst thread of the worst block, late starts added
 * up. With the limits beyond which a block counts as saturated. Null where nobody read its health.
 * @param perStep blocks in a step
 */
export function healthOverTime(result: RunResult, perStep: number): HealthCourse | null {
  const steps: Block[][] = [];
  for (const block of result.blocks) {
    const index = Math.floor(block.block / perStep);
    while (steps.length <= index) steps.push([]);
    steps[index]?.push(block);
  }
  const threads = steps.map((blocks) => blocks.flatMap(({ health }) => health.threads));
  const machines = steps.map((blocks) => blocks.flatMap(({ health }) => (health.machine ? [health.machine] : [])));
  if (threads.every((list) => list.length === 0) && machines.every((list) => list.length === 0)) return null;
  const worst = <T>(lists: readonly (readonly T[])[], value: (item: T) => number) =>
    lists.map((list) => (list.length === 0 ? null : sizeOrNull(Math.max(...list.map(value)))));
  return {
    delayP99Ms: worst(threads, ({ delayP99Ms }) => delayP99Ms),
    utilization: worst(threads, ({ utilization }) => utilization),
    threadCpu: worst(threads, ({ cpu }) => cpu),
    machineCpu: worst(machines, ({ cpu }) => cpu),
    steal: worst(machines, ({ steal }) => steal),
    lateStarts: threads.map((list) => whole(list.reduce((sum, { lateStarts }) => sum + lateStarts, 0))),
    delayLimitMs: tidySize(strainOf(result).delayLimitMs),
    utilizationLimit: busiest,
  };
}
