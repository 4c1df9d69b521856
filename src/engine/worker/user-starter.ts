import type { Arm } from "../../stats/endpoint.ts";
import type { InFlight, InFlightSource } from "../../stats/in-flight.ts";
import type { Recorder } from "../../stats/recorder.ts";
import { UserLife } from "../../user/loop/loop.ts";
import type { UserObserver } from "../../user/loop/observer.ts";
import type { UserRuntime } from "../../user/runtime.ts";
import { TaskActivity } from "../../user/task-activity.ts";
import type { TaskPlans } from "../../user/tasks/task-plans.ts";
import type { UserClass } from "../../user/user.ts";
import type { UserClassFacts } from "../../user/user-class.ts";
import { RequestBudget } from "../limits/request-budget.ts";
import type { OpenLocustfile } from "../locustfile/open-locustfile.ts";
import type { RunEnvironment } from "../locustfile/run-environment.ts";
import { numberOf, unshared } from "../plan/shard.ts";
import { ArmRuntime, type ThreadContext } from "./arm-runtime.ts";
import { Arrivals } from "./arrivals.ts";
import { Pair } from "./pair.ts";
import type { ThreadParts } from "./serve-thread.ts";
import { Slots, SlottedGuard, slottedClock } from "./slots.ts";
import type { RunningUser, UserOrder } from "./user-pool.ts";

/** One user's life in one arm, and what its twin must know of it. */
interface ArmLife {
  readonly life: UserLife;
  readonly witness: TaskActivity;
  readonly done: Promise<void>;
}

/** What users of each arm know of the world where arms have turns. */
type Turns = Readonly<Record<Arm, Pick<UserRuntime, "guard" | "clock">>>;

/** Starts the users of one thread: makes their runtimes, pairs twins, keeps the open model's schedule. */
export class UserStarter {
  readonly #parts: ThreadParts;
  readonly #file: OpenLocustfile;
  readonly #facts: ReadonlyMap<string, UserClassFacts>;
  readonly #plans: TaskPlans;
  readonly #world: ThreadContext & { readonly lateStart: () => void };
  readonly #observer: UserObserver;
  readonly #baseGuard: UserRuntime["guard"];
  readonly #iterations: RequestBudget | undefined;
  #iterationsOver = false;
  #arrivals: Arrivals | undefined;
  #turns: Turns | undefined;
  /** Whose requests may be in flight. */
  readonly #senders = new Set<ArmRuntime>();

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
    this.#observer = observerOf(options.parts);
    const { iterations } = options.parts.start;
    this.#iterations = iterations && RequestBudget.shared(iterations);
    this.#baseGuard = options.parts.guard.withoutBudget();
    const { host, baseHost, headers, seed, arrivalRate, http } = options.parts.start.plan;
    const targets = new Set([host, baseHost, ...options.facts.map((f) => f.host)].flatMap(hostOf));
    const { clock, trouble } = options.parts;
    this.#world = {
      environment: options.environment,
      clock,
      trouble,
      lateStart: () => trouble.lateStart(),
      seed,
      skipsWaits: arrivalRate !== null,
      extraHeaders: headers.length === 0 ? undefined : (url) => (targets.has(url.host) ? headers : []),
      http,
    };
  }

  start(local: UserOrder, run: { recorder: Recorder; startedAtMs: number }): RunningUser {
    const { plan } = this.#parts.start;
    // Each number is one user of the whole swarm, with its own data and dice.
    const order = { ...local, index: numberOf(local.index, plan.shard ?? unshared) };
    if (plan.alternates && plan.baseHost !== null) {
      this.#turns ??= this.#takeTurns(new Slots({ seed: plan.seed, startedAtMs: run.startedAtMs }));
    }
    if (plan.arrivalRate !== null) this.#arrivals ??= this.#schedule(plan.arrivalRate, run.startedAtMs);
    return plan.baseHost === null ? this.#startOne(order, run.recorder) : this.#startPair(order, run.recorder);
  }

  #schedule(perSecond: number, startedAtMs: number): Arrivals {
    const { start, clock } = this.#parts;
    const share = { thread: start.thread, threads: start.threads, perSecond };
    return new Arrivals({ clock, startedAtMs, share, late: this.#world.lateStart });
  }

  /** One guard and one clock for each arm: connections are shared by those that share a guard. */
  #takeTurns(slots: Slots): Turns {
    const { clock } = this.#world;
    const of = (arm: Arm, guard: UserRuntime["guard"]) => ({
      guard: new SlottedGuard(guard, { clock, slots, arm }),
      clock: slottedClock(clock, { slots, arm }),
    });
    return { head: of("head", this.#parts.guard), base: of("base", this.#baseGuard) };
  }

  /** Open model: asks for more users where iterations are due and nobody is free. */
  afterBlock(nowMs: number): void {
    const count = this.#arrivals?.waiting(nowMs) ?? 0;
    if (count > 0) this.#parts.runner().send({ type: "more_users", data: { count } });
  }

  /** A user has ended; what it left behind may be in flight for ever. */
  #left(sender: ArmRuntime): void {
    if (sender.witness.isIdle) this.#senders.delete(sender);
  }

  /** See InFlightSource. */
  eachInFlight(visit: Parameters<InFlightSource>[0]): void {
    let sender: ArmRuntime;
    // One closure for all: there are tens of thousands of users.
    const each = (request: InFlight) => visit(request, sender);
    for (sender of this.#senders) sender.witness.eachInFlight(each);
  }

  #startOne(order: UserOrder, recorder: Recorder): RunningUser {
    const witness = new TaskActivity();
    const turn = this.#turnOf([witness]);
    const { life, done } = this.#live(order, { arm: "head", recorder, witness, turn });
    return { done, stop: () => void life.stop() };
  }

  /** What a user asks before each task; undefined where nothing is counted or scheduled. */
  #turnOf(witnesses: readonly TaskActivity[]): UserRuntime["turn"] {
    const next = this.#arrivals && ((signal: AbortSignal) => this.#nextArrival(signal, witnesses));
    if (!this.#iterations) return next;
    if (!next) return () => this.#takeIteration();
    return async (signal) => (await next(signal)) && this.#takeIteration();
  }

  #takeIteration(): boolean {
    const iterations = this.#iterations as RequestBudget;
    const granted = iterations.take();
    // The users that have begun the last ones bring them to their end.
    if (iterations.usedUp && !this.#iterationsOver) {
      this.#iterationsOver = true;
      this.#parts.runner().send({ type: "end_test", data: { reason: "budget" } });
    }
    return granted;
  }

  async #nextArrival(signal: AbortSignal, witnesses: readonly TaskActivity[]): Promise<boolean> {
    const intendedMs = await this.#arrivals?.take(signal);
    if (intendedMs === undefined) return false;
    for (const witness of witnesses) witness.schedule(intendedMs);
    return true;
  }

  #startPair(order: UserOrder, recorder: Recorder): RunningUser {
    const { trouble, start } = this.#parts;
    const witnesses = { head: new TaskActivity(), base: new TaskActivity() };
    const before = this.#turnOf([witnesses.head, witnesses.base]);
    const pair = new Pair({ seed: start.plan.seed, index: order.index, ...(before && { before }) });
    // Twins that have turns cannot begin together; each goes on by itself, through the same choices.
    const turn = this.#turns ? () => undefined : (arm: Arm) => (signal: AbortSignal) => pair.ready(arm, signal);
    const twin = (arm: Arm) => this.#live(order, { arm, recorder, witness: witnesses[arm], turn: turn(arm) });
    const twins = [twin("head"), twin("base")];
    let stopped = false;
    const stop = () => {
      stopped = true;
      pair.end();
      for (const { life } of twins) life.stop();
    };
    for (const { done } of twins) {
      void done.then(() => {
        if (stopped || order.signal.aborted) return;
        if (!this.#parts.guard.exhausted) trouble.retiredPair();
        stop();
      });
    }
    return { done: Promise.all(twins.map((each) => each.done)).then(() => undefined), stop };
  }

  #live(
    order: UserOrder,
    {
      arm,
      recorder,
      witness,
      turn,
    }: { arm: Arm; recorder: Recorder; witness: TaskActivity; turn: UserRuntime["turn"] },
  ): ArmLife {
    const { plan } = this.#parts.start;
    const userClass = this.#file.userClasses.get(order.className) as UserClass;
    const { guard, clock } = this.#turns?.[arm] ?? {
      guard: arm === "head" ? this.#parts.guard : this.#baseGuard,
      clock: this.#world.clock,
    };
    const host = arm === "head" ? (plan.host ?? this.#facts.get(order.className)?.host) : plan.baseHost;
    const runtime = new ArmRuntime(this.#world, {
      clock,
      index: order.index,
      arm,
      host: host ?? undefined,
      signal: order.signal,
      guard,
      turn,
      witness,
      recorder,
    });
    const life = new UserLife({
      userClass,
      runtime,
      plan: this.#plans.of(userClass),
      problem: this.#plans.problemOf(userClass),
      observer: this.#observer,
    });
    this.#senders.add(runtime);
    return { life, witness, done: life.run().then(() => this.#left(runtime)) };
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
    onStopTest: () => runner().send({ type: "end_test", data: { reason: "stop" } }),
    onWarning: (text) => trouble.warn("locustfile", text),
  };
}

function hostOf(url: string | null | undefined): string[] {
  return url && URL.canParse(url) ? [new URL(url).host] : [];
}
