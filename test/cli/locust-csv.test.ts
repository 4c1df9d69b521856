import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { scratch, swarmgate } from "./at-terminal.ts";

/** Real files of Locust's, where the command line reads results. */

const runs = fileURLToPath(new URL("../locust-csv/runs", import.meta.url));
function desk(files: Readonly<Record<string, string>> = {}): string {
  const directory = scratch(files);
  cpSync(runs, join(directory, "out"), { recursive: true });
  return directory;
}

test.each<[string, string[], number, string]>([
  ["a promise kept", ["out/full", "--slo", 'p95 < 300ms of "GET /slow"'], 0, "1 of 1 SLOs met"],
  ["a promise broken", ["out/full", "--slo", 'p95 < 100ms of "GET /slow"'], 99, "200 ms"],
  ["one of the four files", ["out/full_failures.csv", "--slo", "errors < 20%"], 0, "1 of 1 SLOs met"],
  ["a locustfile that threw", ["out/throws"], 3, "broken (throws.py:8)"],
  ["two runs of different users", ["out/full", "out/throws", "--slo", "errors < 20%"], 3, "1266"],
])("judge reads what Locust's --csv wrote: %s", async (_, argv, code, told) => {
  const said = await swarmgate(["judge", ...argv], { directory: desk() });
  expect(said.code, said.out + said.error).toBe(code);
  expect(said.out).toContain(told);
});

test("judge says who measured", async () => {
  const { out } = await swarmgate(["judge", "out/full", "--slo", "errors < 20%"], { directory: desk() });
  expect(out).toContain("Measured by Locust");
});

test("judge takes one run for the baseline of another, at Locust's precision", async () => {
  const { out, code } = await swarmgate(["judge", "out/full", "--baseline", "out/plain"], { directory: desk() });
  expect(code, out).toBe(0);
  expect(out).toMatch(/GET \/slow/);
});

test("compare, report and merge read the prefix too", async () => {
  const directory = desk();
  const compared = await swarmgate(["compare", "out/plain", "out/full"], { directory });
  expect(compared.code, compared.out + compared.error).toBe(0);
  const markdown = await swarmgate(["report", "out/full", "--format", "markdown"], { directory });
  expect(markdown.out).toContain("Engine: `Locust`");
  expect(markdown.out).not.toContain("warm-up");
  const csv = await swarmgate(["report", "out/plain", "--format", "csv"], { directory });
  expect(csv.out).toContain("GET,/slow,94,0,");
  const merged = await swarmgate(["merge", "out/plain", "out/full", "-o", "sum.json"], { directory });
  expect(merged.error).toContain("1886 requests");
});

test("a file that cannot be judged is a usage error by file and line", async () => {
  const directory = desk({ "bad_stats.csv": "Type,Name\r\nGET" });
  const said = await swarmgate(["judge", "bad"], { directory });
  expect(said.code).toBe(2);
  expect(said.error).toContain("bad_failures.csv");
});

test("the configuration is told as people write it", async () => {
  const argv = [
    "judge",
    "out/full",
    "--min-effect",
    "2ms",
    "--tolerance",
    "15%",
    "--slo",
    "errors < 20%",
    "--report-dir",
    "r",
  ];
  const directory = desk();
  await swarmgate(argv, { directory });
  const { configuration } = JSON.parse(readFileSync(join(directory, "r", "report.json"), "utf8")) as {
    configuration: [string, string][];
  };
  expect(configuration).toEqual(
    expect.arrayContaining([
      ["min-effect", "2ms"],
      ["tolerance", "15%"],
    ]),
  );
});
