import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { GitHubEmulator, type SeededPull, tokens } from "../support/github-emulator.ts";
import { type ActionRun, cleanUpActionRuns, install, runAction } from "../support/run-action.ts";
import { BadTarget } from "./bad-target.ts";
import type { Ended } from "./fault-case.ts";

export interface CliRun {
  readonly args: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** See ActionRun. */
  readonly wrap?: readonly string[];
  readonly onStart?: (pid: number) => void;
  readonly onOutput?: (text: string) => void;
  readonly timeoutMs?: number;
}

/** A locustfile that asks for these paths, one after another, ten times a second. */
export function visiting(...paths: readonly string[]): string {
  const lines = paths.map(
    (path) => `    await this.client.get(${JSON.stringify(path)}, { name: ${JSON.stringify(path)} });`,
  );
  return [
    'import { constant, HttpUser, task } from "swarmgate";',
    "export class Visitor extends HttpUser {",
    "  waitTime = constant(0.1);",
    "  @task async visit() {",
    ...lines,
    "  }",
    "}",
    "",
  ].join("\n");
}

let runs = 500;

/** The built action and command line in a folder with nothing beside them, a target that misbehaves, a GitHub. */
export class FaultStage {
  readonly target: BadTarget;
  readonly github: GitHubEmulator;
  readonly #pull: SeededPull;
  readonly #folders: string[] = [];
  /** The folder with `dist/`. */
  readonly action = install();

  private constructor(parts: { target: BadTarget; github: GitHubEmulator; pull: SeededPull }) {
    this.target = parts.target;
    this.github = parts.github;
    this.#pull = parts.pull;
  }

  static async open(): Promise<FaultStage> {
    const github = await GitHubEmulator.start();
    const pull = await github.openPull({ branch: "faults" });
    return new FaultStage({ target: await BadTarget.open(), github, pull });
  }

  async close(): Promise<void> {
    await this.target.close();
    await this.github.close();
    cleanUpActionRuns();
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  }

  folder(): string {
    const path = mkdtempSync(join(tmpdir(), "swarmgate-fault-"));
    this.#folders.push(path);
    return path;
  }

  /** The action on a pull request: four users for two seconds, no baseline, no artifact, if nothing else is said. */
  async act(run: ActionRun & { readonly locustfile?: string; readonly comments?: boolean } = {}): Promise<Ended> {
    const { locustfile = visiting("/ok"), comments = false, files, inputs, env, ...rest } = run;
    const { number, headSha: sha, baseSha, branch } = this.#pull;
    const repository = { id: 1, name: "shop", full_name: "octo/shop", default_branch: "main" };
    const sides = { head: { sha, ref: branch, repo: { id: 1 } }, base: { sha: baseSha, ref: "main", repo: { id: 1 } } };
    const ended = await runAction({
      event: { action: "synchronize", number, repository, pull_request: { number, ...sides } },
      ...rest,
      files: { "locustfile.ts": locustfile, ...files },
      inputs: {
        host: this.target.url,
        users: "4",
        "run-time": "2s",
        warmup: "0",
        compare: "none",
        "baseline-store": "none",
        "upload-artifact": "false",
        ...inputs,
      },
      env: {
        ...(comments && { GITHUB_API_URL: this.github.apiUrl, GITHUB_TOKEN: tokens.actions }),
        GITHUB_RUN_ID: String(++runs),
        ...env,
      },
    });
    const { exitCode, signal, outputs, durationMs, stdout, stderr, summary, workspace, runnerTemp } = ended;
    const printed = `${stdout}\n${stderr}`;
    const text = `${printed}\n${summary}`;
    return { exitCode, signal, outputs, durationMs, text, printed, directory: workspace, temporary: runnerTemp };
  }

  /** Bodies of our comments that name the load test `name`. */
  async comments(name: string): Promise<string[]> {
    const all = await this.github.comments(this.#pull.number);
    return all.map(({ body }) => body).filter((body) => body.startsWith(`<!-- swarmgate:${name}`));
  }

  /** The command line. */
  async cli({ args, files = {}, env = {}, wrap = [], ...run }: CliRun): Promise<Ended> {
    const directory = this.folder();
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    const words = [...wrap, process.execPath, join(this.action, "dist/cli.js"), ...args];
    const beganMs = performance.now();
    const child = spawn(words[0] as string, words.slice(1), {
      cwd: directory,
      env: { PATH: process.env.PATH, TMPDIR: this.folder(), ...env },
    });
    if (child.pid !== undefined) run.onStart?.(child.pid);
    const timer = setTimeout(() => child.kill("SIGKILL"), run.timeoutMs ?? 60_000);
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        run.onOutput?.(text);
      });
    }
    const { exitCode, signal } = await new Promise<Pick<Ended, "exitCode" | "signal">>((resolve) => {
      child.once("close", (code, killedBy) => resolve({ exitCode: code, signal: killedBy }));
    });
    clearTimeout(timer);
    return {
      exitCode,
      signal,
      text,
      printed: text,
      outputs: {},
      durationMs: performance.now() - beganMs,
      directory,
      temporary: directory,
    };
  }

  /** The command line in front of this target: two users for two seconds. */
  load(
    args: readonly string[] = [],
    run: Omit<CliRun, "args"> & { readonly locustfile?: string } = {},
  ): Promise<Ended> {
    const { locustfile = visiting("/ok"), files, ...rest } = run;
    return this.cli({
      args: ["run", "--headless", "-f", "locustfile.ts", "-H", this.target.url, "-u", "2", "-t", "2s", ...args],
      files: { "locustfile.ts": locustfile, ...files },
      ...rest,
    });
  }
}

/** Ids of the processes that a process has started. */
export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** How a process was started; empty for one that is gone. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}
