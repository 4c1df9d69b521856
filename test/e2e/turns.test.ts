import { afterAll, beforeAll, expect, test } from "vitest";
import { Slots, slotMs } from "../../src/engine/worker/slots.ts";
import type { Arm } from "../../src/stats/endpoint.ts";
import { runLocustfile, type Target, target } from "../engine/in-process.ts";

/** Side by side where the target cannot take both arms at once: they have turns of a second. */

let head: Target;
let base: Target;
beforeAll(async () => {
  [head, base] = await Promise.all([target(), target()]);
});
afterAll(() => {
  head.close();
  base.close();
});

const visitor = `
import { HttpUser, constant, events, task } from "swarmgate";
events.request.addListener(({ name, startTime }) => console.log("AT", name, startTime));
export class Visitor extends HttpUser {
  waitTime = constant(0.02);
  @task async visit() { await this.client.get("/", { name: this.arm }); }
}
`;

test("each arm's requests start in its own turns alone, and the result says that there were turns", async () => {
  const plan = { host: head.url, baseHost: base.url, users: 4, runTimeMs: 6000, seed: "turns", alternates: true };
  const { result, output } = await runLocustfile(visitor, plan);
  expect(result.meta.interleave).toBe("seconds");
  const startedAtMs = Date.parse(result.meta.startedAt);
  const slots = new Slots({ seed: "turns", startedAtMs });
  const started = output
    .split("\n")
    .filter((line) => line.startsWith("AT "))
    .map((line) => line.split(" ") as [string, Arm, string])
    .map(([, arm, at]) => ({ arm, slot: Math.floor((Number(at) - startedAtMs) / slotMs) }));
  const own = started.filter(({ arm, slot }) => slots.armOf(slot) === arm);
  for (const arm of ["head", "base"]) expect(own.filter((one) => one.arm === arm).length).toBeGreaterThan(10);
  // The start is told to the millisecond, so a request at the very edge may seem to be the other arm's.
  expect(own.length / started.length).toBeGreaterThan(0.95);
});
