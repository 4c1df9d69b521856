import { describe, expect, test } from "vitest";
import { buildReport } from "../../../src/report/build-report.ts";
import { healthFigures } from "../../../src/report/html/health-charts.ts";
import { phaseFigures } from "../../../src/report/html/timing-charts.ts";
import { momentsOf } from "../../../src/report/view/moments.ts";
import { decodeResult, encodeResult } from "../../../src/stats/document/result-document.ts";
import type { RunResult } from "../../../src/stats/run-result.ts";
import { checkout, home, sampleInputs, sampleReport } from "../../support/make-report.ts";
import { makeResult } from "../../support/make-result.ts";

const reportOf = (result: RunResult) => buildReport({ ...sampleInputs.pass!(), result });
const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);

describe("phases as the run went on", () => {
  const slowed = makeResult({
    behaviours: [
      { endpoint: home, rate: 60, medianMs: 20 },
      { endpoint: checkout, rate: 40, medianMs: 40, slower: { fromSecond: 10, factor: 3 } },
    ],
    phases: [["steady", 20]],
  });

  test("add up to the mean response time, for all requests and for the endpoint most worth a look", () => {
    const { timingCourses = [], total, endpoints } = reportOf(slowed);
    expect(timingCourses.map(({ endpoint }) => endpoint)).toEqual([null, checkout]);
    const means = [total, endpoints.find(({ endpoint }) => endpoint.name === checkout.name)].map(
      (row) => row?.head?.avgMs ?? 0,
    );
    timingCourses.forEach(({ phases, stepMs }, index) => {
      expect(stepMs).toBe(1000);
      const course = phases[0]!.meanMs.map((_, step) => sum(phases.map(({ meanMs }) => meanMs[step]!)));
      expect(course).toHaveLength(20);
      // As many requests in every step, so the mean of the means is the mean; bins are 0.8 % wide.
      expect(sum(course) / 20 / means[index]!).toBeCloseTo(1, 1);
      expect(sum(course.slice(10)) / sum(course.slice(0, 10))).toBeGreaterThan(1.5);
    });
    const words = phaseFigures(reportOf(slowed)).map(({ words: said }) => said);
    expect(words[0]).toContain("waiting for the first byte");
  });

  test("of a long run are the same before and after it was written to a document", () => {
    const long = makeResult({ behaviours: [{ endpoint: home, rate: 2, medianMs: 20 }], phases: [["steady", 480]] });
    const read = decodeResult(encodeResult(long), "result.json");
    const [before, after] = [reportOf(long), reportOf(read)];
    expect(after.timingCourses).toEqual(before.timingCourses);
    expect(after.series.p95Ms.filter((ms) => ms === null)).toEqual([]);
    expect(after.series.p95Ms).toEqual(before.series.p95Ms.map((ms) => expect.closeTo(ms as number, 2)));
  });
});

describe("the generator as the run went on", () => {
  test("is drawn with its limits, and says when it went beyond them", () => {
    const [delay, busy, late] = healthFigures(sampleReport("invalid"));
    expect(delay!.chart.limits).toEqual([
      { value: sampleReport("invalid").series.health!.delayLimitMs, text: expect.stringContaining("limit") },
    ]);
    expect(delay!.words).toMatch(/in 100.% of the run, first at 00:00/);
    expect(busy!.chart.labels).toEqual(["event loop", "busiest thread's CPU", "machine's CPU", "taken by the host"]);
    // 44 a block.
    expect(late!.words).toContain("1\u202f056 late starts in all, the first at 00:00");
  });

  test("that was quiet has no picture of late starts", () => {
    const figures = healthFigures(sampleReport("pass"));
    expect(figures.map(({ id }) => id)).toEqual(["delay", "busy"]);
    expect(figures[0]!.words).toContain("Never above the limit");
  });
});

describe("side by side", () => {
  test("every line of this version has the base version's beside it", () => {
    const { series } = sampleReport("fail");
    expect(series.base?.p95Ms).toHaveLength(series.p95Ms.length);
    for (const { p95Ms, baseP95Ms } of series.endpoints) expect(baseP95Ms).toHaveLength(p95Ms.length);
  });

  test("an endpoint that was slower all along is told with the first judged moment", () => {
    expect(momentsOf(sampleReport("fail"))[0]).toMatchObject({
      atMs: 2000,
      name: "POST /checkout",
      text: "slower than the base version from the first judged moment on",
    });
  });
});

test("a report of before there were these courses is still read and drawn", () => {
  const { timingCourses: _, ...old } = sampleReport("pass");
  const { health: __, ...series } = old.series;
  expect(healthFigures({ ...old, series })).toEqual([]);
  expect(phaseFigures({ ...old, series })).toEqual([]);
});
