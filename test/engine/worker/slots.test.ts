import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ManualClock } from "../../../src/base/clock.ts";
import { Slots, SlottedGuard, slotMs, slottedClock } from "../../../src/engine/worker/slots.ts";
import type { Arm } from "../../../src/stats/endpoint.ts";

const seeds = fc.string({ minLength: 1, maxLength: 8 });
const arms = fc.constantFrom<Arm>("head", "base");

describe("turns of a second", () => {
  test("are one of each arm in every pair, in an order that the seed draws", () => {
    fc.assert(
      fc.property(seeds, fc.nat(5000), (seed, pair) => {
        const slots = new Slots({ seed, startedAtMs: 0 });
        const two = [slots.armOf(2 * pair), slots.armOf(2 * pair + 1)];
        expect(two.sort()).toEqual(["base", "head"]);
        expect(new Slots({ seed, startedAtMs: 99 }).armOf(2 * pair)).toBe(slots.armOf(2 * pair));
      }),
    );
    const slots = new Slots({ seed: "1", startedAtMs: 0 });
    const first = Array.from({ length: 400 }, (_, pair) => slots.armOf(2 * pair)).filter(
      (arm) => arm === "head",
    ).length;
    expect(first).toBeGreaterThan(150);
    expect(first).toBeLessThan(250);
  });

  test("a wait of so long ends in a turn of one's own, after so much time of one's own and no sooner", () => {
    fc.assert(
      fc.property(seeds, arms, fc.nat(100_000), fc.nat(20_000), (seed, arm, fromMs, ownMs) => {
        const slots = new Slots({ seed, startedAtMs: 1000 });
        const untilMs = slots.after(arm, { fromMs, ownMs });
        const slotOf = (ms: number) => Math.floor((ms - 1000) / slotMs);
        expect(slots.armOf(slotOf(untilMs))).toBe(arm);
        let own = 0;
        for (let ms = Math.max(fromMs, 1000); ms < untilMs; ms++) if (slots.armOf(slotOf(ms)) === arm) own++;
        expect(own).toBe(ownMs);
        // Nobody is without a turn for longer than two.
        expect(untilMs - Math.max(fromMs, 1000)).toBeLessThanOrEqual(2 * ownMs + 3 * slotMs);
      }),
      { numRuns: 30 },
    );
  });

  test("a request waits for the turn of its arm, and only a wait that can be woken is stretched", async () => {
    const clock = new ManualClock(0);
    const slots = new Slots({ seed: "1", startedAtMs: 0 });
    const other: Arm = slots.armOf(0) === "head" ? "base" : "head";
    const open = { forbids: () => undefined, admit: () => true };
    const mine = new SlottedGuard(open, { clock, slots, arm: slots.armOf(0) });
    expect(mine.admit()).toBe(true);
    let admitted = false;
    void Promise.resolve(new SlottedGuard(open, { clock, slots, arm: other }).admit()).then(() => {
      admitted = true;
    });
    const turn = slots.after(other, { fromMs: 0, ownMs: 0 });
    await clock.advance(turn - 1);
    expect(admitted).toBe(false);
    await clock.advance(1);
    await Promise.resolve();
    expect(admitted).toBe(true);
    const slotted = slottedClock(clock, { slots, arm: other });
    expect(slotted.now()).toBe(clock.now());
  });
});
