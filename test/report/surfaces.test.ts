import { describe, expect, test } from "vitest";
import { annotationsOf } from "../../src/report/annotations.ts";
import { buildReport } from "../../src/report/build-report.ts";
import { renderConsole, statsTable, tablesOf } from "../../src/report/console.ts";
import { renderJunit } from "../../src/report/junit.ts";
import { renderCsv } from "../../src/report/locust/csv.ts";
import { locustEntries } from "../../src/report/locust/locust-json.ts";
import { locustBucket } from "../../src/report/locust/locust-numbers.ts";
import { progressLine, redrawLine } from "../../src/report/progress.ts";
import { comparison, home, sampleInputs, sampleReport, threshold } from "../support/make-report.ts";
import { makeResult } from "../support/make-result.ts";

describe("Locust's own formats", () => {
  // The values Python's round gives, as Locust keeps them
  test.each([
    [2.5, 2],
    [99.5, 100],
    [105, 100],
    [115, 120],
    [145, 140],
    [147, 150],
    [994.9, 990],
    [995, 1000],
    [1050, 1000],
    [1150, 1200],
    [3432, 3400],
    [3450, 3400],
    [9950, 10_000],
    [10_500, 10_000],
    [11_500, 12_000],
    [58_760, 59_000],
  ])("keep %d ms in the bucket %d", (ms, bucket) => {
    expect(locustBucket(ms)).toBe(bucket);
  });

  const { result } = sampleInputs.fail!();
  const total = result.summary.totals.find(({ arm }) => arm === "head")!;

  test("have Locust's keys and columns", () => {
    expect(Object.keys(locustEntries(result)[0]!)).toEqual([
      ...["name", "method", "last_request_timestamp", "start_time", "num_requests", "num_none_requests"],
      ...["num_failures", "total_response_time", "max_response_time", "min_response_time", "total_content_length"],
      ...["response_times", "num_reqs_per_sec", "num_fail_per_sec"],
    ]);
    const { stats, statsHistory, failures, exceptions } = renderCsv(result);
    const percentiles = "50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%";
    expect(stats.split("\r\n")[0]).toBe(
      `Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time,Average Content Size,Requests/s,Failures/s,${percentiles}`,
    );
    expect(statsHistory.split("\r\n")[0]).toBe(
      `Timestamp,User Count,Type,Name,Requests/s,Failures/s,${percentiles},Total Request Count,Total Failure Count,Total Median Response Time,Total Average Response Time,Total Min Response Time,Total Max Response Time,Total Average Content Size`,
    );
    expect(failures.split("\r\n")[0]).toBe("Method,Name,Error,Occurrences,First Seen,Last Seen");
    expect(exceptions.split("\r\n")[0]).toBe("Count,Message,Traceback,Nodes");
  });

  test("agree with the console and with each other to the last request", () => {
    const entries = locustEntries(result) as {
      num_requests: number;
      num_reqs_per_sec: object;
      response_times: object;
    }[];
    const sum = (counts: object) => Object.values(counts).reduce((all: number, count: number) => all + count, 0);
    for (const entry of entries) {
      expect(sum(entry.num_reqs_per_sec)).toBe(entry.num_requests);
      expect(sum(entry.response_times)).toBe(entry.num_requests);
    }
    expect(entries.reduce((all, { num_requests }) => all + num_requests, 0)).toBe(total.requests);
    const csv = renderCsv(result, { fullHistory: true });
    expect(csv.stats).toContain(`,Aggregated,${total.requests},${total.failures},`);
    const last = csv.statsHistory.trimEnd().split("\r\n").at(-1)!.split(",");
    expect(last[17]).toBe(String(total.requests));
    const line = renderConsole(sampleReport("fail"))
      .split("\n")
      .find((text) => text.includes("Aggregated"))!;
    expect(line.split(/\s+/)[2]).toBe(String(total.requests));
    expect(statsTable(tablesOf(result.summary))).toContain(line);
  });

  test("count every request where none was left out", () => {
    const whole = makeResult({ behaviours: [{ endpoint: home, rate: 5, medianMs: 9 }], phases: [["steady", 4]] });
    expect(whole.summary.leftOut).toEqual({});
    expect(renderCsv(whole).stats).toContain(`,Aggregated,${whole.summary.allRequests},`);
  });

  test("quote what CSV must quote", () => {
    expect(renderCsv(sampleInputs.hostile!().result).failures).toMatch(/"[^"]*\n[^"]*"/);
  });
});

describe("the console", () => {
  // The layout Locust prints, 36 characters of name on a terminal of 120.
  test("stands in Locust's columns", () => {
    const [head, rule] = renderConsole(sampleReport("fail"), { columns: 120 }).split("\n");
    expect(head).toBe(
      "Type     Name                                  # reqs      # fails |    Avg     Min     Max    Med |   req/s  failures/s",
    );
    expect(rule).toBe(
      "--------|------------------------------------|-------|-------------|-------|-------|-------|-------|--------|-----------",
    );
  });

  test("lets no name, nor a request's type, forge a line or a command", () => {
    const endpoint = { method: "::error::forged", name: "\n::add-mask::x" };
    const forged = makeResult({ behaviours: [{ endpoint, rate: 5, medianMs: 9 }] });
    const typed = renderConsole(buildReport({ ...sampleInputs.hostile!(), result: forged }));
    const text = renderConsole(sampleReport("hostile"), { columns: 120 }) + typed;
    for (const line of text.split("\n")) {
      expect(line).not.toMatch(/^\s*::/);
      expect(line).not.toContain("##[");
    }
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe("progress", () => {
  const state = {
    ...{ elapsedMs: 12_000, totalMs: 70_000, phase: "steady", users: 10, targetUsers: 10 },
    ...{ rps: 83.1, p95Ms: 41, requests: 997, failures: 2 },
  };

  test("is one line of the most that matters", () => {
    expect(progressLine(state)).toBe(
      "00:12/01:10 steady · 10 users · 83.1/s · p95 41 ms · 997 requests · 2 failed (0.201 %)",
    );
    expect(progressLine({ ...state, totalMs: null, users: 4, failures: 0, p95Ms: null })).toBe(
      "00:12 steady · 4/10 users · 83.1/s · p95 – · 997 requests · no failures",
    );
  });

  test("redraws within the terminal's width", () => {
    const line = redrawLine(state, 60);
    expect(line.startsWith("\r[##..........] 00:12")).toBe(true);
    expect(line.endsWith("\u001b[K")).toBe(true);
    expect(line.length).toBe(1 + 59 + 3);
  });
});

describe("annotations", () => {
  test("stand at the configuration's line, one error per broken promise", () => {
    expect(annotationsOf(sampleReport("fail"))).toEqual([
      expect.objectContaining({ level: "error", file: ".github/swarmgate.yml", line: 9 }),
      { level: "error", message: expect.stringContaining("POST /checkout: p95 is 38 % slower") },
    ]);
  });

  test("are warnings where the step passes all the same", () => {
    expect(annotationsOf({ ...sampleReport("fail"), passed: true }).map(({ level }) => level)).toEqual([
      "warning",
      "warning",
    ]);
  });

  test.each([
    "/etc/x.yml:1:1",
    "../x.yml:1:1",
    "a/../../x.yml:1",
    "slo:2",
    "x.yml",
    "a\nb.yml:1:1",
    ".github/x.sh:1:1",
  ])("name no file for %j", (place) => {
    const input = sampleInputs.fail!();
    const thresholds = [threshold({ outcome: "fail", place })];
    const report = buildReport({ ...input, verdict: { ...input.verdict, thresholds, comparisons: [] } });
    expect(annotationsOf(report)[0]).not.toHaveProperty("file");
  });

  test("are at most ten of a level", () => {
    const input = sampleInputs.fail!();
    const thresholds = Array.from({ length: 30 }, () => threshold({ outcome: "fail" }));
    expect(annotationsOf(buildReport({ ...input, verdict: { ...input.verdict, thresholds } }))).toHaveLength(10);
  });
});

describe("JUnit", () => {
  test("counts its cases", () => {
    const xml = renderJunit(sampleReport("fail"));
    expect(xml).toContain('<testsuites name="api" tests="7" failures="2" errors="0" skipped="0">');
    expect(xml.match(/<testcase /g)).toHaveLength(7);
    expect(xml.match(/<failure /g)).toHaveLength(2);
  });

  test("is an error where the run could not be judged", () => {
    expect(renderJunit(sampleReport("invalid"))).toContain('<error message="⚠ api: not judged');
  });
});

describe("what is told of many", () => {
  const endpoint = (i: number) => ({ method: "GET", name: `/e${i}` });
  const inputs = sampleInputs.pass!();
  const textOf = (changes: Partial<typeof inputs.verdict>) =>
    renderConsole(buildReport({ ...inputs, verdict: { ...inputs.verdict, ...changes } }));

  test("a warning names the endpoints it is about, and no more than a line has room for", () => {
    const few = (i: number) =>
      comparison({ endpoint: endpoint(i), warnings: i < 6 ? ["too few requests (43 now)"] : [] });
    const text = textOf({ comparisons: Array.from({ length: 8 }, (_, i) => few(i)) });
    expect(text).toContain("warning: GET /e0, GET /e1, GET /e2 and 3 more: too few requests (43 now)");
  });

  test("a warning about all of them names none", () => {
    const text = textOf({ comparisons: [0, 1].map((i) => comparison({ endpoint: endpoint(i), warnings: ["mixed"] })) });
    expect(text).toContain("warning: mixed");
  });

  test("the console says how many promises and comparisons it leaves to the report", () => {
    const text = textOf({
      thresholds: Array.from({ length: 53 }, (_, i) => threshold({ endpoint: endpoint(i) })),
      comparisons: Array.from({ length: 21 }, (_, i) => comparison({ endpoint: endpoint(i), outcome: "improved" })),
    });
    expect(text).toContain("  … and 3 promises more: see the report");
    expect(text).toContain("  … and 1 comparison more: see the report");
  });
});
