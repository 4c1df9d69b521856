import { type ErrorWindow, errorDifferences, sum } from "./statistics/error-test.ts";
import { newcombe } from "./statistics/newcombe.ts";
import { robustTest } from "./statistics/robust-p.ts";
import { tUpperTail } from "./statistics/student-t.ts";

/** Beyond this quantile of the normal distribution no chance matters any more. */
const farthest = 8;

/**
 * The one-sided chance to see so few more failures, did the head fail by `most` (a difference of ratios) more often. Of
 * Newcombe's interval, and of the windows one by one where they scatter more than single failures would; the larger.
 */
export function errorPass(windows: readonly ErrorWindow[], most: number): number {
  const base = sum(windows.map((window) => window.base));
  const head = sum(windows.map((window) => window.head));
  if (base.requests === 0 || head.requests === 0) return 1;
  const difference = head.failures / head.requests - base.failures / base.requests;
  if (difference >= most) return 1;
  const excludes = (z: number) => newcombe({ before: base, after: head, z }).high < most;
  let [low, high] = [0, farthest];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (excludes(middle)) low = middle;
    else high = middle;
  }
  const { standardError } = robustTest(errorDifferences(windows, { base, head }));
  const byWindows =
    standardError > 0 ? tUpperTail({ t: (most - difference) / standardError, df: windows.length - 1 }) : 0;
  return Math.max(normalUpperTail(low), byWindows);
}

/** Student's t with so many degrees of freedom is the normal distribution, to six digits. */
function normalUpperTail(z: number): number {
  return tUpperTail({ t: z, df: 1e7 });
}
