import fc from "fast-check";
import { expect, test } from "vitest";
import { defaultCompareSettings } from "../../../src/verdict/settings.ts";
import { decide } from "../../../src/verdict/side-by-side/decide.ts";
import { type StallWindow, stallTest } from "../../../src/verdict/statistics/stall-test.ts";

const cell = (stalled: boolean) => ({ requests: 20, slow: stalled ? 10 : 0 });
const run = (head: (at: number) => boolean, base: (at: number) => boolean = () => false) =>
  Array.from({ length: 480 }, (_, at): StallWindow => ({ base: cell(base(at)), head: cell(head(at)) }));

test("one stall proves nothing, however long it lasts", () => {
  fc.assert(
    fc.property(fc.nat(400), fc.integer({ min: 1, max: 79 }), (from, length) => {
      const { headOnly, p } = stallTest(run((at) => at >= from && at < from + length));
      expect(headOnly).toBe(1);
      expect(p).toBe(0.5);
    }),
  );
});

test("what both stand still in counts for neither, also where it begins in the half second after", () => {
  const every = (shift: number) => (at: number) => at % 20 === shift;
  expect(stallTest(run(every(4), every(4)))).toEqual({ baseOnly: 0, headOnly: 0, p: 1 });
  expect(stallTest(run(every(5), every(4)))).toEqual({ baseOnly: 0, headOnly: 0, p: 1 });
  expect(stallTest(run(every(14), every(4)))).toMatchObject({ baseOnly: 24, headOnly: 24 });
});

test("arms exchanged, the counts are exchanged", () => {
  const stalls = fc.array(fc.record({ base: fc.boolean(), head: fc.boolean() }), { maxLength: 60 });
  fc.assert(
    fc.property(stalls, (list) => {
      const windows = list.map(({ base, head }) => ({ base: cell(base), head: cell(head) }));
      const there = stallTest(windows);
      const back = stallTest(windows.map(({ base, head }) => ({ base: head, head: base })));
      expect([back.baseOnly, back.headOnly]).toEqual([there.headOnly, there.baseOnly]);
    }),
  );
});

test("a second every twenty is a regression after four minutes, among any number of endpoints", () => {
  const settings = { ...defaultCompareSettings, metrics: ["stalls"] } as const;
  const windows = { judgedMs: 240_000, endpoints: [], appeared: [], vanished: [] };
  const look = (stalls: readonly StallWindow[]) =>
    decide({ ...windows, stalls }, { settings, alpha: 0.0025, passAlpha: 0 });
  expect(look(run((at) => at % 40 < 2)).outcome).toBe("regressed");
  expect(look(run((at) => at % 80 < 2)).outcome).not.toBe("regressed");
});
