import { type GitHubEmulator, type SeededPull, tokens } from "./github-emulator.ts";
import { type ActionOutcome, type ActionRun, runAction } from "./run-action.ts";
import { ToyTarget } from "./toy-target.ts";

/** A locustfile that asks for two pages, slowly. */
export const locustfile = `
import { HttpUser, constant, task } from "swarmgate";
export class Visitor extends HttpUser {
  waitTime = constant(0.02);
  @task(2) async home() { await this.client.get("/load/home"); }
  @task async search() { await this.client.get("/load/search?q=oak", { name: "/load/search" }); }
}
`;

const repository = { id: 1, name: "shop", full_name: "octo/shop", default_branch: "main" };
let runs = 100;

/** The built action against a toy target and a GitHub of our own. */
export class Stage {
  readonly target = new ToyTarget();
  readonly github: GitHubEmulator;

  constructor(github: GitHubEmulator) {
    this.github = github;
  }

  /** Ids grow as on GitHub. */
  get lastRun(): number {
    return runs;
  }

  act(run: ActionRun = {}): Promise<ActionOutcome> {
    const { inputs, env, files, event, ...rest } = run;
    return runAction({
      ...rest,
      event: { repository, ...(event as object | undefined) },
      files: { "locustfile.ts": locustfile, ...files },
      inputs: {
        host: this.target.url,
        users: "4",
        // Not less: a moment in which the machine stood still would be half of the run, which is no valid one then.
        "run-time": "2s",
        warmup: "0",
        "baseline-store": "none",
        "upload-artifact": "false",
        ...inputs,
      },
      env: {
        GITHUB_API_URL: this.github.apiUrl,
        GITHUB_TOKEN: tokens.actions,
        GITHUB_RUN_ID: String(++runs),
        ...env,
      },
    });
  }

  /** A push to the default branch. */
  push(run: ActionRun = {}): Promise<ActionOutcome> {
    const env = { GITHUB_REF: "refs/heads/main", GITHUB_SHA: this.github.branch("main"), ...run.env };
    return this.act({ eventName: "push", ...run, env });
  }

  /** Comments of ours on a pull request. */
  async comments(pull: SeededPull): Promise<string[]> {
    const all = await this.github.comments(pull.number);
    return all.map(({ body }) => body).filter((body) => body.startsWith("<!-- swarmgate:"));
  }
}

/** All that a run printed or left behind where others can see it. */
export function told(outcome: ActionOutcome): string {
  return outcome.stdout + outcome.stderr;
}
