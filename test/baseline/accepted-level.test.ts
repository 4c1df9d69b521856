import { describe, expect, test } from "vitest";
import type { Baseline, BaselineRecord } from "../../src/baseline/baseline.ts";
import { emptyBaseline } from "../../src/baseline/baseline.ts";
import { decodeBaseline, encodeBaseline } from "../../src/baseline/document.ts";
import { listRuns } from "../../src/baseline/housekeeping.ts";
import { usable } from "../../src/baseline/usable.ts";
import { Histogram } from "../../src/stats/histogram.ts";
import { machine, profile, recordNumber } from "./support/records.ts";

const current = { measurement: 1, profile, machine, locustfileHash: "abc" };

/** A run whose every request took so long, red for `what` if it names anything. */
function run(n: number, ms: number, what: readonly string[] = [], ofBranch = true): BaselineRecord {
  const latencies = new Histogram(2);
  latencies.record(ms, 100);
  const plain = recordNumber(n);
  return {
    ...plain,
    endpoints: plain.endpoints.map((one) => ({ ...one, latencies })),
    ...(what.length > 0 && { regressed: { what, ofBranch } }),
  };
}
const red = ["GET / p95", "suite"];
const baseline = (...records: readonly BaselineRecord[]): Baseline => ({ ...emptyBaseline("api"), records });
const compared = (all: Baseline) =>
  usable(all, current).records.map(({ startedAt }) => Number(startedAt.slice(8, 10)) - 1);

describe("red runs of the default branch", () => {
  const green = [run(0, 30), run(1, 31), run(2, 29)];

  test("are not learnt from, and that is said", () => {
    const all = baseline(...green, run(3, 60, red), run(4, 61, red));
    expect(compared(all)).toEqual([0, 1, 2]);
    expect(usable(all, current).warnings.map(({ text }) => text)).toEqual([
      expect.stringContaining("2 stored runs were red and are not learnt"),
    ]);
  });

  test("begin a new window when three in a row agree, and that is said", () => {
    const all = baseline(...green, run(3, 60, red), run(4, 61, red), run(5, 58, ["GET / p95"]));
    expect(compared(all)).toEqual([3, 4, 5]);
    expect(usable(all, current).warnings.map(({ text }) => text)).toEqual([
      "a new window began on 2026-01-04: three runs in a row were red and agree on the new level (GET / p95), so they are the baseline now",
    ]);
  });

  test("begin none where they do not agree: on how much, on what, or in a row", () => {
    for (const three of [
      [run(3, 60, red), run(4, 90, red), run(5, 60, red)],
      [run(3, 60, red), run(4, 60, ["GET / errors"]), run(5, 60, red)],
      [run(3, 60, red), run(4, 60, red), run(5, 30), run(6, 60, red)],
      [run(3, 60, red), run(4, 60, red, false), run(5, 60, red)],
    ]) {
      expect(compared(baseline(...green, ...three)).slice(0, 3)).toEqual([0, 1, 2]);
    }
  });

  test("are left out again once the new level is the baseline", () => {
    const three = [run(3, 60, red), run(4, 61, red), run(5, 58, red)];
    const all = baseline(...green, ...three, run(6, 59), run(7, 120, red), run(8, 60));
    expect(compared(all)).toEqual([3, 4, 5, 6, 8]);
  });

  test("are compared with after all where somebody pinned them", () => {
    expect(compared(baseline(...green, { ...run(3, 60, red), pinned: true }))).toEqual([0, 1, 2, 3]);
  });

  test("keep their mark in the document, and are listed as red", () => {
    const read = decodeBaseline(encodeBaseline(baseline(...green, run(3, 60, red))));
    if (read.is !== "found") throw new Error(read.is);
    expect(read.baseline.records.at(-1)?.regressed).toEqual({ what: red, ofBranch: true });
    expect(listRuns(read.baseline).map(({ state }) => state)).toEqual(["red", "compared", "compared", "compared"]);
  });
});
