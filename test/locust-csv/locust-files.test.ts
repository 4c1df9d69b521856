import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { GateError } from "../../src/base/errors.ts";
import { locustPrefix, readLocust } from "../../src/gate/results/locust-files.ts";
import { renderCsv } from "../../src/report/locust/csv.ts";
import { evaluate } from "../../src/slo/evaluate.ts";
import { parseThreshold } from "../../src/slo/threshold/threshold.ts";
import { decodeResult, encodeResult } from "../../src/stats/document/result-document.ts";
import { shownPercentiles } from "../../src/stats/summary.ts";
import { invalidities } from "../../src/verdict/validity/validity.ts";
import { makeResult } from "../support/make-result.ts";

/** What Locust 2.47 wrote: `full` with --csv-full-history, `plain` without, `throws` of a locustfile that throws. */
const runs = fileURLToPath(new URL("runs", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "locust-csv-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const unsaid = { name: "api", commit: null, baseCommit: null };
const read = (name: string, directory = runs) => readLocust(name, { ...unsaid, directory });
const kinds = ["stats", "stats_history", "failures", "exceptions"] as const;
type Kind = (typeof kinds)[number];

let copies = 0;
/** The files of a run in a directory of their own, some of them changed or (null) left out. */
function changed(run: string, change: Partial<Record<Kind, ((text: string) => string) | null>>): string {
  const directory = join(scratch, String(copies++));
  mkdirSync(directory);
  for (const kind of kinds) {
    const edit = change[kind];
    const file = `${run}_${kind}.csv`;
    if (edit === null) continue;
    if (!edit) copyFileSync(join(runs, file), join(directory, file));
    else writeFileSync(join(directory, file), edit(readFileSync(join(runs, file), "utf8")));
  }
  return directory;
}

function complaint(act: () => unknown): { code: string; message: string; hint: string | undefined } {
  try {
    act();
  } catch (error) {
    if (error instanceof GateError) return { code: error.code, message: error.message, hint: error.hint };
    throw error;
  }
  throw new Error("nothing was refused");
}

/** `_stats.csv` by label, as numbers. */
function statedRows(run: string): Map<string, Record<string, string>> {
  const [header = "", ...lines] = readFileSync(join(runs, `${run}_stats.csv`), "utf8")
    .trim()
    .split("\r\n");
  const cells = (line: string) =>
    [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell = ""]) =>
      cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell,
    );
  const names = cells(header);
  return new Map(
    lines.map((line) => {
      const values = cells(line);
      const row = Object.fromEntries(names.map((name, i) => [name, values[i] as string]));
      return [`${row.Type} ${row.Name}`.trim(), row];
    }),
  );
}

describe.each(["full", "plain"])("what Locust wrote (%s)", (run) => {
  const result = read(run);

  it("is given back as stated: counts, percentiles, averages, extremes, rates", () => {
    for (const version of [result, decodeResult(encodeResult(result), "result.json")]) {
      const rows = [...version.summary.endpoints, ...version.summary.totals];
      const stated = statedRows(run);
      expect(rows).toHaveLength(stated.size);
      for (const row of rows) {
        const said = stated.get(`${row.endpoint.method} ${row.endpoint.name}`.trim()) as Record<string, string>;
        const number = (column: string) => Number(said[column]);
        expect([row.requests, row.failures]).toEqual([number("Request Count"), number("Failure Count")]);
        for (const [i, ratio] of shownPercentiles.entries()) {
          if (ratio < 1) expect(row.percentilesMs[i]).toBe(number(`${Number((ratio * 100).toFixed(2))}%`));
        }
        expect(row.rps).toBe(number("Requests/s"));
        expect(row.failuresPerSecond).toBeCloseTo(number("Failures/s"), 9);
        expect(row.avgMs).toBeCloseTo(number("Average Response Time"), 3);
        expect(row.minMs).toBeCloseTo(number("Min Response Time"), 3);
        expect(row.maxMs).toBeCloseTo(number("Max Response Time"), 3);
      }
      expect(version.summary.failures.map(({ count }) => count)).toEqual(run === "full" ? [52, 7] : [21, 8]);
    }
  });

  it("says who measured, with which users, and what is not known", () => {
    expect(result.meta.engine).toBe("Locust");
    expect(result.trouble.peakUsers).toBe(10);
    expect(result.warnings.map(({ code }) => code)).toEqual(
      run === "full" ? ["measured-by-locust"] : ["measured-by-locust", "locust-history"],
    );
    expect(invalidities(result)).toEqual([]);
    expect(result.summary.failures[0]?.message).toContain("Got wrong");
    expect(result.summary.failures.map(({ kind }) => kind)).toEqual(["check", "status"]);
  });

  it("lays requests and failures out over the seconds they were made in", () => {
    const perBlock = (of: "requests" | "failures") =>
      result.blocks.map(({ cells }) => [...cells.values()].reduce((sum, cell) => sum + cell[of], 0));
    const total = result.summary.totals[0];
    expect(perBlock("requests").reduce((a, b) => a + b)).toBe(total?.requests);
    expect(perBlock("failures").reduce((a, b) => a + b)).toBe(total?.failures);
    // The first second of the load; the file says 69 and 36 requests then, the latter of all endpoints together.
    expect(Math.abs((perBlock("requests")[0] ?? 0) - (run === "full" ? 69 : 36))).toBeLessThanOrEqual(
      run === "full" ? 0 : 5 / 2,
    );
  });
});

describe("a full history", () => {
  const timed = (run: string) =>
    read(run).blocks.filter(({ cells }) => [...cells.values()].some(({ latencies }) => latencies.count > 0));

  it("gives latencies a course, which no other history does", () => {
    expect(timed("full").length).toBeGreaterThan(10);
    expect(timed("plain")).toHaveLength(1);
  });
});

describe("a run without history", () => {
  it("is judged all the same, as long as its rate says, ending when the file was written", () => {
    const directory = changed("full", { stats_history: null });
    utimesSync(join(directory, "full_stats.csv"), 1_790_000_000, 1_790_000_000);
    const result = read("full", directory);
    expect(result.meta.endedAt).toBe(new Date(1_790_000_000_000).toISOString());
    expect(result.summary.windowMs).toBe(15_000);
    expect(result.summary.totals[0]?.requests).toBe(1125);
    expect(result.trouble.peakUsers).toBe(0);
    expect(result.warnings[1]?.message).toContain("no _stats_history.csv");
    expect(invalidities(result)).toEqual([]);
  });
});

describe("a history that Locust had not flushed", () => {
  const rows = (text: string, most: number) =>
    `${text
      .split("\r\n")
      .slice(0, 1 + most)
      .join("\r\n")}\r\n`;

  it("is as good as none where it ends before the load", () => {
    const result = read("full", changed("full", { stats_history: (text) => rows(text, 1) }));
    expect(result.summary.windowMs).toBe(15_000);
    expect(result.warnings[1]?.message).toContain("nothing of the run in it");
  });

  it("makes no run shorter, and loses no request", () => {
    const result = read("full", changed("full", { stats_history: (text) => rows(text, 31) }));
    expect(result.summary.windowMs).toBe(15_000);
    expect(result.summary.totals[0]?.requests).toBe(1125);
    expect(result.trouble.peakUsers).toBe(10);
  });
});

describe("a locustfile that threw", () => {
  it("makes the run invalid, with the place and the message Locust kept", () => {
    const [reason] = invalidities(read("throws"));
    expect(reason?.code).toBe("uncaught-exceptions");
    expect(reason?.message).toBe("The locustfile threw 29×, most often in broken (throws.py:8) (29×): 'cart'");
  });
});

describe("a promise held against Locust's numbers", () => {
  const outcome = (text: string, run = "full") =>
    evaluate([parseThreshold(text)], read(run).blocks).map(({ outcome: kept, actual, message }) => ({
      kept,
      actual,
      message,
    }))[0];

  it.each([
    ['p95 < 240ms of "GET /slow"', "pass", 200],
    ['p95 < 150ms of "GET /slow"', "fail", 200],
    // Locust's 200 may be anything from 195 to 205, but nothing took longer than 201.46 ms.
    ['p95 < 203ms of "GET /slow"', "pass", 200],
    ['p50 < 163ms of "GET /slow"', "undecided", 160],
    ['max < 202ms of "GET /slow"', "pass", 201.46363499952713],
    ["rps > 74/s", "pass", 74.91353478047658],
    ['failures < 8 of "POST /checkout"', "pass", 7],
    ['errors < 1% of "GET /home, \\"checked\\""', "fail", 52 / 116],
    ["avg < 33ms", "pass", 32.78260490042481],
  ])("%s: %s", (text, kept, actual) => {
    const got = outcome(text);
    expect([got?.kept, got?.actual]).toEqual([kept, typeof actual === "number" ? expect.closeTo(actual, 6) : actual]);
  });

  it("is undecided where the limit lies between two stated percentiles", () => {
    expect(outcome('p85 < 190ms of "GET /slow"')?.kept).toBe("undecided");
    expect(outcome('p85 < 170ms of "GET /slow"')?.kept).toBe("fail");
    expect(outcome('p85 < 230ms of "GET /slow"')?.kept).toBe("pass");
  });

  it("has no data where the files do not tell: apdex, and from some moment on", () => {
    expect(outcome("apdex(300ms) > 0.9")).toMatchObject({
      kept: "no-data",
      message: expect.stringMatching(/failures/),
    });
    expect(outcome("p95 < 300ms after 5s")).toMatchObject({
      kept: "no-data",
      message: expect.stringMatching(/whole run/),
    });
  });
});

describe("files that cannot be judged", () => {
  const cut = (by: number) => (text: string) => text.slice(0, text.length - by);
  it.each<[string, Parameters<typeof changed>[1], RegExp]>([
    ["cut off in a record", { stats: cut(30) }, /full_stats\.csv:7: the file is cut off/],
    [
      "cut off between two",
      { stats: (text) => `${text.split("\r\n").slice(0, 5).join("\r\n")}\r\n` },
      /"Aggregated", is missing/,
    ],
    [
      "cut off in a quoted field",
      { failures: (text) => text.slice(0, text.indexOf("Got wrong")) },
      /full_failures\.csv:3: .*cut off/,
    ],
    [
      "a record lost",
      { stats: (text) => text.replace(/GET,\/slow.*\r\n/, "") },
      /"Request Count": the entries add up to 1017, "Aggregated" says 1125/,
    ],
    [
      "a word for a number",
      { stats: (text) => text.replace(",99,7,", ",many,7,") },
      /full_stats\.csv:2: column "Request Count": a whole number expected, "many" found/,
    ],
    [
      "a control character told safely",
      { stats: (text) => text.replace(",99,7,", ",9\u001b[2J,7,") },
      /"9\\u001b\[2J" found/,
    ],
    [
      "percentiles that fall",
      { stats: (text) => text.replace("160,180,180,180,200", "160,180,170,180,200") },
      /column "75%": 170 is less than "66%", 180/,
    ],
    [
      "another tool's columns",
      { stats: (text) => text.replace("Request Count", "count") },
      /no column "Request Count"/,
    ],
    ["one entry twice", { stats: (text) => text.replace("/item/[id]", "/slow") }, /GET \/slow is there twice/],
    ["more failures than requests", { stats: (text) => text.replace(",99,7,", ",99,100,") }, /100 of 99/],
    [
      "failures of another run",
      { failures: (text) => text.replace("/checkout", "/cart") },
      /full_failures\.csv: names POST \/cart/,
    ],
    [
      "more failures than stated",
      { failures: (text) => text.replace("'),7,", "'),8,") },
      /more failures of POST \/checkout than _stats\.csv \(7\)/,
    ],
    [
      "a history of another run",
      { stats_history: (text) => text.replace(/,99,7,/g, ",990,7,") },
      /full_stats_history\.csv: has 990 requests of POST \/checkout/,
    ],
    [
      "a history of years",
      { stats_history: (text) => text.replaceAll("1795296147", "1995296147") },
      /Timestamp": the run is longer than 24 hours/,
    ],
    ["an empty file", { exceptions: () => "" }, /full_exceptions\.csv: the file is empty/],
    ["no failures file", { failures: null }, /there is no file full_failures\.csv/],
  ])("%s are refused by file, line and column", (_, change, message) => {
    const directory = changed("full", change);
    const told = complaint(() => read("full", directory));
    expect(told.message).toMatch(message);
    expect(told.code).toMatch(/^csv-/);
    expect(told.hint).toBeTruthy();
  });

  it("hostile names are bounded, and never a key of their own", () => {
    const name = `=cmd|' /C calc'!A0\u0000\u202e${"x".repeat(5000)}`;
    const directory = changed("full", { stats: (text) => text.replace("/item/[id]", name), stats_history: null });
    const names = read("full", directory).summary.endpoints.map(({ endpoint }) => endpoint.name);
    expect(names.find((one) => one.startsWith("=cmd"))).toHaveLength(2000);
    expect(names.join()).not.toContain("\u0000");
  });
});

describe("what older and newer versions write", () => {
  it("reads failures without times, and percentile lists of one's own", () => {
    const directory = changed("full", {
      failures: (text) => text.replace(",First Seen,Last Seen", "").replace(/,2026-[^\r]*/g, ""),
      stats: (text) => text.replaceAll("99.99%", "99.5%"),
    });
    const result = read("full", directory);
    expect(result.summary.failures.map(({ count }) => count)).toEqual([52, 7]);
    expect(Date.parse(result.meta.startedAt)).toBe(result.summary.failures[0]?.firstMs);
  });

  it("texts that differ in numbers alone are one failure", () => {
    const row = (i: number) => `GET,/home,"CatchResponseError('order ${i} is gone')",1,,\r\n`;
    const directory = changed("plain", {
      failures: (text) => `${text.split("\r\n")[0]}\r\n${[1, 2, 3].map(row).join("")}`,
      stats: (text) => text.replace("GET,/home,275,0,", "GET,/home,275,3,").replace(",761,29,", ",761,32,"),
    });
    const { failures } = read("plain", directory).summary;
    expect(failures.map(({ count, endpoint }) => [count, endpoint.name])).toEqual([[3, "/home"]]);
  });

  it("more different failures than anybody reads are refused", () => {
    const name = (i: number) => [...String(i)].map((digit) => "abcdefghij"[Number(digit)]).join("");
    const rows = Array.from({ length: 10_001 }, (_, i) => `GET,/home,${name(i)},1,,\r\n`).join("");
    const directory = changed("plain", { failures: (text) => `${text.split("\r\n")[0]}\r\n${rows}` });
    expect(complaint(() => read("plain", directory))).toMatchObject({
      code: "csv-unreadable",
      message: expect.stringContaining("more than 10000 different failures"),
    });
  });

  it("a long run of many endpoints without their own history has no course, and says so", () => {
    const seconds = 3000;
    const many = 200;
    const directory = changed("plain", {
      failures: (text) => `${text.split("\r\n")[0]}\r\n`,
      stats: (text) => {
        const [header = "", , home = ""] = text.split("\r\n");
        const row = (i: number) => home.replace("/home,275,", `/e${i},10,`);
        const total = home.replace("GET,/home,275,", `,Aggregated,${10 * many},`);
        return [header, ...Array.from({ length: many }, (_, i) => row(i)), total, ""].join("\r\n");
      },
      stats_history: (text) => {
        const [header = "", first = ""] = text.split("\r\n");
        const at = Number(first.split(",")[0]);
        const row = (i: number) =>
          first.replace(`${at},0`, `${at + i},5`).replace(",0,0,0,0.0,", `,${Math.min(i, 10 * many)},0,0,0.0,`);
        return [header, ...Array.from({ length: seconds }, (_, i) => row(i)), ""].join("\r\n");
      },
    });
    const result = read("plain", directory);
    expect(result.summary.totals[0]?.requests).toBe(10 * many);
    expect(result.warnings.map(({ message }) => message).join()).toContain("the run has none");
  });

  it.each([
    ["900,9", "fewer requests"],
    ["30,9", "fewer failures alone"],
  ])("a reset of the statistics leaves what was before out (%s, then %s)", (counts) => {
    // As if --reset-stats had struck after requests that no other file counts.
    const directory = changed("plain", {
      stats: (text) => text.replace("69.19163514145148", "76.1"),
      stats_history: (text) =>
        text.replace(
          /\r\n(\d+),5,(.*),36,0,10,/,
          (_row, time: string, rest: string) => `\r\n${time},5,${rest},${counts},10,`,
        ),
    });
    const result = read("plain", directory);
    expect(result.summary.totals[0]?.requests).toBe(761);
    expect(result.summary.windowMs).toBe(10_000);
  });
});

describe("our own CSV files", () => {
  const own = makeResult({
    behaviours: [
      { endpoint: { method: "GET", name: "/a" }, rate: 40, medianMs: 20 },
      { endpoint: { method: "POST", name: "/b" }, rate: 20, medianMs: 1500 },
    ],
    phases: [["steady", 20]],
  });

  it.each([true, false])("are read back (full history: %s)", (fullHistory) => {
    const csv = renderCsv(own, { fullHistory });
    const directory = join(scratch, `own-${fullHistory}`);
    mkdirSync(directory);
    writeFileSync(join(directory, "own_stats.csv"), csv.stats);
    writeFileSync(join(directory, "own_stats_history.csv"), csv.statsHistory);
    writeFileSync(join(directory, "own_failures.csv"), csv.failures);
    writeFileSync(join(directory, "own_exceptions.csv"), csv.exceptions);
    const back = read("own", directory);
    expect(back.summary.endpoints.map(({ requests, failures }) => [requests, failures])).toEqual(
      own.summary.endpoints.map(({ requests, failures }) => [requests, failures]),
    );
    for (const [i, row] of back.summary.endpoints.entries()) {
      for (const [p, ms] of (own.summary.endpoints[i]?.percentilesMs ?? []).entries()) {
        expect(Math.abs((row.percentilesMs[p] ?? 0) - (ms ?? 0))).toBeLessThanOrEqual(0.5);
      }
    }
  });
});

it("a prefix, or any of the four files, is the same run; a file of that very name is not", () => {
  for (const path of ["full", "full_stats.csv", "full_stats_history.csv", "full_failures.csv", "full_exceptions.csv"]) {
    expect(locustPrefix(path, runs)).toBe("full");
  }
  expect(locustPrefix("nothing", runs)).toBeNull();
  const directory = changed("full", {});
  writeFileSync(join(directory, "full"), "{}");
  expect(locustPrefix("full", directory)).toBeNull();
});
