import { writeFileSync } from "node:fs";
import { Random } from "../../../src/base/random.ts";
import { toBlockWire } from "../../../src/gate/swarm/block-wire.ts";
import type { FromSwarm, LoadOrder, ToSwarm } from "../../../src/gate/swarm/swarm-channel.ts";
import { encodeResult } from "../../../src/stats/document/result-document.ts";
import type { Endpoint } from "../../../src/stats/endpoint.ts";
import { type Block, blockMs, type Phase } from "../../../src/stats/snapshot.ts";
import { arms, blockOf, calm, noTrouble, resultOf, sample } from "../../verdict/runs.ts";

/**
 * Stands where the load-generating process stands and speaks its messages, with an invented target: as fast as it
 * can be written down. The run's name says how the head behaves: `slow` always, `fluke` in the first pass alone,
 * `busy` where the generator is saturated in the second, `broken` where the second pass does not come to an end.
 * With the seed `knee 60` both arms are ten times as slow above 60 users, with `busy 60` the generator is saturated there, with
 * `dead 60` it does not come to an end.
 */
const endpoints: readonly Endpoint[] = [
  { method: "GET", name: "/home" },
  { method: "GET", name: "/search" },
];
let ended = false;

function say(message: FromSwarm): Promise<void> {
  return new Promise((resolve) => process.send?.(message, () => resolve()));
}

process.on("message", (message) => {
  const said = message as ToSwarm;
  if (said.type === "end") ended = true;
  if (said.type === "load") void run(said.order).then(() => process.exit());
});

async function run({ plan, resultPath }: LoadOrder): Promise<void> {
  const second = plan.judgedPhase === "confirmation";
  if (second && plan.name === "broken") process.exit(9);
  const [, kind = "", knee = "0"] = /^(knee|busy|dead) (\d+)/.exec(plan.seed) ?? [];
  const over = kind !== "" && plan.users > Number(knee);
  if (over && kind === "dead") process.exit(9);
  const slower = plan.name === "slow" || (plan.name !== "equal" && !second && kind === "") ? 1.3 : 1;
  const random = Random.from(plan.seed, plan.judgedPhase);
  const health = (second && plan.name === "busy") || (over && kind === "busy") ? [{ ...calm, delayP99Ms: 80 }] : [calm];
  const make = (block: number, phase: Phase) =>
    blockOf(block, samplesOf(random, { slower, latencyMs: over && kind === "knee" ? 200 : 20 }), { phase, health });
  const runTimeMs = plan.runTimeMs ?? 60_000;
  const blocks: Block[] = Array.from({ length: runTimeMs / blockMs }, (_, block) => make(block, plan.judgedPhase));
  if (plan.extensionMs > 0) await say({ type: "blocks", blocks: blocks.map(toBlockWire), trouble: noTrouble });
  for (let more = plan.extensionMs; more > 0 && !(await isOver()); more -= blockMs) {
    const block = make(blocks.length, "extension");
    blocks.push(block);
    await say({ type: "blocks", blocks: [toBlockWire(block)], trouble: noTrouble });
  }
  const { meta, ...rest } = resultOf(blocks);
  const { name, seed, host, baseHost, commit, baseCommit } = plan;
  writeFileSync(
    resultPath,
    encodeResult({ ...rest, meta: { ...meta, name, seed, host, baseHost, commit, baseCommit } }),
  );
  await say({ type: "done" });
}

/** The gate looks in a process of its own: it is given a moment after every block. */
async function isOver(): Promise<boolean> {
  for (let i = 0; i < 20 && !ended; i++) await new Promise((resolve) => setImmediate(resolve));
  return ended;
}

function samplesOf(random: Random, { slower, latencyMs }: { slower: number; latencyMs: number }) {
  const normal = () => Array.from({ length: 12 }, () => random.float()).reduce((a, b) => a + b, -6);
  return endpoints.flatMap((endpoint, which) =>
    arms.flatMap((arm) =>
      Array.from({ length: 12 }, () => {
        const factor = which === 1 && arm === "head" ? slower : 1;
        return sample({ arm, endpoint, latencyMs: latencyMs * Math.exp(0.3 * normal()) * factor });
      }),
    ),
  );
}
