import { type Endpoint, endpointLabel } from "../stats/endpoint.ts";
import { EndpointStats } from "../stats/endpoint-stats.ts";
import type { Sample } from "../stats/sample.ts";
import type { Environment, MessageListener, Runner, Stats, StatsView } from "./events/environment.ts";
import { events } from "./events/events.ts";

/** The environment of `runSingleUser`. */
export function singleEnvironment(given: {
  readonly runner: Runner;
  readonly stats: Stats;
  readonly host: string | undefined;
  readonly tags: readonly string[];
  readonly excludeTags: readonly string[];
  readonly userClass: unknown;
}): Environment {
  const { userClass, ...rest } = given;
  return { events, parsedOptions: {}, userClasses: [userClass], processExitCode: null, ...rest };
}

/** A runner of one user: messages it sends come back to it, as Locust's local runner does. */
export function singleRunner(stop: () => void): Runner {
  const listeners = new Map<string, MessageListener[]>();
  return {
    role: "single",
    state: "running",
    userCount: 1,
    targetUserCount: 1,
    workerIndex: 0,
    workerCount: 1,
    clientId: "single-user",
    quit: stop,
    stop,
    sendMessage(type, data) {
      for (const listener of listeners.get(type) ?? []) void listener({ type, data, nodeId: "single-user" });
    },
    registerMessage(type, listener) {
      listeners.set(type, [...(listeners.get(type) ?? []), listener]);
    },
  };
}

/** `environment.stats` of one user. */
export class SingleStats implements Stats {
  readonly #now: () => number;
  readonly #startMs: number;
  readonly #all = new EndpointStats();
  readonly #byLabel = new Map<string, EndpointStats>();

  constructor(now: () => number) {
    this.#now = now;
    this.#startMs = now();
  }

  record(sample: Sample): void {
    this.#all.record(sample);
    const label = endpointLabel(sample.endpoint);
    const known = this.#byLabel.get(label) ?? new EndpointStats();
    known.record(sample);
    this.#byLabel.set(label, known);
  }

  get total(): StatsView {
    return this.#view(this.#all);
  }

  get(name: string, method: string): StatsView {
    const endpoint: Endpoint = { method, name };
    return this.#view(this.#byLabel.get(endpointLabel(endpoint)) ?? new EndpointStats());
  }

  #view(stats: EndpointStats): StatsView {
    const timed = stats.requests - stats.untimed;
    const seconds = (this.#now() - this.#startMs) / 1000;
    const percentile = (ratio: number) => (timed > 0 ? stats.latencies.quantile(ratio) : 0);
    return {
      numRequests: stats.requests,
      numFailures: stats.failures,
      failRatio: stats.requests > 0 ? stats.failures / stats.requests : 0,
      avgResponseTime: timed > 0 ? stats.latencySumMs / timed : 0,
      minResponseTime: timed > 0 ? stats.minMs : 0,
      maxResponseTime: stats.maxMs,
      medianResponseTime: percentile(0.5),
      totalRps: seconds > 0 ? stats.requests / seconds : 0,
      getResponseTimePercentile: percentile,
    };
  }
}
