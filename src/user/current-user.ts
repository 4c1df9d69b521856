import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock } from "../base/clock.ts";
import type { Arm } from "../stats/endpoint.ts";
import type { ActivityTracker, TrafficGuard } from "./activity.ts";

/** What a request fired by hand has to know of the user that fired it: a part of `UserRuntime`. */
interface Running {
  readonly runtime: {
    readonly clock: Clock;
    readonly arm: Arm;
    readonly guard: TrafficGuard;
    readonly witness: ActivityTracker;
  };
}

const running = new AsyncLocalStorage<Running>();

/**
 * The user whose code runs now; undefined outside of any (module level, most listeners). `events` is one object per
 * thread, and a request fired there belongs to an arm: this tells whose. Entered once per user, not per task.
 */
export function currentUser(): Running | undefined {
  return running.getStore();
}

export function runAs<T>(user: Running, life: () => T): T {
  return running.run(user, life);
}
