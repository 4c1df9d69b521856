import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { addRecord, emptyBaseline } from "../../src/baseline/baseline.ts";
import { encodeBaseline } from "../../src/baseline/document.ts";
import { recordOf } from "../../src/baseline/record.ts";
import { decodeResult, encodeResult } from "../../src/stats/document/result-document.ts";
import type { RunMeta, RunResult } from "../../src/stats/run-result.ts";
import { makeResult } from "../support/make-result.ts";
import { swarmgate } from "./at-terminal.ts";

/** A minute of one endpoint, 100 requests a second. */
function result({
  seed = "a",
  medianMs = 20,
  meta = {},
}: {
  seed?: string;
  medianMs?: number;
  meta?: Partial<RunMeta>;
} = {}): RunResult {
  const behaviours = [{ endpoint: { method: "GET", name: "/search" }, rate: 100, medianMs }];
  return makeResult({
    behaviours,
    seed,
    phases: [
      ["ramp", 1],
      ["steady", 30],
    ],
    meta: { seed, ...meta },
  });
}
const text = (options: Parameters<typeof result>[0] = {}) => encodeResult(result(options));
const read = (directory: string, name: string) => readFileSync(join(directory, name), "utf8");
const stored = (runs: readonly RunResult[]) =>
  encodeBaseline(runs.reduce((all, run) => addRecord(all, { record: recordOf(run), keep: 20 }), emptyBaseline("api")));
const main = Array.from({ length: 6 }, (_, i) =>
  result({ seed: `main-${i}`, meta: { commit: `${i}`.repeat(40), startedAt: `2026-09-0${i + 1}T10:00:00.000Z` } }),
);

test.each<[string, string[], number, string]>([
  ["a promise kept", ["--slo", "p95 < 100ms"], 0, "1 of 1 SLOs met"],
  ["a promise broken", ["--slo", "p95 < 1ms"], 99, "promised < 1 ms"],
  ["a promise broken that does not fail", ["--slo", "p95 < 1ms", "--fail-on", "none"], 0, "promised < 1 ms"],
  ["nothing promised: one of its own", [], 0, "errors < 1%"],
  ["a configuration", ["--config", "c.yml"], 99, "p50 < 2ms"],
])("judge with %s", async (_, argv, code, told) => {
  const files = { "r.json": text(), "c.yml": 'version: 1\nslo:\n  - { endpoint: "*", p50: < 2ms }\n' };
  const said = await swarmgate(["judge", "r.json", ...argv], { files });
  expect(said).toMatchObject({ code, error: "" });
  expect(said.out).toContain(told);
});

test("judge waives what the configuration waives, and tells a waiver whose day is over", async () => {
  const judged = (until: string) => {
    const waive = `version: 1\nwaive: [{ endpoint: "*", until: ${until}, reason: known }]\n`;
    const files = { "slow.json": text({ seed: "slow", medianMs: 60 }), "b.json": stored(main), "c.yml": waive };
    return swarmgate(["judge", "slow.json", "--baseline", "b.json", "--config", "c.yml"], { files });
  };
  const waived = await judged("9999-12-31");
  expect(waived).toMatchObject({ code: 0, error: "" });
  expect(waived.out).toContain("passed with a waiver");
  expect(waived.out).toContain("regressed (waived until 9999-12-31: known)");
  const over = await judged("2020-01-01");
  expect(over.code).toBe(99);
  expect(over.out).toContain('the waiver at c.yml:2:9 (everything of "*") ended on 2020-01-01 and no longer counts');
});

test("judge compares with a baseline file, names the regression, and writes every document", async () => {
  const files = {
    "slow.json": text({ seed: "slow", medianMs: 60 }),
    "same.json": text({ seed: "same" }),
    "b.json": stored(main),
  };
  const { code, out, directory } = await swarmgate(
    ["judge", "slow.json", "--baseline", "b.json", "--report-dir", "d"],
    { files },
  );
  expect(code).toBe(99);
  expect(out).toMatch(/regressed: GET \/search p(50|95)/);
  expect(JSON.parse(read(directory, "d/verdict.json"))).toMatchObject({ conclusion: "fail" });
  expect(existsSync(join(directory, "d/report.html"))).toBe(true);
  expect(read(directory, "b.json")).toBe(files["b.json"]);
  expect((await swarmgate(["judge", "same.json", "--baseline", "b.json"], { files })).code).toBe(0);
});

test("compare takes another result as a baseline of one run", async () => {
  const files = { "base.json": text({ seed: "base" }), "head.json": text({ medianMs: 500 }), "same.json": text() };
  expect(await swarmgate(["compare", "base.json", "head.json"], { files })).toMatchObject({
    code: 99,
    out: expect.stringContaining("regressed: GET /search"),
  });
  expect((await swarmgate(["compare", "base.json", "same.json"], { files })).code).toBe(0);
});

test.each([
  ["html", "<!doctype html>"],
  ["markdown", "<!-- swarmgate:api "],
  ["json", '"conclusion"'],
  ["junit", "<testsuite"],
  ["console", "Response time percentiles"],
  ["csv", "Type,Name,Request Count"],
])("report renders %s to stdout and to a file", async (format, part) => {
  const files = { "r.json": text() };
  const shown = await swarmgate(["report", "r.json", "--format", format, "--slo", "p95 < 1s"], { files });
  expect(shown).toMatchObject({ code: 0, error: "" });
  expect(shown.out).toContain(part);
  const kept = await swarmgate(["report", "r.json", "--format", format, "-o", "deep/out"], { files });
  expect(kept.out).toBe("");
  expect(read(kept.directory, format === "csv" ? "deep/out_stats.csv" : "deep/out")).toContain(part);
});

test("report reads report.json as well, and says what it holds no more", async () => {
  const { directory, out } = await swarmgate(["report", "r.json", "--format", "json"], { files: { "r.json": text() } });
  writeFileSync(join(directory, "report.json"), out);
  expect((await swarmgate(["report", "report.json", "--format", "json"], { directory })).out).toBe(out);
  expect((await swarmgate(["report", "report.json", "--format", "csv"], { directory })).code).toBe(2);
});

test("merge adds shards up, block by block", async () => {
  const [a, b] = [result({ seed: "1" }), result({ seed: "2" })];
  const files = { "a.json": encodeResult(a), "b.json": encodeResult(b) };
  const { code, directory } = await swarmgate(["merge", "a.json", "b.json", "-o", "out/sum.json"], { files });
  expect(code).toBe(0);
  const sum = decodeResult(read(directory, "out/sum.json"), "sum.json");
  expect(sum.summary.allRequests).toBe(a.summary.allRequests + b.summary.allRequests);
  expect(sum.summary.windowMs).toBe(a.summary.windowMs);
  expect(sum.blocks).toHaveLength(a.blocks.length);
  expect(sum.blocks[3]?.health.threads.map(({ thread }) => thread)).toEqual(["1/0", "2/0"]);
  expect(sum.meta.profile.users).toBe(a.meta.profile.users * 2);
  expect(sum.trouble.targetUsers).toBe(a.trouble.targetUsers * 2);
  const back = await swarmgate(["merge", "b.json", "a.json"], { directory });
  expect(decodeResult(back.out, "back").summary.totals).toEqual(sum.summary.totals);
});

test("results that do not fit together are refused, naming everything that differs", async () => {
  const files = { "a.json": text(), "b.json": text({ seed: "b", meta: { host: "http://other", commit: null } }) };
  const { code, error } = await swarmgate(["merge", "a.json", "b.json", "-o", "sum.json"], { files });
  expect(code).toBe(2);
  expect(error).toContain('b.json: its host is "http://other", that of a.json "http://localhost:8080"');
  expect(error).toContain("b.json: its commit is not set, that of a.json");
  const twice = await swarmgate(["merge", "a.json", "a.json"], { files });
  expect(twice.error).toContain("a.json: is the same run as a.json");
  expect((await swarmgate(["merge", "a.json"], { files })).error).toContain("needs two result files at least");
});

test.each([
  [["judge", "gone.json"], "there is no file gone.json"],
  [["judge", "bad.json"], "bad.json: not JSON"],
  [["judge"], "missing required argument"],
  [["judge", "r.json", "--baseline", "bad.json"], "bad.json: it is not JSON"],
  [["judge", "r.json", "--baslene", "b.json"], 'did you mean "--baseline"?'],
  [["judge", "r.json", "--slo", "p95 << 3"], "--slo"],
  [["judge", "r.json", "--tolerance", "much"], '--tolerance: "much" is not a percentage'],
  [["report", "r.json", "--format", "htm"], 'did you mean "html"?'],
  [["baseline", "pinn"], 'did you mean "pin"?'],
  [["judg", "r.json"], 'did you mean "judge"?'],
  [["calibrate"], "host: is missing"],
  [["capacity", "-n", "5"], "requests: steps of a search end by time"],
])("%j is a usage error", async (argv, told) => {
  const { code, error } = await swarmgate(argv, { files: { "r.json": text(), "bad.json": "{" } });
  expect(code).toBe(2);
  expect(error).toContain(told);
});

test("baseline lists, pins, invalidates and begins anew", async () => {
  const files = { "b.json": stored(main.slice(0, 3)) };
  const first = await swarmgate(["baseline", "list", "--baseline", "b.json"], { files });
  expect(first.out).toContain("api: 3 runs");
  expect(first.out.match(/compared/g)).toHaveLength(3);
  const at = { directory: first.directory };
  const file = ["--baseline", "b.json"];
  expect((await swarmgate(["baseline", "pin", "0000000", ...file], at)).out).toMatch(/0000000 .* pinned/);
  const bad = ["baseline", "invalidate", "1111111", ...file];
  expect((await swarmgate(bad, at)).error).toContain("--reason: say why");
  expect((await swarmgate([...bad, "--reason", "noisy"], at)).out).toMatch(/1111111 .* invalidated: noisy/);
  expect((await swarmgate([...bad, "--undo"], at)).out).toMatch(/1111111 .* compared/);
  expect((await swarmgate(["baseline", "reset", ...file], at)).out).toMatch(
    /2222222 .* before-window[\s\S]*0000000 .* pinned/,
  );
  expect(await swarmgate(["baseline", "pin", "ffff", ...file], at)).toMatchObject({ code: 2 });
});

test("init writes three files that work, and never over what is there", async () => {
  const { code, out, directory } = await swarmgate(["init"], { files: { "locustfile.ts": "// mine\n" } });
  expect(code).toBe(0);
  expect(out).toContain(
    "kept   locustfile.ts, which was there\nwrote  .github/workflows/load-test.yml\nwrote  .github/swarmgate.yml",
  );
  expect(out).toContain("Next: ");
  expect(read(directory, "locustfile.ts")).toBe("// mine\n");
  writeFileSync(join(directory, "r.json"), text());
  const judged = await swarmgate(["judge", "r.json", "--config", ".github/swarmgate.yml"], { directory });
  expect(judged).toMatchObject({ code: 0, error: "" });
  const fresh = await swarmgate(["init"]);
  const listed = await swarmgate(["--list"], { directory: fresh.directory });
  expect(listed.out).toBe("Available Users:\n    Visitor\n");
}, 20_000);
