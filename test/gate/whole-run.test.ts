import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { ManualClock } from "../../src/base/clock.ts";
import { gateConfig } from "../../src/config/gate-config.ts";
import type { GateContext } from "../../src/gate/gate-context.ts";
import { noExtras } from "../../src/gate/load.ts";
import { type GateOutcome, gate } from "../../src/gate.ts";
import { renderMarkdown } from "../../src/report/markdown/markdown.ts";
import { decodeResult } from "../../src/stats/document/result-document.ts";
import { blockMs, type Phase } from "../../src/stats/snapshot.ts";

/** The story from configuration to report; the load-generating process is one that invents its target. */

const scratch = mkdtempSync(join(tmpdir(), "story-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let stories = 0;

async function sideBySide(name: string, inputs: Readonly<Record<string, string>> = {}) {
  const directory = join(scratch, `${stories++}`);
  const said: string[] = [];
  const settings = { name, host: "http://a.test", "base-host": "http://b.test", seed: "1", ...inputs };
  const config = gateConfig({
    layers: [{ values: new Map(Object.entries(settings)), spell: (setting) => setting }],
    file: null,
    defaults: {},
    promiseByDefault: true,
  });
  const world: GateContext = {
    clock: new ManualClock(Date.UTC(2026, 0, 1)),
    directory: scratch,
    environment: { PATH: process.env.PATH },
    machine: { cpuModel: "test", cores: 2, memoryBytes: 1, os: "test", node: "24" },
    documents: () => directory,
    swarmEntry: fileURLToPath(new URL("support/invented-swarm.ts", import.meta.url)),
    threadEntry: "nothing is loaded",
    signal: new AbortController().signal,
    stopWithinMs: 1000,
    origin: { commit: "a".repeat(40), baseCommit: "b".repeat(40), branch: null, ownsBaseline: false, run: null },
    log: (line) => void said.push(line),
    userOutput: (line) => void said.push(line),
    onProgress: () => undefined,
    publish: async () => undefined,
    store: null,
    readiness: false,
  };
  const outcome = await gate(config, world, noExtras);
  const path = join(directory, "result.json");
  const result = decodeResult(readFileSync(path, "utf8"), path);
  const lastedMs = (phase: Phase) => result.blocks.filter((block) => block.phase === phase).length * blockMs;
  return { outcome, said, result, lastedMs, directory, comment: renderMarkdown(outcome.report) };
}

function regressed({ verdict }: GateOutcome): string[] {
  return verdict.comparisons
    .filter(({ outcome }) => outcome === "regressed")
    .map(({ endpoint, metric }) => `${endpoint?.name} ${metric}`);
}

describe("a pull request compared side by side", () => {
  test("passes when it is as fast as its base, once that is sure", async () => {
    const { outcome, said, lastedMs, comment } = await sideBySide("equal", { "run-time": "30s" });
    expect(outcome.verdict.conclusion).toBe("pass");
    expect(said).toContainEqual(expect.stringMatching(/^undecided: GET \/home p50.*; looking again at 60 s$/));
    expect(lastedMs("extension")).toBeGreaterThanOrEqual(30_000);
    expect(lastedMs("confirmation")).toBe(0);
    expect(comment).toContain("The base version (bbbbbbb) ran at the same time, twin users on both.");
  });

  test("fails when it is slower and the second pass agrees, and names what is slower alone", async () => {
    const { outcome, said, lastedMs, directory, result, comment } = await sideBySide("slow");
    expect(outcome.verdict.conclusion).toBe("fail");
    expect(outcome.exitCode).toBe(99);
    expect(regressed(outcome)).toEqual(["/search p50", "/search p95"]);
    expect(said).toContainEqual(expect.stringMatching(/runs again, 60 s at most, to confirm/));
    expect(lastedMs("confirmation")).toBe(60_000);
    expect(result.blocks.map(({ block }) => block)).toEqual(result.blocks.map((_, i) => i));
    expect(existsSync(join(directory, "confirmation.json"))).toBe(false);
    expect(comment).toContain("`GET /search`");
    expect(comment).toMatch(/second pass/);
  });

  test("is inconclusive when the second pass does not agree", async () => {
    const { outcome, lastedMs } = await sideBySide("fluke");
    expect(outcome.verdict.conclusion).toBe("inconclusive");
    expect(outcome.verdict.reasons[0]?.message).toMatch(/GET \/search p50.*; the second pass did not show it\./);
    expect(lastedMs("confirmation")).toBe(60_000);
  });

  test("is inconclusive when no time is left to confirm", async () => {
    const { outcome, lastedMs } = await sideBySide("slow", { "max-duration": "60s" });
    expect(outcome.verdict.conclusion).toBe("inconclusive");
    expect(outcome.verdict.reasons[0]?.message).toMatch(/GET \/search p50.*; there was no second pass to confirm it\./);
    expect(lastedMs("confirmation")).toBe(0);
  });

  test("calibrating, the target is its own base: nothing is confirmed, tolerances are suggested", async () => {
    const { outcome, result, lastedMs } = await sideBySide("slow", { mode: "calibrate", "base-host": "" });
    expect(result.meta.baseHost).toBe(result.meta.host);
    expect(lastedMs("confirmation")).toBe(0);
    expect(outcome.exitCode).toBe(0);
    const lines = outcome.report.warnings.filter(({ code }) => code === "calibration").map(({ message }) => message);
    expect(lines).toContainEqual(
      expect.stringMatching(/^GET \/home p95: two equals differed by .*smallest detectable/),
    );
    expect(lines[0]).toMatch(/^suggested for the configuration: regression: \{ tolerance: \{ p50: \d+%, p95: \d+% \}/);
  });

  test("calibrating with a generator that cannot keep up suggests nothing", async () => {
    const { outcome } = await sideBySide("equal", { seed: "busy 1", mode: "calibrate", "base-host": "" });
    expect(outcome.verdict.conclusion).toBe("invalid");
    expect(outcome.report.warnings.filter(({ code }) => code === "calibration")).toEqual([]);
  });

  test.each([
    ["busy", /saturated/],
    ["broken", /ended with exit code 9/],
  ])("is inconclusive when the second pass cannot be judged (%s), and says why", async (name, why) => {
    const { outcome, lastedMs } = await sideBySide(name);
    expect(outcome.verdict.conclusion).toBe("inconclusive");
    const reasons = outcome.verdict.reasons.map(({ message }) => message);
    expect(reasons[0]).toMatch(/GET \/search p50.*; there was no second pass to confirm it\./);
    // Each percentile that was seen once has its reason, then why nothing confirmed them.
    expect(reasons[1]).toMatch(/GET \/search p95.*; there was no second pass to confirm it\./);
    expect(reasons[2]).toMatch(why);
    expect(lastedMs("confirmation")).toBe(0);
  });
});
