import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeBaseline } from "../../src/baseline/document.ts";
import { decodeResult } from "../../src/stats/document/result-document.ts";
import { pullRequestEvent } from "../github/events.ts";
import { GitHubEmulator, type SeededPull } from "../support/github-emulator.ts";
import { cleanUpActionRuns } from "../support/run-action.ts";
import { Stage } from "../support/stage.ts";

/** Locust ran as before; the built action judges what its --csv wrote. */

const runs = fileURLToPath(new URL("../locust-csv/runs", import.meta.url));
const config = `version: 1
slo:
  - endpoint: "GET /slow"
    p95: < 300ms
  - { total: true, errors: < 20% }
`;
let github: GitHubEmulator;
let stage: Stage;
let pull: SeededPull;

beforeAll(async () => {
  github = await GitHubEmulator.start();
  stage = new Stage(github);
  await stage.target.open();
  pull = await github.openPull({ branch: "locust" });
});
afterAll(async () => {
  await stage.target.close();
  await github.close();
  cleanUpActionRuns();
});

/** A run's four files as `out/locust_*.csv`. */
function files(run: string, { slower = 1, hoursLater = 0 } = {}): Record<string, string> {
  const kinds = ["stats", "stats_history", "failures", "exceptions"];
  const read = (kind: string) => readFileSync(join(runs, `${run}_${kind}.csv`), "utf8");
  const out = Object.fromEntries(kinds.map((kind) => [`out/locust_${kind}.csv`, read(kind)]));
  const scaled = read("stats")
    .split("\r\n")
    .map((line, i) => (i === 0 || line === "" ? line : scale(line, slower)));
  const history = read("stats_history").replace(/^\d{10}/gm, (time) => String(Number(time) + 3600 * hoursLater));
  return {
    ...out,
    "out/locust_stats.csv": scaled.join("\r\n"),
    "out/locust_stats_history.csv": history,
    ".github/swarmgate.yml": config,
  };
}

/** Times of a record of `_stats.csv` multiplied; of its 20 columns of numbers all but counts, size and rates. */
function scale(line: string, factor: number): string {
  const fields = line.split(",");
  const first = fields.length - 20;
  return fields
    .map((field, i) => ((i >= first + 2 && i <= first + 5) || i >= first + 9 ? String(Number(field) * factor) : field))
    .join(",");
}

const inputs = { results: "out/locust", config: ".github/swarmgate.yml", host: "" };

describe("Locust's CSV files in a pull request", () => {
  it("are judged, and every surface says who measured", async () => {
    const outcome = await stage.act({ event: pullRequestEvent(pull), files: files("full"), inputs });
    expect(outcome.exitCode, outcome.log).toBe(0);
    expect(outcome.outputs).toMatchObject({
      verdict: "pass",
      requests: "1125",
      failures: "59",
      p95: "160",
      "slo-failed": "0",
    });
    expect(Number(outcome.outputs.rps)).toBeCloseTo(74.9, 1);
    const [comment = ""] = await stage.comments(pull);
    const directory = join(outcome.outputs["result-path"] ?? "", "..");
    for (const text of [comment, outcome.summary, readFileSync(join(directory, "report.html"), "utf8")]) {
      expect(text).toContain("Measured by Locust");
      expect(text).toContain("at most 10 users at once");
      expect(text).not.toMatch(/0 threads|0 cores|spawned at 0/);
    }
    expect(comment).toContain("503 Server Error");
    const kept = decodeResult(readFileSync(join(directory, "result.json"), "utf8"), "result.json");
    expect(kept.meta.engine).toBe("Locust");
    expect(existsSync(join(directory, "locust_stats.csv"))).toBe(true);
  });

  it("fail the check where a promise is broken", async () => {
    const outcome = await stage.act({
      event: pullRequestEvent(pull),
      files: files("full", { slower: 3 }),
      inputs,
    });
    expect(outcome.exitCode, outcome.log).toBe(99);
    expect(outcome.outputs["slo-failed"]).toBe("1");
  });

  it("are invalid where the locustfile threw, whatever the numbers", async () => {
    const outcome = await stage.act({
      event: pullRequestEvent(pull),
      files: { ...files("throws"), ".github/swarmgate.yml": "version: 1\n" },
      inputs,
    });
    expect(outcome.exitCode, outcome.log).toBe(3);
    expect(outcome.log).toContain("broken (throws.py:8)");
  });

  it("are a usage error where they are cut off or missing, by file, line and what to do", async () => {
    const whole = files("full");
    const cut = { ...whole, "out/locust_stats.csv": whole["out/locust_stats.csv"]?.slice(0, -40) ?? "" };
    const outcome = await stage.act({ event: pullRequestEvent(pull), files: cut, inputs });
    expect(outcome.exitCode, outcome.log).toBe(2);
    expect(JSON.stringify(outcome.annotations)).toMatch(/out\/locust_stats\.csv:7: the file is cut off/);
    const none = await stage.act({ event: pullRequestEvent(pull), inputs: { results: "out/locust" } });
    expect(none.exitCode, none.log).toBe(2);
    expect(JSON.stringify(none.annotations)).toMatch(/no file out\/locust, nor out\/locust_stats\.csv/);
  });
});

describe("Locust's CSV files on the default branch", () => {
  it("teach the baseline, and a slower run of a pull request is a regression by it", async () => {
    const workspace = mkdtempSync(join(tmpdir(), "locust-baseline-"));
    try {
      const stored = { ...inputs, "baseline-store": "file", "baseline-path": "baseline.json" };
      for (const [hoursLater, slower] of [1, 1.02, 1.02].entries()) {
        const learnt = await stage.push({
          workspace,
          files: files("full", { slower, hoursLater: Math.min(1, hoursLater) }),
          inputs: stored,
        });
        expect(learnt.exitCode, learnt.log).toBe(0);
      }
      // The third push found the files of the second: the same run is kept once.
      const baseline = decodeBaseline(readFileSync(join(workspace, "baseline.json"), "utf8"));
      expect(baseline.is === "found" && baseline.baseline.records.map(({ engine }) => engine)).toEqual([
        "Locust",
        "Locust",
      ]);
      const same = await stage.act({ event: pullRequestEvent(pull), workspace, files: files("full"), inputs: stored });
      expect([same.exitCode, same.outputs["baseline-found"], same.outputs.regressions], same.log).toEqual([
        0,
        "true",
        "0",
      ]);
      const slow = await stage.act({
        event: pullRequestEvent(pull),
        workspace,
        files: {
          ...files("full", { slower: 4 }),
          ".github/swarmgate.yml": "version: 1\nslo:\n  - { total: true, errors: < 20% }\n",
        },
        inputs: stored,
      });
      expect(slow.exitCode, slow.log).toBe(99);
      expect(Number(slow.outputs.regressions)).toBeGreaterThan(0);
    } finally {
      rmSync(workspace, { recursive: true, force: true });
    }
  });
});
