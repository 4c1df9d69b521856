import fc from "fast-check";
import { expect, test } from "vitest";
import { rejected } from "../../../src/verdict/statistics/family.ts";
import { holm } from "../../../src/verdict/statistics/holm.ts";

const chances = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

test("where every test could reject, it is Holm's procedure", () => {
  fc.assert(
    fc.property(chances, (ps) => {
      const members = ps.map((p) => ({ p, able: true }));
      expect(rejected(members, 0.01)).toEqual(holm(ps, 0.01));
    }),
  );
});

test("a test that could not reject takes no share of the error, and is not rejected", () => {
  const p = 0.004;
  const silent = Array.from({ length: 10 }, () => ({ p: 0, able: false }));
  expect(rejected([{ p, able: true }, { p: 1, able: true }, ...silent], 0.01)).toEqual([
    true,
    ...Array.from({ length: 11 }, () => false),
  ]);
  expect(rejected([{ p, able: true }, ...silent.map(() => ({ p: 1, able: true }))], 0.01)[0]).toBe(false);
});
