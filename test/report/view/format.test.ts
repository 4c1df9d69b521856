import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  counted,
  formatBytes,
  formatChange,
  formatCount,
  formatDuration,
  formatInterval,
  formatMoment,
  formatMs,
  formatMsChange,
  formatNumber,
  formatPercent,
  formatRate,
  plain,
} from "../../../src/report/view/format.ts";

describe("numbers for people", () => {
  test.each([
    [formatCount(48_120), "48 120"],
    [formatCount(-1234), "-1 234"],
    [formatNumber(0.0213456), "0.0213"],
    [formatNumber(9.5), "9.5"],
    [formatNumber(48_123), "48 100"],
    [formatNumber(0), "0"],
    [formatNumber(Number.NaN), "–"],
    [formatMs(0.4213), "0.421 ms"],
    [formatMs(231.4), "231 ms"],
    [formatMs(999.6), "1 s"],
    [formatMs(1240), "1.24 s"],
    [formatMs(300_000), "5 min"],
    [formatMs(null), "–"],
    [formatDuration(90_000), "1 min 30 s"],
    [formatDuration(60_000), "1 min"],
    [formatDuration(11_100_000), "3 h 5 min"],
    [formatDuration(12 * 86_400_000), "12 days"],
    [formatPercent(0.000234), "0.0234 %"],
    [formatPercent(1), "100 %"],
    [formatRate(31.97), "32/s"],
    [formatBytes(812), "812 B"],
    [formatBytes(4213), "4.21 KB"],
    [formatBytes(999_999), "1 MB"],
    [formatChange(0.38), "+38 %"],
    [formatChange(-0.12), "-12 %"],
    [formatChange(0), "0 %"],
    [formatChange(0.005, "points"), "+0.5 pp"],
    [formatInterval({ low: 0.29, high: 0.48 }), "+29 … +48 %"],
    [formatInterval({ low: -0.03, high: null }), "-3 …  %"],
    [formatInterval(null), "–"],
    [formatMsChange(84), "+84 ms"],
    [formatMsChange(-1200), "-1.2 s"],
    [formatMoment(41_900), "00:41"],
    [formatMoment(3_723_000), "1:02:03"],
    [counted(1, "endpoint"), "1 endpoint"],
    [counted(0, "endpoint"), "0 endpoints"],
  ])("%s", (text, expected) => {
    expect(plain(text)).toBe(expected);
  });

  test("have at most three significant digits and no exponent", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-5, max: 1e11, noNaN: true }), (value) => {
        const text = plain(formatNumber(value)).replaceAll(" ", "");
        expect(text).not.toContain("e");
        expect(text.replace(".", "").replace(/^0+/, "").replace(/0+$/, "").length).toBeLessThanOrEqual(3);
        expect(Math.abs(Number(text) / value - 1)).toBeLessThan(value > 1e-3 ? 0.0051 : 0.06);
      }),
    );
  });
});
