import { ExitCode, GateError } from "../../base/errors.ts";
import type { CustomData } from "../../protocol/messages.ts";
import type { RunnerState } from "../../user/events/environment.ts";
import type { Step } from "../plan/dispatcher.ts";
import { BlockReporter } from "./block-reporter.ts";
import { Conductor, type Target } from "./conductor.ts";
import { MasterInbox } from "./inbox.ts";
import { MasterLog } from "./log.ts";
import type { MasterOptions, MasterOutcome } from "./options.ts";
import type { RunTimeline } from "./run-timeline.ts";
import { SnapshotStore } from "./snapshot-store.ts";
import { SpawnOrders } from "./spawn-orders.ts";
import { waitForWorkers } from "./wait-for-workers.ts";
import { type WorkerEntry, WorkerRegistry } from "./worker-registry.ts";
import { type Freeze, freezeMessage } from "./worker-watch.ts";

/** What a worker gets beyond the stop timeout to say it has stopped. */
const stopPatienceMs = 5000;

/**
 * Runs a test from the master's side: tells workers whom to run, hears what they measured, ends it. What is to happen
 * when is decided by the `Conductor`; here it is done. One loop on a clock; it never waits for a ramp, so that a shape
 * is asked every second whatever the ramp still has to do.
 */
export class MasterRunner {
  readonly #options: MasterOptions;
  readonly #conductor: Conductor;
  readonly #registry: WorkerRegistry;
  readonly #orders: SpawnOrders;
  readonly #snapshots: SnapshotStore;
  readonly #blockReporter: BlockReporter;
  readonly #log: MasterLog;
  readonly #ending = new AbortController();
  #state: RunnerState = "ready";
  #startedAtMs = 0;
  #interrupted = false;
  #stopTimeoutMs: number;
  #fatal: GateError | undefined;

  constructor(options: MasterOptions) {
    const { clock, plan, nodes, classes, hooks, machine, observer = {} } = options;
    this.#options = options;
    this.#log = new MasterLog(plan.compiled.root);
    this.#stopTimeoutMs = plan.stopTimeoutMs;
    this.#conductor = new Conductor({
      plan,
      classes,
      nodes: nodes.map(({ id }) => id),
      shaped: options.shape !== undefined,
      watched: observer.onBlocks !== undefined,
    });
    this.#orders = new SpawnOrders({ plan, classes });
    this.#snapshots = new SnapshotStore({
      added: (snapshot) => {
        hooks.snapshot(snapshot);
        if (snapshot.failures.groups.size > 0) observer.onFailures?.([...snapshot.failures.groups.values()]);
      },
    });
    const [conductor, snapshots] = [this.#conductor, this.#snapshots];
    this.#blockReporter = new BlockReporter({ observer, machine, conductor, snapshots, plan });
    const inbox = new MasterInbox({
      clock,
      hooks,
      snapshots,
      log: this.#log,
      users: () => this.userCount,
      endTest: () => this.end(),
      moreUsers: (count) => this.#addUsers(count),
      failed: (error) => {
        // One that comes late and cannot begin leaves the run to those that could.
        if (this.#underWay) this.#log.warn("worker-failed", `a worker could not begin: ${error.message}`);
        else this.#fatal ??= error;
      },
    });
    this.#registry = new WorkerRegistry({
      clock,
      nodes,
      onMessage: ({ node }, message) => {
        inbox.take(node.id, message);
        if (message.type === "client_ready") this.#welcome(node.id);
      },
      onLost: (worker, reason) => this.#lose(worker, reason),
    });
    options.joining?.onNode((node) => {
      this.#registry.add(node);
      // Whoever was there has been told.
      if (this.#state === "cleanup") this.#registry.send(node.id, { type: "quit", data: null });
    });
  }

  get state(): RunnerState {
    return this.#state;
  }

  get log(): MasterLog {
    return this.#log;
  }

  get targetUserCount(): number {
    return this.#conductor.targetUsers;
  }

  get userCount(): number {
    return this.#registry.userCount;
  }

  get workerCount(): number {
    return this.#registry.size;
  }

  /** Milliseconds since the test started. */
  get runTimeMs(): number {
    return this.#startedAtMs === 0 ? 0 : this.#options.clock.now() - this.#startedAtMs;
  }

  /** Ends the test early, as a locustfile's `runner.quit()` does; what was measured counts. */
  end(): void {
    this.#ending.abort();
    this.#registry.wakeUp();
  }

  /** Ends the test for a signal: users get `stopTimeoutMs` at most, and the result says it was cut short. */
  interrupt({ stopTimeoutMs }: { stopTimeoutMs: number }): void {
    this.#interrupted = true;
    this.#stopTimeoutMs = Math.min(this.#stopTimeoutMs, stopTimeoutMs);
    // A stop that is under way already gets the shorter time too.
    if (this.#state === "stopping") this.#sendStop();
    this.end();
  }

  /** Changes the number of users while the test runs (the keys of a terminal, the web page). */
  retarget(aim: { users: number; spawnRate: number }): void {
    this.#aimed(this.#conductor.aim(aim, { atMs: this.runTimeMs }));
    this.#registry.wakeUp();
  }

  /** Sends a message of the locustfile's own to one worker, or to all. */
  sendCustom(data: CustomData, clientId?: string): void {
    if (clientId === undefined) this.#registry.broadcast({ type: "custom", data });
    else this.#registry.send(clientId, { type: "custom", data });
  }

  /** The whole test, from the first worker's hello to the last one's farewell. */
  async run(): Promise<MasterOutcome> {
    const { clock, hooks } = this.#options;
    await this.#connected();
    const course = await this.#test();
    const endedAtMs = clock.now();
    await hooks.quitting();
    await this.#quit();
    if (this.#fatal) throw this.#fatal;
    return {
      snapshots: new Map(this.#snapshots.snapshots),
      course,
      log: this.#log,
      interrupted: this.#interrupted,
      workers: this.#registry.tookPart,
      startedAtMs: this.#startedAtMs,
      endedAtMs,
    };
  }

  /** From the start signal to the last user's end. A locustfile may have ended it while it was loaded. */
  async #test(): Promise<RunTimeline> {
    const { clock, hooks } = this.#options;
    if (this.#isOver) {
      this.#log.warn("ended-before-start", "the test was ended before it began: no user was started");
      this.#startedAtMs = clock.now();
      return this.#conductor.courseUntil(0);
    }
    await hooks.testStart();
    if (this.#options.joining && !this.#isAnyLeft && !this.#isOver)
      this.#noneLeft("all of them left before the test began");
    this.#startedAtMs = clock.now();
    await this.#load();
    const course = this.#conductor.courseUntil(this.runTimeMs);
    await this.#stop();
    return course;
  }

  async #connected(): Promise<void> {
    const { clock, joining } = this.#options;
    const missing = await waitForWorkers(this.#registry, { clock, joining, isOver: () => this.#isOver });
    // What went wrong meanwhile comes first: `??=` around the await would have looked before it.
    this.#fatal ??= missing;
    if (!this.#fatal) return;
    await this.#quit();
    throw this.#fatal;
  }

  /** Told to end, or unable to go on. */
  get #isOver(): boolean {
    return this.#ending.signal.aborted || this.#fatal !== undefined;
  }

  /** Everything between the start signal and the decision to stop. */
  async #load(): Promise<void> {
    const { plan, shape } = this.#options;
    this.#state = "spawning";
    if (!shape) this.#aimed(this.#conductor.aim(plan, { atMs: 0 }));
    while (!this.#isOver) {
      this.#beat();
      if (this.runTimeMs >= this.#conductor.endMs) return;
      if (shape && this.#conductor.wantsTick({ atMs: this.runTimeMs })) {
        const wish = await shape();
        if (wish === null) return;
        this.#aimed(this.#conductor.follow(wish, { atMs: this.runTimeMs }));
      }
      for (const step of this.#conductor.steps({ atMs: this.runTimeMs })) this.#send(step);
      await this.#announceComplete();
      await this.#registry.sleepUntil(this.#startedAtMs + Math.min(this.#blockReporter.dueMs, this.#conductor.dueMs));
    }
  }

  /** Open model: every user is busy while iterations are due. */
  #addUsers(count: number): void {
    if (this.#state !== "stopping") this.#aimed(this.#conductor.addUsers(count, { atMs: this.runTimeMs }));
  }

  #aimed(target: Target | undefined): void {
    if (!target) return;
    if (target.warning) this.#log.warn("max-users", target.warning);
    this.#log.targetSeen(target.asked);
  }

  #send(step: Step): void {
    const given = {
      nowMs: this.#options.clock.now(),
      startedAtMs: this.#startedAtMs,
      stopTimeoutMs: this.#stopTimeoutMs,
    };
    for (const [id, data] of this.#orders.of(step, given)) this.#registry.send(id, { type: "spawn", data });
  }

  /** Tells everybody once that all users run. */
  async #announceComplete(): Promise<void> {
    const users = this.#conductor.takeComplete({ running: this.userCount, atMs: this.runTimeMs });
    if (users === undefined) return;
    this.#state = "running";
    const { plan, hooks } = this.#options;
    if (plan.resetStats) hooks.resetStats();
    this.#registry.broadcast({ type: "spawning_complete", data: { user_count: users } });
    await hooks.spawningComplete(users);
  }

  #beat(): void {
    for (const freeze of this.#registry.lookForFreezes()) this.#warnOfFreeze(freeze);
    this.#blockReporter.beat({ atMs: this.runTimeMs, users: this.userCount, stopping: this.#state === "stopping" });
  }

  #warnOfFreeze(freeze: Freeze): void {
    const { live, warning } = freezeMessage(freeze, { startedAtMs: this.#startedAtMs });
    this.#options.observer?.onNote?.(live);
    if (freeze.untilMs !== null) this.#log.warn("worker-frozen", warning);
  }

  get #underWay(): boolean {
    return this.#state === "spawning" || this.#state === "running";
  }

  /** A worker is ready: one that comes late gets its share at once, or is told to stop as the others were. */
  #welcome(id: string): void {
    const shares = this.#conductor.withNode(id, { atMs: this.runTimeMs });
    if (shares && this.#underWay) this.#send(shares);
    else if (this.#state === "stopping") this.#registry.send(id, { type: "stop", data: null });
  }

  #lose({ node }: WorkerEntry, reason: string): void {
    if (this.#state === "cleanup" || this.#state === "stopped") return;
    // Who joined and left before it was ready never ran anybody.
    if (this.#options.joining && !this.#conductor.hasNode(node.id)) return;
    const others = this.#conductor.withoutNode(node.id, { atMs: this.runTimeMs });
    // Whoever leaves while all are still being waited for is waited for too.
    if (this.#state === "ready" && this.#options.joining) return;
    this.#log.warn("worker-lost", `${node.id} ended in mid-run: ${reason}`);
    // What was measured counts when the run is ending anyway (a signal to everybody, say).
    if (!this.#isAnyLeft && !this.#ending.signal.aborted) {
      this.#noneLeft(reason);
    } else if (this.#underWay) {
      this.#send(others);
    }
  }

  #noneLeft(reason: string): void {
    this.#fatal ??= new GateError("worker-lost", `no worker is left: ${reason}`, { exitCode: ExitCode.ownFault });
  }

  /** Of those that may join at any time only who said it is ready can run users. */
  get #isAnyLeft(): boolean {
    return this.#options.joining ? this.#registry.some("ready", "running", "stopped") : this.workerCount > 0;
  }

  #sendStop(): void {
    this.#registry.broadcast({ type: "stop", data: { stop_timeout: this.#stopTimeoutMs / 1000 } });
  }

  async #stop(): Promise<void> {
    const { clock, hooks } = this.#options;
    this.#state = "stopping";
    await hooks.testStopping();
    this.#sendStop();
    const stoppingMs = clock.now();
    while (this.#registry.some("ready", "running")) {
      const untilMs = stoppingMs + this.#stopTimeoutMs + stopPatienceMs;
      if (clock.now() >= untilMs) {
        this.#log.warn("worker-stuck", await this.#stuckWords());
        break;
      }
      this.#beat();
      await this.#registry.sleepUntil(Math.min(untilMs, this.#startedAtMs + this.#blockReporter.dueMs));
    }
    for (const freeze of this.#registry.frozen) {
      this.#log.warn("worker-frozen", freezeMessage(freeze, { startedAtMs: this.#startedAtMs }).warning);
    }
    await hooks.testStop();
  }

  /** That somebody never stopped, and at which lines of the locustfile where that can be found. */
  async #stuckWords(): Promise<string> {
    const { plan, whereStuck } = this.#options;
    const places = ((await whereStuck?.()) ?? []).map((place) => place.replace(`${plan.compiled.root}/`, ""));
    const where = places.length > 0 ? ` at ${places.slice(0, 4).join(", ")}` : "";
    return `a thread did not stop in time: code of the locustfile never yields${where}`;
  }

  async #quit(): Promise<void> {
    this.#state = "cleanup";
    this.#registry.broadcast({ type: "quit", data: null });
    const untilMs = this.#options.clock.now() + stopPatienceMs;
    await this.#registry.waitWhile(() => this.#registry.size > 0, { untilMs });
    this.#state = "stopped";
  }
}
