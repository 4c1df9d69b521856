import type { Clock } from "../../base/clock.ts";
import { clearInterval, setInterval } from "../../base/own-time.ts";
import { TickedStalls } from "../../stats/stall-log.ts";

/** Far below the shortest stall that counts, and few enough not to be felt. */
const tickMs = 25;

/** Watches the event loop of the thread it is made in for moments in which it stands still. */
export class StallWatch {
  readonly stalls: TickedStalls;
  readonly #timer: NodeJS.Timeout;

  constructor(clock: Clock) {
    const stalls = new TickedStalls({ tickMs, nowMs: clock.now() });
    this.stalls = stalls;
    this.#timer = setInterval(() => stalls.tick(clock.now()), tickMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
