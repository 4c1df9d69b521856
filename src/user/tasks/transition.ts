import { GateError } from "../../base/errors.ts";
import { type DecoratorArguments, declare } from "../declarations.ts";
import { type AnyDecorator, checkTaskWeight } from "../task.ts";

/** Where to go next: `{ search: 3, leave: 1 }`, `["search", "leave"]`, `[["search", 3], "leave"]`, or a Map. */
export type Transitions =
  | Readonly<Record<string, number>>
  | readonly (string | readonly [name: string, weight: number])[]
  | ReadonlyMap<string, number>;

/**
 * In a `MarkovTaskSet`: after this task `name` may come next, with this weight among the transitions. Throws a GateError
 * `locustfile-task` on a class, or for a weight that is not a whole number.
 * @example
 * ```ts
 * import { MarkovTaskSet, task, transition } from "swarmgate";
 *
 * export class Browsing extends MarkovTaskSet {
 *   @transition("list", 3) @transition("item") @task async list() {
 *     await this.client.get("/items");
 *   }
 *   @transition("list") @task async item() {
 *     await this.client.get("/items/7");
 *   }
 * }
 * ```
 */
export function transition(name: string, weight = 1): AnyDecorator {
  return transitions([[name, weight]]);
}

/**
 * In a `MarkovTaskSet`: the tasks that may come after this one, with their weights. Throws as `transition` does.
 * @example
 * ```ts
 * import { MarkovTaskSet, task, transitions } from "swarmgate";
 *
 * export class Browsing extends MarkovTaskSet {
 *   @transitions({ list: 3, item: 1 }) @task async list() {
 *     await this.client.get("/items");
 *   }
 *   @transitions(["list"]) @task async item() {
 *     await this.client.get("/items/7");
 *   }
 * }
 * ```
 */
export function transitions(list: Transitions): AnyDecorator {
  const pairs = pairsOf(list);
  return ((...args: unknown[]) => {
    const { on, label, declaration } = declare("transition", args as unknown as DecoratorArguments);
    if (on === "class") {
      throw new GateError("locustfile-task", `@transition stands on the class ${label}`, {
        hint: "@transition goes before a method of a MarkovTaskSet",
      });
    }
    for (const [name, weight] of pairs) {
      declaration.transitions.set(name, checkTaskWeight(weight, `transition from ${label} to ${name}`));
    }
  }) as AnyDecorator;
}

function pairsOf(list: Transitions): readonly (readonly [string, number])[] {
  if (list instanceof Map) return [...(list as ReadonlyMap<string, number>)];
  if (Array.isArray(list)) {
    return (list as readonly (string | readonly [string, number])[]).map((to) =>
      typeof to === "string" ? [to, 1] : to,
    );
  }
  return Object.entries(list);
}
