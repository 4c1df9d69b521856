import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startShop } from "../../src/demo/shop.ts";
import { decodeResult } from "../../src/stats/document/result-document.ts";
import { scratch } from "../cli/at-terminal.ts";
import { target } from "../engine/in-process.ts";
import { swarmgate } from "../support/built-cli.ts";
import { htmlTally, resultTally } from "../support/surfaces.ts";

type Shop = Awaited<ReturnType<typeof startShop>>;
let shop: Shop;
beforeAll(async () => {
  shop = await startShop({});
});
afterAll(() => shop.close());

const locustfile = (body: string) => `
import { HttpUser, constant, events, task } from "swarmgate";
export class Shopper extends HttpUser {
  override waitTime = constant(0.02);
${body}
}
`;
const browsing = locustfile(`
  @task(3) async home() { await this.client.get("/"); }
  @task async products() { await this.client.get("/products"); }
`);
const run = (argv: string[], { source = browsing, ...desk }: { source?: string; env?: Record<string, string> } = {}) =>
  swarmgate(["-f", "lf.ts", "-H", shop.url, "--headless", ...argv], { files: { "lf.ts": source }, ...desk });
const served = () => shop.log().total.received;
const read = (directory: string, name: string) => readFileSync(join(directory, name), "utf8");

test("console, CSV, JSON and result.json of one run agree with the target's log to the last request", async () => {
  const before = served();
  const said = await run([
    ...["-u", "6", "-r", "3", "-t", "2s", "--processes", "2", "-o", "out/result.json", "--csv", "out/run"],
    ...["--csv-full-history", "--json", "--html", "out/{u}-{r}-{t}.html", "--junit", "out/junit.xml"],
  ]);
  const sent = served() - before;
  expect(said).toMatchObject({ code: 0 });
  expect(sent).toBeGreaterThan(50);
  const result = decodeResult(read(said.directory, "out/result.json"), "result.json");
  expect(result.summary).toMatchObject({ allRequests: sent, leftOut: {} });
  expect(result.summary.totals[0]?.requests).toBe(sent);
  expect(read(said.directory, "out/run_stats.csv")).toMatch(new RegExp(`\\n,Aggregated,${sent},0,`));
  expect(read(said.directory, "out/run_stats_history.csv")).toContain("GET,/products");
  const entries = JSON.parse(said.out) as { num_requests: number }[];
  expect(entries.reduce((sum, entry) => sum + entry.num_requests, 0)).toBe(sent);
  expect(said.error).toMatch(new RegExp(`Aggregated +${sent} +0\\(0\\.00%\\)`));
  const page = htmlTally(read(said.directory, "out/6-3-2s.html"));
  expect(Object.fromEntries(page)).toEqual(Object.fromEntries(resultTally(result)));
  expect(page.get("total")?.requests).toBe(sent);
  expect(read(said.directory, "out/junit.xml")).toContain("<testsuite");
});

test.each([1, 2])("-n stops after exactly that many requests, with %i threads", async (threads) => {
  const before = served();
  const { code, directory } = await run(["-u", "4", "-r", "4", "-n", "37", "--threads", `${threads}`, "-o", "r.json"]);
  expect(code).toBe(0);
  expect(served() - before).toBe(37);
  expect(decodeResult(read(directory, "r.json"), "r.json").summary.totals[0]?.requests).toBe(37);
});

test("the run time counts after the ramp, and with --run-time-includes-ramp from its start", async () => {
  const lasted = async (flag: string[]) => {
    const { directory } = await run(["-u", "3", "-r", "1", "-t", "3s", "-o", "r.json", ...flag]);
    return decodeResult(read(directory, "r.json"), "r.json").blocks.length / 2;
  };
  expect(await lasted([])).toBeGreaterThanOrEqual(5);
  expect(await lasted(["--run-time-includes-ramp"])).toBeLessThan(4.5);
});

test("--reset-stats forgets what the ramp sent", async () => {
  const before = served();
  const { directory } = await run(["-u", "4", "-r", "2", "-t", "1s", "--reset-stats", "-o", "r.json"]);
  const { allRequests, leftOut, totals } = decodeResult(read(directory, "r.json"), "r.json").summary;
  expect(allRequests).toBe(served() - before);
  expect(leftOut.ramp).toBeGreaterThan(0);
  expect(totals[0]?.requests).toBe(allRequests - (leftOut.ramp as number));
});

test("--json-file leaves the tables where they are; --only-summary leaves out the progress; --logfile and --loglevel the log", async () => {
  const { directory, error } = await run(["-n", "5", "--json-file", "numbers", "--only-summary"]);
  expect(error).toMatch(/^Type +Name/);
  expect(error).toContain("Response time percentiles");
  expect(JSON.parse(read(directory, "numbers.json"))).toHaveLength(2);
  const judged = ["-n", "5", "--slo", "errors < 50%", "--baseline", "b.json"];
  const logged = await run([...judged, "--logfile", "logs/run.log"]);
  expect(read(logged.directory, "logs/run.log")).toContain("swarmgate: no comparison:");
  expect(logged.error).not.toContain("swarmgate: no comparison");
  expect((await run([...judged, "-L", "WARNING"])).error).not.toContain("swarmgate: no comparison");
});

test("a path that cannot be written is told before anything is sent", async () => {
  const before = served();
  const argv = ["-n", "5", "--csv", "lf.ts/x", "--html", ".", "-o", "lf.ts/r.json", "--logfile", "lf.ts/log"];
  const { code, error } = await run(argv);
  expect(code).toBe(2);
  for (const option of ["--csv", "--html", "--output", "--logfile"]) expect(error).toContain(`swarmgate: ${option}: `);
  expect(served()).toBe(before);
});

test.each<[string, number, string[], string]>([
  ["nothing failed", 0, [], `@task async a() { await this.client.get("/"); }`],
  ["a request failed", 1, [], `@task async a() { await this.client.get("/nowhere"); }`],
  [
    "a request failed and another code is asked for",
    7,
    ["--exit-code-on-error", "7"],
    `@task async a() { await this.client.get("/nowhere"); }`,
  ],
  ["a task threw", 1, [], `@task async a() { await this.client.get("/"); throw new Error("boom"); }`],
  ["no request was sent", 3, ["-t", "1s"], `@task async a() { }`],
  [
    "every user died in onStart",
    3,
    ["-t", "1s"],
    `async onStart() { throw new Error("no login"); } @task async a() { await this.client.get("/"); }`,
  ],
  [
    "a forbidden host was asked",
    3,
    ["--allowed-hosts", "127.0.0.1"],
    `@task async a() { await this.client.get("/"); await this.client.get("http://localhost:1/"); }`,
  ],
  ["an await is missing", 3, [], `@task async a() { await this.client.get("/"); this.client.get("/products"); }`],
])("a plain run in which %s ends with %i", async (_, expected, argv, body) => {
  const { code } = await run(["-n", "20", ...argv], { source: locustfile(body) });
  expect(code).toBe(expected);
});

test("a plain run whose users never all ran ends with 3 and says so", async () => {
  const { code, error } = await run(["-u", "50", "-r", "1", "-t", "1s", "--run-time-includes-ramp"]);
  expect(code).toBe(3);
  expect(error).toMatch(/invalid: users-not-reached: Only \d of 50 users ran at once/);
});

test("a run whose locustfile throws is judged by what ten seconds show, and judge says the same of its result", async () => {
  const source = locustfile(`
  @task async home() { await this.client.get("/"); }
  @task async throws() { await this.client.get("/products"); throw new Error("boom"); }
`);
  const said = await run(["-u", "2", "-r", "10", "-t", "10m", "--slo", "p95 < 5s", "-o", "r.json"], { source });
  expect(said.code, said.error).toBe(3);
  expect(said.error).toMatch(/no longer run can be judged, so this one ends after \d+ s: .*boom/);
  const result = decodeResult(read(said.directory, "r.json"), "r.json");
  expect(result.warnings.map(({ code }) => code)).toContain("ended-early");
  expect(result.interrupted).toBe(false);
  expect(result.summary.windowMs).toBeGreaterThanOrEqual(10_000);
  const files = { "r.json": read(said.directory, "r.json") };
  const again = await swarmgate(["judge", "r.json", "--slo", "p95 < 5s"], { files });
  expect(again.code).toBe(3);
  expect(again.out + again.error).toContain("boom");
}, 60_000);

test("the exit code a locustfile sets wins over everything else", async () => {
  const source = `${locustfile(`@task async a() { await this.client.get("/nowhere"); }`)}
events.quitting.addListener(({ environment }) => { environment.processExitCode = 42; });
`;
  expect((await run(["-n", "5"], { source })).code).toBe(42);
});

test.each([
  ["p50 < 0.01ms", 99],
  ["requests >= 50", 0],
])("where %s is promised the gate's exit codes hold: %i", async (slo, code) => {
  // A target slower than the machine's own hiccups: a generator's delay counts against the target's median.
  const calm = await target({ delayMs: 80 });
  try {
    const said = await run(["-u", "5", "-r", "5", "-n", "50", "--slo", slo, "-H", calm.url]);
    expect(said.code, said.error).toBe(code);
    expect(calm.paths).toHaveLength(50);
  } finally {
    calm.close();
  }
});

test("a directory for all documents holds the HTML report too", async () => {
  const directory = scratch({ "lf.ts": browsing });
  await swarmgate(["-f", "lf.ts", "-H", shop.url, "-n", "5", "--report-dir", "all"], { directory });
  expect(read(directory, "all/report.html")).toContain("<!doctype html>");
  expect(JSON.parse(read(directory, "all/verdict.json"))).toMatchObject({ conclusion: "pass" });
});

test("a promise with abort ends the run once it is broken, and the exit code is the promise's", async () => {
  const slo = ["--slo", "p50 < 0.001ms abort after 3s", "--warmup", "0"];
  const said = await run(["-u", "6", "-r", "6", "-t", "60s", "-o", "r.json", ...slo]);
  expect(said.code).toBe(99);
  const { blocks, warnings } = decodeResult(read(said.directory, "r.json"), "r.json");
  expect(blocks.length / 2).toBeGreaterThan(3);
  expect(blocks.length / 2).toBeLessThan(30);
  expect(warnings).toMatchObject([{ code: "ended-early" }]);
  expect(said.error).toMatch(/The run ends early, after \d+ s, because a promise with "abort" is broken: p50 of all/);
  expect(said.error).toContain("p50 < 0.001ms abort after 3s");
});

test("a kept promise with abort lets the run go on to its end", async () => {
  const { code, directory } = await run(["-t", "3s", "-o", "r.json", "--slo", "p50 < 10s abort"]);
  expect(code).toBe(0);
  expect(decodeResult(read(directory, "r.json"), "r.json").blocks.length).toBeGreaterThanOrEqual(6);
});

test("a load too small to compare says so before it begins, and how many users would do", async () => {
  const source = locustfile(`  @task async home() { await this.client.get("/"); }`).replace(
    "constant(0.02)",
    "constant(1)",
  );
  const said = await run(["-u", "2", "-t", "2s", "--baseline", "b.json"], { source });
  expect(said.error).toContain("This load makes about 2 requests/s, enough to compare p95 for none of 1 task in");
  expect(said.error.indexOf("This load makes")).toBeLessThan(said.error.indexOf("Aggregated"));
});
