import type { Paced } from "./waiting/pace.ts";

/** Where a user keeps the one who runs it. */
export const lifeKey = Symbol.for("swarmgate.life");

/** What a user asks of the one who runs it. */
export interface Life {
  /** Sleeps the wait time of a user or task set; throws StopUser if the user is stopped meanwhile. */
  wait(owner: Paced): Promise<void>;
  /** @see User.stop */
  stop(force: boolean): boolean;
}
