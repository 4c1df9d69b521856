import { GateError } from "../../base/errors.ts";
import type { Random } from "../../base/random.ts";
import type { TaskEntry, TaskPlan } from "./task-plan.ts";

/** Says which task comes next. `dice` is asked for only if there is a choice. */
export interface Chooser {
  next(dice: { readonly random: Random }): TaskEntry;
}

/** A chooser at its beginning. Throws GateError `locustfile-no-tasks` for a plan without a task to choose. */
export function chooserOf(plan: TaskPlan): Chooser {
  const entries = plan.entries.filter((entry) => entry.weight > 0);
  if (entries.length === 0) {
    throw new GateError("locustfile-no-tasks", `${plan.name} has no tasks with a weight above 0`, {
      hint: "mark a method with @task, or set tasks = […]",
    });
  }
  if (plan.order === "markov") return new Walk(plan.entries);
  return plan.order === "sequence" ? new Round(entries) : new Draw(entries);
}

/** Independent draws by weight, as Locust's. */
class Draw implements Chooser {
  readonly #entries: readonly TaskEntry[];
  readonly #total: number;

  constructor(entries: readonly TaskEntry[]) {
    this.#entries = entries;
    this.#total = entries.reduce((sum, entry) => sum + entry.weight, 0);
  }

  next(dice: { readonly random: Random }): TaskEntry {
    const entries = this.#entries;
    let at = 0;
    if (entries.length > 1) {
      let left = dice.random.float() * this.#total;
      while (at < entries.length - 1 && left >= (entries[at] as TaskEntry).weight) {
        left -= (entries[at] as TaskEntry).weight;
        at++;
      }
    }
    return entries[at] as TaskEntry;
  }
}

/** Round and round in order, each as often in a row as its weight. */
class Round implements Chooser {
  readonly #entries: readonly TaskEntry[];
  #at = 0;
  #times = 0;

  constructor(entries: readonly TaskEntry[]) {
    this.#entries = entries;
  }

  next(): TaskEntry {
    const entry = this.#entries[this.#at] as TaskEntry;
    if (++this.#times >= entry.weight) {
      this.#times = 0;
      this.#at = (this.#at + 1) % this.#entries.length;
    }
    return entry;
  }
}

/** From task to task along the transitions. */
class Walk implements Chooser {
  readonly #entries: ReadonlyMap<string, TaskEntry>;
  #current: TaskEntry | undefined;

  constructor(entries: readonly TaskEntry[]) {
    this.#entries = new Map(entries.map((entry) => [entry.name, entry]));
  }

  next(dice: { readonly random: Random }): TaskEntry {
    const from = this.#current;
    const to = from ? drawName(from.transitions, dice) : undefined;
    this.#current = (to === undefined ? this.#entries.values().next().value : this.#entries.get(to)) as TaskEntry;
    return this.#current;
  }
}

function drawName(weights: ReadonlyMap<string, number>, dice: { readonly random: Random }): string | undefined {
  let total = 0;
  for (const weight of weights.values()) total += weight;
  let left = weights.size > 1 ? dice.random.float() * total : 0;
  let last: string | undefined;
  for (const [name, weight] of weights) {
    if (weight === 0) continue;
    last = name;
    if (left < weight) return name;
    left -= weight;
  }
  return last;
}
