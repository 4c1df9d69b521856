import type { ChildProcess } from "node:child_process";
import { realpathSync } from "node:fs";
import { ExitCode, GateError, UsageError } from "../../base/errors.ts";
import type { LoadOutline } from "../../engine/locustfile/outline.ts";
import type { Progress } from "../../engine/plan/load-plan.ts";
import type { FailureGroup } from "../../stats/failures.ts";
import type { UserTrouble } from "../../stats/run-result.ts";
import type { Block } from "../../stats/snapshot.ts";
import { fromBlockWire } from "./block-wire.ts";
import { childEnded } from "./child-end.ts";
import { guard } from "./guardian.ts";
import { linesOf } from "./lines-of.ts";
import { StuckPlace } from "./stuck-place.ts";
import { deafLimitMs, StuckWatch } from "./stuck-watch.ts";
import type { FromSwarm, LoadOrder, SwarmFailure, ToSwarm } from "./swarm-channel.ts";
import { type SwarmStart, startSwarm } from "./swarm-child.ts";
import { ThreadProcesses } from "./thread-processes.ts";

export interface SwarmProcess extends SwarmStart {
  /** The file a thread starts with that is a process of its own: of locked runs. */
  readonly threadEntry: string;
  /** Gives the child; one that was started ahead, if there is one. */
  readonly ahead?: ((start: SwarmStart) => ChildProcess) | undefined;
  /** One line of what user code printed. */
  readonly onOutput: (line: string) => void;
  readonly onProgress: (progress: Progress) => void;
  readonly onOutline?: ((outline: LoadOutline) => void) | undefined;
  readonly onNote?: ((text: string) => void) | undefined;
  readonly onStarted?: ((controls: SwarmControls) => void) | undefined;
  /** Given the blocks of a run that may go on past its run time; true once enough was measured. */
  readonly isEnough: (blocks: readonly Block[], trouble: UserTrouble | null) => boolean;
  /** Given each block of a run that is watched; says which broken promise ends it. */
  readonly whyBroken: (blocks: readonly Block[]) => string | null;
  /** Given what failed, as it comes in; says why nothing is left to measure. */
  readonly whyBlocked: (failures: readonly FailureGroup[]) => string | null;
  /** Given how the run stands, block by block, and what users met so far; says why it is to end early. */
  readonly whyLost: (progress: Progress, trouble: UserTrouble) => string | null;
  /** Aborted on SIGINT or SIGTERM: the load ends within `stopWithinMs` and the partial result is written. */
  readonly signal: AbortSignal;
  readonly stopWithinMs: number;
  /** How long the process may hear nothing; 30 s if not given. */
  readonly deafLimitMs?: number | undefined;
}

/** What can be changed of a load while it runs. */
export interface SwarmControls {
  /** So many users more, or fewer, at once. */
  readonly changeUsers: (by: number) => void;
}

export interface SwarmEnd {
  readonly inspected: string | null;
  /** The text of `result.json` where it could not be written, and why. */
  readonly unsaved: { readonly text: string; readonly why: string } | null;
}

/**
 * Runs one load in a process of its own, which holds no token and sees no variable it was not given. Resolves once
 * the run is over: `result.json` is complete on disk, or handed over where it cannot be. Rejects with what the child reported, or says how it died.
 */
export async function runSwarmProcess(order: LoadOrder, options: SwarmProcess): Promise<SwarmEnd> {
  const { entry, threadEntry, environment, directory, permissionFlags } = options;
  const start = { entry, environment, directory, permissionFlags };
  const child = (options.ahead ?? startSwarm)(start);
  const outcome = new RunOutcome();
  const place = new StuckPlace(child, { locked: order.locked });
  let stuck: GateError | undefined;
  const watch = new StuckWatch({
    limitMs: options.deafLimitMs,
    onStuck: async () => {
      const at = (await place.find())?.replace(`${realpathSync(directory)}/`, "");
      stuck = stuckError({ at, seconds: (options.deafLimitMs ?? deafLimitMs) / 1000, measuring: outcome.measuring });
      child.kill("SIGKILL");
    },
  });
  child.on("message", (message) => {
    watch.heard();
    take(message as FromSwarm);
  });
  const send = (message: ToSwarm) => {
    if (child.connected) child.send(message, () => undefined);
  };
  const threads =
    order.locked && order.inspect === null && order.cluster === null
      ? new ThreadProcesses({
          count: order.plan.threads,
          start: () => startSwarm({ ...start, entry: threadEntry }),
          toSwarm: send,
        })
      : undefined;
  const output = Promise.all(
    [child, ...(threads?.children ?? [])]
      .flatMap(({ stdout, stderr }) => [stdout, stderr])
      .map((stream) =>
        linesOf(stream, (line) => void (place.take(line) || options.onOutput(line))).catch(() => undefined),
      ),
  );
  const stop = () => send({ type: "stop", stopTimeoutMs: options.stopWithinMs });
  let overdue: NodeJS.Timeout | undefined;
  const abort = () => {
    stop();
    // Users that do not heed the stop (a busy loop, say) must not outlive the job's own patience.
    overdue = setTimeout(() => child.kill("SIGKILL"), options.stopWithinMs + 2500);
  };
  send({ type: "load", order });
  const guardian = guard([child, ...(threads?.children ?? [])].map(({ pid }) => pid));
  options.onStarted?.({ changeUsers: (by) => send({ type: "users", by }) });
  if (options.signal.aborted) abort();
  else options.signal.addEventListener("abort", abort, { once: true });
  try {
    const { leftSomething, ...exit } = await childEnded(child);
    threads?.end();
    await output;
    if (leftSomething)
      options.onNote?.("something the locustfile started goes on and holds its output: not waited for");
    if (stuck) throw stuck;
    return outcome.end({ ...exit, interrupted: options.signal.aborted });
  } finally {
    watch.stop();
    threads?.end();
    guardian.release();
    clearTimeout(overdue);
    options.signal.removeEventListener("abort", abort);
  }

  function take(message: FromSwarm): void {
    switch (message.type) {
      case "ready":
      case "alive":
      case "started":
        break;
      case "outline":
        options.onOutline?.(message.outline);
        break;
      case "note":
        options.onNote?.(message.text);
        break;
      case "progress":
        outcome.measuring = true;
        options.onProgress(message.progress);
        endFor(options.whyLost(message.progress, message.trouble));
        break;
      case "blocks":
        if (options.isEnough(message.blocks.map(fromBlockWire), message.trouble)) send({ type: "end" });
        break;
      case "measured":
        endFor(options.whyBroken(message.blocks.map(fromBlockWire)));
        break;
      case "failures":
        endFor(options.whyBlocked(message.groups));
        break;
      case "thread-start":
        threads?.begin(message.start);
        break;
      case "thread-send":
        threads?.send(message.thread, message.message);
        break;
      case "unsaved":
      case "inspected":
      case "done":
      case "failed":
        outcome.take(message);
        break;
      default:
        message satisfies never;
    }
  }

  function endFor(why: string | null): void {
    if (why !== null) send({ type: "end", why });
  }
}

/** How the child says the run came out; read once it is gone. */
class RunOutcome {
  #done = false;
  #inspected: string | null = null;
  #unsaved: SwarmEnd["unsaved"] = null;
  #failure: SwarmFailure | undefined;
  /** Whether the load has begun. */
  measuring = false;

  take(message: Extract<FromSwarm, { type: "unsaved" | "inspected" | "done" | "failed" }>): void {
    if (message.type === "failed") this.#failure ??= message.failure;
    else if (message.type === "done") this.#done = true;
    else if (message.type === "unsaved") this.#unsaved = message;
    else this.#inspected = message.text;
  }

  end(exit: { code: number | null; signal: string | null; interrupted: boolean }): SwarmEnd {
    if (this.#failure) throw revived(this.#failure);
    if (this.#done || this.#inspected !== null) return { inspected: this.#inspected, unsaved: this.#unsaved };
    if (exit.interrupted) {
      throw new GateError("interrupted", "the load did not stop in time, so nothing of the interrupted run was kept", {
        exitCode: ExitCode.interrupted,
        hint: "a locustfile that never yields, or a process that was paused, does this",
      });
    }
    const how = exit.signal ? `by ${exit.signal}` : `with exit code ${exit.code}`;
    throw new GateError("swarm-died", `the load-generating process ended ${how} before the run was over`, {
      exitCode: 3,
      hint: "a locustfile that calls process.exit() or runs out of memory does this; its output above may say more",
    });
  }
}

function stuckError(found: { at: string | undefined; seconds: number; measuring: boolean }): GateError {
  const { at, seconds, measuring } = found;
  const when = measuring ? "while the load ran" : "while it was being loaded";
  const message = `the locustfile let nothing else run for ${seconds} s ${when}`;
  return new GateError("locustfile-stuck", message, {
    exitCode: measuring ? ExitCode.invalid : ExitCode.usage,
    hint: "End the loop, or await something in it; long work belongs before the run.",
    ...(at === undefined ? {} : { place: at }),
  });
}

function revived({ code, message, exitCode, hint, place, problems }: SwarmFailure): GateError {
  if (problems.length > 0) return new UsageError(problems, code);
  return new GateError(code, message, {
    exitCode,
    ...(hint === undefined ? {} : { hint }),
    ...(place === undefined ? {} : { place }),
  });
}
