import { readFileSync } from "node:fs";
import { join } from "node:path";
import { withUserinfo } from "../base/userinfo.ts";
import { version } from "../base/version.ts";
import type { GateConfig } from "../config/gate-config.ts";
import type { LoadOutline } from "../engine/locustfile/outline.ts";
import { type LoadPlan, type Progress, threadsFor } from "../engine/plan/load-plan.ts";
import { shareOf } from "../engine/plan/shard.ts";
import type { FailureGroup } from "../stats/failures.ts";
import type { RunResult, UserTrouble } from "../stats/run-result.ts";
import type { Block } from "../stats/snapshot.ts";
import type { GateContext } from "./gate-context.ts";
import { baseHostOf, baseUserinfoOf } from "./question.ts";
import { notKept } from "./results/keep-result.ts";
import { permissionFlags } from "./swarm/permission-flags.ts";
import type { ClusterOrder, CustomArguments, LoadOrder } from "./swarm/swarm-channel.ts";
import { allowedEnvironment, withheldNames } from "./swarm/swarm-child.ts";
import { runSwarmProcess } from "./swarm/swarm-process.ts";

/** Options of the command line that are no settings of the gate. */
export interface RunExtras {
  readonly runTimeIncludesRamp: boolean;
  readonly resetStats: boolean;
  readonly equalWeights: boolean;
  readonly configUsers: LoadPlan["configUsers"];
  readonly parsedOptions: Readonly<Record<string, unknown>>;
  readonly customArguments: CustomArguments;
  /** Every request counts, the ramp's too (`swarmgate run`, docs/inputs.md#the-command-lines-defaults). */
  readonly countEverything: boolean;
  /** Codes of reasons that make no run invalid here; they are told as warnings. */
  readonly forgiven: ReadonlySet<string>;
  /** The run ends after so many tasks (`--iterations`). */
  readonly iterations?: number | undefined;
  /** Every host may be reached (the command line without --allowed-hosts). */
  readonly anyHost: boolean;
  /** This machine's part in a cluster; null for a run of its own. */
  readonly cluster: ClusterOrder | null;
}

export const noExtras: RunExtras = {
  runTimeIncludesRamp: false,
  resetStats: false,
  equalWeights: false,
  configUsers: [],
  parsedOptions: {},
  customArguments: { words: [], conf: [], taken: [] },
  countEverything: false,
  forgiven: new Set(),
  anyHost: false,
  cluster: null,
};

/** What every step of the gate works with. */
export interface GateStep {
  readonly config: GateConfig;
  readonly world: GateContext;
  readonly extras: RunExtras;
  /** Where documents go. */
  readonly directory: string;
}

/** What is asked of the load-generating process. */
export function loadOrder({
  config,
  world,
  extras,
  directory,
  inspect = null,
  extensionMs = 0,
  confirmMs = null,
  watched = false,
}: GateStep & {
  inspect?: LoadOrder["inspect"];
  /** How long past its run time the run may go on. */
  extensionMs?: number;
  /** The second pass that confirms a regression, and how long it may take; null for the run itself. */
  confirmMs?: number | null;
  /** Whether blocks are handed out while they are measured. */
  watched?: boolean;
}): LoadOrder {
  const { settings, given } = config;
  const { shard } = settings;
  const share = (whole: number) => (shard === null ? whole : shareOf(whole, shard));
  const part = (whole: number) => (shard === null ? whole : whole / shard.of);
  const users = share(settings.users);
  const baseHost = baseHostOf(config);
  const locked = settings.permissions !== null;
  const asked = settings.threads === "auto" ? threadsFor({ users, cores: world.machine.cores }) : settings.threads;
  // Processes share no counter, and a run of so many requests sends exactly as many.
  const threads = locked && (settings.requests !== null || extras.iterations !== undefined) ? 1 : asked;
  return {
    locked,
    locustfiles: settings.locustfile,
    directory: world.userDirectory ?? world.directory,
    customArguments: extras.customArguments,
    resultPath: join(directory, confirmMs === null ? "result.json" : "confirmation.json"),
    inspect,
    cluster: inspect === null ? extras.cluster : null,
    plan: {
      name: settings.name,
      engine: version,
      commit: world.origin.commit,
      baseCommit: world.origin.baseCommit,
      machine: world.machine,
      host: settings.host === null ? null : withUserinfo(settings.host, config.userinfo.host),
      baseHost: baseHost === null ? null : withUserinfo(baseHost, baseUserinfoOf(config)),
      users,
      spawnRate: part(settings["spawn-rate"]),
      runTimeMs: confirmMs ?? (settings["run-time"] === "forever" ? null : settings["run-time"]),
      extensionMs,
      runTimeIncludesRamp: extras.runTimeIncludesRamp,
      requests: settings.requests === null ? null : share(settings.requests),
      ...(extras.iterations !== undefined && { iterations: share(extras.iterations) }),
      arrivalRate: settings["arrival-rate"] === null ? null : part(settings["arrival-rate"]),
      warmup: settings.warmup === "auto" ? "auto" : { ms: settings.warmup },
      stopTimeoutMs: settings["stop-timeout"],
      threads,
      seed: settings.seed ?? world.origin.commit ?? "swarmgate",
      tags: settings.tags,
      excludeTags: settings["exclude-tags"],
      userClasses: settings["user-classes"],
      headers: settings.headers,
      secrets: config.secrets,
      allowedHosts: allowedHosts(config, extras),
      maxUsers: extras.anyHost && !given.has("max-users") ? null : settings["max-users"],
      maxRate: extras.anyHost && !given.has("max-rate") ? null : part(settings["max-rate"]),
      ...(shard && { shard }),
      ...(settings.interleave === "seconds" && { alternates: true }),
      ...(watched && { watched }),
      resetStats: extras.resetStats,
      equalWeights: extras.equalWeights,
      configUsers: extras.configUsers,
      withheld: withheldNames(world.environment, settings.env),
      parsedOptions: extras.parsedOptions,
      judgedPhase: confirmMs === null ? "steady" : "confirmation",
      countEverything: extras.countEverything,
    },
  };
}

/** `allowed-hosts`, else the host names of the targets; those too where a file that may add none named some. */
function allowedHosts({ settings, given, held }: GateConfig, extras: RunExtras): readonly string[] | null {
  const onlyTargets = held.some(({ setting, holds }) => setting === "allowed-hosts" && holds === "default");
  if (given.has("allowed-hosts") && !onlyTargets) return settings["allowed-hosts"];
  if (extras.anyHost) return null;
  return [settings.host, settings["base-host"]].flatMap((url) => (url === null ? [] : [new URL(url).hostname]));
}

/** What we measured ourselves is read whatever its size; only files that come from elsewhere are bounded. */
const ownRun = { limitBytes: Number.POSITIVE_INFINITY };

/** Who looks at a running test and may end it early. */
export interface Watch {
  /** Given what the locustfile lets expect, before the load; a line for the log. */
  readonly foresee?: (outline: LoadOutline) => string | null;
  /** Given the blocks of a run that may go on past its run time, and what users met so far; true ends it. */
  readonly isEnough?: (blocks: readonly Block[], trouble: UserTrouble | null) => boolean;
  /** Given the blocks of a watched run (see LoadPlan) as they end; a reason ends it. */
  readonly whyBroken?: (blocks: readonly Block[]) => string | null;
  /** Given what failed, as it comes in; a reason ends it. */
  readonly whyBlocked?: (failures: readonly FailureGroup[]) => string | null;
  /** Given how it stands, block by block, and what users met so far; a reason ends it. */
  readonly whyLost?: (progress: Progress, trouble: UserTrouble) => string | null;
}

const noWatch: Required<Watch> = {
  foresee: () => null,
  isEnough: () => true,
  whyBroken: () => null,
  whyBlocked: () => null,
  whyLost: () => null,
};

/** Runs the load; `result.json` is complete on disk when it returns, or the result warns that it is not. */
export async function load(
  order: LoadOrder,
  world: GateContext,
  config: GateConfig,
  watch: Watch = {},
): Promise<RunResult> {
  const { foresee, isEnough, whyBroken, whyBlocked, whyLost } = { ...noWatch, ...watch };
  const { unsaved } = await runSwarmProcess(order, {
    ...swarmProcess(order, world, config),
    isEnough,
    onOutline: (outline) => void logged(foresee(outline)),
    whyBroken: (blocks) => logged(whyBroken(blocks)),
    whyBlocked: (failures) => logged(whyBlocked(failures)),
    whyLost: (progress, trouble) => logged(serviceGone() ?? whyLost(progress, trouble)),
  });
  const { decodeResult } = await import("../stats/document/result-document.ts");
  const text = unsaved?.text ?? readFileSync(order.resultPath, "utf8");
  const result = decodeResult(text, order.resultPath, ownRun);
  return unsaved ? notKept(result, unsaved.why) : result;

  function serviceGone(): string | null {
    const died = world.services?.died() ?? null;
    return died === null ? null : `nothing more can be measured: ${died.message}`;
  }

  function logged(why: string | null): string | null {
    if (why !== null) world.log(why);
    return why;
  }
}

/** Works for a master until that says it is over; what was measured is the master's to tell. */
export async function work(order: LoadOrder, world: GateContext, config: GateConfig): Promise<void> {
  await runSwarmProcess(order, { ...swarmProcess(order, world, config), ...noWatch });
}

/** Loads the locustfile and says what is in it, without load. */
export async function inspect(order: LoadOrder, world: GateContext, config: GateConfig): Promise<string> {
  const { inspected } = await runSwarmProcess(order, { ...swarmProcess(order, world, config), ...noWatch });
  return inspected ?? "";
}

function swarmProcess(order: LoadOrder, world: GateContext, { settings }: GateConfig) {
  const environment = allowedEnvironment(world.environment, settings.env);
  const { swarmEntry: entry } = world;
  const directory = world.userDirectory ?? world.directory;
  const reach = { ...order, entry, directory, checkout: world.directory, environment };
  return {
    entry,
    threadEntry: world.threadEntry,
    ahead: world.swarmAhead,
    environment,
    directory,
    permissionFlags: settings.permissions && permissionFlags(settings.permissions, reach),
    onOutput: world.userOutput,
    onProgress: world.onProgress,
    onNote: world.note ?? world.log,
    onStarted: world.onStarted,
    signal: world.signal,
    stopWithinMs: world.stopWithinMs,
  };
}
