import { GateError } from "../../base/errors.ts";
import type { Environment } from "../events/environment.ts";
import type { UserClass } from "../user.ts";
import { specimenOf } from "../user-class.ts";
import { checkMarkov } from "./markov.ts";
import { readPlan, type TaskEntry, type TaskPlan } from "./task-plan.ts";

/** What a run does to the tasks as written. */
export interface TaskPlansOptions {
  /** `--tags`: only tasks with one of these; empty or absent: all. */
  readonly tags?: readonly string[] | undefined;
  /** `--exclude-tags`: no task with one of these, whatever `tags` says. */
  readonly excludeTags?: readonly string[] | undefined;
  /** `--equal-weights`: every leaf task of a user as likely as any other, sets dissolved. */
  readonly equalWeights?: boolean | undefined;
  /** `--config-users`: by class name, the names of the tasks that run; absent: all. */
  readonly only?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly environment?: Environment | undefined;
}

/** The tasks of every user class of a run, each read once, filtered by tags. One per thread. */
export class TaskPlans {
  readonly #options: TaskPlansOptions;
  readonly #plans = new Map<object, TaskPlan>();

  constructor(options: TaskPlansOptions = {}) {
    this.#options = options;
  }

  /**
   * The plan of a user class. Throws GateError `locustfile-task` if its tasks make no sense; ask for every class
   * before anything is sent. A class without tasks has a plan without entries: see `warningsOf`.
   */
  of(userClass: UserClass): TaskPlan {
    let plan = this.#plans.get(userClass);
    if (!plan) {
      const { tags = [], excludeTags = [], equalWeights, environment, only } = this.#options;
      const specimen = () => specimenOf(userClass, environment);
      plan = named(readPlan({ ownerClass: userClass, specimen }), only?.[userClass.name]);
      plan = filterByTags(plan, { tags, excludeTags });
      if (equalWeights) plan = flatten(plan);
      checkMarkov(plan);
      this.#plans.set(userClass, plan);
    }
    return plan;
  }

  /** What to tell about a class before it runs: nothing left after filtering, onStart marked as a task. */
  warningsOf(userClass: UserClass): readonly string[] {
    const plan = this.of(userClass);
    return isRunnable(plan) ? plan.warnings : [...plan.warnings, noTasks(plan, this.#options).message];
  }

  /** The error of a user that has nothing to do; undefined if it has. */
  problemOf(userClass: UserClass): GateError | undefined {
    const plan = this.of(userClass);
    return isRunnable(plan) ? undefined : noTasks(plan, this.#options);
  }
}

function isRunnable(plan: TaskPlan): boolean {
  return plan.entries.some((entry) => entry.weight > 0);
}

function noTasks({ name, entries }: TaskPlan, { tags = [], excludeTags = [] }: TaskPlansOptions): GateError {
  if (entries.length > 0) {
    return new GateError("locustfile-no-tasks", `${name} has only tasks of weight 0`, { hint: "give one a weight" });
  }
  return tags.length + excludeTags.length > 0
    ? new GateError("locustfile-no-tasks", `${name} had no tasks left after filtering by tags`, {
        hint: "change tags or exclude-tags, or leave the class out",
      })
    : new GateError("locustfile-no-tasks", `${name} has no tasks`, {
        hint: "mark a method with @task, or set tasks = […]",
      });
}

/** The plan with the tasks of these names. Throws GateError `locustfile-task` for a name that is none of them. */
function named(plan: TaskPlan, names: readonly string[] | undefined): TaskPlan {
  if (!names) return plan;
  const unknown = names.find((name) => !plan.entries.some((entry) => entry.name === name));
  if (unknown !== undefined) {
    throw new GateError("locustfile-task", `${plan.name} has no task named ${unknown}`, {
      hint: `it has ${plan.entries.map((entry) => entry.name).join(", ") || "none"}`,
      place: "config-users",
    });
  }
  return { ...plan, entries: plan.entries.filter((entry) => names.includes(entry.name)) };
}

/**
 * The plan with the tasks that pass: with a tag of `tags` (if there are any) and none of `excludeTags`. Sets are
 * filtered inside and dropped when empty; Markov sets stay as they are.
 */
export function filterByTags(
  plan: TaskPlan,
  filter: { readonly tags: readonly string[]; readonly excludeTags: readonly string[] },
): TaskPlan {
  if (filter.tags.length === 0 && filter.excludeTags.length === 0) return plan;
  const entries = plan.entries.flatMap((entry): TaskEntry[] => {
    if (entry.set?.order === "markov") return [entry];
    if (entry.set) {
      const set = filterByTags(entry.set, filter);
      return set.entries.length > 0 ? [{ ...entry, set }] : [];
    }
    const included = filter.tags.length === 0 || filter.tags.some((name) => entry.tags.has(name));
    return included && !filter.excludeTags.some((name) => entry.tags.has(name)) ? [entry] : [];
  });
  return { ...plan, entries };
}

/** All leaf tasks of a plan in one, each once and with weight 1; those of sets run on an instance of their set. */
function flatten(plan: TaskPlan): TaskPlan {
  const seen = new Map<string, TaskEntry>();
  const collect = (from: TaskPlan, path: string, home: TaskPlan | undefined) => {
    for (const [at, entry] of from.entries.entries()) {
      if (entry.set) collect(entry.set, entry.set.name, entry.set);
      else seen.set(`${path} ${at} ${entry.name}`, { ...entry, weight: 1, home });
    }
  };
  collect(plan, plan.name, undefined);
  return { ...plan, order: "random", entries: [...seen.values()] };
}
