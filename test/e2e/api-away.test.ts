import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { pullRequestEvent } from "../github/events.ts";
import { GitHubEmulator, tokens } from "../support/github-emulator.ts";
import { ResultsService } from "../support/results-service.ts";
import { cleanUpActionRuns } from "../support/run-action.ts";
import { Stage, told } from "../support/stage.ts";

/** GitHub's API that cannot be reached, or takes calls and says nothing: the run is measured and judged all the same. */

let stage: Stage;
let github: GitHubEmulator;
const results = new ResultsService();

beforeAll(async () => {
  github = await GitHubEmulator.start();
  stage = new Stage(github);
  await stage.target.open();
  await results.listen();
});
afterEach(() => github.proxy.heal());
afterAll(async () => {
  await stage.target.close();
  await results.close();
  await github.close();
  cleanUpActionRuns();
});

describe("a baseline store that cannot be reached", () => {
  const push = (inputs: Record<string, string> = {}) => {
    github.fail({ match: /actions\/artifacts/, drop: "before" });
    return stage.push({ inputs: { "baseline-store": "artifact", ...inputs }, env: results.env });
  };

  it("leaves the promises to judge, is a warning, and nothing is stored", async () => {
    const outcome = await push();
    expect(outcome.exitCode, told(outcome)).toBe(0);
    expect(outcome.outputs).toMatchObject({ verdict: "pass", "baseline-found": "false" });
    expect(outcome.log.match(/no comparison: the artifacts cannot be read/g), told(outcome)).toHaveLength(1);
    expect(outcome.log).toContain("the baseline was not saved: its store did not answer when it was read");
    expect([...results.artifacts.keys()]).not.toContain("swarmgate-baseline-load-test");
    // Known before the load: no retry outlasts it.
    expect(outcome.log.indexOf("no comparison")).toBeLessThan(outcome.log.indexOf("Type "));
    expect(outcome.durationMs).toBeLessThan(20_000);
  });

  it("fails the step where the baseline is what was asked for", async () => {
    const outcome = await push({ "fail-on": "slo,regression,no-baseline" });
    expect(outcome.exitCode, told(outcome)).toBe(3);
    expect(outcome.outputs.reason).toBe("no-baseline");
  });
});

it("an API that hangs costs little, and no verdict", async () => {
  const pull = await github.openPull({ branch: "hangs" });
  github.fail({ match: /./, delayMs: 300_000, status: 502 });
  const outcome = await stage.act({
    event: pullRequestEvent(pull),
    inputs: { "baseline-store": "branch", status: "commit-status", "run-time": "1s" },
    env: { GITHUB_TOKEN: tokens.actions },
    timeoutMs: 170_000,
  });
  expect(outcome.exitCode, told(outcome)).toBe(0);
  expect(outcome.outputs).toMatchObject({ verdict: "pass", passed: "true" });
  expect(outcome.summary).toContain("whether this pull request changes its own gate is not known");
  expect(outcome.durationMs).toBeLessThan(25_000);
}, 180_000);
