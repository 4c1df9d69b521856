import { readFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../base/clock.ts";
import { ExitCode, GateError, messageOf, UsageError } from "../base/errors.ts";
import { Redactor } from "../base/redact.ts";
import { findConfiguration } from "../config/find-configuration.ts";
import { type GateConfig, gateConfig } from "../config/gate-config.ts";
import { refuseUnbuilt } from "../config/unbuilt.ts";
import { noExtras } from "../gate/load.ts";
import type { World } from "../gate/world.ts";
import { gate } from "../gate.ts";
import { type GitHubContext, readContext } from "../github/context.ts";
import { readInputs } from "../github/inputs.ts";
import { refuseUntrusted } from "../github/untrusted.ts";
import { annotationCommands, foreignLines, maskCommands, stopCommands } from "../github/workflow-commands.ts";
import { entryFile } from "./beside.ts";
import { githubClient } from "./github-client.ts";
import { onInterruption } from "./interruption.ts";
import { thisMachine } from "./machine.ts";
import { ProgressMeter } from "./progress-meter.ts";
import { storeFor } from "./store-for.ts";
import { tellGitHub } from "./tell-github.ts";

export interface ActionWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  /** The job's log: standard output, where the runner reads workflow commands. */
  readonly write: (text: string) => void;
}

/** Runs the action and gives the process's exit code. Never throws: what goes wrong is an annotation. */
export async function runAction({ env, directory, write }: ActionWorld): Promise<number> {
  const line = (text: string) => write(`${text}\n`);
  const interruption = onInterruption();
  try {
    const context = readContext({ env, event: readEvent(env) });
    const config = readConfig({ env, directory });
    for (const command of maskCommands(new Redactor(config.secrets).forms)) line(command);
    for (const notice of refuseUnbuilt(config)) line(`swarmgate: ${notice}`);
    const client = await githubClient({ config, context, env });
    await refuseUntrusted({
      context,
      client,
      loadsLocustfile: true,
      allowed: config.settings["allow-untrusted-locustfile"],
    });
    // While user code may print, the runner must not take lines for commands.
    const { stop, resume } = stopCommands();
    line(stop);
    const meter = new ProgressMeter(write, { columns: null });
    const world: World = {
      clock: systemClock,
      directory,
      environment: env,
      machine: thisMachine(),
      documents: (name) => join(env.RUNNER_TEMP ?? directory, "swarmgate", name),
      swarmEntry: entryFile("swarm"),
      signal: interruption.signal,
      stopWithinMs: 3000,
      origin: originOf(context),
      readiness: true,
      log: (text) => line(`swarmgate: ${text}`),
      userOutput: (text) => foreignLines(text, "locustfile | ").forEach(line),
      onProgress: meter.show,
      store: storeFor({ config, directory }),
      tell: async (report, told) => {
        line(resume);
        await tellGitHub(report, told, { config, context, client, env, line });
      },
    };
    try {
      const { exitCode } = await gate(config, world, noExtras);
      return interruption.name() === "SIGTERM" && exitCode === ExitCode.interrupted ? ExitCode.terminated : exitCode;
    } finally {
      line(resume);
    }
  } catch (error) {
    return report(error, { env, line });
  } finally {
    interruption.release();
  }
}

function readEvent(env: ActionWorld["env"]): unknown {
  if (!env.GITHUB_EVENT_PATH) return {};
  try {
    return JSON.parse(readFileSync(env.GITHUB_EVENT_PATH, "utf8"));
  } catch {
    return {};
  }
}

/** Inputs and the configuration file together; the problems of both are told at once. */
function readConfig({ env, directory }: Pick<ActionWorld, "env" | "directory">): GateConfig {
  const inputs = readInputs(env);
  const problems = [...inputs.problems];
  const attempt = <T>(act: () => T): T | undefined => {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  const file = attempt(() => findConfiguration({ directory, named: inputs.values.get("config") ?? null }));
  const config = attempt(() =>
    gateConfig({
      layers: [{ values: inputs.values, spell: (name) => name }],
      file: file ?? null,
      defaults: {},
      promiseByDefault: true,
      secrets: [inputs.values.get("github-token") ?? ""],
    }),
  );
  if (!config || problems.length > 0) throw new UsageError(problems);
  return config;
}

function originOf(context: GitHubContext): World["origin"] {
  const teaching = ["push", "schedule", "workflow_dispatch"].includes(context.eventName);
  return {
    commit: context.headSha || null,
    baseCommit: context.baseSha ?? null,
    branch: context.branch ?? null,
    ownsBaseline: teaching && context.onDefaultBranch && !context.isFork,
    run: context.run.id > 0 ? context.run : null,
  };
}

/** One annotation for each problem, and the exit code. */
function report(error: unknown, { env, line }: { env: ActionWorld["env"]; line: (text: string) => void }): number {
  const clean = (text: string) => new Redactor([env["INPUT_GITHUB-TOKEN"] ?? ""]).clean(text);
  if (error instanceof GateError) {
    const problems =
      error instanceof UsageError ? error.problems : [{ where: error.place ?? "", message: error.message }];
    const annotations = problems.map(({ where, message }) => {
      const place = /^([\w./-]+):(\d+)(?::(\d+))?/.exec(where);
      const hint = error.hint ? ` ${error.hint[0]?.toUpperCase()}${error.hint.slice(1)}.` : "";
      return {
        level: "error" as const,
        title: "swarmgate",
        message: clean(`${where ? `${where}: ` : ""}${message}.${hint}`.replace(/\.\./g, ".")),
        ...(place && { file: place[1], line: Number(place[2]), column: place[3] ? Number(place[3]) : undefined }),
      };
    });
    for (const command of annotationCommands(annotations)) line(command);
    return error.exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
  const message = clean(`swarmgate itself failed, which is our fault: ${text}`);
  for (const command of annotationCommands([{ level: "error", title: "swarmgate", message }])) line(command);
  return ExitCode.ownFault;
}
