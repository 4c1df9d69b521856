import { Random } from "../../src/base/random.ts";
import type { Arm, Endpoint } from "../../src/stats/endpoint.ts";
import { Histogram } from "../../src/stats/histogram.ts";
import { blockMs } from "../../src/stats/snapshot.ts";
import type { Cell, Series } from "../../src/verdict/side-by-side/series.ts";
import { Counts } from "../../src/verdict/statistics/counts.ts";
import { normal } from "./verdict-noise.ts";

/** Two versions of a service under twin users, request by request. */
export interface QueueingSetting {
  readonly endpoints: number;
  /** Twins: each asks both versions at once, and thinks once both have answered. */
  readonly users: number;
  /** Mean of what they think, milliseconds, exponential. */
  readonly thinkMs: number;
  /** Requests that a version works on at once; more wait in one queue, first come first served (M/G/k). */
  readonly servers: number;
  /** Both versions on one machine, so background jobs hit both at once. */
  readonly oneMachine: boolean;
}

export interface QueueingEffect {
  /** Multiplies the head's service time of one endpoint, or of all. */
  readonly factor: number;
  readonly all?: boolean;
}

/** A stretch of time in which nothing is served (factor 0), or at a fraction of the speed. */
interface Slowness {
  readonly fromMs: number;
  readonly toMs: number;
  readonly speed: number;
}

/** Garbage is collected by each process by itself; jobs are the machine's. Mean milliseconds apart, and how long. */
const garbage = { everyMs: 6000, leastMs: 15, mostMs: 90, speed: 0 } as const;
const job = { everyMs: 40_000, leastMs: 1000, mostMs: 5000, speed: 0.7 } as const;

interface Shape {
  readonly endpoint: Endpoint;
  /** Median service time and its spread, standard deviation of the logarithm. */
  readonly ms: number;
  readonly sd: number;
}

interface Call {
  readonly atMs: number;
  readonly user: number;
}

interface Version {
  readonly slow: Slowness[];
  /** When each server has nothing left to do. */
  readonly freeMs: number[];
  madeMs: number;
}

/** A closed loop of users before two versions of a service with a queue, a garbage collector and background jobs. */
export class QueueingSimulation {
  readonly series: (Series & Record<Arm, Cell[]>)[];
  /** The endpoint that an effect on one befalls. */
  readonly target: number;
  readonly #random: Random;
  readonly #setting: QueueingSetting;
  readonly #effect: QueueingEffect;
  readonly #versions: Record<Arm, Version>;
  /** Ordered by time, the next one last. */
  readonly #calls: Call[] = [];
  readonly #shapes: Shape[];
  readonly #open: Record<Arm, Map<number, Histogram>[]>;
  blocks = 0;

  constructor(setting: QueueingSetting, effect: QueueingEffect, seed: string) {
    this.#random = Random.from(seed);
    this.target = Random.from(seed, "target").int(0, setting.endpoints - 1);
    this.#setting = setting;
    this.#effect = effect;
    this.#shapes = Array.from({ length: setting.endpoints }, (_, i) => ({
      ms: 3 + (17 * i) / Math.max(1, setting.endpoints - 1),
      sd: 0.3 + 0.3 * ((i * 0.37) % 1),
      endpoint: { method: "GET", name: `/e${i}` },
    }));
    const version = (): Version => ({ slow: [], freeMs: new Array<number>(setting.servers).fill(0), madeMs: 0 });
    this.#versions = { base: version(), head: version() };
    for (let user = 0; user < setting.users; user++) this.#ask({ atMs: this.#think(), user });
    this.series = this.#shapes.map(({ endpoint }) => ({ endpoint, base: [], head: [] }));
    this.#open = { base: this.#shapes.map(() => new Map()), head: this.#shapes.map(() => new Map()) };
  }

  extendTo(ms: number): void {
    // What was asked before the end may be answered after it, and counts where it was asked.
    for (let next = this.#calls.at(-1); next && next.atMs < ms; next = this.#calls.at(-1)) {
      this.#calls.pop();
      this.#answer(next);
    }
    for (; this.blocks * blockMs < ms; this.blocks++) {
      for (const [i, series] of this.series.entries()) {
        for (const arm of ["base", "head"] as const) {
          const histogram = this.#open[arm][i]?.get(this.blocks);
          this.#open[arm][i]?.delete(this.blocks);
          const latencies = histogram ? Counts.of(histogram) : Counts.of();
          series[arm].push({ requests: latencies.total, failures: 0, latencies });
        }
      }
    }
  }

  #answer({ atMs, user }: Call): void {
    const which = this.#random.int(0, this.#shapes.length - 1);
    const shape = this.#shapes[which] as Shape;
    const { factor, all = false } = this.#effect;
    this.#makeSlowness(atMs + 60_000);
    let doneMs = atMs;
    for (const arm of ["base", "head"] as const) {
      const touched = arm === "head" && (all || which === this.target) ? factor : 1;
      const work = shape.ms * Math.exp(shape.sd * normal(this.#random)) * touched;
      const version = this.#versions[arm];
      const server = version.freeMs.indexOf(Math.min(...version.freeMs));
      const startMs = Math.max(atMs, version.freeMs[server] as number);
      const endMs = served(startMs, work, version.slow);
      version.freeMs[server] = endMs;
      doneMs = Math.max(doneMs, endMs);
      this.#record(arm, { which, block: Math.floor(atMs / blockMs), ms: endMs - atMs });
    }
    this.#ask({ atMs: doneMs + this.#think(), user });
  }

  #record(arm: Arm, { which, block, ms }: { which: number; block: number; ms: number }): void {
    const open = this.#open[arm][which] as Map<number, Histogram>;
    let histogram = open.get(block);
    if (!histogram) {
      histogram = new Histogram(2);
      open.set(block, histogram);
    }
    histogram.record(ms);
  }

  /** Slow stretches up to a moment, in order of time; those that are over are dropped. */
  #makeSlowness(untilMs: number): void {
    const { base, head } = this.#versions;
    while (Math.min(base.madeMs, head.madeMs) < untilMs) {
      const fromMs = base.madeMs;
      const toMs = fromMs + 60_000;
      const jobs = this.#stretches(fromMs, toMs, job);
      for (const version of [base, head]) {
        const own = this.#setting.oneMachine ? jobs : this.#stretches(fromMs, toMs, job);
        const next = [...own, ...this.#stretches(fromMs, toMs, garbage)];
        const left = version.slow.filter((one) => one.toMs > fromMs - 60_000);
        version.slow.splice(0, version.slow.length, ...[...left, ...next].sort((a, b) => a.fromMs - b.fromMs));
        version.madeMs = toMs;
      }
    }
  }

  #stretches(
    fromMs: number,
    toMs: number,
    { everyMs, leastMs, mostMs, speed }: { everyMs: number; leastMs: number; mostMs: number; speed: number },
  ): Slowness[] {
    const out: Slowness[] = [];
    for (let at = fromMs + exponential(everyMs, this.#random); at < toMs; at += exponential(everyMs, this.#random)) {
      out.push({ fromMs: at, toMs: at + leastMs + (mostMs - leastMs) * this.#random.float(), speed });
    }
    return out;
  }

  #think(): number {
    return exponential(this.#setting.thinkMs, this.#random);
  }

  #ask(call: Call): void {
    let at = this.#calls.length;
    while (at > 0 && (this.#calls[at - 1] as Call).atMs < call.atMs) at--;
    this.#calls.splice(at, 0, call);
  }
}

/** When work begun at a moment is done, at the speed of the slowest stretch there is at each moment. */
function served(startMs: number, work: number, slow: readonly Slowness[]): number {
  let at = startMs;
  let left = work;
  for (;;) {
    let speed = 1;
    let until = Number.POSITIVE_INFINITY;
    for (const one of slow) {
      if (one.toMs <= at) continue;
      if (one.fromMs > at) {
        until = Math.min(until, one.fromMs);
        break;
      }
      speed = Math.min(speed, one.speed);
      until = Math.min(until, one.toMs);
    }
    const needed = speed > 0 ? left / speed : Number.POSITIVE_INFINITY;
    if (at + needed <= until) return at + needed;
    left -= (until - at) * speed;
    at = until;
  }
}

function exponential(mean: number, random: Random): number {
  return -mean * Math.log(1 - random.float());
}
