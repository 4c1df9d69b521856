import type { Arm, Endpoint } from "./endpoint.ts";

/** A request that has no whole answer yet. */
export interface InFlight {
  /** On the run's clock. */
  readonly startMs: number;
  readonly endpoint: Endpoint;
  /** After so long it gives up by itself; undefined if it never does. */
  readonly timeoutMs: number | undefined;
  /** Grows with every piece of its answer. */
  readonly received: number;
  /** `received` when this was asked last; kept here by whoever asks. */
  noticed: number;
}

/** Who sends requests, one iteration after the other. */
export interface Cycling {
  /** From the beginning of one iteration to the next, the median of the last few; undefined while there were too few. */
  readonly cycleMs?: number | undefined;
}

/** Shows every request in flight, with its user. A visitor, for there may be tens of thousands twice a second. */
export type InFlightSource = (visit: (request: InFlight, user: { readonly arm: Arm } & Cycling) => void) => void;
