import type { Runner } from "../../user/events/environment.ts";
import { events } from "../../user/events/events.ts";
import { type RatioNode, taskRatio } from "../../user/tasks/task-ratio.ts";
import type { LoadPlan } from "../plan/load-plan.ts";
import { LiveStats } from "./live-stats.ts";
import { factsOf, openLocustfile, plansOf } from "./open-locustfile.ts";
import { RunEnvironment } from "./run-environment.ts";

/** What can be told of a locustfile without running it. */
export type Inspection = "list" | "task-ratio" | "task-ratio-json";

/** Loads the locustfile and says what is in it, laid out as Locust does. Throws GateError as a run would. */
export async function inspectLocustfile(plan: LoadPlan, what: Inspection): Promise<string> {
  const file = await openLocustfile(plan);
  const names = [...file.userClasses.keys()];
  if (what === "list") return ["Available Users:", ...names.map((name) => `    ${name}`)].join("\n");
  const environment = new RunEnvironment({
    plan,
    events,
    runner: nobody,
    stats: new LiveStats(),
    userClasses: [...file.userClasses.values()],
  });
  const plans = plansOf(file, { plan, environment });
  const facts = factsOf(file, { plan, environment });
  const weighted = [...file.userClasses.values()].map((userClass, i) => ({
    plan: plans.of(userClass),
    share: shareOf(facts, plan.users)[i] ?? 0,
  }));
  const { perClass, total } = taskRatio(weighted);
  if (what === "task-ratio-json") {
    return JSON.stringify({ per_class: asObject(perClass), total: asObject(total) }, null, 4);
  }
  const rule = "-".repeat(80);
  return ["\n Task ratio per User class", rule, ...rows(perClass), "\n Total task ratio", rule, ...rows(total)].join(
    "\n",
  );
}

/** Users of each class when `users` run in all; Locust rounds each class for itself. */
export function shareOf(
  facts: readonly { readonly weight: number; readonly fixedCount: number }[],
  users: number,
): readonly number[] {
  const fixed = facts.reduce((sum, { fixedCount }) => sum + fixedCount, 0);
  const weights = facts.reduce((sum, { weight, fixedCount }) => sum + (fixedCount > 0 ? 0 : weight), 0);
  const rest = Math.max(0, users - fixed);
  const counts = facts.map(({ weight, fixedCount }) =>
    fixedCount > 0 ? fixedCount : weights > 0 ? Math.round((weight / weights) * rest) : 0,
  );
  // One user of many classes rounds to none of each: then the weights say more.
  return counts.some((count) => count > 0) ? counts : facts.map(({ weight }) => weight);
}

function rows(nodes: readonly RatioNode[], level = 0): string[] {
  const padding = "  ".repeat(level);
  return nodes.flatMap(({ name, ratio, tasks }) => [
    ` ${`${padding}${(ratio * 100).toFixed(1).padEnd(6)}`.padEnd(10)} ${`${padding}${name}`.padEnd(50)}`,
    ...rows(tasks, level + 1),
  ]);
}

interface RatioObject {
  readonly ratio: number;
  readonly tasks?: Readonly<Record<string, RatioObject>>;
}

function asObject(nodes: readonly RatioNode[], level = 0): Record<string, RatioObject> {
  return Object.fromEntries(
    nodes.map(({ name, ratio, tasks }) => [
      name,
      { ratio, ...((level === 0 || tasks.length > 0) && { tasks: asObject(tasks, level + 1) }) },
    ]),
  );
}

/** Nothing runs while a locustfile is looked at. */
const nobody: Runner = {
  role: "master",
  state: "ready",
  userCount: 0,
  targetUserCount: 0,
  workerIndex: -1,
  workerCount: 0,
  clientId: "master",
  quit: () => {},
  stop: () => {},
  sendMessage: () => {},
  registerMessage: () => {},
};
