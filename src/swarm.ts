import "./door/refuse-old-node.ts";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { systemClock } from "./base/clock.ts";
import { ExitCode, GateError, traceOf, UsageError } from "./base/errors.ts";
import { setInterval, sinceOriginMs } from "./base/own-time.ts";
import { cleanJson, Redactor } from "./base/redact.ts";
import { saveText } from "./base/save-file.ts";
import { guardSockets } from "./base/socket-guard.ts";
import { entryUrl } from "./door/entry-points.ts";
import { inspectLocustfile } from "./engine/locustfile/inspect.ts";
import { ownArgumentsHelp, readOwnArguments } from "./engine/locustfile/own-arguments.ts";
import type { MasterRunner } from "./engine/master/master.ts";
import { runLoad } from "./engine/master/run-load.ts";
import { SeparateThreads } from "./engine/node/separate-threads.ts";
import { openThreads } from "./engine/node/thread-node.ts";
import type { LoadPlan } from "./engine/plan/load-plan.ts";
import { toBlockWire } from "./gate/swarm/block-wire.ts";
import type { FromSwarm, LoadOrder, ToSwarm } from "./gate/swarm/swarm-channel.ts";
import { loadLightCompiler } from "./loading/light/light-compiler.ts";
import { compileLocustfile } from "./loading/locustfile.ts";
import type { FailureGroup } from "./stats/failures.ts";
import type { UserTrouble } from "./stats/run-result.ts";
import type { Block } from "./stats/snapshot.ts";

/**
 * The child that runs user code: master and threads, no token, an environment of a few variables. It is told what to
 * do over its channel and says there how it goes; what user code prints goes to its standard output.
 */

/** Users a second that a change by keys starts or stops, as in Locust. */
const keysSpawnRate = 100;

/** What a locustfile imports, and what a thread runs. */
const entries = { engineUrl: entryUrl("index"), threadUrl: entryUrl("thread") };

guardSockets();

// Whatever the order will be, nearly every locustfile needs these two; the door is still reading its settings.
void loadLightCompiler();
void import(entries.engineUrl);

let master: MasterRunner | undefined;
/** Threads that are processes of their own. */
let separate: SeparateThreads | undefined;
let stopping: number | undefined;
/** A worker that is to leave its master. */
const leaving = new AbortController();

/** As it was before a locustfile was loaded. */
const send = process.send?.bind(process);

function report(message: FromSwarm): Promise<void> {
  return new Promise((resolve) => {
    if (send) send(message, () => resolve());
    else resolve();
  });
}

setInterval(() => void report({ type: "alive" }), 1000).unref();

process.on("message", (message) => {
  const said = message as ToSwarm;
  if (said.type === "load") void obey(said.order);
  else if (said.type === "end") {
    if (said.why !== undefined) master?.log.warn("ended-early", said.why);
    master?.end();
  } else if (said.type === "stop") {
    stopping = said.stopTimeoutMs;
    leaving.abort();
    master?.interrupt({ stopTimeoutMs: said.stopTimeoutMs });
  } else if (said.type === "thread-said") separate?.take(said.thread, said.message);
  else if (said.type === "thread-left") separate?.left(said.thread, said.reason);
  else if (said.type === "users" && master) {
    master.retarget({ users: master.targetUserCount + said.by, spawnRate: keysSpawnRate });
  }
});

// Whoever started us is gone: nobody would read the result.
process.once("disconnect", () => process.exit(ExitCode.ownFault));
// The door hears the signal too and says how to stop.
if (process.permission === undefined) process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);

async function obey(order: LoadOrder): Promise<void> {
  try {
    await load(order);
  } catch (error) {
    await report({ type: "failed", failure: failureOf(error) });
  }
  process.exit();
}

function startSeparately(plan: LoadPlan): SeparateThreads {
  separate = new SeparateThreads(plan, {
    start: (start) => void report({ type: "thread-start", start }),
    send: (thread, message) => void report({ type: "thread-send", thread, message }),
  });
  return separate;
}

async function load(order: LoadOrder): Promise<void> {
  if (order.inspect === "arguments") {
    const compiled = await compileLocustfile(order.locustfiles, { cwd: order.directory });
    const text = await ownArgumentsHelp({ compiled, ...entries }, order.customArguments);
    return await report({ type: "inspected", text });
  }
  if (order.inspect !== null) {
    const text = await inspectLocustfile(await planFor(order), order.inspect);
    return await report({ type: "inspected", text });
  }
  const { cluster } = order;
  const note = (text: string) => void report({ type: "note", text });
  // The threads come up while the locustfile is compiled and looked at.
  const ownThreads = cluster?.role !== "master" && !order.locked;
  const pool = ownThreads ? openThreads({ ...entries, threads: order.plan.threads }) : undefined;
  const plan = await planFor(order);
  if (cluster?.role === "worker") {
    const { joinMaster } = await import("./cluster/join.ts");
    await joinMaster(plan, {
      at: cluster.at,
      clock: systemClock,
      machineName: hostname(),
      pool,
      signal: leaving.signal,
      note,
    });
    return await report({ type: "done" });
  }
  const gathering =
    cluster && new (await import("./cluster/gathering.ts")).Gathering({ ...cluster, plan, clock: systemClock, note });
  await gathering?.listen();
  const result = await runLoad(plan, {
    pool,
    startThreads: order.locked ? startSeparately : undefined,
    joining: gathering ?? undefined,
    machine: {
      procStat: () => systemFile("/proc/stat"),
      procPressure: () => systemFile("/proc/pressure/cpu"),
      memoryBytes: () => process.memoryUsage.rss(),
      cpuMs: () => (process.cpuUsage().user + process.cpuUsage().system) / 1000,
      nowMs: sinceOriginMs,
    },
    onNote: note,
    onOutline: (outline) => void report({ type: "outline", outline }),
    onProgress: (progress) => {
      if (master) void report({ type: "progress", progress, trouble: withoutTraces(master.log.toTrouble()) });
    },
    onBlocks: (blocks) =>
      void report({ type: "blocks", blocks: blocks.map(toBlockWire), trouble: master?.log.toTrouble() ?? null }),
    ...(plan.watched && {
      onMeasured: (blocks: readonly Block[]) => void report({ type: "measured", blocks: blocks.map(toBlockWire) }),
    }),
    onFailures: (groups) => void report({ type: "failures", groups: groups.map(withoutBodies) }),
    onMaster: (running) => {
      master = running;
      if (stopping !== undefined) running.interrupt({ stopTimeoutMs: stopping });
    },
  }).finally(() => gathering?.close());
  const { encodeResult } = await import("./stats/document/result-document.ts");
  // Names of requests may carry a secret too (a token in a URL).
  const text = cleanJson(new Redactor(order.plan.secrets), encodeResult(result));
  const why = await saveText(order.resultPath, text);
  if (why !== null) await report({ type: "unsaved", text, why });
  await report({ type: "done" });
}

/** The order once the locustfile was looked at and has read its own arguments. */
async function planFor({ plan, locustfiles, directory, customArguments }: LoadOrder): Promise<LoadPlan> {
  const compiled = await compileLocustfile(locustfiles, { cwd: directory });
  const own = await readOwnArguments({ compiled, ...entries }, { ...customArguments, env: process.env });
  return {
    ...plan,
    compiled,
    locustfile: compiled.entries.map((url) => decodeURI(url.split("/").at(-1) ?? "")).join(", "),
    locustfileHash: compiled.hash,
    ...entries,
    userClasses: own.positionals.length > 0 ? own.positionals : plan.userClasses,
    parsedOptions: { ...plan.parsedOptions, ...own.values },
  };
}

/** Bodies are long and say nothing about who answered. */
function withoutBodies(group: FailureGroup): FailureGroup {
  return { ...group, samples: group.samples.map((sample) => ({ ...sample, body: "" })) };
}

/** Told every half a second, to see how many there are. */
function withoutTraces(trouble: UserTrouble): UserTrouble {
  return { ...trouble, exceptions: trouble.exceptions.map((group) => ({ ...group, trace: "" })) };
}

function systemFile(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function failureOf(error: unknown): Extract<FromSwarm, { type: "failed" }>["failure"] {
  if (error instanceof GateError) {
    const { code, message, exitCode, hint, place } = error;
    return { code, message, exitCode, hint, place, problems: error instanceof UsageError ? error.problems : [] };
  }
  const message = traceOf(error);
  return { code: "own-fault", message, exitCode: ExitCode.ownFault, hint: undefined, place: undefined, problems: [] };
}
