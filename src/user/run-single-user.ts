import { type Clock, systemClock } from "../base/clock.ts";
import { messageOf, traceOf } from "../base/errors.ts";
import { endpointLabel } from "../stats/endpoint.ts";
import type { Sample } from "../stats/sample.ts";
import { events } from "./events/events.ts";
import { controlKindOf } from "./exceptions.ts";
import { UserLife } from "./loop/loop.ts";
import type { UserObserver } from "./loop/observer.ts";
import { SingleStats, singleEnvironment, singleRunner } from "./single-environment.ts";
import { TaskActivity } from "./task-activity.ts";
import { TaskPlans } from "./tasks/task-plans.ts";
import type { UserClass } from "./user.ts";
import { readUserClass } from "./user-class.ts";

/**
 * How `runSingleUser` runs its user; every field has a default.
 * @example
 * ```ts
 * import type { SingleUserOptions } from "swarmgate";
 *
 * const quick: SingleUserOptions = { host: "http://localhost:8080", iterations: 10, waits: false };
 * ```
 */
export interface SingleUserOptions {
  /** Base URL; default: the class's own. */
  readonly host?: string;
  /** Ends after so many tasks; default: runs until `signal` aborts or the user ends by itself. */
  readonly iterations?: number;
  /** Only tasks with one of these tags. */
  readonly tags?: readonly string[];
  /** No tasks with one of these tags. */
  readonly excludeTags?: readonly string[];
  /** Of every random choice. */
  readonly seed?: string;
  /** Number of the user, from 0; default 0. */
  readonly index?: number;
  /** Wait times are slept unless this says no. */
  readonly waits?: boolean;
  /** Ends the user when it aborts; default: Ctrl-C does. */
  readonly signal?: AbortSignal;
  /** Takes each line that is told; default: standard output. */
  readonly print?: (line: string) => void;
  /** What time it is, and sleeping; the system's by default. */
  readonly clock?: Clock;
}

/**
 * Runs one user in this process, for a debugger: every request, exception and forgotten `await` is printed as it
 * happens. Resolves when the user has ended, with what it measured; rejects if it could not start.
 * @example
 * ```ts
 * import { HttpUser, runSingleUser, task } from "swarmgate";
 *
 * class Visitor extends HttpUser {
 *   @task async home() {
 *     await this.client.get("/");
 *   }
 * }
 *
 * await runSingleUser(Visitor, { host: "http://localhost:8080", iterations: 3 });
 * ```
 */
export async function runSingleUser(userClass: UserClass, options: SingleUserOptions = {}): Promise<readonly Sample[]> {
  const { print = (line: string) => void process.stdout.write(`${line}\n`), clock = systemClock } = options;
  const samples: Sample[] = [];
  const stats = new SingleStats(() => clock.now());
  const report = (sample: Sample) => {
    samples.push(sample);
    stats.record(sample);
    print(lineOf(sample));
  };
  const { iterations = Number.POSITIVE_INFINITY, tags = [], excludeTags = [], host } = options;
  const life = { current: undefined as UserLife | undefined };
  const runner = singleRunner(() => life.current?.stop());
  const environment = singleEnvironment({ runner, stats, host, tags, excludeTags, userClass });
  const plans = new TaskPlans({ tags, excludeTags, environment });
  let died: unknown;
  const observer: UserObserver = {
    onDeadInOnStart({ error }) {
      died = error;
    },
    onException: ({ task, error }) => print(`exception in ${task}: ${stackOf(error)}`),
    onMissingAwait: ({ task, label, place }) =>
      print(`${task} ended while ${label} was in flight: an await is missing${place ? ` at ${place}` : ""}`),
    onStopUser: (reason) => print(`the user ended: ${messageOf(reason)}`),
    onStopTest: (reason) => print(`the test ended: ${messageOf(reason)}`),
    onWarning: print,
  };
  let left = iterations;
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  if (!options.signal) process.once("SIGINT", interrupt);
  const witness = new TaskActivity();
  events.request.install({ record: report, now: () => clock.now() });
  events.failures.onFailure(({ event, error }) => print(`a listener of ${event} threw: ${stackOf(error)}`));
  life.current = new UserLife({
    userClass,
    plan: plans.of(userClass),
    problem: plans.problemOf(userClass),
    observer,
    runtime: {
      environment,
      clock,
      index: options.index ?? 0,
      arm: "head",
      host: host ?? readUserClass(userClass, environment).host,
      seed: options.seed ?? "single-user",
      signal: options.signal ?? interrupted.signal,
      guard: { forbids: () => undefined, admit: () => true },
      witness,
      report(sample, details) {
        report(sample);
        if (events.request.listeners.length === 0) return;
        const { method, name } = sample.endpoint;
        const times = { responseTime: sample.latencyMs, responseLength: sample.bytesIn, startTime: sample.startMs };
        events.request.notify({ requestType: method, name, ...times, ...details });
      },
      get hasRequestListeners() {
        return events.request.listeners.length > 0;
      },
      turn: () => left-- > 0,
      skipsWaits: options.waits === false,
    },
  });
  try {
    await events.init.fire({ environment, runner, webUi: undefined });
    await events.testStart.fire({ environment });
    await life.current.run();
    await events.testStop.fire({ environment });
  } finally {
    events.request.install(undefined);
    process.removeListener("SIGINT", interrupt);
  }
  if (died !== undefined && controlKindOf(died) === undefined) throw died;
  return samples;
}

/** `GET /item/{id}  200  12.3 ms  512 B` */
function lineOf({ endpoint, status, latencyMs, bytesIn, failure }: Sample): string {
  const time = latencyMs === null ? "–" : `${latencyMs.toFixed(1)} ms`;
  const line = `${endpointLabel(endpoint)}  ${status || "–"}  ${time}  ${bytesIn} B`;
  return failure ? `${line}  FAILED ${failure.kind}: ${failure.message}` : line;
}

function stackOf(error: unknown): string {
  return traceOf(error);
}
