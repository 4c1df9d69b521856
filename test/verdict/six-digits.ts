import { expect } from "vitest";

/** Equal to six digits. */
export function same(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(Math.max(1e-12, 1e-6 * Math.abs(expected)));
}
