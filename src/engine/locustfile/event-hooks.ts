import { events } from "../../user/events/events.ts";
import type { RunEnvironment } from "./run-environment.ts";

/** The events that master and threads fire alike, each on its own side. */
export function eventHooks(environment: RunEnvironment) {
  return {
    async testStart() {
      await events.testStart.fire({ environment });
    },
    async spawningComplete(userCount: number) {
      await events.spawningComplete.fire({ userCount });
    },
    async testStopping() {
      await events.testStopping.fire({ environment });
    },
    async testStop() {
      await events.testStop.fire({ environment });
    },
  };
}
