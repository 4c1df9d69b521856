import { blockMs, type Phase } from "../../stats/snapshot.ts";
import { Dispatcher, type Step } from "../plan/dispatcher.ts";
import type { ClassShare } from "../plan/distribution.ts";
import type { LoadPlan } from "../plan/load-plan.ts";
import { type Aim, Ramp } from "../plan/ramp.ts";
import { shareOf, unshared } from "../plan/shard.ts";
import { blockAfter, type RunTimeline } from "./run-timeline.ts";

/** What a load shape wants from now on; null ends the test. */
export type ShapeTick = {
  readonly users: number;
  readonly spawnRate: number;
  readonly userClasses?: readonly string[] | undefined;
} | null;

/** A number of users as it was asked for and as it is allowed; users are pairs side by side, the cap counts both. */
export interface Target {
  readonly asked: number;
  readonly allowed: number;
  /** What to tell if that is less. */
  readonly warning: string | undefined;
}

const tickMs = 1000;

/**
 * Decides what a run does when: how many users are aimed at, who starts and stops where, whether all have started,
 * what phase it is, when it ends. Waits for nobody and tells nobody: the time is an argument, milliseconds from the
 * start signal, and what is decided is done by `MasterRunner`.
 */
export class Conductor {
  readonly #plan: LoadPlan;
  readonly #classes: readonly ClassShare[];
  readonly #dispatcher: Dispatcher;
  readonly #ramp: Ramp;
  readonly #shaped: boolean;
  readonly #extends: boolean;
  #targetUsers = 0;
  #completeAnnounced = false;
  #lastWish = "";
  #nextTickMs = 0;

  constructor(options: {
    plan: LoadPlan;
    classes: readonly ClassShare[];
    nodes: readonly string[];
    /** A shape decides on users and end, not the plan. */
    shaped: boolean;
    /** Whether somebody looks on who may want the run to go on past its run time. */
    watched: boolean;
  }) {
    const { plan, classes, nodes } = options;
    this.#plan = plan;
    this.#classes = classes;
    this.#shaped = options.shaped;
    this.#extends = options.watched && plan.extensionMs > 0 && !options.shaped;
    this.#dispatcher = new Dispatcher({ classes, nodes, shard: plan.shard });
    this.#ramp = new Ramp(this.#dispatcher);
  }

  get targetUsers(): number {
    return this.#targetUsers;
  }

  /** Whether the run may go on past its run time. */
  get extends(): boolean {
    return this.#extends;
  }

  /** When the last user of the ramp was due to start; Infinity while it goes on. */
  get rampEndMs(): number {
    return this.#ramp.endMs;
  }

  /** When the run time is over: on a block's edge, so that no judged block is cut. */
  get runEndMs(): number {
    const { runTimeMs, runTimeIncludesRamp } = this.#plan;
    if (runTimeMs === null || this.#shaped) return Infinity;
    if (runTimeIncludesRamp) return runTimeMs;
    return Number.isFinite(this.#ramp.endMs) ? blockAfter(this.#ramp.endMs) * blockMs + runTimeMs : Infinity;
  }

  /** When the run ends at the latest. */
  get endMs(): number {
    return this.runEndMs + (this.#extends ? this.#plan.extensionMs : 0);
  }

  /** When there is something to decide anew. */
  get dueMs(): number {
    return Math.min(this.endMs, this.#ramp.dueMs, this.#shaped ? this.#nextTickMs : Infinity);
  }

  /** Aims at `users`, or at as many as are allowed. */
  aim(aim: Aim, { atMs }: { atMs: number }): Target {
    const arms = this.#plan.baseHost === null ? 1 : 2;
    const most = this.#mostUsers;
    const allowed = Math.min(Math.max(0, aim.users), most);
    this.#targetUsers = allowed;
    this.#ramp.aim({ ...aim, users: allowed }, { atMs });
    this.#completeAnnounced = false;
    return {
      asked: aim.users,
      allowed,
      warning: aim.users > most ? `${aim.users * arms} users were asked for, ${most * arms} are allowed` : undefined,
    };
  }

  get #mostUsers(): number {
    const { maxUsers, baseHost } = this.#plan;
    return maxUsers === null ? Infinity : Math.floor(maxUsers / (baseHost === null ? 1 : 2));
  }

  /** Whether the shape is to be asked now: once a second. */
  wantsTick({ atMs }: { atMs: number }): boolean {
    if (!this.#shaped || atMs < this.#nextTickMs) return false;
    this.#nextTickMs = (Math.floor(atMs / tickMs) + 1) * tickMs;
    return true;
  }

  /** Aims at what the shape wants, in a shard at its part of that; undefined where it wants what it wanted before. */
  follow(wish: NonNullable<ShapeTick>, { atMs }: { atMs: number }): Target | undefined {
    const shard = this.#plan.shard ?? unshared;
    const { userClasses } = wish;
    const users = shareOf(wish.users, shard);
    const spawnRate = wish.spawnRate / shard.of;
    const key = JSON.stringify([users, spawnRate, userClasses ?? null]);
    if (key === this.#lastWish) return undefined;
    this.#lastWish = key;
    const classes = userClasses && this.#classes.filter(({ name }) => userClasses.includes(name));
    const target = this.aim({ users, spawnRate, classes }, { atMs });
    this.#ramp.skip();
    return target;
  }

  /** Open model: aims at `count` users more, for all are busy; undefined where that may not be. */
  addUsers(count: number, { atMs }: { atMs: number }): Target | undefined {
    if (!this.#ramp.arrived || this.#plan.arrivalRate === null) return undefined;
    const users = Math.min(this.#targetUsers + count, this.#mostUsers);
    if (users <= this.#targetUsers) return undefined;
    return this.aim({ users, spawnRate: Math.max(this.#plan.spawnRate, count) }, { atMs });
  }

  /** The steps of the ramp that are due: who is to run where from now on. */
  steps({ atMs }: { atMs: number }): Iterable<Step> {
    return this.#ramp.take({ untilMs: atMs });
  }

  /** A worker is there: it gets its share at once; undefined where it had one already. */
  withNode(id: string, { atMs }: { atMs: number }): Step | undefined {
    if (this.hasNode(id)) return undefined;
    this.#dispatcher.addNode(id);
    return this.#dispatcher.now(atMs);
  }

  /** Whether a worker has, or may be given, users. */
  hasNode(id: string): boolean {
    return this.#dispatcher.nodes.includes(id);
  }

  /** A worker is gone: its users go to the others at once; the plan under way goes on from there. */
  withoutNode(id: string, { atMs }: { atMs: number }): Step {
    this.#dispatcher.removeNode(id);
    return this.#dispatcher.now(atMs);
  }

  /** Once for every aim, when it is reached: the number of users to tell of. */
  takeComplete({ running, atMs }: { running: number; atMs: number }): number | undefined {
    if (this.#completeAnnounced || !this.#ramp.arrived) return undefined;
    const { total } = this.#dispatcher;
    // Users that ended by themselves, or are slow to leave, must not hold the news back for more than a second.
    if (running !== total && atMs < this.#ramp.arrivedMs + tickMs) return undefined;
    this.#completeAnnounced = true;
    return Math.min(running, total);
  }

  /** Good enough to look at; what counts is decided when the run is over. */
  phaseAt(atMs: number): Phase {
    const { warmup, runTimeMs, judgedPhase } = this.#plan;
    if (atMs < this.#ramp.endMs) return "ramp";
    if (this.#extends && atMs > this.runEndMs) return "extension";
    const warmupMs = warmup === "auto" ? Math.min(5000, (runTimeMs ?? 20_000) / 4) : warmup.ms;
    return atMs - this.#ramp.endMs < warmupMs ? "warm-up" : judgedPhase;
  }

  /** The course of a run whose users were told to stop at `atMs`. */
  courseUntil(atMs: number): RunTimeline {
    const stopMs = Math.min(atMs, this.endMs);
    return { rampEndMs: this.#ramp.endMs, stopMs, extendedMs: this.#extends ? this.runEndMs : undefined };
  }
}
