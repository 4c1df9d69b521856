import { readFileSync } from "node:fs";
import { mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../base/clock.ts";
import { ExitCode, messageOf } from "../base/errors.ts";
import { shortestSecret } from "../base/redact.ts";
import { guardSockets } from "../base/socket-guard.ts";
import { secretsOfUserinfo } from "../base/userinfo.ts";
import type { GateContext, GateDifference } from "../gate/gate-context.ts";
import { noExtras } from "../gate/load.ts";
import { withoutTarget } from "../gate/no-target.ts";
import type { Started } from "../gate/start-services.ts";
import { gate } from "../gate.ts";
import type { GitHubClient } from "../github/api/client.ts";
import { Silence } from "../github/api/silence.ts";
import { type GitHubContext, readContext } from "../github/event/context.ts";
import { ownsBaseline } from "../github/files/baseline-access.ts";
import { resolvePullRequest } from "../github/pull-request.ts";
import { refuseUntrusted } from "../github/untrusted.ts";
import { placeBaseLocustfile } from "./base-locustfile.ts";
import { baseCommit } from "./base-side.ts";
import { entryFile } from "./entry-points.ts";
import { reportFailure } from "./failed-run.ts";
import { findTarget } from "./find-target.ts";
import { gateDifference, noDifference, unknown } from "./gate-difference.ts";
import type { ActionContext } from "./github/action-context.ts";
import { githubClient } from "./github/client.ts";
import { reportOtherRun } from "./github/report-mode.ts";
import { reportToGitHub } from "./github/report-to-github.ts";
import { RunningNotice } from "./github/running-notice.ts";
import { githubStore } from "./github/store.ts";
import { inTime } from "./in-time.ts";
import { type Interruption, onInterruption } from "./interruption.ts";
import { thisMachine } from "./machine.ts";
import { ProgressMeter } from "./progress-meter.ts";
import { type ReadConfiguration, readConfiguration } from "./read-configuration.ts";
import { RunnerLog } from "./runner-log.ts";
import { questionOf, startTarget, withServices } from "./start-target.ts";

export interface ActionStart {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  /** The job's log: standard output, where the runner reads workflow commands. */
  readonly write: (text: string) => void;
  /** Hands over what anybody else writes to standard output: GitHub's libraries do. */
  readonly overhear: (take: (text: string) => void) => void;
}

/**
 * What is asked of GitHub beside the load, and needed only to compare and to report, has this long in all if nobody
 * answers, from the start; the comment then has as long once more.
 */
const silenceMs = 8000;
/** Of the baseline it is known before the load whether its store can be reached: four tries within five seconds. */
const storePauseMs = 300;
const beside = { ms: silenceMs, late: unknown(`GitHub's API did not answer within ${silenceMs / 1000} s`) };

interface Parts {
  /** For what the measurement needs: it waits as long as that takes. */
  readonly client: GitHubClient | undefined;
  /** For the baseline. */
  readonly store: GitHubClient | undefined;
  readonly directory: string;
  readonly userDirectory: string;
  readonly interruption: Interruption;
  readonly difference: Promise<GateDifference>;
}

/** Runs the action and gives the process's exit code. Never throws: what goes wrong is an annotation. */
export async function runAction({ env, directory, write, overhear }: ActionStart): Promise<number> {
  guardSockets();
  const log = new RunnerLog(write);
  overhear(log.overhear);
  const interruption = onInterruption();
  try {
    log.hide(secretsOf(env));
    const context = readContext({ env, event: readEvent(env) });
    const read = await readConfiguration({ env, directory, context });
    const { config, client } = read;
    log.hide(config.secrets);
    const { settings } = config;
    const reports = settings.mode === "report";
    const allowed = settings["allow-untrusted-locustfile"];
    const loadsLocustfile = !reports && settings.results.length === 0;
    // What `start` runs is the repository's code as the locustfile is.
    await refuseUntrusted({ context, client, loadsLocustfile: loadsLocustfile || settings.start !== null, allowed });
    const token = settings["github-token"] ?? "";
    const silence = new Silence({ limitMs: silenceMs });
    const patient = reports ? client : await githubClient({ token, context, env, silence });
    const store = await githubClient({ token, context, env, silence, retryPauseMs: storePauseMs });
    const action: ActionContext = {
      config,
      context,
      client: patient,
      env,
      log,
      pull: once(() => pullOf(action)),
      run: stampOf(context),
    };
    if (reports)
      return await reportOtherRun(action, { workspace: directory, temporary: documents(env, settings.name) });
    const difference = inTime(gateDifference({ read, context, env, directory }), beside);
    const userDirectory = loadsLocustfile ? await userDirectoryOf(read, { context, env, directory }) : directory;
    return await measure(action, { client, store, directory, userDirectory, interruption, difference });
  } catch (error) {
    log.resumeCommands();
    const code = await reportFailure(error, { env, log });
    return exitCode(code, interruption);
  } finally {
    interruption.release();
  }
}

async function measure(action: ActionContext, parts: Parts): Promise<number> {
  const { log, context } = action;
  const { interruption } = parts;
  let started: Started | null = null;
  const running = new RunningNotice(action);
  const target = { ...action, client: parts.client, signal: interruption.signal, log: log.info };
  try {
    const measured = action.config.settings.results.length > 0;
    const found = measured ? { found: true as const, config: action.config } : await findTarget(target);
    let config = found.found ? found.config : action.config;
    let world = worldOf({ ...action, config }, { ...parts, running });
    if (!found.found) {
      await withoutTarget(config, world, found.reason);
      return ExitCode.ok;
    }
    if (!measured && config.settings.permissions === null) log.info(unlocked);
    log.stopCommands();
    started = await startTarget({
      config,
      world,
      question: questionOf(context),
      serverUrl: context.serverUrl,
      output: log.service,
      buildHead: true,
      refuseEqual: true,
    });
    if (started) ({ config, world } = withServices(started, world));
    const { exitCode: code } = await gate(config, world, noExtras);
    return exitCode(code, interruption);
  } catch (error) {
    log.resumeCommands();
    const cancelled = interruption.signal.aborted;
    await running.endWithout(reasonOf(error), cancelled ? "cancelled" : "failure", cancelled ? 2000 : 20_000);
    throw error;
  } finally {
    await started?.services.end();
    log.resumeCommands();
    if (interruption.signal.aborted) log.info(`cancelled at ${context.run.url}`);
  }
}

/** Said once where nothing else says it. */
const unlocked =
  "the locustfile has the rights of a `run:` step; `permissions: locked` takes from it what measuring does not need";

function worldOf(action: ActionContext, parts: Parts & { readonly running: RunningNotice }): GateContext {
  const { config, context, env, log } = action;
  const { directory, userDirectory, interruption, difference, running } = parts;
  return {
    clock: systemClock,
    directory,
    userDirectory,
    environment: env,
    machine: thisMachine(),
    documents: (name) => documents(env, name),
    swarmEntry: entryFile("swarm"),
    threadEntry: entryFile("thread-process"),
    signal: interruption.signal,
    stopWithinMs: 3000,
    origin: originOf(context),
    gateDifference: () => (interruption.signal.aborted ? Promise.resolve(noDifference) : difference),
    readiness: true,
    log: log.info,
    note: log.note,
    userOutput: log.quote,
    onProgress: new ProgressMeter(log.raw, { columns: null }).show,
    store: githubStore({ config, context, client: parts.store, env, directory, temporaryDirectory: temporary(env) }),
    publish: async (report, { verdict, ...written }) => {
      log.resumeCommands();
      await reportToGitHub({ report, ...written, comparisons: verdict.comparisons }, action, running);
    },
  };
}

/** Where the locustfile is: in the checkout, or with `locustfile-ref: base` in a folder that holds the base's. */
async function userDirectoryOf(
  { config, base }: ReadConfiguration,
  { context, env, directory }: Pick<ActionStart, "env" | "directory"> & { readonly context: GitHubContext },
): Promise<string> {
  const { settings } = config;
  if (settings["locustfile-ref"] !== "base" || baseCommit(context) === null) return directory;
  await mkdir(temporary(env), { recursive: true });
  const into = await mkdtemp(join(temporary(env), "swarmgate-base-"));
  await placeBaseLocustfile({ base, locustfile: settings.locustfile, directory, into });
  return into;
}

/** What must not be told even before the inputs are understood. */
function secretsOf(env: ActionStart["env"]): string[] {
  const values = (env.INPUT_HEADERS ?? "").split(/\r?\n/).map((line) => line.replace(/^[^:]*:/, "").trim());
  for (const url of [env.INPUT_HOST ?? "", env["INPUT_BASE-HOST"] ?? ""]) {
    // A URL that is wrong is quoted in the complaint about it.
    const userinfo = /^\s*(?:[^/?#]*\/\/)?([^/?#]*)@/.exec(url)?.[1];
    if (userinfo) values.push(...secretsOfUserinfo(userinfo));
  }
  return [env["INPUT_GITHUB-TOKEN"] ?? "", ...values].filter((value) => value.length >= shortestSecret);
}

function readEvent(env: ActionStart["env"]): unknown {
  if (!env.GITHUB_EVENT_PATH) return {};
  try {
    return JSON.parse(readFileSync(env.GITHUB_EVENT_PATH, "utf8"));
  } catch {
    return {};
  }
}

function temporary(env: ActionStart["env"]): string {
  return env.RUNNER_TEMP ?? env.TMPDIR ?? "/tmp";
}

function documents(env: ActionStart["env"], name: string): string {
  return join(temporary(env), "swarmgate", name);
}

function pullOf({ config, context, client }: ActionContext) {
  return resolvePullRequest({ context, client, given: config.settings["pr-number"] ?? undefined });
}

/** The run whose numbers are told: another one's where the event is about that. */
function stampOf({ run, workflowRun, headSha }: GitHubContext): ActionContext["run"] {
  return { id: workflowRun?.id ?? run.id, attempt: workflowRun?.attempt ?? run.attempt, sha: headSha };
}

function originOf(context: GitHubContext): GateContext["origin"] {
  return {
    commit: context.headSha || null,
    baseCommit: context.baseSha ?? null,
    branch: context.branch ?? null,
    ownsBaseline: ownsBaseline(context),
    run: context.run.id > 0 ? context.run : null,
  };
}

function exitCode(code: number, interruption: Interruption): number {
  return interruption.name() === "SIGTERM" && code === ExitCode.interrupted ? ExitCode.terminated : code;
}

function reasonOf(error: unknown): string {
  return messageOf(error).split("\n")[0]?.slice(0, 120) ?? "";
}

function once<T>(act: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= act();
    return made;
  };
}
