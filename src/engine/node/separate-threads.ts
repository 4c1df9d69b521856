import type { MasterMessage, WorkerMessage } from "../../protocol/messages.ts";
import type { LoadPlan } from "../plan/load-plan.ts";
import type { WorkerNode } from "./node.ts";
import { type Seat, seatsOf, type Threads } from "./thread-node.ts";

/** What a thread that is a process of its own starts with: nothing but data. */
export interface SeparateStart extends Seat {
  readonly plan: LoadPlan;
}

/** How whoever started the processes is asked to reach them, by a thread's number. */
export interface SeparateCarrier {
  start(start: SeparateStart): void;
  send(thread: number, message: MasterMessage): void;
}

/** A worker in a process of its own, which another process started and speaks with. */
class SeparateNode implements WorkerNode {
  readonly id: string;
  readonly #thread: number;
  readonly #carrier: SeparateCarrier;
  readonly #early: WorkerMessage[] = [];
  #listener: ((message: WorkerMessage) => void) | undefined;
  #lost: (reason: string) => void = () => {};
  #closing = false;

  constructor({ id, thread }: Seat, carrier: SeparateCarrier) {
    this.id = id;
    this.#thread = thread;
    this.#carrier = carrier;
  }

  send(message: MasterMessage): void {
    this.#carrier.send(this.#thread, message);
  }

  take(message: WorkerMessage): void {
    if (this.#listener) this.#listener(message);
    else this.#early.push(message);
  }

  left(reason: string): void {
    if (!this.#closing) this.#lost(reason);
  }

  onMessage(listener: (message: WorkerMessage) => void): void {
    this.#listener = listener;
    for (const message of this.#early.splice(0)) listener(message);
  }

  onLost(listener: (reason: string) => void): void {
    this.#lost = listener;
  }

  async close(): Promise<void> {
    this.#closing = true;
  }
}

/**
 * The threads of a run whose process may start neither threads nor processes. What they share elsewhere through
 * memory is dealt out: each has its part of the rate cap.
 */
export class SeparateThreads implements Threads {
  readonly #nodes: readonly SeparateNode[];

  constructor(plan: LoadPlan, carrier: SeparateCarrier) {
    const seats = seatsOf(plan);
    this.#nodes = seats.map((seat) => new SeparateNode(seat, carrier));
    const maxRate = plan.maxRate === null ? null : plan.maxRate / seats.length;
    for (const seat of seats) carrier.start({ ...seat, plan: { ...plan, maxRate } });
  }

  get nodes(): readonly WorkerNode[] {
    return this.#nodes;
  }

  /** A thread said something. */
  take(thread: number, message: WorkerMessage): void {
    this.#nodes[thread]?.take(message);
  }

  /** A thread's process ended. */
  left(thread: number, reason: string): void {
    this.#nodes[thread]?.left(reason);
  }

  /** Whoever started the processes ends them. */
  async destroy(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.close()));
  }
}
