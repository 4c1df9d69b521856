import { GateError } from "../../base/errors.ts";
import { loadLocustfile } from "../../loading/locustfile.ts";
import { selectUserClasses } from "../../loading/user-classes.ts";
import type { Environment } from "../../user/events/environment.ts";
import type { ShapeClass } from "../../user/shapes/shape.ts";
import { TaskPlans } from "../../user/tasks/task-plans.ts";
import type { UserClass } from "../../user/user.ts";
import { readUserClass, type UserClassFacts } from "../../user/user-class.ts";
import type { LoadPlan, UserConfig } from "../plan/load-plan.ts";

/** A locustfile as one thread (or the master) has loaded it, with the plan's choices applied. */
export interface OpenLocustfile {
  /** By name; the classes the run uses. */
  readonly userClasses: ReadonlyMap<string, UserClass>;
  readonly shapeClass: ShapeClass | undefined;
}

/** Loads the locustfile in this thread. Throws GateError, exit code 2, for everything that is wrong with it. */
export async function openLocustfile(plan: LoadPlan): Promise<OpenLocustfile> {
  const loaded = await loadLocustfile(plan.compiled, { engineUrl: plan.engineUrl });
  const chosen = selectUserClasses(loaded.userClasses, plan.userClasses);
  const [shapeClass, second] = loaded.shapeClasses;
  if (second) {
    throw new GateError("several-shapes", `several load shapes: ${loaded.shapeClasses.map((s) => s.name).join(", ")}`, {
      hint: "Export one; mark the others with `static abstract = true`.",
    });
  }
  const userClasses = new Map(chosen.map((userClass) => [userClass.name, userClass]));
  for (const config of plan.configUsers) configure(userClasses, config);
  return { userClasses, shapeClass };
}

/** What is known of each class before it runs, `--config-users` laid over it. */
export function factsOf(file: OpenLocustfile, options: { plan: LoadPlan; environment: Environment }): UserClassFacts[] {
  const { plan, environment } = options;
  return [...file.userClasses.values()].map((userClass) => {
    const facts = readUserClass(userClass, environment);
    const config = plan.configUsers.find(({ userClassName }) => userClassName === userClass.name);
    return {
      ...facts,
      ...(typeof config?.weight === "number" && { weight: config.weight }),
      ...(typeof config?.fixedCount === "number" && { fixedCount: config.fixedCount }),
      ...(typeof config?.host === "string" && { host: config.host }),
    };
  });
}

/** The tasks of every class, filtered by tags; asks for each once, so that a wrong one is told before anything runs. */
export function plansOf(file: OpenLocustfile, options: { plan: LoadPlan; environment: Environment }): TaskPlans {
  const { tags, excludeTags, equalWeights } = options.plan;
  const plans = new TaskPlans({
    tags,
    excludeTags,
    equalWeights,
    only: tasksNamed(options.plan),
    environment: options.environment,
  });
  for (const userClass of file.userClasses.values()) plans.of(userClass);
  return plans;
}

/** The tasks that `--config-users` picks, by class. */
function tasksNamed({ configUsers }: LoadPlan): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    configUsers.flatMap(({ userClassName, tasks }) =>
      Array.isArray(tasks) ? [[userClassName, tasks.map(String)]] : [],
    ),
  );
}

/** Other attributes become static fields of the class. */
function configure(classes: ReadonlyMap<string, UserClass>, { userClassName, ...attributes }: UserConfig): void {
  const userClass = classes.get(userClassName);
  if (!userClass) {
    throw new GateError("unknown-user-class", `no user class named ${userClassName}`, {
      hint: `The run uses ${[...classes.keys()].join(", ")}.`,
      place: "config-users",
    });
  }
  for (const [name, value] of Object.entries(attributes)) {
    if (["weight", "fixedCount", "host", "tasks"].includes(name)) continue;
    Object.defineProperty(userClass, name, { value, writable: true, configurable: true, enumerable: true });
  }
}
