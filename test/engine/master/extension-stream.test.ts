import { expect, test } from "vitest";
import { ExtensionStream } from "../../../src/engine/master/extension-stream.ts";
import { phased } from "../../../src/engine/master/run-timeline.ts";
import { type Block, emptySnapshot } from "../../../src/stats/snapshot.ts";
import { planFor } from "../plan.ts";

const snapshots = new Map(Array.from({ length: 20 }, (_, block) => [block, emptySnapshot(block)]));
const plan = planFor({ runTimeMs: 4000, extensionMs: 4000, warmup: { ms: 1000 } });
const course = { rampEndMs: 1000, extendedMs: 5000 };

test("nothing is handed out before the run time is over and every worker has told of it; then each block once", () => {
  const batches: (readonly Block[])[] = [];
  const stream = new ExtensionStream({ plan, handOut: (blocks) => void batches.push(blocks) });
  for (const ended of [5, 11, 12, 12, 13, 16]) stream.take(snapshots, { ended, course });
  expect(batches.map((blocks) => blocks.map(({ block }) => block))).toEqual([
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [10],
    [11, 12, 13],
  ]);
});

test("the phases told in mid-run are those of the result", () => {
  const told: Block[] = [];
  const stream = new ExtensionStream({ plan, handOut: (blocks) => void told.push(...blocks) });
  for (const ended of [13, 17]) stream.take(snapshots, { ended, course });
  const whole = phased(snapshots, { course: { ...course, stopMs: 9000 }, plan });
  const phases = (blocks: readonly Block[]) => blocks.map(({ phase }) => phase);
  expect(phases(told)).toEqual(phases(whole).slice(0, 15));
  expect(phases(whole)).toEqual([
    ...Array<string>(2).fill("ramp"),
    ...Array<string>(2).fill("warm-up"),
    ...Array<string>(6).fill("steady"),
    ...Array<string>(8).fill("extension"),
    ...Array<string>(2).fill("tail"),
  ]);
});
