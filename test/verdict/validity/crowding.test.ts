import { describe, expect, test } from "vitest";
import type { Health } from "../../../src/stats/health.ts";
import { crowding } from "../../../src/verdict/validity/crowding.ts";
import { invalidities } from "../../../src/verdict/validity/validity.ts";
import { makeResult } from "../../support/make-result.ts";

const behaviours = [{ endpoint: { method: "GET", name: "/" }, rate: 40, medianMs: 20 }];
const run = (health: { steal: number; delayP99Ms?: number }) => {
  const { steal, delayP99Ms = 1.2 } = health;
  const thread = { thread: "0", delayMaxMs: 60, utilization: 0.3, cpu: 0.2, lateStarts: 0, openSockets: 10 };
  const machine = { cpu: 0.6, steal, memoryBytes: 1e8 };
  return makeResult({ behaviours, health: { threads: [{ ...thread, delayP99Ms }], machine } satisfies Health });
};

describe("C6: a second job on the runner's host", () => {
  test("shows as stolen time, which is told and makes nothing invalid while the generator keeps up", () => {
    const result = run({ steal: 0.18 });
    expect(crowding(result)).toMatchObject({
      code: "crowded",
      message: expect.stringContaining("took up to 18 % of its time, over 5 % in 100 % of the run (20 of 20 blocks)"),
    });
    expect(invalidities(result)).toEqual([]);
  });

  test("shows as lateness of the event loop, which makes the run invalid", () => {
    expect(invalidities(run({ steal: 0, delayP99Ms: 40 })).map(({ code }) => code)).toEqual(["saturated"]);
  });

  test("is not seen where nothing was stolen, or the system does not say", () => {
    expect(crowding(run({ steal: 0.02 }))).toBeNull();
    expect(crowding(makeResult({ behaviours, health: { threads: [] } }))).toBeNull();
  });
});
