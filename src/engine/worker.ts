import type { Clock } from "../base/clock.ts";
import type { Redactor } from "../base/redact.ts";
import type { Bare, CustomData, MasterMessage, SpawnData, UserCounts, WorkerMessage } from "../protocol/messages.ts";
import { toWire } from "../protocol/snapshot-wire.ts";
import type { ThreadHealth } from "../stats/health.ts";
import { endpointsKept, Recorder } from "../stats/recorder.ts";
import { blockMs, type Snapshot } from "../stats/snapshot.ts";
import type { RunnerState } from "../user/environment.ts";
import { beatBlocks } from "./block-beat.ts";
import { Crew, type RunningUser, type UserOrder } from "./crew.ts";
import type { MasterLink } from "./node.ts";
import type { TroubleLog } from "./trouble-log.ts";

/** What happens in a worker that listeners of the locustfile are told of. */
export interface WorkerHooks {
  /** The runner is there; before the first message is worked off. */
  ready(): Promise<void>;
  testStart(): Promise<void>;
  spawningComplete(userCount: number): Promise<void>;
  testStopping(): Promise<void>;
  testStop(): Promise<void>;
  quitting(): Promise<void>;
  custom(message: CustomData): Promise<void>;
  /** Blocks that closed, on their way to the master; returns what listeners add to the report. */
  closed(parts: readonly Snapshot[]): Readonly<Record<string, unknown>> | undefined;
  heartbeat(): void;
}

export interface WorkerOptions {
  readonly id: string;
  readonly version: string;
  readonly link: MasterLink;
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly trouble: TroubleLog;
  readonly hooks: WorkerHooks;
  /** Begins a user's life; its samples go to the recorder it is given. */
  readonly startUser: (order: UserOrder, run: { recorder: Recorder; startedAtMs: number }) => RunningUser;
  /** How the thread fared since the last block; undefined where nobody watches. */
  readonly health?: (counts: { lateStarts: number }) => ThreadHealth;
  /** Requests that had to start later since this was asked last. */
  readonly throttled: () => number;
  /** Called after every block: to ask for more users, to say that the budget is used up. */
  readonly afterBlock?: (nowMs: number) => void;
}

/** What one test, from its first spawn message to its stop, needs. */
interface Test {
  readonly recorder: Recorder;
  readonly startedAtMs: number;
  readonly crew: Crew;
  readonly ended: AbortController;
  /** The first block that was not told yet. */
  nextBlock: number;
  beats: Promise<void>;
  /** Who ran when the stop came, and when that was. */
  atStop?: { readonly counts: ReadonlyMap<string, number>; readonly ms: number };
}

const heartbeatMs = 1000;

/**
 * One worker: makes its running users match the latest spawn message, measures them and tells the master block by
 * block. Speaks Locust's messages (reference: locust.md 4.3) and knows nothing of what carries them.
 */
export class WorkerRunner {
  readonly #options: WorkerOptions;
  readonly #closed = new AbortController();
  readonly #quitted = Promise.withResolvers<void>();
  #state: RunnerState = "ready";
  #index = -1;
  #lastSpawn = 0;
  #targetUsers = 0;
  /** Share of a core in the last block. */
  #cpu = 0;
  /** Of the test that is over: what nobody awaited may still come in. */
  #lastRecorder: Recorder | undefined;
  #test: Test | undefined;
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
    return this.#test?.crew.size ?? 0;
  }

  /** Resolves once the master said `quit` and everything is told. */
  get quitted(): Promise<void> {
    return this.#quitted.promise;
  }

  /** Tells the master something of the locustfile's or the thread's own. */
  tell(message: Bare<WorkerMessage>): void {
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
    this.#stopTimeoutMs = data.stop_timeout * 1000;
    if (!this.#test) {
      this.#test = this.#begin(data.started_at ?? this.#options.clock.now());
      await this.#options.hooks.testStart();
    }
    this.#state = "spawning";
    const { crew } = this.#test;
    this.#targetUsers = Object.values(data.user_classes_count).reduce((sum, count) => sum + count, 0);
    crew.match(new Map(Object.entries(data.indexes ?? {})), { stopTimeoutMs: this.#stopTimeoutMs });
    this.#state = "running";
    const counts = record(crew.counts);
    this.#send({ type: "spawning_complete", data: { user_classes_count: counts, user_count: crew.size } });
  }

  #begin(startedAtMs: number): Test {
    const { clock, redactor, startUser, trouble } = this.#options;
    const recorder = new Recorder({ startedAtMs, redactor });
    const crew = new Crew({
      clock,
      start: (order) => startUser(order, { recorder, startedAtMs }),
      killed: () => trouble.killed(),
    });
    const ended = new AbortController();
    const beat = (blocks: readonly number[]) => this.#closeBlocks(blocks);
    const test: Test = { recorder, startedAtMs, crew, ended, nextBlock: 0, beats: Promise.resolve() };
    test.beats = beatBlocks({ clock, startedAtMs, signal: ended.signal, beat });
    return test;
  }

  #closeBlocks(blocks: readonly number[]): void {
    const test = this.#test;
    if (!test) return;
    const { trouble, health } = this.#options;
    const thread = health?.({ lateStarts: trouble.takeLateStarts() });
    const threads = thread ? [thread] : [];
    test.nextBlock = (blocks.at(-1) ?? test.nextBlock - 1) + 1;
    const parts = blocks.flatMap((block) =>
      test.recorder.close({ untilBlock: block + 1, users: usersIn(test, block), health: { threads } }),
    );
    if (test.recorder.overflowed > 0) {
      trouble.warn(
        "too-many-endpoints",
        `more than ${endpointsKept} different names: the rest is gathered under (other)`,
      );
    }
    this.#cpu = thread?.cpu ?? 0;
    this.#sendStats(parts);
    this.#options.afterBlock?.(this.#options.clock.now());
  }

  /** The block in progress, and whatever has ended since the last beat: the test is over. */
  #closeRest(test: Test): void {
    const current = test.recorder.blockAt(this.#options.clock.now());
    const rest = Array.from({ length: Math.max(0, current - test.nextBlock + 1) }, (_, i) => test.nextBlock + i);
    this.#closeBlocks(rest);
    const late = test.recorder.closeAll();
    if (late.length > 0) this.#sendStats(late);
  }

  #sendStats(parts: readonly Snapshot[]): void {
    const { trouble, throttled, hooks } = this.#options;
    for (const data of trouble.takeExceptions()) this.#send({ type: "exception", data });
    const told = trouble.take({ throttled: throttled() });
    const crew = this.#test?.crew;
    const extra = hooks.closed(parts);
    this.#send({
      type: "stats",
      data: {
        user_classes_count: crew ? record(crew.counts) : {},
        user_count: crew?.size ?? 0,
        snapshots: parts.map(toWire),
        ...(told && { trouble: told }),
        ...(extra && { extra }),
      },
    });
  }

  async #stop(stopTimeoutS: number | undefined): Promise<void> {
    const test = this.#test;
    if (test) {
      this.#state = "stopping";
      test.atStop = { counts: new Map(test.crew.counts), ms: this.#options.clock.now() };
      await this.#options.hooks.testStopping();
      await test.crew.stopAll({
        stopTimeoutMs: stopTimeoutS === undefined ? this.#stopTimeoutMs : stopTimeoutS * 1000,
      });
      await this.#options.hooks.testStop();
      test.ended.abort();
      await test.beats;
      this.#closeRest(test);
      this.#lastRecorder = test.recorder;
      this.#test = undefined;
      this.#state = "stopped";
    }
    this.#send({ type: "client_stopped", data: null });
  }

  /** A second stop, while the first is under way, shortens it. */
  #hurry(stopTimeoutS: number): void {
    void this.#test?.crew.hurry({ stopTimeoutMs: stopTimeoutS * 1000 });
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
      const data = { state: this.#state, current_cpu_usage: this.#cpu * 100, current_memory_usage: 0 };
      this.#send({ type: "heartbeat", data });
      this.#options.hooks.heartbeat();
      await clock.sleep(heartbeatMs, this.#closed.signal);
    }
  }

  #send(message: Bare<WorkerMessage>): void {
    this.#options.link.send({ ...message, node_id: this.#options.id });
  }
}

/** Users at the end of a block. A stop comes on a block's edge, and may be worked off before the edge is told. */
function usersIn({ atStop, crew, startedAtMs }: Test, block: number): ReadonlyMap<string, number> {
  const edgeMs = startedAtMs + (block + 1) * blockMs;
  return atStop && edgeMs <= atStop.ms + edgeSlackMs ? atStop.counts : new Map(crew.counts);
}

const edgeSlackMs = 20;

function record(counts: ReadonlyMap<string, number>): UserCounts {
  return Object.fromEntries(counts);
}
