import { events } from "../../user/events/events.ts";
import type { RunEnvironment } from "./run-environment.ts";

/** A listener may fill a database before a test; a minute is what threads have to come up. */
export const listenerLimit = { limitMs: 50_000 };

/** The events that master and threads fire alike, each on its own side. */
export function eventHooks(environment: RunEnvironment) {
  return {
    async testStart() {
      await events.testStart.fireWithin({ environment }, listenerLimit);
    },
    async spawningComplete(userCount: number) {
      await events.spawningComplete.fireWithin({ userCount }, listenerLimit);
    },
    async testStopping() {
      await events.testStopping.fireWithin({ environment }, listenerLimit);
    },
    async testStop() {
      await events.testStop.fireWithin({ environment }, listenerLimit);
    },
  };
}
