import { fileURLToPath } from "node:url";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { Piscina } from "piscina";
import { messageOf } from "../../base/errors.ts";
import type { MasterMessage, WorkerMessage } from "../../protocol/messages.ts";
import type { LoadPlan } from "../plan/load-plan.ts";
import type { WorkerNode } from "./node.ts";

/** What a thread starts with; crosses as a structured clone. */
export interface ThreadStart {
  readonly id: string;
  /** Number of this thread from 0, and how many there are. */
  readonly thread: number;
  readonly threads: number;
  readonly plan: LoadPlan;
  readonly port: MessagePort;
  /** Counter of the requests still to be sent in all threads. */
  readonly budget: SharedArrayBuffer | undefined;
  /** Counter of the tasks still to be begun in all threads. */
  readonly iterations?: SharedArrayBuffer | undefined;
  /** Places in time of the run's rate cap, for all threads. */
  readonly places: SharedArrayBuffer | undefined;
}

/**
 * A worker in a thread of this process. The pool's threads each run one task as long as the run, talking over a port
 * of their own; with the pool's atomics on, a task that returned would freeze what is still running in its thread.
 */
class ThreadNode implements WorkerNode {
  readonly id: string;
  readonly #port: MessagePort;
  readonly #ended: Promise<void>;
  #lost: (reason: string) => void = () => {};
  #closing = false;

  constructor(pool: Piscina, { start, port }: { start: ThreadStart; port: MessagePort }) {
    this.id = start.id;
    this.#port = port;
    const task: Promise<string> = pool
      .run(start, { transferList: [start.port], name: "runThread" })
      .then(() => "the thread ended", messageOf);
    // A port closes after its last message was delivered; the task may be over before.
    const portClosed = new Promise<void>((resolve) => port.once("close", resolve));
    this.#ended = Promise.all([task, portClosed]).then(([reason]) => {
      if (!this.#closing) this.#lost(reason);
    });
  }

  send(message: MasterMessage): void {
    this.#port.postMessage(message);
  }

  onMessage(listener: (message: WorkerMessage) => void): void {
    this.#port.on("message", listener);
  }

  onLost(listener: (reason: string) => void): void {
    this.#lost = listener;
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#ended;
  }
}

/** The threads of one run. */
export interface Threads {
  readonly nodes: readonly WorkerNode[];
  /** Ends all threads, those that still run too. */
  destroy(): Promise<void>;
}

/** Threads that start up and do not know yet what they are to run. */
export type ThreadPool = Piscina;

/** What a thread can bring in before it knows the plan. */
export interface ThreadPreparation {
  /** What `import "swarmgate"` leads to. */
  readonly engineUrl: string;
}

/** Starts threads with `threadUrl`: ahead of the plan, so that they come up while the locustfile is compiled. */
export function openThreads(options: { threads: number; threadUrl: string; engineUrl: string }): ThreadPool {
  const preparation: ThreadPreparation = { engineUrl: options.engineUrl };
  return new Piscina({
    filename: fileURLToPath(options.threadUrl),
    minThreads: options.threads,
    maxThreads: options.threads,
    concurrentTasksPerWorker: 1,
    atomics: "disabled",
    idleTimeout: Number.POSITIVE_INFINITY,
    recordTiming: false,
    workerData: preparation,
  });
}

/** What the threads of a run share. */
export type SharedLimits = Pick<ThreadStart, "budget"> & Partial<Pick<ThreadStart, "places" | "iterations">>;

/** Which worker of how many a thread is, and its name. */
export type Seat = Pick<ThreadStart, "id" | "thread" | "threads">;

/** The seats of a run on this machine. */
export function seatsOf({ threads }: Pick<LoadPlan, "threads">): Seat[] {
  return Array.from({ length: threads }, (_, thread) => {
    return { id: `thread_${String(thread).padStart(3, "0")}`, thread, threads };
  });
}

/** Gives the threads of a pool what they are to run. */
export function startThreads(
  plan: LoadPlan,
  {
    budget,
    iterations,
    places,
    pool = openThreads(plan),
    seats = seatsOf(plan),
  }: SharedLimits & { pool?: ThreadPool | undefined; seats?: readonly Seat[] },
): Threads {
  const nodes = seats.map((seat) => {
    const { port1, port2 } = new MessageChannel();
    const start: ThreadStart = { ...seat, plan, port: port2, budget, iterations, places };
    return new ThreadNode(pool, { start, port: port1 });
  });
  return { nodes, destroy: () => pool.destroy() };
}
