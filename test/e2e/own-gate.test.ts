import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pullRequestEvent } from "../github/events.ts";
import { GitHubEmulator, type SeededPull, tokens } from "../support/github-emulator.ts";
import { type ActionOutcome, cleanUpActionRuns } from "../support/run-action.ts";
import { locustfile, Stage, told } from "../support/stage.ts";

/** A pull request that changes the gate which is to judge it. */

let stage: Stage;
let github: GitHubEmulator;
let pull: SeededPull;

const baseLocustfile = `
import { HttpUser, constant, task } from "swarmgate";
import { page } from "./pages";
export class Visitor extends HttpUser {
  waitTime = constant(0.02);
  @task async home() { await this.client.get(page); }
}
`;
const workflow = "on: pull_request\n";
/** What the base commit holds; the checkout holds the same unless a test says otherwise. */
const base = {
  "load/locustfile.ts": baseLocustfile,
  "load/pages.ts": 'export const page = "/load/base";\n',
  ".github/workflows/load.yml": workflow,
};

beforeAll(async () => {
  github = await GitHubEmulator.start();
  stage = new Stage(github);
  await stage.target.open();
  for (const [path, text] of Object.entries(base)) await github.push({ branch: "main", path, text });
  pull = await github.openPull({ branch: "faster" });
});
afterAll(async () => {
  await stage.target.close();
  await github.close();
  cleanUpActionRuns();
});

async function act(
  name: string,
  { files = {}, inputs = {} }: { files?: Record<string, string>; inputs?: Record<string, string> } = {},
): Promise<{ outcome: ActionOutcome; fold: string; comment: string }> {
  const outcome = await stage.act({
    event: pullRequestEvent(pull),
    files: { ...base, ...files },
    inputs: { name, locustfile: "load/locustfile.ts", ...inputs },
    env: { GITHUB_WORKFLOW_REF: "octo/shop/.github/workflows/load.yml@refs/pull/1/merge" },
  });
  const comment = (await stage.comments(pull)).find((body) => body.includes(`swarmgate:${name} `)) ?? "";
  return { outcome, comment, fold: comment.split("<details>")[0] ?? "" };
}

describe("above the fold of the comment", () => {
  it("nothing is said of a gate that is as the base has it", async () => {
    const { outcome, comment } = await act("same");
    expect(outcome.exitCode, told(outcome)).toBe(0);
    expect(comment).toContain("### ");
    expect(comment + outcome.summary + outcome.log).not.toMatch(/changes its own gate/);
  });

  it("every loosening of a configuration file that is new stands, also in the summary and the log", async () => {
    const config = `version: 1\nregression: { metrics: [stalls], tolerance: 900% }\nguard: { max-users: 1000000 }\nload: { run-time: 3s }\n`;
    const { outcome, fold } = await act("loose", { files: { ".github/swarmgate.yml": config } });
    expect(outcome.exitCode, told(outcome)).toBe(0);
    expect(fold).toContain("This pull request changes its own gate:");
    for (const line of [
      "⚠️ loosened: `metrics` `p95 is compared` → nothing",
      "⚠️ loosened: `tolerance` `10%` → `900%`",
      "⚠️ loosened: `max-users` `1000` → `1000000, held at 1000`",
    ]) {
      expect(fold).toContain(line);
      expect(outcome.summary.split("<details>")[0]).toContain(line);
    }
    // The workflow's run-time wins over the file's.
    expect(fold).not.toContain("run-time");
    expect(outcome.log).toContain("loosened: tolerance 10% → 900%");
  });

  it("a change in the locustfile, in what it imports or in the workflow is named", async () => {
    const { outcome, fold } = await act("easier", {
      files: {
        "load/pages.ts": 'export const page = "/load/easy";\n',
        ".github/workflows/load.yml": `${workflow}# and no more\n`,
      },
    });
    expect(outcome.exitCode, told(outcome)).toBe(0);
    expect(fold).toContain("- measures something else: `locustfile` `load/pages.ts is changed`");
    expect(fold).toContain("- measures something else: `workflow` `.github/workflows/load.yml is changed`");
    expect(fold).not.toContain("load/locustfile.ts");
    const fresh = await act("fresh", { files: { "load/new.ts": locustfile }, inputs: { locustfile: "load/new.ts" } });
    expect(fresh.fold, told(fresh.outcome)).toContain("`load/new.ts is new`");
  });

  it("an answer that does not come is said too", async () => {
    github.fail({ match: /GET .*\/contents\//, status: 403, body: { message: "Resource not accessible" } });
    const { outcome, comment } = await act("mute", { files: { "load/pages.ts": 'export const page = "/x";\n' } });
    github.proxy.heal();
    expect(outcome.exitCode, told(outcome)).toBe(0);
    expect(comment).toMatch(/whether this pull request changes its own gate is not known.*contents: read/);
  });
});

describe("locustfile-ref: base", () => {
  const easier = { "load/pages.ts": 'export const page = "/load/easy";\n' };

  it("runs the base's locustfile with what it imports, and says what changes once this is merged", async () => {
    stage.target.forget();
    const { outcome, fold } = await act("held", { files: easier, inputs: { "locustfile-ref": "base" } });
    expect(outcome.exitCode, told(outcome)).toBe(0);
    const asked = new Set(stage.target.asked.map(({ path }) => path));
    expect([...asked].filter((path) => path.startsWith("/load"))).toEqual(["/load/base"]);
    expect(fold).toContain("once it is merged");
    expect(fold).toContain("`load/pages.ts is changed`");
  });

  it("ends with exit 2 where the base has none, or cannot be read", async () => {
    const none = await act("none", {
      files: { "load/new.ts": locustfile },
      inputs: { locustfile: "load/new.ts", "locustfile-ref": "base" },
    });
    expect(none.outcome.exitCode, told(none.outcome)).toBe(2);
    expect(none.outcome.annotations[0]?.message).toMatch(/base commit .* has no load\/new\.ts.*[Mm]erge/);
    github.fail({ match: /GET .*\/contents\//, status: 403, body: { message: "Resource not accessible" } });
    const unreadable = await act("dark", { inputs: { "locustfile-ref": "base" } });
    github.proxy.heal();
    expect(unreadable.outcome.exitCode).toBe(2);
    expect(unreadable.outcome.annotations[0]?.message).toContain("contents: read");
  });

  it("means nothing on a push", async () => {
    const outcome = await stage.push({ inputs: { "locustfile-ref": "base" }, env: { GITHUB_TOKEN: tokens.actions } });
    expect(outcome.exitCode, told(outcome)).toBe(0);
  });
});
