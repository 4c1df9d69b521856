import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  parseThreshold,
  parseThresholds,
  printThreshold,
  type Threshold,
  whyNoAbort,
} from "../../../src/slo/threshold/threshold.ts";

const canonical = (line: string) => printThreshold(parseThreshold(line));

/** The one problem of a line, as it is told. */
function told(line: string): string {
  const { thresholds, problems } = parseThresholds(line, "slo");
  expect(thresholds).toEqual([]);
  return problems.map(({ where, message }) => `${where}: ${message}`).join("\n");
}

describe("the language", () => {
  test.each([
    ["p95 < 300ms", "p95 < 300ms"],
    ["  P99.9<=1.5s  ", "p99.9 <= 1500ms"],
    ["p0 > 1us", "p0 > 0.001ms"],
    ["max < 2m", "max < 120s"],
    ["avg<250", "avg < 250ms"],
    ["med < 5", "p50 < 5ms"],
    ["errors < 0.1%", "errors < 0.1%"],
    ["errors < 0.01", "errors < 1%"],
    ["errors == 0", "errors == 0%"],
    ["failures <= 3", "failures <= 3"],
    ["rps > 6000/m", "rps > 100/s"],
    ["requests >= 1000", "requests >= 1000"],
    ["apdex(0.3s) > 0.94", "apdex(300ms) > 0.94"],
    ["apdex(300ms) > 94%", "apdex(300ms) > 0.94"],
    [`p95 < 300ms of "GET /item/*" after 10s optional warn`, `p95 < 300ms of "GET /item/*" after 10s optional warn`],
    ["p95 < 300ms in every 10s", "p95 < 300ms in every 10s"],
    ["errors < 1% abort", "errors < 1% abort"],
    ["errors < 1% abort after 1m after 30s", "errors < 1% after 30s abort after 60s"],
    [
      `p99 < 1s IN EVERY 2.5s optional of "/a" abort after 20s`,
      `p99 < 1s of "/a" in every 2500ms abort after 20s optional`,
    ],
    ["requests < 100 abort", "requests < 100 abort"],
    ["requests > 100 in every 5s abort", "requests > 100 in every 5s abort"],
    ["http_req_duration: p(95)<300 abort after 20s", "p95 < 300ms abort after 20s"],
    [`p95 < 300ms warn of 'say "hi"'`, `p95 < 300ms of "say \\"hi\\"" warn`],
  ])("%s is %s", (line, printed) => {
    expect(canonical(line)).toBe(printed);
    expect(canonical(printed)).toBe(printed);
  });

  test("without `of` the total is promised", () => {
    expect(parseThreshold("p95 < 300ms").of).toBeNull();
    expect(parseThreshold('p95 < 300ms of "*"').of).toBe("*");
  });

  test("printing and parsing are stable for every promise there can be", () => {
    const latency = fc.record({
      metric: fc.oneof(
        fc.double({ min: 0, max: 100, noNaN: true }).map((percent) => ({ kind: "percentile" as const, percent })),
        fc.constantFrom(...(["avg", "min", "max"] as const)).map((kind) => ({ kind })),
      ),
      value: fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
    });
    const other = fc.oneof(
      fc.record({
        metric: fc.constant({ kind: "errors" as const }),
        value: fc.double({ min: 1e-9, max: 1, noNaN: true }),
      }),
      fc.record({
        metric: fc.constantFrom({ kind: "rps" as const }, { kind: "requests" as const }, { kind: "failures" as const }),
        value: fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
      }),
      fc.record({
        metric: fc.integer({ min: 1, max: 10_000 }).map((targetMs) => ({ kind: "apdex" as const, targetMs })),
        value: fc.double({ min: 1e-9, max: 1, noNaN: true }),
      }),
    );
    const threshold = fc
      .tuple(
        fc.oneof(latency, other),
        fc.record({
          operator: fc.constantFrom(...(["<", "<=", ">", ">=", "==", "!="] as const)),
          of: fc.option(fc.string({ minLength: 1 }).filter((text) => text.trim() !== "" && !/[\r\n]/.test(text))),
          afterMs: fc.integer({ min: 0, max: 1e7 }),
          optional: fc.boolean(),
          tier: fc.constantFrom("fail" as const, "warn" as const),
          everyMs: fc.option(fc.integer({ min: 2, max: 10_000 }).map((halves) => halves * 500)),
          abortAfterMs: fc.option(fc.integer({ min: 0, max: 1e7 })),
        }),
      )
      .map(([what, how]): Threshold => ({ ...what, ...how, except: [], place: null, notes: [] }))
      .map((value) => (whyNoAbort(value) === null ? value : { ...value, abortAfterMs: null }));
    fc.assert(
      fc.property(threshold, (value) => {
        const printed = printThreshold(value);
        const read = parseThreshold(printed);
        expect(printThreshold(read)).toBe(printed);
        expect({ ...read, metric: 0, value: 0 }).toEqual({ ...value, metric: 0, value: 0 });
        expect(Math.abs(read.value / value.value - 1)).toBeLessThan(1e-9);
      }),
    );
  });

  test("any line is either a promise or a problem that points into it", () => {
    const pieces = fc.array(
      fc.constantFrom(
        "p95",
        "<",
        "300",
        "ms",
        "of",
        '"',
        "'",
        "after",
        "%",
        "/s",
        ",",
        "for",
        "{",
        "}",
        ":",
        "apdex",
        "(",
        "fail",
        "\\",
        "http_reqs",
        "💥",
      ),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          pieces.map((list) => list.join(" ")),
          fc.string(),
        ),
        (line) => {
          const { problems } = parseThresholds(line.replace(/[\r\n]/g, " "), "slo");
          for (const { where } of problems) {
            const column = Number(where.split(":")[2]);
            expect(column).toBeGreaterThanOrEqual(1);
            expect(column).toBeLessThanOrEqual(line.length + 1);
          }
        },
      ),
    );
  });
});

describe("k6's spelling", () => {
  test.each([
    ["http_req_duration: p(95)<300", "p95 < 300ms"],
    ["http_req_duration: p(99.9) < 1500", "p99.9 < 1500ms"],
    ["http_req_duration: med<200", "p50 < 200ms"],
    ["http_req_duration: avg<=200.5", "avg <= 200.5ms"],
    ["http_req_duration: max<1000", "max < 1s"],
    ["http_req_failed: rate<0.01", "errors < 1%"],
    ["http_req_failed: rate===0", "errors == 0%"],
    ["http_reqs: rate>100", "rps > 100/s"],
    ["http_reqs: count>=1000", "requests >= 1000"],
    ["http_req_duration{name:/item/{id}}: p(95)<300", 'p95 < 300ms of "* /item/{id}"'],
    ["http_req_duration{name:/item, method:GET}: p(95)<300", 'p95 < 300ms of "GET /item"'],
    ["http_req_duration: p(95)<300 after 10s warn", "p95 < 300ms after 10s warn"],
    ["p(95)<300", "p95 < 300ms"],
  ])("%s is %s", (line, printed) => expect(canonical(line)).toBe(printed));

  test("what k6 measures and we do not is refused by name", () => {
    expect(told("iteration_duration: p(95)<300")).toContain("is not measured here");
    expect(told("http_req_waiting: p(95)<300")).toContain('k6\'s metric "http_req_waiting" is not measured here');
    expect(told("http_req_duration{status:200}: p(95)<300")).toContain('the tag "status" is not kept here');
    expect(told("http_reqs: med<300")).toContain("http_reqs has rate and count");
    expect(told("http_req_fail: rate<0.1")).toContain("did you mean http_req_failed?");
    expect(told("checks: rate>0.9")).toContain("http_req_duration, http_req_failed, http_reqs are");
    expect(told("'http_req_duration': ['p(95)<300']")).toContain("one promise a line, without quotes");
  });
});

describe("Taurus' spelling states the failure and is read inverted", () => {
  test.each([
    ["p95 of label>300ms for 10s, stop as failed", 'p95 <= 300ms of "label" in every 10s abort'],
    ["p90 of Check out>1s for 10s, stop as failed", 'p90 <= 1s of "Check out" in every 10s abort'],
    ["avg-rt>150ms for 10, stop as failed", "avg <= 150ms in every 10s abort"],
    ["avg-rt of /search?a=b>=150ms, continue as failed", 'avg < 150ms of "/search?a=b"'],
    ["fail>50% for 10s, stop as failed", "errors <= 50% in every 10s abort"],
    ["fail>10, stop", "failures <= 10 abort"],
    ["fail>10, stop as non-failed", "failures <= 10 warn"],
    ["succ<90% over 5s, continue as non-failed", "errors <= 10% in every 5s warn"],
    ["hits<100 within 10s", "requests >= 100 in every 10s"],
    ["hits<100, stop", "requests >= 100"],
    ["p95>300ms for 10s", "p95 <= 300ms in every 10s"],
    ["p95 of a*b>1s", 'p95 <= 1s of "a\\\\*b"'],
  ])("%s is %s", (line, printed) => {
    expect(canonical(line)).toBe(printed);
    expect(canonical(printed)).toBe(printed);
  });

  test("what it leaves out it says", () => {
    expect(parseThreshold("p95 of label>300ms for 10s, stop as failed").notes).toEqual([
      '"for 10s" is judged on each window of 10s as a whole',
    ]);
    expect(parseThreshold("hits<100, stop").notes).toEqual([
      '"stop" is left out: requests grow until the end of the run, so only an upper limit of them can abort it',
    ]);
  });

  test.each([
    [
      'errors of "GET /item/*" < 1%',
      'slo:1:25: is this a promise, or Taurus\' condition for failing?; a promise is errors < 1% of "GET /item/*"',
    ],
    ['p95 of "GET /" < 300ms', "a promise is p95 < 300ms of"],
    ['failures of "GET /" == 0', "a promise is failures == 0 of"],
    ['rps of "GET /" > 10/s', "a promise is rps > 10/s of"],
    [
      "p95 < 300ms for 10s",
      'slo:1:5: is this a promise, or Taurus\' condition for failing?; a promise is p95 < 300ms; a condition ends in ", stop as failed"',
    ],
  ])("what may be a promise in Taurus' order is not read as its opposite: %s", (line, message) => {
    expect(told(line)).toContain(message);
  });

  test("an action says that it is a condition, whatever it is about", () => {
    expect(canonical("p95 of label<1ms, stop as failed")).toBe('p95 >= 1ms of "label" abort');
    expect(canonical("rps of label<10/s")).toBe('rps >= 10/s of "label"');
  });

  test("a bare time is refused: Taurus means seconds", () => {
    expect(told("avg-rt>3 for 10s")).toContain("write 3s or 3ms");
  });
});

describe("errors", () => {
  test("point at the character, with the line and a caret under it", () => {
    const { problems } = parseThresholds("errors < 1%\np95 < fast", "slo");
    expect(problems).toEqual([
      { where: "slo:2:7", message: 'expected a number such as 300ms, found "fast"\n    p95 < fast\n          ^' },
    ]);
  });

  test("all lines are told together, and good lines are kept", () => {
    const { thresholds, problems } = parseThresholds("# ours\n\np95 < 300ms\np95 300\nfoo < 1\n", "slo");
    expect(thresholds.map((t) => t.place)).toEqual(["slo:3"]);
    expect(problems.map((p) => p.where)).toEqual(["slo:4:5", "slo:5:1"]);
  });

  test.each([
    ["eror < 1%", 'slo:1:1: unknown metric "eror"; did you mean errors?'],
    ["error_rate < 1%", "did you mean errors?"],
    ["mean < 1s", "did you mean avg?"],
    ["p999 < 1s", "p999 is not a percentile: they go from p0 to p100; did you mean p99.9?"],
    ["p101 < 1s", "slo:1:1: p101 is not a percentile"],
    ["p95 = 1s", "write =="],
    ["p95 < 1%", "slo:1:8: this unit does not fit: the metric is a response time"],
    ["p95 < 300mss", 'slo:1:10: unknown unit "mss"'],
    ["errors < 1", "slo:1:10: is 1 a share of all requests or a percentage?; write 1%"],
    ["errors < 101%", "more than 100 % cannot be"],
    ["errors < 0%", "nothing is below 0; write <= 0 or == 0"],
    ["failures < 1%", "for a share use errors < 1%"],
    ["rps > 100ms", "the metric is a rate"],
    ["apdex > 0.9", "apdex needs the response time that satisfies; write apdex(300ms) > 0.9"],
    ["p95 < 300ms of GET /x", 'slo:1:16: an endpoint stands in quotes, found "GET"; write of "GET /path"'],
    ['p95 < 300ms of "GET /x', "slo:1:16: this quote is never closed"],
    ["p95 < 300ms after 10", "is this seconds or milliseconds?; write after 10s"],
    ["p95 < 300ms in every 10", "is this seconds or milliseconds?; write in every 10s"],
    ["p95 < 300ms abort after 20", "is this seconds or milliseconds?; write abort after 20s"],
    ["p95 < 300ms in 10s", 'expected "every" after "in", found "10"'],
    ["p95 < 300ms in every 0.5s", "a window lasts at least 1s"],
    ["p95 < 300ms in every 1300ms", "a window lasts whole or half seconds"],
    ["p95 < 300ms abort abort after 20s", '"abort" is said twice'],
    ["p95 < 300ms warn abort", "a promise that only warns cannot abort the run"],
    ["requests > 100 abort", "requests grow until the end of the run"],
    ["p95 < 300ms warn warn", 'slo:1:18: "warn" is said twice'],
    ["p95 < 300ms please", 'slo:1:13: unexpected "please"'],
    ["p95 <", "found the end of the line"],
    ['p95 of "GET /x" < 300ms then', "unexpected"],
    ['p95 of "GET /x"', "here the endpoint stands at the end"],
    ["p95: < 300ms", "slo:1:4: no colon stands here; write p95 < …"],
    ["💥", 'slo:1:1: expected a metric such as p95, found "💥"'],
  ])("%s", (line, message) => expect(told(line)).toContain(message));
});
