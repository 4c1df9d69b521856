import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { ExitCode, GateError, messageOf } from "../base/errors.ts";
import { Redactor } from "../base/redact.ts";
import { aimedAt, type GateConfig } from "../config/gate-config.ts";
import { type ArmFailure, ArmService } from "../service/arm-service.ts";
import type { BaseQuestion } from "../service/base-question.ts";
import { type BaseTree, placeBase } from "../service/base-tree.ts";
import { followLog } from "../service/follow-log.ts";
import { freePorts } from "../service/free-ports.ts";
import { Ledger, ledgerFolder } from "../service/ledger.ts";
import { sweep } from "../service/sweep.ts";
import { defaultUrl, type ServiceArm } from "../service/url-template.ts";
import type { GateContext } from "./gate-context.ts";
import { documentsDirectory } from "./prepare.ts";
import { type Ready, waitForArm } from "./service-ready.ts";
import { endLimits, RunningServices, type Services } from "./services.ts";

export interface ServicesOrder {
  readonly config: GateConfig;
  readonly world: Pick<GateContext, "clock" | "directory" | "documents" | "environment" | "signal" | "log">;
  readonly question: BaseQuestion;
  /** Where folders of ours may be made; ledgers are kept beside `ledgers`. */
  readonly temporary: string;
  /** The machine's own temporary directory, which outlives a job. */
  readonly ledgers: string;
  readonly serverUrl: string;
  /** Whether `build` runs in the user's own directory too. */
  readonly buildHead: boolean;
  /** Whether a base that is the checked-out commit is none. */
  readonly refuseEqual: boolean;
  /** One line that a command of an arm printed. */
  readonly output: (arm: ServiceArm, line: string) => void;
}

/** A run's services, and its configuration aimed at them. */
export interface Started {
  readonly config: GateConfig;
  readonly services: Services;
  /** The commit the base was made from; null where there is no base. */
  readonly baseCommit: string | null;
}

/**
 * Starts the service in one or two versions and waits until each answers. A base that cannot be had is no fault of the
 * head: the head is then held against the stored baseline, and everybody is told why.
 * @throws GateError `service-not-started` (exit 4) where the head does not come up
 */
export async function startServices(order: ServicesOrder): Promise<Started> {
  const { world, temporary, ledgers } = order;
  for (const line of await sweep({ temporary: ledgers, env: world.environment, nowMs: world.clock.now() }))
    world.log(line);
  const run = `swarmgate-${randomBytes(6).toString("hex")}`;
  const folder = join(temporary, run);
  const ledger = new Ledger(ledgerFolder(ledgers));
  ledger.addFolder(folder);
  mkdirSync(folder, { recursive: true });
  const stage: Stage = { ...order, run, folder, ledger, arms: [] };
  const cleanUp = once(() => cleanUpAll(stage));
  try {
    return await start(stage, cleanUp);
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

interface Stage extends ServicesOrder {
  readonly run: string;
  readonly folder: string;
  readonly ledger: Ledger;
  /** All that were begun. */
  readonly arms: ArmService[];
}

async function start(stage: Stage, cleanUp: () => Promise<void>): Promise<Started> {
  const { config, world } = stage;
  const tree = await baseOf(stage);
  if (tree.is === "none") world.log(`no base version: ${tree.why}`);
  if (tree.is === "ready") {
    world.log(`the base version is ${tree.sha.slice(0, 7)}`);
    for (const notice of tree.notices) world.log(notice);
  }
  const [headPort = 0, basePort = 0] = await freePorts(2);
  const head = armOf(stage, { arm: "head", directory: world.directory, port: headPort });
  const base = tree.is === "ready" ? armOf(stage, { arm: "base", directory: tree.directory, port: basePort }) : null;
  const arms = base === null ? [head] : [head, base];
  const coming = base === null ? null : bringUp(base, { stage, arms });
  // Nobody waits for a base whose head does not come up.
  coming?.catch(() => undefined);
  const headCame = await bringUp(head, { stage, arms });
  if ("step" in headCame) throw notStarted(headCame, stage);
  const baseCame = coming === null ? null : await coming;
  interrupted(world.signal);
  const unready: ArmFailure[] = tree.is === "failed" ? [withoutTree(tree)] : [];
  if (baseCame && "step" in baseCame) {
    unready.push(baseCame);
    await base?.end(endLimits(world.signal));
  }
  for (const failure of unready) tellUnready(failure, stage);
  const notices = [headCame, baseCame].flatMap((one) =>
    one !== null && "notice" in one && one.notice !== null ? [one.notice] : [],
  );
  const running = [{ service: head, listeners: headCame.listeners }];
  if (base && baseCame && !("step" in baseCame)) running.push({ service: base, listeners: baseCame.listeners });
  const baseUrl = running.length > 1 && base ? base.url : null;
  // What cannot be compared side by side is compared with what is stored.
  const compare = baseUrl === null && config.settings.compare === "side-by-side" ? "auto" : config.settings.compare;
  const able = { ...config, settings: { ...config.settings, compare }, notices: [...config.notices, ...notices] };
  return {
    config: aimedAt(able, { host: head.url, ...(baseUrl !== null && { "base-host": baseUrl }) }),
    services: new RunningServices({ arms: running, unready, cleanUp }),
    baseCommit: baseUrl !== null && tree.is === "ready" ? tree.sha : null,
  };
}

/** The base's files, where a base is wanted at all. */
async function baseOf({ config, world, question, folder, serverUrl, refuseEqual }: Stage): Promise<BaseTree> {
  const { settings } = config;
  const none = (why: string) => ({ is: "none" as const, why });
  if (settings.base === "none") return none("base is none");
  if (settings.mode !== "gate") return none(`mode: ${settings.mode} loads one version`);
  if (settings.compare === "baseline" || settings.compare === "none") return none(`compare is ${settings.compare}`);
  const python = settings.locustfile.find((path) => path.endsWith(".py"));
  if (python !== undefined) return none(`${python} cannot be run side by side`);
  const into = join(folder, "base");
  mkdirSync(into);
  return await placeBase({
    question,
    directory: world.directory,
    into,
    refuseEqual,
    settings: { env: world.environment, token: settings["github-token"] ?? "", serverUrl, signal: world.signal },
  });
}

function armOf(
  stage: Stage,
  { arm, directory, port }: { arm: ServiceArm; directory: string; port: number },
): ArmService {
  const { config, world, folder, run, ledger, buildHead } = stage;
  const { settings } = config;
  const documents = documentsDirectory(config, world);
  const order = {
    arm,
    directory,
    port,
    mark: `${run}-${arm}`,
    commands: {
      build: arm === "base" || buildHead ? settings.build : null,
      start: settings.start ?? "",
      stop: settings.stop,
    },
    url: settings.url ?? defaultUrl,
    env: world.environment,
    scratch: folder,
    logPath: join(documents, `service-${arm}.log`),
  };
  const service = new ArmService(order, ledger);
  stage.arms.push(service);
  return service;
}

/** Builds and starts one version; its output is shown until it answers. */
async function bringUp(
  arm: ArmService,
  { stage, arms }: { readonly stage: Stage; readonly arms: readonly ArmService[] },
): Promise<Ready | ArmFailure> {
  const { config, world, output } = stage;
  const unfollow = followLog(arm.logPath, (line) => output(arm.arm, line));
  try {
    const unbuilt = await arm.build(world.signal);
    interrupted(world.signal);
    if (unbuilt) return unbuilt;
    arm.start();
    const others = arms.filter((other) => other !== arm);
    const ready = await waitForArm(arm, { others, config, world });
    interrupted(world.signal);
    if (!("step" in ready)) world.log(`the ${arm.arm} version answers at ${arm.url}`);
    return ready;
  } finally {
    unfollow();
  }
}

function interrupted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new GateError("interrupted", "interrupted while the service was started", { exitCode: ExitCode.interrupted });
}

function withoutTree({ why, remedy }: Extract<BaseTree, { is: "failed" }>): ArmFailure {
  return { arm: "base", step: "checkout", ending: null, message: why, hint: remedy, lines: [] };
}

function tellUnready({ message, hint, lines }: ArmFailure, { world, output }: Stage): void {
  world.log(`no base version: ${message} (${hint}); the stored baseline takes its place`);
  for (const line of lines) output("base", line);
}

function notStarted({ message, hint, lines }: ArmFailure, { world }: Stage): GateError {
  const last = lines.length === 0 ? "it printed nothing" : `its last lines:\n${lines.join("\n")}`;
  world.log(`${message}; ${last}`);
  return new GateError("service-not-started", `${message}; ${last}`, {
    exitCode: ExitCode.notReady,
    place: "start",
    hint,
  });
}

async function cleanUpAll({ arms, folder, ledger, world, config }: Stage): Promise<void> {
  const problems = await Promise.all(arms.map((arm) => arm.end(endLimits(world.signal))));
  for (const problem of problems.flat()) world.log(problem);
  for (const { logPath } of arms) redactLog(logPath, config.secrets);
  await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch((error: unknown) => {
    world.log(`${folder} could not be removed: ${messageOf(error)}`);
  });
  ledger.close();
}

const largestRedacted = 64 * 1024 * 1024;

/** The log goes into the report's artifact: what we know to be secret is no part of it. */
function redactLog(path: string, secrets: readonly string[]): void {
  if (secrets.length === 0) return;
  try {
    const text = readFileSync(path, "utf8");
    if (text.length > largestRedacted) return;
    const clean = new Redactor(secrets).clean(text);
    if (clean !== text) writeFileSync(path, clean);
  } catch {
    // There is no log, or it cannot be read.
  }
}

function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= act();
    return done;
  };
}
