import type { Clock } from "../../base/clock.ts";
import type { Bare, MasterMessage, WorkerMessage } from "../../protocol/messages.ts";
import type { WorkerNode } from "../node/node.ts";
import { type Freeze, WorkerWatch } from "./worker-watch.ts";

export type WorkerState = "connecting" | "ready" | "running" | "stopped" | "gone";

/** A timer cannot be set for as long as some wait. */
const longestSleepMs = 60_000;

/** One worker as the master knows it. */
export interface WorkerEntry {
  readonly node: WorkerNode;
  /** From 0, in the order of connecting; never given twice. */
  readonly index: number;
  state: WorkerState;
  /** Users (pairs, side by side) it said it runs. */
  users: number;
  /** When it said something last, on the clock. */
  heardMs: number;
}

/**
 * The workers of a run: who is there, in what state, with how many users. Sends to those that are still there, and
 * wakes its master whenever something changed.
 */
export class WorkerRegistry {
  readonly #entries = new Map<string, WorkerEntry>();
  readonly #watch = new WorkerWatch();
  readonly #clock: Clock;
  readonly #onMessage: (worker: WorkerEntry, message: WorkerMessage) => void;
  readonly #onLost: (worker: WorkerEntry, reason: string) => void;
  #nextIndex = 0;
  #tookPart = 0;
  #wake = new AbortController();

  constructor(options: {
    clock: Clock;
    nodes: readonly WorkerNode[];
    onMessage: (worker: WorkerEntry, message: WorkerMessage) => void;
    onLost: (worker: WorkerEntry, reason: string) => void;
  }) {
    this.#clock = options.clock;
    this.#onMessage = options.onMessage;
    this.#onLost = options.onLost;
    for (const node of options.nodes) this.add(node);
  }

  /** A worker that connects; it counts once it says that it is ready. */
  add(node: WorkerNode): void {
    const entry: WorkerEntry = {
      node,
      index: this.#nextIndex++,
      state: "connecting",
      users: 0,
      heardMs: this.#clock.now(),
    };
    this.#entries.set(node.id, entry);
    node.onMessage((message) => {
      const wasThere = entry.state !== "gone";
      entry.heardMs = this.#clock.now();
      const hadJoined = wasThere && entry.state !== "connecting";
      this.#follow(entry, message);
      this.#onMessage(entry, message);
      if (wasThere && message.type === "quit") this.#onLost(entry, "it left");
      // One that never was ready has no users to leave to the others.
      if (hadJoined && message.type === "failed") this.#onLost(entry, message.data.message);
      this.wakeUp();
    });
    node.onLost((reason) => {
      if (entry.state === "gone") return;
      entry.state = "gone";
      entry.users = 0;
      this.#onLost(entry, reason);
      this.wakeUp();
    });
  }

  /** What a message says of its sender's state. */
  #follow(entry: WorkerEntry, message: WorkerMessage): void {
    switch (message.type) {
      case "client_ready":
        if (entry.state === "connecting") this.#tookPart++;
        entry.state = "ready";
        this.send(entry.node.id, { type: "ack", data: { index: entry.index } });
        return;
      case "spawning_complete":
        entry.users = message.data.user_count;
        entry.state = "running";
        return;
      case "stats":
        entry.users = message.data.user_count;
        return;
      case "client_stopped":
        entry.users = 0;
        entry.state = "stopped";
        return;
      case "quit":
      case "failed":
        entry.users = 0;
        entry.state = "gone";
        return;
      default:
        return;
    }
  }

  /** Users that run: those of a worker that stands still do not. */
  get userCount(): number {
    let sum = 0;
    for (const { node, users } of this.#entries.values()) if (!this.#watch.isFrozen(node.id)) sum += users;
    return sum;
  }

  /** Looks for workers that stand still. @returns freezes that began or ended since the last look */
  lookForFreezes(): Freeze[] {
    const running = this.#entries.values().filter(({ state }) => state === "running");
    const heard = running.map(({ node, users, heardMs }) => ({ id: node.id, users, heardMs }));
    return this.#watch.look([...heard], this.#clock.now());
  }

  /** Workers that have not been heard again. */
  get frozen(): readonly Freeze[] {
    return this.#watch.frozen;
  }

  /** Workers that are still there. */
  get size(): number {
    return this.#entries.values().reduce((sum, { state }) => sum + (state === "gone" ? 0 : 1), 0);
  }

  /** How many said that they are ready, in all. */
  get tookPart(): number {
    return this.#tookPart;
  }

  /** How many are in this state. */
  count(state: WorkerState): number {
    return this.#entries.values().reduce((sum, entry) => sum + (entry.state === state ? 1 : 0), 0);
  }

  some(...states: readonly WorkerState[]): boolean {
    return this.#entries.values().some(({ state }) => states.includes(state));
  }

  send(id: string, message: Bare<MasterMessage>): void {
    const entry = this.#entries.get(id);
    if (entry && entry.state !== "gone") entry.node.send({ ...message, node_id: id });
  }

  broadcast(message: Bare<MasterMessage>): void {
    for (const id of this.#entries.keys()) this.send(id, message);
  }

  /** Sleeps until `atMs` on the clock, or until a worker says something or `wakeUp` is called. */
  async sleepUntil(atMs: number): Promise<void> {
    await this.#clock.sleep(atMs - this.#clock.now(), this.#wake.signal);
    if (this.#wake.signal.aborted) this.#wake = new AbortController();
  }

  /** Waits as long as `busy` says so, but not past `untilMs` on the clock. */
  async waitWhile(busy: () => boolean, { untilMs }: { untilMs: number }): Promise<void> {
    while (busy() && this.#clock.now() < untilMs)
      await this.sleepUntil(Math.min(untilMs, this.#clock.now() + longestSleepMs));
  }

  wakeUp(): void {
    this.#wake.abort();
  }
}
