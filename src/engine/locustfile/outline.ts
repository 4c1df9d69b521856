import type { Environment } from "../../user/events/environment.ts";
import type { TaskPlans } from "../../user/tasks/task-plans.ts";
import { type RatioNode, taskRatio } from "../../user/tasks/task-ratio.ts";
import { meanWaitOf, type UserClassFacts } from "../../user/user-class.ts";
import type { LoadPlan } from "../plan/load-plan.ts";
import { shareOf } from "./inspect.ts";
import type { OpenLocustfile } from "./open-locustfile.ts";

/** What a load will be about, read from the locustfile before it runs: one request a task, answered at once. */
export interface LoadOutline {
  readonly users: number;
  /** Task iterations of one arm. */
  readonly perSecond: number;
  /** By falling share of all iterations, 0 to 1. */
  readonly tasks: readonly { readonly name: string; readonly share: number }[];
}

/** Null where nobody can know it: a shape decides, a wait time is the author's own, or users do not wait. */
export function outlineOf(
  file: OpenLocustfile,
  {
    plan,
    plans,
    facts,
    environment,
  }: {
    plan: Pick<LoadPlan, "users" | "arrivalRate">;
    plans: TaskPlans;
    facts: readonly UserClassFacts[];
    environment?: Environment;
  },
): LoadOutline | null {
  if (file.shapeClass) return null;
  const users = shareOf(facts, plan.users);
  let perSecond = 0;
  const weighted: { plan: ReturnType<TaskPlans["of"]>; share: number }[] = [];
  for (const [i, userClass] of [...file.userClasses.values()].entries()) {
    const waitSeconds = plan.arrivalRate === null ? meanWaitOf(userClass, environment) : 1;
    if (waitSeconds === undefined || waitSeconds === 0) return null;
    const rate = (users[i] ?? 0) / waitSeconds;
    perSecond += rate;
    weighted.push({ plan: plans.of(userClass), share: rate });
  }
  if (plan.arrivalRate !== null) perSecond = plan.arrivalRate;
  const shares = new Map<string, number>();
  for (const { name, ratio } of taskRatio(weighted).total.flatMap(leaves)) {
    shares.set(name, (shares.get(name) ?? 0) + ratio);
  }
  if (perSecond === 0 || shares.size === 0) return null;
  const tasks = [...shares].map(([name, share]) => ({ name, share })).sort((a, b) => b.share - a.share);
  return { users: plan.users, perSecond, tasks };
}

function leaves(node: RatioNode): RatioNode[] {
  return node.tasks.length === 0 ? [node] : node.tasks.flatMap(leaves);
}
