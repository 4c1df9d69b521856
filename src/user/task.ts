import { GateError } from "../base/errors.ts";
import { type DecoratorArguments, declare } from "./declarations.ts";

/** A function as a task: called with the user, or with the task set it is listed in. */
type TaskFunction = (owner: never) => unknown;
/** A `TaskSet` class as a task: runs until it is interrupted. */
type TaskSetClass = abstract new (parent: never) => object;
/** What may stand in `tasks`. */
export type Task = TaskFunction | TaskSetClass;
/**
 * What `tasks` may be: `[browse, buy]`, `[[browse, 3], [buy, 1]]`, `new Map([[browse, 3]])`. Weights are whole numbers.
 * @example
 * ```ts
 * import { HttpUser, type TaskList } from "swarmgate";
 *
 * async function browse(user: HttpUser) {
 *   await user.client.get("/");
 * }
 *
 * const list: TaskList = [[browse, 3]];
 *
 * export class Visitor extends HttpUser {
 *   override tasks = list;
 * }
 * ```
 */
export type TaskList = readonly (Task | readonly [task: Task, weight: number])[] | ReadonlyMap<Task, number>;

/** A decorator for methods, classes and fields; standard (2023-11) and legacy (`experimentalDecorators`). */
export interface AnyDecorator {
  (
    target: unknown,
    context: { readonly kind: DecoratorContext["kind"]; readonly name: string | symbol | undefined },
  ): void;
  (target: object, key: string, descriptor?: PropertyDescriptor): void;
  <C extends abstract new (...args: never) => object>(target: C): void;
}

/** The order matters: a field's decorator is called with undefined first, which `weight?` would take for itself. */
type TaskDecorator = AnyDecorator & {
  /** @param weight whole number, 0 or more: how often it is chosen, in proportion to the others. 0: never. */
  (weight?: number): AnyDecorator;
  (options: { readonly weight: number }): AnyDecorator;
};

/** Names that belong to users and task sets themselves. */
const reserved = new Set(["run", "wait", "interrupt", "context", "client", "scheduleTask", "environment"]);

function applyTask(weight: number, args: DecoratorArguments): void {
  const { on, label, declaration } = declare("task", args);
  checkTaskWeight(weight, `task ${label}`);
  if (on === "member" && reserved.has(label)) {
    throw new GateError(
      "locustfile-task",
      `a task cannot be named ${label}: users and task sets have a member of that name`,
      {
        hint: "give the task another name",
      },
    );
  }
  declaration.weight = weight;
}

/**
 * Makes a method, a class or a field with a TaskSet class a task: `@task`, or `@task(4)` to choose it four times as
 * often as one of weight 1. Throws a GateError `locustfile-task` for a weight that is not a whole number, 0 or more.
 * @example
 * ```ts
 * import { HttpUser, task } from "swarmgate";
 *
 * export class Shopper extends HttpUser {
 *   @task(4) async browse() {
 *     await this.client.get("/");
 *   }
 *   @task async buy() {
 *     await this.client.post("/cart", { json: { item: 7 } });
 *   }
 * }
 * ```
 */
export const task = ((...args: unknown[]) => {
  const [first] = args;
  const options = typeof first === "object" && first !== null && args.length === 1 && Object.hasOwn(first, "weight");
  if (args.length === 0 || (args.length === 1 && (options || typeof first !== "function"))) {
    const weight = options ? (first as { weight: number }).weight : ((first ?? 1) as number);
    return (...target: unknown[]) => applyTask(weight, target as unknown as DecoratorArguments);
  }
  return applyTask(1, args as unknown as DecoratorArguments);
}) as TaskDecorator;

/**
 * Names for `--tags` and `--exclude-tags`, on a task or on a class, where they go for every task in it. Needs at
 * least one, else it throws a GateError `locustfile-task`.
 * @example
 * ```ts
 * import { HttpUser, tag, task } from "swarmgate";
 *
 * export class Shopper extends HttpUser {
 *   @tag("slow", "export") @task async report() {
 *     await this.client.get("/report.csv");
 *   }
 * }
 * ```
 */
export function tag(...names: readonly [string, ...string[]]): AnyDecorator {
  if (names.length === 0 || names.some((name) => typeof name !== "string" || name === "")) {
    throw new GateError("locustfile-task", "@tag needs at least one name, a text", { hint: '@tag("slow")' });
  }
  return ((...args: unknown[]) => {
    const { declaration } = declare("tag", args as unknown as DecoratorArguments);
    for (const name of names) declaration.tags.add(name);
  }) as AnyDecorator;
}

/** Throws unless `weight` is a whole number, 0 or more. */
export function checkTaskWeight(weight: unknown, label: string): number {
  if (typeof weight === "number" && Number.isInteger(weight) && weight >= 0) return weight;
  throw new GateError(
    "locustfile-task",
    `${label}: the weight must be a whole number, 0 or more; it is ${String(weight)}`,
    {
      hint: "weights are ratios: write 1 and 2 rather than 0.5 and 1",
    },
  );
}
