import type { Clock } from "../../base/clock.ts";

/** A user at work. */
export interface RunningUser {
  /** Resolves when the user has ended, whatever ended it. Never rejects. */
  readonly done: Promise<void>;
  /** Lets the user finish its current task, then end. */
  stop(): void;
}

/** Whom to start: the `index`th user of the swarm. */
export interface UserOrder {
  readonly className: string;
  readonly index: number;
  /** Aborts when the user must end at once. */
  readonly signal: AbortSignal;
}

/** Users wanted, by class: indexes in the order of spawning. */
export type Wanted = ReadonlyMap<string, readonly number[]>;

interface Member {
  readonly className: string;
  readonly index: number;
  readonly user: RunningUser;
  readonly kill: AbortController;
  ended: boolean;
}

/**
 * The users of one worker: makes who runs match who is wanted. A user that ended by itself is not started again as
 * long as it stays wanted: nobody takes its place.
 */
export class UserPool {
  readonly #start: (order: UserOrder) => RunningUser;
  readonly #clock: Clock;
  readonly #killed: () => void;
  /** By index: who is wanted and was started. */
  readonly #members = new Map<number, Member>();
  /** Told to stop and still busy. */
  readonly #leaving = new Set<Member>();
  readonly #counts = new Map<string, number>();

  constructor(options: { start: (order: UserOrder) => RunningUser; clock: Clock; killed: () => void }) {
    this.#start = options.start;
    this.#clock = options.clock;
    this.#killed = options.killed;
  }

  /** Users that run now, by class; those that are leaving are still there. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  get size(): number {
    let sum = 0;
    for (const count of this.#counts.values()) sum += count;
    return sum;
  }

  /** Starts who is missing, at once, and stops who is too many within `stopTimeoutMs`. */
  match(wanted: Wanted, { stopTimeoutMs }: { stopTimeoutMs: number }): void {
    const classOf = new Map<number, string>();
    for (const [className, indexes] of wanted) for (const index of indexes) classOf.set(index, className);
    const surplus = [...this.#members.values()].filter((member) => classOf.get(member.index) !== member.className);
    if (surplus.length > 0) void this.#dismiss(surplus, stopTimeoutMs);
    for (const [index, className] of classOf) if (!this.#members.has(index)) this.#hire(className, index);
  }

  /** Stops everybody; resolves when all are gone. */
  async stopAll({ stopTimeoutMs }: { stopTimeoutMs: number }): Promise<void> {
    await this.#dismiss([...this.#members.values(), ...this.#leaving], stopTimeoutMs);
  }

  /** Gives those that are leaving already `stopTimeoutMs` from now, whatever they were promised. */
  async hurry({ stopTimeoutMs }: { stopTimeoutMs: number }): Promise<void> {
    const leaving = [...this.#leaving];
    await this.#clock.sleep(stopTimeoutMs);
    this.#kill(leaving);
  }

  #kill(members: readonly Member[]): void {
    for (const { ended, kill } of members) {
      if (ended || kill.signal.aborted) continue;
      this.#killed();
      kill.abort();
    }
  }

  #hire(className: string, index: number): void {
    const kill = new AbortController();
    const user = this.#start({ className, index, signal: kill.signal });
    const member: Member = { className, index, user, kill, ended: false };
    this.#members.set(index, member);
    this.#counts.set(className, (this.#counts.get(className) ?? 0) + 1);
    void user.done.then(() => {
      member.ended = true;
      this.#leaving.delete(member);
      this.#counts.set(className, (this.#counts.get(className) ?? 1) - 1);
    });
  }

  /** Asks `members` to end; kills and counts those still busy when the time is over. */
  async #dismiss(members: readonly Member[], stopTimeoutMs: number): Promise<void> {
    for (const member of members) {
      if (this.#members.get(member.index) === member) this.#members.delete(member.index);
      if (member.ended) continue;
      this.#leaving.add(member);
      member.user.stop();
    }
    const busy = members.filter((member) => !member.ended);
    if (busy.length === 0) return;
    const allDone = Promise.all(busy.map((member) => member.user.done));
    const settled = new AbortController();
    void allDone.then(() => settled.abort());
    await this.#clock.sleep(stopTimeoutMs, settled.signal);
    // Without a stop timeout nobody was promised the time to finish: ending at once is no trouble worth telling.
    if (stopTimeoutMs > 0) this.#kill(busy);
    else for (const { kill } of busy) kill.abort();
    // A killed user ends as soon as its awaited request gives up; code that never yields to it must not hold us.
    const patience = new AbortController();
    void allDone.then(() => patience.abort());
    await this.#clock.sleep(killPatienceMs, patience.signal);
  }
}

/** What a killed user gets to unwind in: its request is recorded as interrupted, its `onStop` runs. */
const killPatienceMs = 2000;
