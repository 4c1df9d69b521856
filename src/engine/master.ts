import type { Clock } from "../base/clock.ts";
import { ExitCode, GateError } from "../base/errors.ts";
import type { CustomData, SpawnData, StatsData, UserCounts, WorkerMessage } from "../protocol/messages.ts";
import { fromWire } from "../protocol/snapshot-wire.ts";
import type { MachineHealth } from "../stats/health.ts";
import { addSnapshots, blockMs, emptySnapshot, type Phase, type Snapshot } from "../stats/snapshot.ts";
import type { RunnerState } from "../user/environment.ts";
import { blockAfter, type Course } from "./course.ts";
import { Dispatcher, type Step } from "./dispatcher.ts";
import type { ClassShare } from "./distribution.ts";
import type { LoadPlan, Progress } from "./load-plan.ts";
import { MasterLog } from "./master-log.ts";
import type { WorkerNode } from "./node.ts";
import { progressAt } from "./progress.ts";
import type { Bare } from "./worker.ts";

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

interface Worker {
  readonly node: WorkerNode;
  state: "connecting" | "ready" | "running" | "stopped" | "gone";
  users: number;
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
  readonly #workers = new Map<string, Worker>();
  readonly #dispatcher: Dispatcher;
  readonly #snapshots = new Map<number, Snapshot>();
  readonly #totals = { requests: 0, failures: 0 };
  readonly #log = new MasterLog();
  readonly #ending = new AbortController();
  #wake = new AbortController();
  #state: RunnerState = "ready";
  #startedAtMs = 0;
  #steps: Iterator<Step, void> | undefined;
  #nextStep: Step | undefined;
  #stepsTaken = 0;
  #rampEndMs = Number.POSITIVE_INFINITY;
  #completeTold = false;
  #targetUsers = 0;
  #timestamp = 0;
  #lastShape = "";
  #nextBlock = 0;
  #interrupted = false;
  #stopTimeoutMs: number;
  #fatal: GateError | undefined;

  constructor(options: MasterOptions) {
    this.#options = options;
    this.#stopTimeoutMs = options.plan.stopTimeoutMs;
    this.#dispatcher = new Dispatcher({ classes: options.classes, nodes: options.nodes.map((node) => node.id) });
    for (const [index, node] of options.nodes.entries()) {
      const worker: Worker = { node, state: "connecting", users: 0 };
      this.#workers.set(node.id, worker);
      node.onMessage((message) => this.#take(worker, { message, index }));
      node.onLost((reason) => this.#lose(worker, reason));
    }
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
    let sum = 0;
    for (const { users } of this.#workers.values()) sum += users;
    return sum;
  }

  get workerCount(): number {
    return [...this.#workers.values()].filter(({ state }) => state !== "gone").length;
  }

  /** Milliseconds since the test started. */
  get runTimeMs(): number {
    return this.#startedAtMs === 0 ? 0 : this.#options.clock.now() - this.#startedAtMs;
  }

  /** Ends the test early, as a locustfile's `runner.quit()` does; what was measured counts. */
  end(): void {
    this.#ending.abort();
    this.#wakeUp();
  }

  /** Ends the test for a signal: users get `stopTimeoutMs` at most, and the result says it was cut short. */
  interrupt({ stopTimeoutMs }: { stopTimeoutMs: number }): void {
    this.#interrupted = true;
    this.#stopTimeoutMs = Math.min(this.#stopTimeoutMs, stopTimeoutMs);
    this.end();
  }

  /** Changes the number of users while the test runs (the keys of a terminal, the web page). */
  retarget({ users, spawnRate }: { users: number; spawnRate: number }): void {
    this.#aim({ users: Math.max(0, users), spawnRate });
    this.#wakeUp();
  }

  sendCustom(data: CustomData, clientId?: string): void {
    for (const { node, state } of this.#workers.values()) {
      if (state === "gone" || (clientId !== undefined && clientId !== node.id)) continue;
      node.send({ type: "custom", data, node_id: node.id });
    }
  }

  /** The whole test, from the first worker's hello to the last one's farewell. */
  async run(): Promise<MasterOutcome> {
    await this.#connected();
    await this.#options.hooks.testStart();
    this.#startedAtMs = this.#options.clock.now();
    await this.#load();
    const stopMs = this.#stopMs();
    await this.#stop();
    const endedAtMs = this.#options.clock.now();
    await this.#options.hooks.quitting();
    await this.#quit();
    this.#state = "stopped";
    if (this.#fatal) throw this.#fatal;
    return {
      snapshots: this.#snapshots,
      course: { rampEndMs: this.#rampEndMs, stopMs },
      log: this.#log,
      interrupted: this.#interrupted,
      startedAtMs: this.#startedAtMs,
      endedAtMs,
    };
  }

  async #connected(): Promise<void> {
    const { clock } = this.#options;
    const untilMs = clock.now() + connectMs;
    while (this.#some("connecting") && !this.#fatal && !this.#ending.signal.aborted) {
      if (clock.now() >= untilMs) {
        throw new GateError("workers-missing", "not every load-generating thread started within a minute", {
          exitCode: 1,
          hint: "Is the locustfile doing long work while it loads?",
        });
      }
      await this.#sleepUntil(untilMs);
    }
    if (this.#fatal) {
      await this.#quit();
      throw this.#fatal;
    }
  }

  /** Everything between the start signal and the decision to stop. */
  async #load(): Promise<void> {
    const { clock, plan, shape } = this.#options;
    this.#state = "spawning";
    if (!shape) this.#aim({ users: plan.users, spawnRate: plan.spawnRate });
    let nextTickMs = 0;
    while (!this.#ending.signal.aborted && !this.#fatal) {
      const elapsedMs = clock.now() - this.#startedAtMs;
      this.#beat();
      if (elapsedMs >= this.#endMs()) return;
      if (shape && elapsedMs >= nextTickMs) {
        nextTickMs = (Math.floor(elapsedMs / tickMs) + 1) * tickMs;
        if (!this.#follow(await shape())) return;
      }
      this.#takeSteps(elapsedMs);
      await this.#tellComplete();
      const dueMs = Math.min(
        (this.#nextBlock + 1) * blockMs,
        this.#endMs(),
        this.#nextStep?.atMs ?? Number.POSITIVE_INFINITY,
        shape ? nextTickMs : Number.POSITIVE_INFINITY,
      );
      await this.#sleepUntil(this.#startedAtMs + dueMs);
    }
  }

  /** When the run time is over, from the start signal: on a block's edge, so that no judged block is cut. */
  #endMs(): number {
    const { plan, shape } = this.#options;
    if (plan.runTimeMs === null || shape) return Number.POSITIVE_INFINITY;
    if (plan.runTimeIncludesRamp) return plan.runTimeMs;
    if (!Number.isFinite(this.#rampEndMs)) return Number.POSITIVE_INFINITY;
    return blockAfter(this.#rampEndMs) * blockMs + plan.runTimeMs;
  }

  #stopMs(): number {
    const elapsedMs = this.#options.clock.now() - this.#startedAtMs;
    return Math.min(elapsedMs, this.#endMs());
  }

  /** Aims at what the shape wants; false if it wants the end. */
  #follow(wish: ShapeTick): boolean {
    if (wish === null) return false;
    const key = JSON.stringify([wish.users, wish.spawnRate, wish.userClasses ?? null]);
    if (key === this.#lastShape) return true;
    this.#lastShape = key;
    const names = wish.userClasses;
    const classes = names && this.#options.classes.filter(({ name }) => names.includes(name));
    this.#aim({ users: wish.users, spawnRate: wish.spawnRate, classes });
    // A shape is the load itself: all of it is judged.
    this.#rampEndMs = 0;
    return true;
  }

  #aim(target: { users: number; spawnRate: number; classes?: readonly ClassShare[] | undefined }): void {
    const { plan, clock } = this.#options;
    const arms = plan.baseHost === null ? 1 : 2;
    const most = plan.maxUsers === null ? target.users : Math.floor(plan.maxUsers / arms);
    if (target.users > most) {
      this.#log.warn("max-users", `${target.users * arms} users were asked for, ${most * arms} are allowed`);
    }
    const users = Math.min(target.users, most);
    this.#targetUsers = users;
    this.#log.targetSeen(users);
    const atMs = Math.max(0, clock.now() - this.#startedAtMs);
    this.#steps = this.#dispatcher.plan({ ...target, users, atMs });
    this.#nextStep = this.#steps.next().value ?? undefined;
    this.#stepsTaken = 0;
    this.#completeTold = false;
  }

  #takeSteps(elapsedMs: number): void {
    while (this.#nextStep && this.#nextStep.atMs <= elapsedMs) {
      const step = this.#nextStep;
      this.#nextStep = this.#steps?.next().value ?? undefined;
      this.#stepsTaken++;
      this.#sendSpawn(step);
      if (!this.#nextStep && !Number.isFinite(this.#rampEndMs)) {
        this.#rampEndMs = this.#stepsTaken === 1 ? 0 : step.atMs;
      }
    }
  }

  #sendSpawn(step: Step): void {
    const { plan } = this.#options;
    this.#timestamp = Math.max(this.#timestamp + 1e-6, this.#options.clock.now() / 1000);
    for (const [id, users] of step.users) {
      const data: SpawnData = {
        timestamp: this.#timestamp,
        user_classes_count: this.#countsOf(users),
        host: plan.host,
        stop_timeout: this.#stopTimeoutMs / 1000,
        parsed_options: plan.parsedOptions,
        started_at: this.#startedAtMs,
        indexes: Object.fromEntries(users),
      };
      this.#send(id, { type: "spawn", data });
    }
  }

  #countsOf(users: ReadonlyMap<string, readonly number[]>): UserCounts {
    return Object.fromEntries(this.#options.classes.map(({ name }) => [name, users.get(name)?.length ?? 0]));
  }

  /** Tells everybody once that all users run. */
  async #tellComplete(): Promise<void> {
    if (this.#completeTold || this.#nextStep || !this.#steps) return;
    const running = this.userCount;
    if (running < this.#dispatcher.total && !this.#late()) return;
    this.#completeTold = true;
    this.#state = "running";
    if (this.#options.plan.resetStats) this.#options.hooks.resetStats();
    for (const id of this.#workers.keys()) this.#send(id, { type: "spawning_complete", data: { user_count: running } });
    await this.#options.hooks.spawningComplete(running);
  }

  /** Whether the last step is a second old: users that ended by themselves must not hold the news back. */
  #late(): boolean {
    return this.#options.clock.now() - this.#startedAtMs >= this.#rampEndMs + tickMs;
  }

  /** Tells of every block that ended since the last time. */
  #beat(): void {
    while (this.runTimeMs >= (this.#nextBlock + 1) * blockMs) this.#blockEnded(this.#nextBlock++);
  }

  #blockEnded(block: number): void {
    const { machine, onProgress } = this.#options;
    const running = this.userCount;
    this.#log.usersSeen(running);
    if (machine) {
      const health = { threads: [], machine: machine() };
      this.#add({ ...emptySnapshot(block), health });
    }
    onProgress?.(
      progressAt(block - 1, {
        snapshots: this.#snapshots,
        totals: this.#totals,
        phase: this.#phaseNow(),
        users: running,
        targetUsers: this.#targetUsers,
        leftMs: Number.isFinite(this.#endMs()) ? Math.max(0, this.#endMs() - this.runTimeMs) : null,
      }),
    );
  }

  /** Good enough to look at; what counts is decided when the run is over. */
  #phaseNow(): Phase {
    const { plan } = this.#options;
    if (this.#state === "stopping") return "tail";
    if (this.runTimeMs < this.#rampEndMs) return "ramp";
    const warmupMs = plan.warmup === "auto" ? Math.min(5000, (plan.runTimeMs ?? 20_000) / 4) : plan.warmup.ms;
    return this.runTimeMs - this.#rampEndMs < warmupMs ? "warm-up" : plan.judgedPhase;
  }

  #take(worker: Worker, { message, index }: { message: WorkerMessage; index: number }): void {
    const { hooks, clock } = this.#options;
    switch (message.type) {
      case "client_ready":
        this.#send(worker.node.id, { type: "ack", data: { index } });
        worker.state = "ready";
        hooks.workerConnect(worker.node.id);
        break;
      case "stats":
        this.#takeStats(worker, message.data);
        break;
      case "spawning_complete":
        worker.users = message.data.user_count;
        worker.state = "running";
        this.#log.usersSeen(this.userCount);
        break;
      case "client_stopped":
        worker.users = 0;
        worker.state = "stopped";
        break;
      case "quit":
        worker.state = "gone";
        worker.users = 0;
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
        worker.state = "gone";
        break;
      case "custom":
        hooks.custom({ ...message.data, nodeId: worker.node.id });
        break;
      case "heartbeat":
        hooks.heartbeat(worker.node.id);
        return;
      case "spawning":
        return;
    }
    this.#wakeUp();
  }

  #takeStats(worker: Worker, data: StatsData): void {
    worker.users = data.user_count;
    if (data.trouble) this.#log.trouble(data.trouble);
    for (const wire of data.snapshots) {
      const snapshot = fromWire(wire);
      for (const { requests, failures } of snapshot.cells.values()) {
        this.#totals.requests += requests;
        this.#totals.failures += failures;
      }
      this.#add(snapshot);
    }
    this.#options.hooks.workerReport(worker.node.id, data);
  }

  #add(snapshot: Snapshot): void {
    const known = this.#snapshots.get(snapshot.block);
    this.#snapshots.set(snapshot.block, known ? addSnapshots(known, snapshot) : snapshot);
    this.#options.hooks.snapshot(snapshot);
  }

  /** Open model: every user is busy while iterations are due. */
  #addUsers(count: number): void {
    const { plan } = this.#options;
    if (this.#nextStep || plan.arrivalRate === null || this.#ending.signal.aborted) return;
    const users = Math.min(this.#targetUsers + count, plan.maxUsers ?? Number.POSITIVE_INFINITY);
    if (users > this.#targetUsers) this.#aim({ users, spawnRate: Math.max(plan.spawnRate, count) });
  }

  #lose(worker: Worker, reason: string): void {
    if (worker.state === "gone") return;
    worker.state = "gone";
    worker.users = 0;
    this.#wakeUp();
    if (this.#state === "cleanup") return;
    this.#log.warn("worker-lost", `${worker.node.id} ended in mid-run: ${reason}`);
    if (this.workerCount === 0) {
      this.#fatal ??= new GateError("worker-lost", `no load-generating thread is left: ${reason}`, { exitCode: 1 });
    } else {
      this.#dispatcher.removeNode(worker.node.id);
      // Its users go to the others at once; the plan under way goes on from there.
      if (this.#state !== "stopping") this.#sendSpawn(this.#dispatcher.now(this.runTimeMs));
    }
  }

  async #stop(): Promise<void> {
    const { clock, hooks } = this.#options;
    this.#state = "stopping";
    await hooks.testStopping();
    for (const id of this.#workers.keys()) {
      this.#send(id, { type: "stop", data: { stop_timeout: this.#stopTimeoutMs / 1000 } });
    }
    const untilMs = clock.now() + this.#stopTimeoutMs + stopPatienceMs;
    while (this.#some("running") || this.#some("ready")) {
      if (clock.now() >= untilMs) {
        this.#log.warn("worker-stuck", "a thread did not stop in time: code of the locustfile never yields");
        break;
      }
      this.#beat();
      await this.#sleepUntil(Math.min(untilMs, this.#startedAtMs + (this.#nextBlock + 1) * blockMs));
    }
    this.#state = "stopped";
    await hooks.testStop();
  }

  async #quit(): Promise<void> {
    this.#state = "cleanup";
    for (const id of this.#workers.keys()) this.#send(id, { type: "quit", data: null });
    const untilMs = this.#options.clock.now() + stopPatienceMs;
    while ([...this.#workers.values()].some(({ state }) => state !== "gone")) {
      if (this.#options.clock.now() >= untilMs) return;
      await this.#sleepUntil(untilMs);
    }
  }

  #some(state: Worker["state"]): boolean {
    return [...this.#workers.values()].some((worker) => worker.state === state);
  }

  #send(id: string, message: Bare<Parameters<WorkerNode["send"]>[0]>): void {
    const worker = this.#workers.get(id);
    if (worker && worker.state !== "gone") worker.node.send({ ...message, node_id: id });
  }

  async #sleepUntil(atMs: number): Promise<void> {
    await this.#options.clock.sleep(atMs - this.#options.clock.now(), this.#wake.signal);
    if (this.#wake.signal.aborted) this.#wake = new AbortController();
  }

  #wakeUp(): void {
    this.#wake.abort();
  }
}

function failureOf(data: Extract<WorkerMessage, { type: "failed" }>["data"]): GateError {
  const { code, message, hint, place } = data;
  const exitCode = Object.values(ExitCode).find((known) => known === data.exit_code) ?? ExitCode.ownFault;
  return new GateError(code, message, { exitCode, ...(hint !== null && { hint }), ...(place !== null && { place }) });
}
