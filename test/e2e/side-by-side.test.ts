import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeResult } from "../../src/stats/document/result-document.ts";
import { cleanUpActionRuns, runAction } from "../support/run-action.ts";
import { openTwoShops, sideBySideRun, type TwoShops } from "../support/side-by-side-run.ts";

/**
 * The built action on two copies of the sample shop: the way from `base-host` to the summary. Six seconds decide
 * nothing about latency; whether verdicts are right on real traffic is asked in test/heavy.
 */

let shops: TwoShops;
beforeAll(async () => {
  shops = await openTwoShops();
});
afterAll(async () => {
  await shops.close();
  cleanUpActionRuns();
});

const answered = async () => {
  const [head, base] = await Promise.all([shops.head.log(), shops.base.log()]);
  return { head: head.total.answered, base: base.total.answered };
};

describe("a run with base-host", () => {
  it("sends the same to both versions, goes on while it is undecided, and tells both arms", async () => {
    const before = await answered();
    const run = await sideBySideRun(shops, { "run-time": "6s", warmup: "1s", "max-duration": "30s" });
    const after = await answered();
    expect(run.outcome.log).toMatch(/undecided: GET \/ p50.*; looking again at 10 s/);
    // Five seconds of the run time and five of the extension, which the look limit ends.
    expect(run.judgedMs).toBeGreaterThanOrEqual(9000);
    // What could not be told leaves a run undecided only where it might be a change; it is never called unchanged.
    expect(["pass", "inconclusive", "invalid"]).toContain(run.conclusion);
    if (run.conclusion === "pass") expect(run.outcome.summary).toMatch(/could not be told/);
    expect(run.regressed).toEqual([]);
    expect(run.undecided.length).toBeGreaterThan(0);

    const path = run.outcome.outputs["result-path"] ?? "";
    const { summary, blocks, meta } = decodeResult(readFileSync(path, "utf8"), path);
    expect(meta).toMatchObject({ host: shops.head.url, baseHost: shops.base.url });
    const phases = new Set(blocks.map(({ phase }) => phase));
    expect([...phases].filter((phase) => phase !== "tail")).toEqual(["warm-up", "steady", "extension"]);
    const [head, base] = summary.totals;
    expect([head?.arm, base?.arm]).toEqual(["head", "base"]);
    expect(run.outcome.outputs.requests).toBe(String(head?.requests));
    // Twins start their tasks together: at most one request of each is on its way when something ends.
    const sent = { head: after.head - before.head, base: after.base - before.base };
    expect(Math.abs(sent.head - sent.base)).toBeLessThanOrEqual(20);
    // Three readiness requests to each, no part of the test.
    expect(summary.allRequests).toBe(sent.head + sent.base - 6);
    expect(run.outcome.summary).toContain("ran at the same time, twin users on both");
    expect(run.outcome.summary).toMatch(/Passes: [\d.]+\ss longer than asked/);
    expect(run.outcome.summary).toContain(shops.base.url);
  });

  it("asks both versions whether they are ready, and names the one that is not", async () => {
    const run = await runAction({
      files: { "locustfile.ts": "throw new Error('not loaded')" },
      inputs: {
        host: shops.head.url,
        "base-host": "http://127.0.0.1:9",
        "wait-timeout": "1s",
        "upload-artifact": "false",
      },
    });
    expect(run.exitCode).toBe(4);
    expect(run.annotations[0]?.message).toMatch(/127\.0\.0\.1:9.*not ready/);
  });

  it("refuses a base that is the head, and a Python locustfile", async () => {
    const run = await runAction({
      inputs: {
        host: shops.head.url,
        "base-host": shops.head.url,
        locustfile: "locustfile.py",
        "upload-artifact": "false",
      },
    });
    expect(run.exitCode).toBe(2);
    const told = run.annotations.map(({ message }) => message).join("\n");
    expect(told).toMatch(/base-host: is the same as host/);
    expect(told).toMatch(/base-host: locustfile\.py cannot be run side by side/);
  });
});
