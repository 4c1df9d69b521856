import { type Digits, Histogram } from "./histogram.ts";
import { nothingReported, type ReportedPercentiles } from "./reported-percentiles.ts";
import { type Phases, phaseNames, type Sample } from "./sample.ts";

/** By phase of the request; a phase that never happened has none. */
export type PhaseHistograms = { -readonly [K in keyof Phases]?: Histogram };

/** Where the time of requests went, by our clock and by the target's own. */
export interface Timings {
  readonly phases: Readonly<PhaseHistograms>;
  readonly serverTiming: ReadonlyMap<string, Histogram>;
}

/** Metrics of `Server-Timing` kept for an endpoint: a server that invents names must not fill our memory. */
export const metricsKept = 20;

/**
 * Digits of phases and server timings: they explain and are never judged, so an error of at most 0.8 % does, for a
 * third of the text and of the memory.
 */
const timingDigits: Digits = 2;

/**
 * All that is kept of one endpoint, in one arm, over one block or more. State one can add: every field is a sum, a
 * minimum or a maximum.
 *
 * Latencies are kept apart by outcome: what is shown covers every request; what is promised covers all but those that a
 * stall of the load generator bent, and the back-filled ones; what is compared covers successes, timeouts and the
 * back-filled ones.
 */
export class EndpointStats {
  requests = 0;
  failures = 0;
  /** Requests without a response time; part of `requests`, not of the timing. */
  untimed = 0;
  /** Requests that were sent a second time; part of `requests`, once each. */
  retried = 0;
  /** Requests that the locustfile measured itself (`events.request.fire`, `measure`), not the client; part of `requests`. */
  fired = 0;
  bytesIn = 0;
  bytesOut = 0;
  latencySumMs = 0;
  /** Exact, not rounded to a histogram's bin; Infinity while empty. */
  minMs = Number.POSITIVE_INFINITY;
  maxMs = 0;
  readonly statuses = new Map<number, number>();
  readonly success = new Histogram();
  readonly failure = new Histogram();
  readonly timeout = new Histogram();
  /** Latencies of requests during which our own event loop stood still: counted and shown, never judged. */
  stalled: Histogram | undefined;
  /** Not of requests but of those that users blocked by a long wait did not send: judged, never counted. */
  backFilled: Histogram | undefined;
  readonly phases: PhaseHistograms = {};
  readonly serverTiming = new Map<string, Histogram>();
  /** Where another tool measured: what it says of these requests, or of more of which these are part. */
  stated: readonly ReportedPercentiles[] = nothingReported;

  /** @param as how its latency is judged; see `Judging` */
  record(sample: Sample, as: Judging = "usual"): void {
    this.requests++;
    this.bytesIn += sample.bytesIn;
    this.bytesOut += sample.bytesOut;
    this.statuses.set(sample.status, (this.statuses.get(sample.status) ?? 0) + 1);
    if (sample.failure) this.failures++;
    if (sample.retried === true) this.retried++;
    if (sample.fired === true) this.fired++;
    if (sample.latencyMs === null) {
      this.untimed++;
    } else {
      const { latencyMs } = sample;
      this.latencySumMs += latencyMs;
      if (latencyMs < this.minMs) this.minMs = latencyMs;
      if (latencyMs > this.maxMs) this.maxMs = latencyMs;
      histogramFor(this, sample, as).record(latencyMs);
    }
    if (sample.phases) this.#recordPhases(sample.phases);
    if (sample.serverTiming) this.#recordServerTiming(sample.serverTiming);
  }

  /** Counts requests that were not sent since their user waited, and what they would have waited. */
  backFill(ms: number, count: number): void {
    this.backFilled ??= new Histogram();
    this.backFilled.record(ms, count);
  }

  #recordPhases(phases: Phases): void {
    for (const name of phaseNames) {
      const ms = phases[name];
      if (ms === undefined) continue;
      let histogram = this.phases[name];
      if (!histogram) {
        histogram = new Histogram(timingDigits);
        this.phases[name] = histogram;
      }
      histogram.record(ms);
    }
  }

  #recordServerTiming(metrics: readonly (readonly [string, number])[]): void {
    for (const [name, ms] of metrics) {
      let histogram = this.serverTiming.get(name);
      if (!histogram) {
        if (this.serverTiming.size >= metricsKept) continue;
        histogram = new Histogram(timingDigits);
        this.serverTiming.set(name, histogram);
      }
      histogram.record(ms);
    }
  }

  /** Adds `other` into this one. */
  merge(other: EndpointStats): this {
    this.requests += other.requests;
    this.failures += other.failures;
    this.untimed += other.untimed;
    this.retried += other.retried;
    this.fired += other.fired;
    this.bytesIn += other.bytesIn;
    this.bytesOut += other.bytesOut;
    this.latencySumMs += other.latencySumMs;
    this.minMs = Math.min(this.minMs, other.minMs);
    this.maxMs = Math.max(this.maxMs, other.maxMs);
    if (other.stated.length > 0) this.stated = [...this.stated, ...other.stated];
    for (const [status, count] of other.statuses) this.statuses.set(status, (this.statuses.get(status) ?? 0) + count);
    return this.mergeLatencies(other).mergeTimings(other);
  }

  /** Adds the histograms of latency alone. */
  mergeLatencies(other: EndpointStats): this {
    this.success.merge(other.success);
    this.failure.merge(other.failure);
    this.timeout.merge(other.timeout);
    if (other.stalled) this.stalled = (this.stalled ?? new Histogram()).merge(other.stalled);
    if (other.backFilled) this.backFilled = (this.backFilled ?? new Histogram()).merge(other.backFilled);
    return this;
  }

  /** Adds phases and server timings alone, of any number of digits. */
  mergeTimings(other: Timings): this {
    for (const name of phaseNames) {
      const theirs = other.phases[name];
      if (!theirs) continue;
      this.phases[name] ??= new Histogram(timingDigits);
      this.phases[name].merge(theirs);
    }
    for (const [name, histogram] of other.serverTiming) {
      const mine = this.serverTiming.get(name) ?? new Histogram(timingDigits);
      mine.merge(histogram);
      this.serverTiming.set(name, mine);
    }
    return this;
  }

  /** All latencies that were measured, whatever became of the requests: what is shown. */
  get latencies(): Histogram {
    const all = new Histogram().merge(this.success).merge(this.failure).merge(this.timeout);
    return this.stalled ? all.merge(this.stalled) : all;
  }

  /** What promises are held against: without what our own stalls bent, with what long waits kept from being sent. */
  get judged(): Histogram {
    return this.#corrected(new Histogram().merge(this.success).merge(this.failure).merge(this.timeout));
  }

  /**
   * What is compared: as what is promised, without failures that were answered. Fast failures would make a broken
   * endpoint look quick.
   */
  get comparable(): Histogram {
    return this.#corrected(new Histogram().merge(this.success).merge(this.timeout));
  }

  #corrected(latencies: Histogram): Histogram {
    return this.backFilled ? latencies.merge(this.backFilled) : latencies;
  }

  /** Whether what is judged differs from what is shown. */
  get isCorrected(): boolean {
    return this.stalled !== undefined || this.backFilled !== undefined;
  }
}

/**
 * How a request's latency is judged: as usual; as a wait past its endpoint's limit, which one that its user's end cut
 * short shares with timeouts; or not at all, as our own event loop stood still meanwhile.
 */
export type Judging = "usual" | "waited" | "stalled";

function histogramFor(stats: EndpointStats, { failure }: Sample, as: Judging): Histogram {
  if (as === "stalled") {
    stats.stalled ??= new Histogram();
    return stats.stalled;
  }
  if (!failure) return stats.success;
  const gaveUp = failure.kind === "timeout" || (failure.kind === "interrupted" && as === "waited");
  return gaveUp ? stats.timeout : stats.failure;
}
