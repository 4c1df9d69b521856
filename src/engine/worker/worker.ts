import { GateError } from "../../base/errors.ts";
import { failureToWire } from "../../protocol/failure-wire.ts";
import type { Bare, MasterMessage, SpawnData, UserCounts, WorkerMessage } from "../../protocol/messages.ts";
import { toWire } from "../../protocol/snapshot-wire.ts";
import type { Recorder } from "../../stats/recorder.ts";
import type { Snapshot } from "../../stats/snapshot.ts";
import type { RunnerState } from "../../user/events/environment.ts";
import type { WorkerOptions } from "./options.ts";
import { WorkerTest } from "./worker-test.ts";

const heartbeatMs = 1000;

/**
 * One worker: makes its running users match the latest spawn message, measures them and tells the master block by
 * block. Speaks Locust's messages (docs/locust-semantics.md#messages) and knows nothing of what carries them.
 */
export class WorkerRunner {
  readonly #options: WorkerOptions;
  readonly #closed = new AbortController();
  readonly #quitted = Promise.withResolvers<void>();
  #state: RunnerState = "ready";
  #index = -1;
  #lastSpawn = 0;
  #targetUsers = 0;
  /** Of the test that is over: what nobody awaited may still come in. */
  #lastRecorder: Recorder | undefined;
  #test: WorkerTest | undefined;
  /** Messages are worked off one after the other: a stop waits for the test start it follows. */
  #queue: Promise<void> = Promise.resolve();
  #stopTimeoutMs = 0;

  constructor(options: WorkerOptions) {
    this.#options = options;
    options.link.onMessage((message) => {
      if (message.type === "stop" && this.#state === "stopping") return this.#hurry(message.data?.stop_timeout ?? 0);
      this.#queue = this.#queue.then(() => this.#take(message)).catch((error) => this.#fail(error));
    });
  }

  /** Says hello to the master, once the listeners know their runner. */
  async begin(): Promise<void> {
    await this.#options.hooks.ready();
    this.#send({ type: "client_ready", data: this.#options.version });
    void this.#beatHearts();
  }

  get state(): RunnerState {
    return this.#state;
  }

  get index(): number {
    return this.#index;
  }

  get targetUserCount(): number {
    return this.#targetUsers;
  }

  get userCount(): number {
    return this.#test?.userPool.size ?? 0;
  }

  /** Resolves once the master said `quit` and everything is told. */
  get quitted(): Promise<void> {
    return this.#quitted.promise;
  }

  /** Tells the master something of the locustfile's or the thread's own. */
  send(message: Bare<WorkerMessage>): void {
    this.#send(message);
  }

  async #take(message: MasterMessage): Promise<void> {
    switch (message.type) {
      case "ack":
        this.#index = message.data.index;
        return;
      case "spawn":
        return this.#spawn(message.data);
      case "spawning_complete":
        return this.#options.hooks.spawningComplete(message.data.user_count);
      case "stop":
        return this.#stop(message.data?.stop_timeout);
      case "quit":
        return this.#quit();
      case "custom":
        return this.#options.hooks.custom(message.data);
      case "heartbeat":
        return;
    }
  }

  async #spawn(data: SpawnData): Promise<void> {
    this.#send({ type: "spawning", data: null });
    if (data.timestamp <= this.#lastSpawn) return;
    this.#lastSpawn = data.timestamp;
    const missing = this.#missingClasses(data);
    if (missing.length > 0) return this.#giveUp(missing);
    this.#stopTimeoutMs = data.stop_timeout * 1000;
    if (!this.#test) {
      const startedAtMs = data.started_at ?? this.#options.clock.now();
      this.#test = new WorkerTest(this.#options, { startedAtMs, send: (parts) => this.#sendStats(parts) });
      await this.#options.hooks.testStart();
    }
    this.#state = "spawning";
    const { userPool } = this.#test;
    this.#targetUsers = Object.values(data.user_classes_count).reduce((sum, count) => sum + count, 0);
    userPool.match(new Map(Object.entries(data.indexes ?? {})), { stopTimeoutMs: this.#stopTimeoutMs });
    this.#state = "running";
    const counts = record(userPool.counts);
    this.#send({ type: "spawning_complete", data: { user_classes_count: counts, user_count: userPool.size } });
  }

  #missingClasses({ user_classes_count, indexes }: SpawnData): readonly string[] {
    const { hasClass } = this.#options;
    return hasClass ? Object.keys({ ...user_classes_count, ...indexes }).filter((name) => !hasClass(name)) : [];
  }

  /** Its locustfile is not the master's: whatever it ran would be another load. */
  #giveUp(missing: readonly string[]): void {
    const error = new GateError(
      "locustfile-differs",
      `the master's locustfile has user classes that this worker's does not have: ${missing.join(", ")}`,
      { hint: "Give every machine the same locustfile." },
    );
    this.#send({ type: "failed", data: failureToWire(error) });
    this.#closed.abort();
    this.#options.link.close();
    this.#quitted.resolve();
  }

  #sendStats(parts: readonly Snapshot[]): void {
    const { trouble, throttled, hooks } = this.#options;
    for (const data of trouble.takeExceptions()) this.#send({ type: "exception", data });
    const taken = trouble.take({ throttled: throttled() });
    const userPool = this.#test?.userPool;
    const extra = hooks.closed(parts);
    this.#send({
      type: "stats",
      data: {
        user_classes_count: userPool ? record(userPool.counts) : {},
        user_count: userPool?.size ?? 0,
        snapshots: parts.map(toWire),
        ...(taken && { trouble: taken }),
        ...(extra && { extra }),
      },
    });
  }

  async #stop(stopTimeoutS: number | undefined): Promise<void> {
    const test = this.#test;
    if (test) {
      this.#state = "stopping";
      test.stopping();
      await this.#options.hooks.testStopping();
      await test.userPool.stopAll({
        stopTimeoutMs: stopTimeoutS === undefined ? this.#stopTimeoutMs : stopTimeoutS * 1000,
      });
      await this.#options.hooks.testStop();
      await test.end();
      this.#lastRecorder = test.recorder;
      this.#test = undefined;
      this.#state = "stopped";
    }
    this.#send({ type: "client_stopped", data: null });
  }

  /** A second stop, while the first is under way, shortens it. */
  #hurry(stopTimeoutS: number): void {
    void this.#test?.userPool.hurry({ stopTimeoutMs: stopTimeoutS * 1000 });
  }

  async #quit(): Promise<void> {
    if (this.#test) await this.#stop(0);
    await this.#options.hooks.quitting();
    this.#sendStats(this.#lastRecorder?.closeAll() ?? []);
    this.#send({ type: "quit", data: null });
    this.#closed.abort();
    this.#options.link.close();
    this.#quitted.resolve();
  }

  #fail(error: unknown): void {
    this.#options.trouble.exception(error, { task: "(engine)", atMs: this.#options.clock.now() });
  }

  async #beatHearts(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#closed.signal.aborted) {
      const data = { state: this.#state, current_cpu_usage: (this.#test?.cpu ?? 0) * 100, current_memory_usage: 0 };
      this.#send({ type: "heartbeat", data });
      this.#options.hooks.heartbeat();
      await clock.sleep(heartbeatMs, this.#closed.signal);
    }
  }

  #send(message: Bare<WorkerMessage>): void {
    this.#options.link.send({ ...message, node_id: this.#options.id });
  }
}

function record(counts: ReadonlyMap<string, number>): UserCounts {
  return Object.fromEntries(counts);
}
