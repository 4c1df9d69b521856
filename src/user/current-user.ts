import { AsyncLocalStorage } from "node:async_hooks";
import type { UserRuntime } from "./runtime.ts";

interface Running {
  readonly runtime: UserRuntime;
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
