import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, describe, expect, test } from "vitest";
import { ManualClock } from "../../src/base/clock.ts";
import { FileStore } from "../../src/baseline/file-store.ts";
import { gateConfig } from "../../src/config/gate-config.ts";
import type { GateContext } from "../../src/gate/gate-context.ts";
import { noExtras } from "../../src/gate/load.ts";
import { gate } from "../../src/gate.ts";
import { capacityJsonSchema } from "../../src/report/document/capacity-document.ts";
import { renderHtml } from "../../src/report/html/html.ts";
import { renderJobSummary } from "../../src/report/markdown/job-summary.ts";
import { renderMarkdown } from "../../src/report/markdown/markdown.ts";
import { parseConfiguration } from "../../src/slo/configuration.ts";

/**
 * A search for the capacity from configuration to report: against a target invented in a process of its own, and once
 * on real traffic.
 */

const scratch = mkdtempSync(join(tmpdir(), "capacity-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let stories = 0;

function configOf(seed: string, inputs: Readonly<Record<string, string>> = {}, file: string | null = null) {
  const settings = { name: "api", host: "http://a.test", seed, mode: "capacity", slo: "p95 < 100ms", ...inputs };
  return gateConfig({
    layers: [{ values: new Map(Object.entries(settings)), spell: (setting) => setting }],
    file: file === null ? null : parseConfiguration(file, "swarmgate.yml"),
    defaults: {},
    promiseByDefault: true,
  });
}

async function search(
  target: string,
  inputs: Readonly<Record<string, string>> = {},
  store?: string,
  { hasDocument = true, file = null as string | null } = {},
) {
  const directory = join(scratch, `${stories++}`);
  const said: string[] = [];
  const config = configOf(target, inputs, file);
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const path = store === undefined ? null : join(scratch, store);
  const world: GateContext = {
    clock,
    directory: scratch,
    environment: { PATH: process.env.PATH },
    machine: { cpuModel: "test", cores: 2, memoryBytes: 1, os: "test", node: "24" },
    documents: () => directory,
    swarmEntry: fileURLToPath(new URL("../gate/support/invented-swarm.ts", import.meta.url)),
    threadEntry: "nothing is loaded",
    signal: new AbortController().signal,
    stopWithinMs: 1000,
    origin: { commit: "a".repeat(40), baseCommit: null, branch: "main", ownsBaseline: true, run: null },
    log: (line) => void said.push(line),
    userOutput: (line) => void said.push(line),
    onProgress: () => undefined,
    publish: async () => undefined,
    store: path === null ? null : new FileStore({ path, keep: 20, clock }),
    readiness: false,
  };
  const outcome = await gate(config, world, noExtras);
  const document = hasDocument ? JSON.parse(readFileSync(join(directory, "capacity.json"), "utf8")) : null;
  return { outcome, said, document, report: outcome.report };
}

describe("a search on real traffic", () => {
  test("finds what a server can bear that answers one request at a time, in 25 ms each", async () => {
    // Users wait 50 ms between requests: n of them find 25 · n − 50 ms, which 200 ms allow to ten. How busy this machine
    // is moves both, so the bracket is asked for roughly, and a generator that was its own limit is a search as well.
    let turn = Promise.resolve();
    const server = createServer((_, response) => {
      turn = turn.then(() => new Promise((done) => setTimeout(() => done(void response.end("ok")), 25)));
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const { port } = server.address() as AddressInfo;
    const directory = mkdtempSync(join(scratch, "real-"));
    const locustfile = join(directory, "locustfile.ts");
    writeFileSync(locustfile, oneByOne);
    const { promise, resolve } = Promise.withResolvers<{ code: number; output: string }>();
    const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
    const options = [
      "-u",
      "4",
      "-t",
      "4s",
      "--max-duration",
      "32s",
      "--tolerance",
      "40%",
      "--slo",
      "p95 < 200ms",
      "--report-dir",
      directory,
    ];
    const words = [
      cli,
      "capacity",
      "-f",
      locustfile,
      "-H",
      `http://127.0.0.1:${port}`,
      "--max-users",
      "64",
      ...options,
    ];
    execFile(process.execPath, words, { cwd: directory, env: { PATH: process.env.PATH } }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, output: `${out}${err}` }),
    );
    const { code, output } = await promise;
    server.close();
    server.closeAllConnections();
    const { load, failing, end, steps } = JSON.parse(readFileSync(join(directory, "capacity.json"), "utf8"));
    expect(["bracketed", "limited", "unjudged", "floor", "time"], output).toContain(end);
    expect(output).toMatch(/step 1: 4 users: /);
    // However busy the machine, nobody has more than a turn every 25 ms, so more than 12 users never keep the promise.
    expect(load ?? 0).toBeLessThanOrEqual(12);
    for (const step of steps) expect(step.load > 13 && step.outcome === "held").toBe(false);
    if (end !== "bracketed") return;
    expect(code).toBe(0);
    expect(failing / load).toBeLessThanOrEqual(1.5);
  }, 120_000);
});

const oneByOne = `
import { HttpUser, constant, task } from "swarmgate";
export class Visitor extends HttpUser {
  waitTime = constant(0.05);
  @task async visit() { await this.client.get("/"); }
}
`;

/** The one stored search as so many, a day apart. */
function repeatRecord(store: string, times: number): void {
  const path = join(scratch, store);
  const document = JSON.parse(readFileSync(path, "utf8"));
  const [record] = document.records;
  document.records = Array.from({ length: times }, (_, i) => ({
    ...record,
    id: `${i}`.padStart(12, "0"),
    startedAt: `2026-01-0${i + 1}T00:00:00.000Z`,
  }));
  writeFileSync(path, JSON.stringify(document));
}

describe("a search for the capacity", () => {
  test("finds the largest number of users that keeps the promises, and tells it everywhere", async () => {
    const { outcome, document, report, said } = await search("knee 60");
    expect(outcome.verdict.conclusion).toBe("pass");
    expect(outcome.exitCode).toBe(0);
    expect(document).toMatchObject({
      schema: 1,
      unit: "users",
      load: 60,
      failing: 62,
      end: "bracketed",
      compared: null,
    });
    expect(document.steps.map(({ load }: { load: number }) => load)).toEqual([10, 20, 40, 80, 57, 68, 62, 59, 60]);
    const check = new Ajv2020({ strict: false }).compile(capacityJsonSchema());
    expect(check(document), JSON.stringify(check.errors)).toBe(true);
    expect(said).toContainEqual(expect.stringMatching(/^step 4: 80 users: broken .*promised below 100 ms$/));
    expect(renderMarkdown(report)).toMatch(
      /^<!-- swarmgate:[^\n]*\n### ℹ️ swarmgate · api — holds 60 users \(\d+\/s\), not 62/,
    );
    expect(renderJobSummary(report)).toContain('x-axis "users" [10, 20, 40, 57, 59, 60, 62, 68, 80]');
    expect(renderHtml(report)).toMatch(/<svg viewBox[\s\S]*<polyline points=/);
    // The run that is told is the one at the capacity, and it keeps its promises.
    expect(report.thresholds.map(({ outcome: kept }) => kept)).toEqual(["pass"]);
  });

  test("takes what limits the generator for no knee, and leaves the question open", async () => {
    const { outcome, document } = await search("busy 60");
    expect(document).toMatchObject({ load: 40, failing: null, end: "limited" });
    expect(outcome.verdict.conclusion).toBe("inconclusive");
    expect(outcome.verdict.reasons[0]?.message).toMatch(
      /^40 users hold; more cannot be judged: The load generator was saturated/,
    );
    expect(outcome.exitCode).toBe(0);
    const dead = await search("dead 60");
    expect(dead.document).toMatchObject({ load: 40, failing: null, end: "limited" });
    expect(dead.document.steps.at(-1).why).toMatch(/ended with exit code 9/);
  });

  test("is invalid where not even its first step can be judged", async () => {
    const { outcome, document } = await search("busy 5");
    expect(document).toMatchObject({ load: null, end: "limited" });
    expect(outcome.verdict.conclusion).toBe("invalid");
    expect(outcome.exitCode).toBe(3);
  });

  test("fails by the promise where not even one user keeps it", async () => {
    const { outcome, document } = await search("knee 0");
    expect(document).toMatchObject({ load: null, failing: 1, end: "floor" });
    expect(outcome.verdict.conclusion).toBe("fail");
    expect(outcome.verdict.reasons[0]?.code).toBe("slo");
    expect(outcome.exitCode).toBe(99);
  });

  test("ends at the cap, and with its time", async () => {
    const capped = await search("knee 60", { "max-users": "30" });
    expect(capped.document).toMatchObject({ load: 30, failing: null, end: "cap" });
    expect(capped.outcome.verdict.conclusion).toBe("pass");
    const short = await search("knee 500", { "max-duration": "40s" });
    expect(short.document).toMatchObject({ load: 20, failing: null, end: "time" });
    expect(short.outcome.verdict.conclusion).toBe("inconclusive");
  });

  test("fails on a drop against stored searches once it was seen twice, and forgets no first run", async () => {
    const store = "drop.json";
    const inputs = { users: "100", tolerance: "20%" };
    const first = await search("knee 400", inputs, store);
    expect(first.outcome.report.baseline.saved).toBe(true);
    expect(first.outcome.verdict.reasons.map(({ code }) => code)).toEqual(["no-baseline"]);
    expect(first.outcome.verdict.comparisons).toMatchObject([
      { metric: "capacity", outcome: "no-baseline", after: first.document.load },
    ]);
    expect(first.document.compared).toBeNull();
    repeatRecord(store, 6);
    const same = await search("knee 400 again", inputs, store);
    expect(same.document.compared).toMatchObject({ outcome: "unchanged" });
    expect(same.outcome.verdict.conclusion).toBe("pass");
    const worse = await search("knee 150 today", { ...inputs, "save-baseline": "never" }, store);
    expect(worse.document.steps.map(({ load }: { load: number }) => load)).toEqual([100, 200, 141, 168, 154, 154]);
    expect(worse.document.compared).toMatchObject({ outcome: "regressed" });
    expect(worse.outcome.verdict.conclusion).toBe("fail");
    expect(worse.outcome.exitCode).toBe(99);
    expect(renderMarkdown(worse.report)).toMatch(
      /### ❌ swarmgate · api — capacity fell by 6\d(\.\d)?.% from 400 to 141 users \(/,
    );
    // Waived it passes, and stays told; a waiver whose day is over forgives nothing, which is told too.
    const waiver = (until: string) =>
      `version: 1\nwaive: [{ metric: capacity, until: ${until}, reason: one node less }]\n`;
    const lesser = { ...inputs, "save-baseline": "never" };
    const waived = await search("knee 150 waived", lesser, store, { file: waiver("2026-01-01") });
    expect(waived.outcome.verdict.conclusion).toBe("pass");
    expect(waived.outcome.exitCode).toBe(0);
    expect(renderMarkdown(waived.report)).toMatch(/### ⚠️ swarmgate · api — passed with a waiver: capacity fell by 6/);
    expect(renderMarkdown(waived.report)).toContain("until `2026-01-01`, because `one node less`");
    const overdue = await search("knee 150 overdue", lesser, store, { file: waiver("2025-12-31") });
    expect(overdue.outcome.verdict.conclusion).toBe("fail");
    expect(overdue.report.warnings.map(({ message }) => message)).toContainEqual(
      "the waiver at swarmgate.yml:2:9 (capacity) ended on 2025-12-31 and no longer counts; delete it, or give it a later day",
    );
    // No time to see it twice: not believed.
    const hurried = await search("knee 150 in a hurry", { ...inputs, "max-duration": "80s" }, store);
    expect(hurried.document.compared).toMatchObject({ outcome: "inconclusive" });
    expect(hurried.outcome.verdict.conclusion).toBe("inconclusive");
  });

  test("is not compared with runs of one load, nor they with it", async () => {
    const store = "kinds.json";
    await search("knee 60", {}, store);
    const { outcome } = await search("equal", { mode: "gate", "run-time": "10s" }, store, { hasDocument: false });
    expect(outcome.verdict.comparisons).toEqual([]);
    expect(outcome.report.baseline.whyNot).toMatch(/of another kind/);
  });

  test("refuses what cannot be meant", () => {
    const problems = (inputs: Readonly<Record<string, string>>) => {
      try {
        configOf("knee 60", inputs);
        return "";
      } catch (error) {
        return String(error);
      }
    };
    expect(problems({ "base-host": "http://b.test" })).toMatch(/base-host.*one version/);
    expect(problems({ requests: "100" })).toMatch(/requests.*end by time/);
    expect(problems({ "run-time": "forever" })).toMatch(/run-time.*length of a step/);
    expect(problems({ "run-time": "20s", users: "5" })).toBe("");
  });
});
