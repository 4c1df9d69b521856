import { GateError } from "../../base/errors.ts";
import type { TaskPlan } from "./task-plan.ts";

/** Throws GateError `locustfile-task` if a Markov set within the plan cannot be walked, by Locust's four rules. */
export function checkMarkov(plan: TaskPlan): void {
  for (const { set } of plan.entries) {
    if (!set) continue;
    if (set.order === "markov") checkSet(set);
    checkMarkov(set);
  }
}

function checkSet({ name, entries }: TaskPlan): void {
  const bad = (what: string, hint: string) => new GateError("locustfile-task", `${name}: ${what}`, { hint });
  const known = new Map(entries.map((entry) => [entry.name, entry]));
  if (entries.length === 0) {
    throw bad("a MarkovTaskSet without tasks", 'mark its methods with @transition("next")');
  }
  for (const { name: from, transitions, tags } of entries) {
    if (transitions.size === 0) {
      throw bad(`${from} leads nowhere`, `mark it with @transition("next"), to ${from} itself if it is the last`);
    }
    if (tags.size > 0) throw bad(`${from} is tagged`, "a Markov set cannot lose a task to a filter: tag none of them");
    for (const to of transitions.keys()) {
      if (!known.has(to)) throw bad(`${from} leads to ${to}, which is no task with transitions here`, "check the name");
    }
    if ([...transitions.values()].every((weight) => weight === 0)) {
      throw bad(`all transitions of ${from} have weight 0`, "give one a weight");
    }
  }
}
