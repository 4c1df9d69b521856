import { ClassSequence, type ClassShare } from "./distribution.ts";
import { type Shard, unshared } from "./shard.ts";

/** Users of one node: the indexes of each class's users, in the order they were spawned. */
type NodeUsers = ReadonlyMap<string, readonly number[]>;

/** What is to run from `atMs` on. */
export interface Step {
  readonly atMs: number;
  /** By node id; every node is there, one without users with an empty map. */
  readonly users: ReadonlyMap<string, NodeUsers>;
  readonly total: number;
}

interface PlacedUser {
  readonly className: string;
  nodeId: string;
}

/**
 * Plans which users run where, and when they start and stop: Locust's arithmetic (`dispatch.py`;
 * docs/locust-semantics.md#distribution-of-users). Never waits: it says at what time each step is due, and one loop
 * elsewhere keeps the time.
 *
 * A user's index is its place in the order of spawning, so it is unique in the swarm (or the shard); the last spawned
 * stop first, and whoever is spawned later takes their indexes up again.
 */
export class Dispatcher {
  readonly #shard: Shard;
  #classes: readonly ClassShare[];
  #sequence: ClassSequence;
  /** By spawning order; a user's index is its position. */
  #users: PlacedUser[] = [];
  #running = new Map<string, number>();
  #nodeIds: string[] = [];
  #turn = 0;
  #table = new Map<string, Map<string, number[]>>();

  /** @param options.shard plans that part of the swarm alone; users are then numbered within it */
  constructor(options: {
    classes: readonly ClassShare[];
    nodes: readonly string[];
    shard?: Shard | undefined;
  }) {
    const { classes, nodes, shard = unshared } = options;
    this.#shard = shard;
    this.#classes = sortedByName(classes);
    this.#sequence = new ClassSequence(this.#classes, shard);
    this.#place(nodes);
  }

  get total(): number {
    return this.#users.length;
  }

  get nodes(): readonly string[] {
    return this.#nodeIds;
  }

  /** How many users of each class run in the whole swarm, once the last step is done. */
  get classCounts(): ReadonlyMap<string, number> {
    return this.#running;
  }

  /** A node joined: every user is dealt out afresh, without waiting; take `now` for the table. */
  addNode(id: string): void {
    if (!this.#nodeIds.includes(id)) this.#place([...this.#nodeIds, id]);
  }

  /** A node left: its users go to the others, keeping class and index. Without any node left they wait for one. */
  removeNode(id: string): void {
    this.#place(this.#nodeIds.filter((other) => other !== id));
  }

  /** The table as it is, to be told at once (after nodes came or went). */
  now(atMs: number): Step {
    return { atMs, users: copyTable(this.#table), total: this.#users.length };
  }

  /**
   * The steps from the users of now to `users`, the first at `atMs`: n = max(1, floor(spawnRate)) users a step and
   * n / spawnRate seconds from step to step. One step tells the table even if nothing changes. Fewer users than asked
   * for are reached where only classes of fixed count exist. A plan may be left for another at any step.
   * @param classes replaces the classes to choose from; users of others stay until it is their turn to stop
   */
  *plan(target: {
    users: number;
    spawnRate: number;
    atMs: number;
    classes?: readonly ClassShare[] | undefined;
  }): Generator<Step, void> {
    if (target.classes) this.#choose(target.classes);
    const perStep = Math.max(1, Math.floor(target.spawnRate));
    const waitMs = (perStep / target.spawnRate) * 1000;
    for (let step = 0; ; step++) {
      const missing = target.users - this.#users.length;
      const moved = missing >= 0 ? this.#start(Math.min(perStep, missing)) : this.#stop(Math.min(perStep, -missing));
      yield this.now(target.atMs + step * waitMs);
      if (this.#users.length === target.users || moved === 0) return;
    }
  }

  #choose(classes: readonly ClassShare[]): void {
    const sorted = sortedByName(classes);
    const same = sorted.length === this.#classes.length && sorted.every((c, i) => sameShare(c, this.#classes[i]));
    if (same) return;
    this.#classes = sorted;
    this.#sequence = new ClassSequence(sorted, this.#shard);
  }

  /** How many could be started: all, unless every fixed class is full and there is no other. */
  #start(count: number): number {
    if (this.#nodeIds.length === 0) return 0;
    for (let started = 0; started < count; started++) {
      const className = this.#sequence.next((name) => this.#running.get(name) ?? 0);
      if (className === undefined) return started;
      const user = { className, nodeId: this.#nextNode() };
      this.#users.push(user);
      this.#running.set(className, (this.#running.get(className) ?? 0) + 1);
      this.#enter(user, this.#users.length - 1);
    }
    return count;
  }

  #stop(count: number): number {
    for (let stopped = 0; stopped < count; stopped++) {
      const user = this.#users.pop();
      if (!user) return stopped;
      this.#running.set(user.className, (this.#running.get(user.className) ?? 0) - 1);
      // A node's indexes of one class stand in rising order, and this one is the highest of all.
      this.#table.get(user.nodeId)?.get(user.className)?.pop();
    }
    this.#sequence.usersStopped();
    return count;
  }

  #nextNode(): string {
    return this.#nodeIds[this.#turn++ % this.#nodeIds.length] as string;
  }

  #enter({ nodeId, className }: PlacedUser, index: number): void {
    const node = this.#table.get(nodeId);
    const indexes = node?.get(className);
    if (indexes) indexes.push(index);
    else node?.set(className, [index]);
  }

  /** Deals every user out afresh over `nodes`, round robin from the first. */
  #place(nodes: readonly string[]): void {
    this.#nodeIds = spreadByHost(nodes);
    this.#table = new Map(this.#nodeIds.map((id) => [id, new Map()]));
    this.#turn = 0;
    if (this.#nodeIds.length === 0) return;
    for (const [index, user] of this.#users.entries()) {
      user.nodeId = this.#nextNode();
      this.#enter(user, index);
    }
  }
}

/**
 * The order in which nodes get users: the first of every host, then the second of every host, and so on. A node's
 * host is its id up to the first underscore, as Locust's workers name themselves.
 */
export function spreadByHost(ids: readonly string[]): string[] {
  const perHost = new Map<string, number>();
  return [...ids]
    .sort(byText)
    .map((id) => {
      const host = id.split("_")[0] as string;
      const rank = perHost.get(host) ?? 0;
      perHost.set(host, rank + 1);
      return { id, rank };
    })
    .sort((a, b) => a.rank - b.rank || byText(a.id, b.id))
    .map(({ id }) => id);
}

function copyTable(table: ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>): Map<string, NodeUsers> {
  const copy = new Map<string, NodeUsers>();
  for (const [id, classes] of table) {
    const mine = new Map<string, readonly number[]>();
    for (const [name, indexes] of classes) if (indexes.length > 0) mine.set(name, indexes.slice());
    copy.set(id, mine);
  }
  return copy;
}

function sortedByName(classes: readonly ClassShare[]): ClassShare[] {
  return [...classes].sort((a, b) => byText(a.name, b.name));
}

function sameShare(a: ClassShare, b: ClassShare | undefined): boolean {
  return b !== undefined && a.name === b.name && a.weight === b.weight && a.fixedCount === b.fixedCount;
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
