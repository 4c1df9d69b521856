import type { Arm } from "../stats/endpoint.ts";
import type { Recorder } from "../stats/recorder.ts";
import type { Sample } from "../stats/sample.ts";
import { events } from "../user/events.ts";
import { UserLife } from "../user/loop.ts";
import type { UserObserver } from "../user/observer.ts";
import type { RequestDetails, UserRuntime } from "../user/runtime.ts";
import type { TaskPlans } from "../user/task-plans.ts";
import type { UserClass } from "../user/user.ts";
import type { UserClassFacts } from "../user/user-class.ts";
import { Witness } from "../user/witness.ts";
import { refusedHost } from "./allowed-hosts.ts";
import { Arrivals } from "./arrivals.ts";
import type { RunningUser, UserOrder } from "./crew.ts";
import type { OpenLocustfile } from "./open-locustfile.ts";
import { Pair } from "./pair.ts";
import type { RunEnvironment } from "./run-environment.ts";
import type { ThreadParts } from "./serve-thread.ts";

/** One user's life in one arm, and what its twin must know of it. */
interface ArmLife {
  readonly life: UserLife;
  readonly witness: Witness;
  readonly done: Promise<void>;
}

/** Starts the users of one thread: makes their runtimes, pairs twins, keeps the open model's schedule. */
export class UserStarter {
  readonly #parts: ThreadParts;
  readonly #file: OpenLocustfile;
  readonly #facts: ReadonlyMap<string, UserClassFacts>;
  readonly #plans: TaskPlans;
  readonly #environment: RunEnvironment;
  readonly #observer: UserObserver;
  readonly #extraHeaders: UserRuntime["extraHeaders"];
  readonly #baseGuard: UserRuntime["guard"];
  #arrivals: Arrivals | undefined;

  constructor(options: {
    parts: ThreadParts;
    file: OpenLocustfile;
    facts: readonly UserClassFacts[];
    plans: TaskPlans;
    environment: RunEnvironment;
  }) {
    this.#parts = options.parts;
    this.#file = options.file;
    this.#facts = new Map(options.facts.map((facts) => [facts.name, facts]));
    this.#plans = options.plans;
    this.#environment = options.environment;
    this.#observer = observerOf(options.parts);
    this.#baseGuard = options.parts.guard.withoutBudget();
    const { host, baseHost, headers } = options.parts.start.plan;
    const targets = new Set([host, baseHost, ...options.facts.map((f) => f.host)].flatMap(hostOf));
    this.#extraHeaders = headers.length === 0 ? undefined : (url) => (targets.has(url.host) ? headers : []);
  }

  start(order: UserOrder, run: { recorder: Recorder; startedAtMs: number }): RunningUser {
    const { plan } = this.#parts.start;
    if (plan.arrivalRate !== null) this.#arrivals ??= this.#schedule(plan.arrivalRate, run.startedAtMs);
    return plan.baseHost === null ? this.#startOne(order, run.recorder) : this.#startPair(order, run.recorder);
  }

  #schedule(perSecond: number, startedAtMs: number): Arrivals {
    const { start, clock, trouble } = this.#parts;
    const share = { thread: start.thread, threads: start.threads, perSecond };
    return new Arrivals({ clock, startedAtMs, share, late: () => trouble.lateStart() });
  }

  /** Open model: asks for more users where iterations are due and nobody is free. */
  afterBlock(nowMs: number): void {
    const count = this.#arrivals?.waiting(nowMs) ?? 0;
    if (count > 0) this.#parts.runner().tell({ type: "more_users", data: { count } });
  }

  #startOne(order: UserOrder, recorder: Recorder): RunningUser {
    const stopping = new AbortController();
    const witness = new Witness();
    const arrivals = this.#arrivals;
    const turn = arrivals && (() => this.#nextArrival(stopping.signal, [witness]));
    const { life, done } = this.#live(order, { arm: "head", recorder, witness, turn });
    return {
      done,
      stop() {
        stopping.abort();
        life.stop();
      },
    };
  }

  async #nextArrival(signal: AbortSignal, witnesses: readonly Witness[]): Promise<boolean> {
    const intendedMs = await this.#arrivals?.take(signal);
    if (intendedMs === undefined) return false;
    for (const witness of witnesses) witness.schedule(intendedMs);
    return true;
  }

  #startPair(order: UserOrder, recorder: Recorder): RunningUser {
    const { trouble, start } = this.#parts;
    const stopping = new AbortController();
    const witnesses = { head: new Witness(), base: new Witness() };
    const before = this.#arrivals && (() => this.#nextArrival(stopping.signal, [witnesses.head, witnesses.base]));
    const pair = new Pair({ seed: start.plan.seed, index: order.index, ...(before && { before }) });
    const twin = (arm: Arm) =>
      this.#live(order, { arm, recorder, witness: witnesses[arm], turn: () => pair.ready(arm) });
    const twins = [twin("head"), twin("base")];
    const stop = () => {
      stopping.abort();
      pair.end();
      for (const { life } of twins) life.stop();
    };
    for (const { done } of twins) {
      void done.then(() => {
        if (stopping.signal.aborted || order.signal.aborted) return;
        if (!this.#parts.guard.exhausted) trouble.retiredPair();
        stop();
      });
    }
    return { done: Promise.all(twins.map((each) => each.done)).then(() => undefined), stop };
  }

  #live(
    order: UserOrder,
    { arm, recorder, witness, turn }: { arm: Arm; recorder: Recorder; witness: Witness; turn: UserRuntime["turn"] },
  ): ArmLife {
    const { plan } = this.#parts.start;
    const userClass = this.#file.userClasses.get(order.className) as UserClass;
    const host = arm === "head" ? (plan.host ?? this.#facts.get(order.className)?.host) : plan.baseHost;
    const runtime = {
      environment: this.#environment,
      clock: this.#parts.clock,
      index: order.index,
      arm,
      host: host ?? undefined,
      seed: plan.seed,
      signal: order.signal,
      guard: arm === "head" ? this.#parts.guard : this.#baseGuard,
      witness,
      report: (sample: Sample, details?: RequestDetails) => this.#report(recorder, { sample, details }),
      get hasRequestListeners() {
        return events.request.listeners.length > 0;
      },
      turn,
      skipsWaits: plan.arrivalRate !== null,
      extraHeaders: this.#extraHeaders,
      http: plan.http,
    };
    const life = new UserLife({
      userClass,
      runtime,
      plan: this.#plans.of(userClass),
      problem: this.#plans.problemOf(userClass),
      observer: this.#observer,
    });
    return { life, witness, done: life.run() };
  }

  #report(recorder: Recorder, { sample, details }: { sample: Sample; details: RequestDetails | undefined }): void {
    recorder.record(sample);
    if (sample.failure?.kind === "forbidden-host") {
      this.#parts.trouble.forbiddenHost(refusedHost(sample.failure.message));
    }
    if (events.request.listeners.length === 0) return;
    const { method, name } = sample.endpoint;
    const times = { responseTime: sample.latencyMs, responseLength: sample.bytesIn, startTime: sample.startMs };
    events.request.notify({ requestType: method, name, ...times, ...details });
  }
}

/** What befalls users, noted for the master. */
function observerOf({ trouble, clock, runner }: ThreadParts): UserObserver {
  return {
    onDeadInOnStart({ task, error }) {
      trouble.deadInOnStart();
      trouble.exception(error, { task, atMs: clock.now() });
    },
    onException: ({ task, error }) => trouble.exception(error, { task, atMs: clock.now() }),
    onMissingAwait: ({ task, place }) => trouble.missingAwait({ task, place: place ?? null }),
    onStopUser: () => {},
    onStopTest: () => runner().tell({ type: "end_test", data: { reason: "stop" } }),
    onWarning: (text) => trouble.warn("locustfile", text),
  };
}

function hostOf(url: string | null | undefined): string[] {
  return url && URL.canParse(url) ? [new URL(url).host] : [];
}
