import type { Clock } from "../base/clock.ts";
import { ExitCode, GateError } from "../base/errors.ts";
import type { CustomData, StatsData, UserCounts, WorkerMessage } from "../protocol/messages.ts";
import type { FailureGroup } from "../stats/failures.ts";
import type { MachineHealth } from "../stats/health.ts";
import { type Block, blockMs, emptySnapshot, type Phase, type Snapshot } from "../stats/snapshot.ts";
import type { RunnerState } from "../user/environment.ts";
import { blockAfter, type Course } from "./course.ts";
import { Dispatcher, type Step } from "./dispatcher.ts";
import type { ClassShare } from "./distribution.ts";
import { ExtensionStream } from "./extension-stream.ts";
import { Harvest } from "./harvest.ts";
import type { LoadPlan, Progress } from "./load-plan.ts";
import { MasterLog } from "./master-log.ts";
import type { WorkerNode } from "./node.ts";
import { progressAt } from "./progress.ts";
import { type Aim, Ramp } from "./ramp.ts";
import { Roster, type WorkerEntry } from "./roster.ts";

/** What a load shape wants from now on; null ends the test. */
export type ShapeTick = {
  readonly users: number;
  readonly spawnRate: number;
  readonly userClasses?: readonly string[] | undefined;
} | null;

/** What happens on the master that listeners of the locustfile are told of. */
export interface MasterHooks {
  testStart(): Promise<void>;
  spawningComplete(userCount: number): Promise<void>;
  testStopping(): Promise<void>;
  testStop(): Promise<void>;
  quitting(): Promise<void>;
  workerConnect(clientId: string): void;
  workerReport(clientId: string, data: StatsData): void;
  heartbeat(clientId: string): void;
  custom(message: CustomData & { nodeId: string }): void;
  snapshot(snapshot: Snapshot): void;
  resetStats(): void;
}

export interface MasterOptions {
  readonly clock: Clock;
  readonly plan: LoadPlan;
  readonly nodes: readonly WorkerNode[];
  readonly classes: readonly ClassShare[];
  readonly hooks: MasterHooks;
  /** Asked once a second what the load is to be; instead of the plan's users and run time. */
  readonly shape?: (() => ShapeTick | Promise<ShapeTick>) | undefined;
  readonly machine?: (() => MachineHealth) | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Once the run time of a run that may go on is over: every block so far with its phase, then each new one. */
  readonly onBlocks?: ((blocks: readonly Block[]) => void) | undefined;
  /** Told of failures as they come in, half a second old at most. */
  readonly onFailures?: ((groups: readonly FailureGroup[]) => void) | undefined;
}

/** The measured run before it becomes a document. */
export interface MasterOutcome {
  readonly snapshots: ReadonlyMap<number, Snapshot>;
  readonly course: Course;
  readonly log: MasterLog;
  readonly interrupted: boolean;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

const tickMs = 1000;
/** How long threads get to load the locustfile. */
const connectMs = 60_000;
/** What a worker gets beyond the stop timeout to say it has stopped. */
const stopPatienceMs = 5000;

/**
 * Plans and watches a run: tells workers whom to run, gathers what they measured by block, ends the test. One loop
 * on a clock; it never waits for a ramp, so that a shape is asked every second whatever the ramp still has to do.
 */
export class MasterRunner {
  readonly #options: MasterOptions;
  readonly #roster: Roster;
  readonly #dispatcher: Dispatcher;
  readonly #ramp: Ramp;
  readonly #harvest: Harvest;
  readonly #stream: ExtensionStream | undefined;
  readonly #log = new MasterLog();
  readonly #ending = new AbortController();
  #state: RunnerState = "ready";
  #startedAtMs = 0;
  #completeTold = false;
  #targetUsers = 0;
  #timestamp = 0;
  #lastShape = "";
  #nextBlock = 0;
  #interrupted = false;
  #stopTimeoutMs: number;
  #fatal: GateError | undefined;

  constructor(options: MasterOptions) {
    const { clock, nodes, classes, hooks } = options;
    this.#options = options;
    this.#stopTimeoutMs = options.plan.stopTimeoutMs;
    this.#dispatcher = new Dispatcher({ classes, nodes: nodes.map((node) => node.id) });
    this.#ramp = new Ramp(this.#dispatcher);
    this.#harvest = new Harvest({
      added: (snapshot) => {
        hooks.snapshot(snapshot);
        if (snapshot.failures.groups.size > 0) options.onFailures?.([...snapshot.failures.groups.values()]);
      },
    });
    const { onBlocks, plan, shape } = options;
    if (onBlocks && plan.extensionMs > 0 && !shape) this.#stream = new ExtensionStream({ plan, tell: onBlocks });
    this.#roster = new Roster({
      clock,
      nodes,
      onMessage: (worker, message) => this.#take(worker, message),
      onLost: (worker, reason) => this.#lose(worker, reason),
    });
  }

  get state(): RunnerState {
    return this.#state;
  }

  get log(): MasterLog {
    return this.#log;
  }

  get targetUserCount(): number {
    return this.#targetUsers;
  }

  get userCount(): number {
    return this.#roster.userCount;
  }

  get workerCount(): number {
    return this.#roster.size;
  }

  /** Milliseconds since the test started. */
  get runTimeMs(): number {
    return this.#startedAtMs === 0 ? 0 : this.#options.clock.now() - this.#startedAtMs;
  }

  /** Ends the test early, as a locustfile's `runner.quit()` does; what was measured counts. */
  end(): void {
    this.#ending.abort();
    this.#roster.wakeUp();
  }

  /** Ends the test for a signal: users get `stopTimeoutMs` at most, and the result says it was cut short. */
  interrupt({ stopTimeoutMs }: { stopTimeoutMs: number }): void {
    this.#interrupted = true;
    this.#stopTimeoutMs = Math.min(this.#stopTimeoutMs, stopTimeoutMs);
    // A stop that is under way already gets the shorter time too.
    if (this.#state === "stopping") this.#tellStop();
    this.end();
  }

  /** Changes the number of users while the test runs (the keys of a terminal, the web page). */
  retarget({ users, spawnRate }: { users: number; spawnRate: number }): void {
    this.#aim({ users: Math.max(0, users), spawnRate });
    this.#roster.wakeUp();
  }

  /** Sends a message of the locustfile's own to one worker, or to all. */
  sendCustom(data: CustomData, clientId?: string): void {
    if (clientId === undefined) this.#roster.broadcast({ type: "custom", data });
    else this.#roster.send(clientId, { type: "custom", data });
  }

  /** The whole test, from the first worker's hello to the last one's farewell. */
  async run(): Promise<MasterOutcome> {
    const { clock, hooks } = this.#options;
    await this.#connected();
    await hooks.testStart();
    this.#startedAtMs = clock.now();
    await this.#load();
    const stopMs = Math.min(this.runTimeMs, this.#endMs());
    await this.#stop();
    const endedAtMs = clock.now();
    await hooks.quitting();
    await this.#quit();
    if (this.#fatal) throw this.#fatal;
    return {
      snapshots: this.#harvest.snapshots,
      course: { rampEndMs: this.#ramp.endMs, stopMs, extendedMs: this.#stream && this.#runEndMs() },
      log: this.#log,
      interrupted: this.#interrupted,
      startedAtMs: this.#startedAtMs,
      endedAtMs,
    };
  }

  async #connected(): Promise<void> {
    const { clock } = this.#options;
    const untilMs = clock.now() + connectMs;
    while (this.#roster.some("connecting") && !this.#fatal && !this.#ending.signal.aborted) {
      if (clock.now() >= untilMs) {
        this.#fatal = new GateError("workers-missing", "not every load-generating thread started within a minute", {
          exitCode: ExitCode.ownFault,
          hint: "Is the locustfile doing long work while it loads?",
        });
      } else await this.#roster.sleepUntil(untilMs);
    }
    if (!this.#fatal) return;
    await this.#quit();
    throw this.#fatal;
  }

  /** Everything between the start signal and the decision to stop. */
  async #load(): Promise<void> {
    const { plan, shape } = this.#options;
    this.#state = "spawning";
    if (!shape) this.#aim({ users: plan.users, spawnRate: plan.spawnRate });
    let nextTickMs = 0;
    while (!this.#ending.signal.aborted && !this.#fatal) {
      this.#beat();
      if (this.runTimeMs >= this.#endMs()) return;
      if (shape && this.runTimeMs >= nextTickMs) {
        nextTickMs = (Math.floor(this.runTimeMs / tickMs) + 1) * tickMs;
        if (!this.#follow(await shape())) return;
      }
      for (const step of this.#ramp.take({ untilMs: this.runTimeMs })) this.#sendSpawn(step);
      await this.#tellComplete();
      const dueMs = Math.min(this.#nextEdgeMs, this.#endMs(), this.#ramp.dueMs, shape ? nextTickMs : Infinity);
      await this.#roster.sleepUntil(this.#startedAtMs + dueMs);
    }
  }

  /** When the run ends at the latest, from the start signal. */
  #endMs(): number {
    return this.#runEndMs() + (this.#stream ? this.#options.plan.extensionMs : 0);
  }

  /** When the run time is over, from the start signal: on a block's edge, so that no judged block is cut. */
  #runEndMs(): number {
    const { plan, shape } = this.#options;
    if (plan.runTimeMs === null || shape) return Infinity;
    if (plan.runTimeIncludesRamp) return plan.runTimeMs;
    return Number.isFinite(this.#ramp.endMs) ? blockAfter(this.#ramp.endMs) * blockMs + plan.runTimeMs : Infinity;
  }

  /** Aims at what the shape wants; false if it wants the end. */
  #follow(wish: ShapeTick): boolean {
    if (wish === null) return false;
    const { users, spawnRate, userClasses } = wish;
    const key = JSON.stringify([users, spawnRate, userClasses ?? null]);
    if (key === this.#lastShape) return true;
    this.#lastShape = key;
    const classes = userClasses && this.#options.classes.filter(({ name }) => userClasses.includes(name));
    this.#aim({ users, spawnRate, classes });
    this.#ramp.skip();
    return true;
  }

  #aim(aim: Aim): void {
    const { plan } = this.#options;
    // The cap counts both arms, users are pairs.
    const arms = plan.baseHost === null ? 1 : 2;
    const most = plan.maxUsers === null ? Infinity : Math.floor(plan.maxUsers / arms);
    if (aim.users > most) {
      this.#log.warn("max-users", `${aim.users * arms} users were asked for, ${most * arms} are allowed`);
    }
    this.#targetUsers = Math.min(aim.users, most);
    this.#log.targetSeen(aim.users);
    this.#ramp.aim({ ...aim, users: this.#targetUsers }, { atMs: this.runTimeMs });
    this.#completeTold = false;
  }

  #sendSpawn(step: Step): void {
    const { plan, clock } = this.#options;
    this.#timestamp = Math.max(this.#timestamp + 1e-6, clock.now() / 1000);
    for (const [id, users] of step.users) {
      this.#roster.send(id, {
        type: "spawn",
        data: {
          timestamp: this.#timestamp,
          user_classes_count: this.#countsOf(users),
          host: plan.host,
          stop_timeout: this.#stopTimeoutMs / 1000,
          parsed_options: plan.parsedOptions,
          started_at: this.#startedAtMs,
          indexes: Object.fromEntries(users),
        },
      });
    }
  }

  #countsOf(users: ReadonlyMap<string, readonly number[]>): UserCounts {
    return Object.fromEntries(this.#options.classes.map(({ name }) => [name, users.get(name)?.length ?? 0]));
  }

  /** Tells everybody once that all users run. */
  async #tellComplete(): Promise<void> {
    if (this.#completeTold || !this.#ramp.arrived) return;
    const running = this.userCount;
    // Users that ended by themselves must not hold the news back for more than a second.
    if (running < this.#dispatcher.total && this.runTimeMs < this.#ramp.endMs + tickMs) return;
    this.#completeTold = true;
    this.#state = "running";
    if (this.#options.plan.resetStats) this.#options.hooks.resetStats();
    this.#roster.broadcast({ type: "spawning_complete", data: { user_count: running } });
    await this.#options.hooks.spawningComplete(running);
  }

  /** The end of the block in progress, from the start signal. */
  get #nextEdgeMs(): number {
    return (this.#nextBlock + 1) * blockMs;
  }

  /** Tells of every block that ended since the last time. */
  #beat(): void {
    const { machine, onProgress } = this.#options;
    while (this.runTimeMs >= this.#nextEdgeMs) {
      const block = this.#nextBlock++;
      if (machine) this.#harvest.add({ ...emptySnapshot(block), health: { threads: [], machine: machine() } });
      onProgress?.(this.#progress(block));
    }
    if (this.#state === "stopping") return;
    const course = { rampEndMs: this.#ramp.endMs, extendedMs: this.#runEndMs() };
    this.#stream?.take(this.#harvest.snapshots, { ended: this.#nextBlock, course });
  }

  /** Looks at the block before the one that ended now: workers are still telling of that. */
  #progress(block: number): Progress {
    const endMs = this.#runEndMs();
    return progressAt(Math.max(0, block - 1), {
      snapshots: this.#harvest.snapshots,
      totals: this.#harvest.totals,
      elapsedMs: (block + 1) * blockMs,
      phase: this.#phaseNow(),
      users: this.userCount,
      targetUsers: this.#targetUsers,
      // In an extension nobody knows.
      leftMs: Number.isFinite(endMs) && this.runTimeMs <= endMs ? endMs - this.runTimeMs : null,
    });
  }

  /** Good enough to look at; what counts is decided when the run is over. */
  #phaseNow(): Phase {
    const { plan } = this.#options;
    if (this.#state === "stopping") return "tail";
    if (this.runTimeMs < this.#ramp.endMs) return "ramp";
    if (this.#stream && this.runTimeMs > this.#runEndMs()) return "extension";
    const warmupMs = plan.warmup === "auto" ? Math.min(5000, (plan.runTimeMs ?? 20_000) / 4) : plan.warmup.ms;
    return this.runTimeMs - this.#ramp.endMs < warmupMs ? "warm-up" : plan.judgedPhase;
  }

  #take({ node }: WorkerEntry, message: WorkerMessage): void {
    const { hooks, clock } = this.#options;
    switch (message.type) {
      case "client_ready":
        hooks.workerConnect(node.id);
        break;
      case "stats":
        this.#takeStats(node.id, message.data);
        break;
      case "spawning_complete":
        this.#log.usersSeen(this.userCount);
        break;
      case "exception":
        this.#log.exception(message.data, { atMs: clock.now() });
        break;
      case "end_test":
        this.end();
        break;
      case "more_users":
        this.#addUsers(message.data.count);
        break;
      case "exit_code":
        this.#log.exitCode(message.data, { own: false });
        break;
      case "failed":
        this.#fatal ??= failureOf(message.data);
        break;
      case "custom":
        hooks.custom({ ...message.data, nodeId: node.id });
        break;
      case "heartbeat":
        hooks.heartbeat(node.id);
        break;
      case "spawning":
      case "client_stopped":
      case "quit":
        break;
    }
  }

  #takeStats(clientId: string, data: StatsData): void {
    if (data.trouble) this.#log.trouble(data.trouble);
    this.#harvest.take(data);
    this.#log.usersSeen(this.userCount);
    this.#options.hooks.workerReport(clientId, data);
  }

  /** Open model: every user is busy while iterations are due. */
  #addUsers(count: number): void {
    const { plan } = this.#options;
    if (!this.#ramp.arrived || plan.arrivalRate === null || this.#state === "stopping") return;
    const arms = plan.baseHost === null ? 1 : 2;
    const most = plan.maxUsers === null ? Infinity : Math.floor(plan.maxUsers / arms);
    const users = Math.min(this.#targetUsers + count, most);
    if (users > this.#targetUsers) this.#aim({ users, spawnRate: Math.max(plan.spawnRate, count) });
  }

  #lose({ node }: WorkerEntry, reason: string): void {
    if (this.#state === "cleanup") return;
    this.#log.warn("worker-lost", `${node.id} ended in mid-run: ${reason}`);
    this.#dispatcher.removeNode(node.id);
    if (this.workerCount === 0) {
      this.#fatal ??= new GateError("worker-lost", `no load-generating thread is left: ${reason}`, {
        exitCode: ExitCode.ownFault,
      });
    } else if (this.#state === "spawning" || this.#state === "running") {
      // Its users go to the others at once; the plan under way goes on from there.
      this.#sendSpawn(this.#dispatcher.now(this.runTimeMs));
    }
  }

  #tellStop(): void {
    this.#roster.broadcast({ type: "stop", data: { stop_timeout: this.#stopTimeoutMs / 1000 } });
  }

  async #stop(): Promise<void> {
    const { clock, hooks } = this.#options;
    this.#state = "stopping";
    await hooks.testStopping();
    this.#tellStop();
    const stoppingMs = clock.now();
    while (this.#roster.some("ready", "running")) {
      const untilMs = stoppingMs + this.#stopTimeoutMs + stopPatienceMs;
      if (clock.now() >= untilMs) {
        this.#log.warn("worker-stuck", "a thread did not stop in time: code of the locustfile never yields");
        break;
      }
      this.#beat();
      await this.#roster.sleepUntil(Math.min(untilMs, this.#startedAtMs + this.#nextEdgeMs));
    }
    await hooks.testStop();
  }

  async #quit(): Promise<void> {
    const { clock } = this.#options;
    this.#state = "cleanup";
    this.#roster.broadcast({ type: "quit", data: null });
    const untilMs = clock.now() + stopPatienceMs;
    while (this.#roster.size > 0 && clock.now() < untilMs) await this.#roster.sleepUntil(untilMs);
    this.#state = "stopped";
  }
}

function failureOf(data: Extract<WorkerMessage, { type: "failed" }>["data"]): GateError {
  const { code, message, hint, place } = data;
  const exitCode = Object.values(ExitCode).find((known) => known === data.exit_code) ?? ExitCode.ownFault;
  return new GateError(code, message, { exitCode, ...(hint !== null && { hint }), ...(place !== null && { place }) });
}
