import fc from "fast-check";
import { expect, test } from "vitest";
import { Random } from "../../src/base/random.ts";
import { errorPass } from "../../src/verdict/error-pass.ts";
import type { ErrorWindow } from "../../src/verdict/statistics/error-test.ts";

const requests = 25;

/** Windows of 25 requests a side in which each fails by chance. */
function windows({ base, head, seconds, seed }: { base: number; head: number; seconds: number; seed: string }) {
  const random = Random.from(seed);
  const failures = (share: number) => Array.from({ length: requests }, () => random.float()).filter((x) => x < share);
  return Array.from(
    { length: seconds },
    (): ErrorWindow => ({
      base: { failures: failures(base).length, requests },
      head: { failures: failures(head).length, requests },
    }),
  );
}

const rate = (head: number, draws = 200) => {
  const passed = Array.from({ length: draws }, (_, i) =>
    errorPass(windows({ base: 0.001, head, seconds: 240, seed: `${head} ${i}` }), 0.005),
  ).filter((p) => p <= 0.05);
  return passed.length / draws;
};

test("a rise by the tolerance passes once in twenty, and none at all passes", () => {
  expect(rate(0.006)).toBeLessThan(0.09);
  expect(rate(0.008)).toBeLessThan(0.01);
  expect(rate(0.001)).toBeGreaterThan(0.95);
});

test("a larger rise is excluded more surely, and what is seen is never excluded", () => {
  const share = fc.double({ min: 0, max: 0.05, noNaN: true });
  fc.assert(
    fc.property(
      share,
      share,
      fc.double({ min: 0.001, max: 0.05, noNaN: true }),
      fc.string(),
      (base, head, most, seed) => {
        const seen = windows({ base, head, seconds: 20, seed });
        const p = errorPass(seen, most);
        expect(errorPass(seen, 2 * most)).toBeLessThanOrEqual(p + 1e-9);
        const failed = (side: "base" | "head") => seen.reduce((sum, window) => sum + window[side].failures, 0);
        if ((failed("head") - failed("base")) / (20 * requests) >= most) expect(p).toBe(1);
      },
    ),
    { numRuns: 50 },
  );
});

test("failures that come in bursts exclude less than as many that come one by one", () => {
  const even = Array.from(
    { length: 60 },
    (_, i): ErrorWindow => ({
      base: { failures: 0, requests: 100 },
      head: { failures: i % 5 === 0 ? 1 : 0, requests: 100 },
    }),
  );
  const burst = even.map(({ base }, i): ErrorWindow => ({ base, head: { failures: i === 7 ? 12 : 0, requests: 100 } }));
  expect(errorPass(burst, 0.005)).toBeGreaterThan(2 * errorPass(even, 0.005));
});
