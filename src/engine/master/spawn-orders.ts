import type { SpawnData } from "../../protocol/messages.ts";
import type { Step } from "../plan/dispatcher.ts";
import type { ClassShare } from "../plan/distribution.ts";
import type { LoadPlan } from "../plan/load-plan.ts";

/** Puts a step of the ramp into spawn messages, one for each worker; each is newer than all before it. */
export class SpawnOrders {
  readonly #plan: LoadPlan;
  readonly #classes: readonly ClassShare[];
  #timestamp = 0;

  constructor({ plan, classes }: { plan: LoadPlan; classes: readonly ClassShare[] }) {
    this.#plan = plan;
    this.#classes = classes;
  }

  *of(
    step: Step,
    run: { nowMs: number; startedAtMs: number; stopTimeoutMs: number },
  ): Generator<readonly [nodeId: string, data: SpawnData]> {
    // Workers drop what is not newer, and the clock may not have moved on.
    this.#timestamp = Math.max(this.#timestamp + 1e-6, run.nowMs / 1000);
    for (const [id, users] of step.users) {
      yield [
        id,
        {
          timestamp: this.#timestamp,
          user_classes_count: Object.fromEntries(this.#classes.map(({ name }) => [name, users.get(name)?.length ?? 0])),
          host: this.#plan.host,
          stop_timeout: run.stopTimeoutMs / 1000,
          parsed_options: this.#plan.parsedOptions,
          started_at: run.startedAtMs,
          indexes: Object.fromEntries(users),
        },
      ];
    }
  }
}
