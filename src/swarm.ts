import { readFileSync, writeFileSync } from "node:fs";
import { ExitCode, GateError, UsageError } from "./base/errors.ts";
import { entryUrl } from "./door/beside.ts";
import { compileLocustfile } from "./engine/locustfile.ts";
import type { MasterRunner } from "./engine/master.ts";
import { runLoad } from "./engine/run-load.ts";
import type { FromSwarm, LoadOrder, ToSwarm } from "./gate/swarm-channel.ts";
import { encodeResult } from "./stats/result-document.ts";

/**
 * The child that runs user code: master and threads, no token, an environment of a few variables. It is told what to
 * do over its channel and says there how it goes; what user code prints goes to its standard output.
 */

let master: MasterRunner | undefined;
let stopping: number | undefined;

function tell(message: FromSwarm): Promise<void> {
  return new Promise((resolve) => {
    if (process.send) process.send(message, () => resolve());
    else resolve();
  });
}

process.on("message", (message) => {
  const said = message as ToSwarm;
  if (said.type === "load") void obey(said.order);
  else if (said.type === "stop") {
    stopping = said.stopTimeoutMs;
    master?.interrupt({ stopTimeoutMs: said.stopTimeoutMs });
  }
});

// Whoever started us is gone: nobody would read the result.
process.once("disconnect", () => process.exit(ExitCode.ownFault));
// The door hears the signal too and says how to stop.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);

async function obey(order: LoadOrder): Promise<void> {
  try {
    await load(order);
  } catch (error) {
    await tell({ type: "failed", failure: failureOf(error) });
  }
  process.exit();
}

async function load({ plan, locustfiles, customArguments, directory, resultPath }: LoadOrder): Promise<void> {
  const compiled = await compileLocustfile(locustfiles, { cwd: directory });
  const result = await runLoad(
    {
      ...plan,
      compiled,
      customArguments,
      locustfile: compiled.entries.map((url) => decodeURI(url.split("/").at(-1) ?? "")).join(", "),
      locustfileHash: compiled.hash,
      engineUrl: entryUrl("index"),
      threadUrl: entryUrl("thread"),
    },
    {
      environment: process.env,
      machine: { procStat, memoryBytes: () => process.memoryUsage.rss() },
      onProgress: (progress) => void tell({ type: "progress", progress }),
      onMaster: (running) => {
        master = running;
        if (stopping !== undefined) running.interrupt({ stopTimeoutMs: stopping });
      },
    },
  );
  writeFileSync(resultPath, encodeResult(result));
  await tell({ type: "done" });
}

function procStat(): string | undefined {
  try {
    return readFileSync("/proc/stat", "utf8");
  } catch {
    return undefined;
  }
}

function failureOf(error: unknown): Extract<FromSwarm, { type: "failed" }>["failure"] {
  if (error instanceof GateError) {
    const { code, message, exitCode, hint, place } = error;
    return { code, message, exitCode, hint, place, problems: error instanceof UsageError ? error.problems : [] };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: "own-fault", message, exitCode: ExitCode.ownFault, hint: undefined, place: undefined, problems: [] };
}
