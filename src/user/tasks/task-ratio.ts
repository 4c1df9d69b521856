import type { TaskPlan } from "./task-plan.ts";

/** A share of the work, as a tree: `--show-task-ratio`. */
export interface RatioNode {
  readonly name: string;
  /** Share of the parent's choices, or of all with `total`; 0–1. */
  readonly ratio: number;
  readonly tasks: readonly RatioNode[];
}

/** A user class with its share. */
export interface WeightedPlan {
  readonly plan: TaskPlan;
  /** Weight of the class, or its number of users. */
  readonly share: number;
}

/** Per class: how often each task is chosen within its user or set. Total: how often of all choices of all users. */
export function taskRatio(classes: readonly WeightedPlan[]): {
  readonly perClass: readonly RatioNode[];
  readonly total: readonly RatioNode[];
} {
  const sum = classes.reduce((all, { share }) => all + share, 0);
  const share = (part: WeightedPlan) => (sum > 0 ? part.share / sum : 0);
  return {
    perClass: classes.map((part) =>
      node(part.plan, { name: part.plan.name, ratio: share(part), within: 1, total: false }),
    ),
    total: classes.map((part) =>
      node(part.plan, { name: part.plan.name, ratio: share(part), within: share(part), total: true }),
    ),
  };
}

function node(
  plan: TaskPlan,
  { name, ratio, within, total }: { name: string; ratio: number; within: number; total: boolean },
): RatioNode {
  const sum = plan.entries.reduce((all, { weight }) => all + weight, 0);
  const tasks = plan.entries.map((entry): RatioNode => {
    const own = sum > 0 ? entry.weight / sum : 0;
    const shown = total ? within * own : own;
    return entry.set
      ? node(entry.set, { name: entry.name, ratio: shown, within: shown, total })
      : { name: entry.name, ratio: shown, tasks: [] };
  });
  return { name, ratio, tasks };
}
