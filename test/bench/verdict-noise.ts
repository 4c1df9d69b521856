import { Random } from "../../src/base/random.ts";
import { Slots } from "../../src/engine/worker/slots.ts";
import type { Arm, Endpoint } from "../../src/stats/endpoint.ts";
import { Histogram } from "../../src/stats/histogram.ts";
import { blockMs } from "../../src/stats/snapshot.ts";
import type { Cell, Series } from "../../src/verdict/side-by-side/series.ts";
import { Counts } from "../../src/verdict/statistics/counts.ts";

/** How restless a host is (docs/statistics.md#how-often-it-is-wrong). */
export interface Noise {
  /** Spread between runs, standard deviation of the logarithm. */
  readonly run: number;
  /** Spread of the drift within a run. */
  readonly drift: number;
  /** Mean seconds between bursts (4–5 s of 1.1 to 1.9 times the latency) and between freezes (0.1–0.3 s). */
  readonly burstEvery: number;
  readonly freezeEvery: number;
}

export const presets = {
  quiet: { run: 0.03, drift: 0.01, burstEvery: 240, freezeEvery: 120 },
  ci: { run: 0.08, drift: 0.03, burstEvery: 60, freezeEvery: 30 },
  harsh: { run: 0.15, drift: 0.06, burstEvery: 30, freezeEvery: 12 },
} as const satisfies Record<string, Noise>;

export interface Effect {
  /** Multiplies every latency of the head, or only those beyond this percentile of the base (0.9 for p90). */
  readonly factor: number;
  readonly beyond?: number;
  /** Which endpoints; one, or all. */
  readonly all?: boolean;
  /** Multiplies the latencies of this many endpoints, from the first one on, by so much. */
  readonly others?: { readonly count: number; readonly factor: number };
  /** Share of the head's requests that fail, on the touched endpoint. */
  readonly errors?: number;
  /** The head stands still now and then, all endpoints at once. */
  readonly pauses?: { readonly everyMs: number; readonly forMs: number };
}

export interface Setting {
  readonly shared: Noise;
  /** Noise of each arm's own host; null for one host. */
  readonly own: Noise | null;
  /** Lasting difference of each deployment, standard deviation of the logarithm. */
  readonly tau: number;
  /** Requests per second and endpoint, both arms together. */
  readonly rate: number;
  readonly endpoints: number;
  /** Endpoints feel the host of their own unevenly: a sensitivity of 1 ± this much each. */
  readonly uneven?: number;
  /** Drift that each endpoint of each arm has of its own, standard deviation of the logarithm. */
  readonly apart?: number;
  /** Share of the requests that fail anyway, in both arms and everywhere. */
  readonly errors?: number;
  /** The arms have turns of a second instead of being loaded at once, each then with the requests of both. */
  readonly turns?: boolean;
}

const ouSeconds = 17;

/** Latency level of a host, block by block. */
class Host {
  readonly #noise: Noise;
  readonly #random: Random;
  #drift = 0;
  #burstBlocks = 0;
  #burst = 0;
  freezeMs = 0;
  level = 0;

  constructor(noise: Noise, random: Random) {
    this.#noise = noise;
    this.#random = random;
    this.#drift = noise.drift * normal(random);
  }

  next(): void {
    const { drift, burstEvery, freezeEvery } = this.#noise;
    const seconds = blockMs / 1000;
    const keep = Math.exp(-seconds / ouSeconds);
    this.#drift = keep * this.#drift + drift * Math.sqrt(1 - keep * keep) * normal(this.#random);
    if (this.#burstBlocks > 0) this.#burstBlocks--;
    else if (this.#random.float() < seconds / burstEvery) {
      this.#burstBlocks = Math.round((4 + this.#random.float()) / seconds);
      this.#burst = Math.log(1.1 + 0.8 * this.#random.float());
    }
    this.freezeMs = this.#random.float() < seconds / freezeEvery ? 100 + 200 * this.#random.float() : 0;
    this.level = this.#drift + (this.#burstBlocks > 0 ? this.#burst : 0);
  }
}

interface Shape {
  readonly endpoint: Endpoint;
  readonly ms: number;
  readonly sd: number;
  readonly slowShare: number;
  readonly slowFactor: number;
}

/** The endpoints of a simulated application: always the same, so that settings can be compared. */
function shapes(count: number): Shape[] {
  return Array.from({ length: count }, (_, i) => {
    const at = count === 1 ? 0.5 : i / (count - 1);
    const slowShare = [0.01, 0.03, 0.08][i % 3] as number;
    const sd = 0.22 + 0.28 * ((i * 0.37) % 1);
    const slowFactor = 2.2 + 1.8 * ((i * 0.61) % 1);
    return { ms: 15 + 65 * at, sd, slowShare, slowFactor, endpoint: { method: "GET", name: `/e${i}` } };
  });
}

/** The percentile of a shape without any noise, milliseconds; by bisection. */
function quantileOf({ ms, sd, slowShare, slowFactor }: Shape, ratio: number): number {
  const below = (at: number) =>
    (1 - slowShare) * normalBelow(Math.log(at / ms) / sd) +
    slowShare * normalBelow(Math.log(at / ms / slowFactor) / sd);
  let [low, high] = [ms / 100, ms * 100];
  for (let i = 0; i < 40; i++) {
    const middle = Math.sqrt(low * high);
    if (below(middle) < ratio) low = middle;
    else high = middle;
  }
  return low;
}

/** Of the standard normal distribution, to 1e-5 (Abramowitz and Stegun 26.2.16). */
function normalBelow(z: number): number {
  const t = 1 / (1 + 0.33267 * Math.abs(z));
  const upper = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * t * (0.4361836 + t * (-0.1201676 + t * 0.937298));
  return z > 0 ? 1 - upper : upper;
}

/** A run that can be made longer; both arms, or the head alone. */
export class Simulation {
  readonly series: (Series & Record<Arm, Cell[]>)[];
  readonly #random: Random;
  readonly #setting: Setting;
  readonly #effect: Effect;
  readonly #shapes: Shape[];
  readonly #shared: Host;
  readonly #own: Record<Arm, Host | null>;
  readonly #offset: Record<Arm, number>;
  readonly #runFactor: number[];
  readonly #ownFactor: number[];
  readonly #beyondMs: number[];
  readonly #apart: Record<Arm, number[]>;
  readonly #arms: readonly Arm[];
  readonly #slots: Slots;
  /** The endpoint that an effect on one befalls. */
  readonly target: number;
  blocks = 0;

  constructor(setting: Setting, effect: Effect, seed: string, arms: readonly Arm[] = ["base", "head"]) {
    this.#random = Random.from(seed);
    this.target = Random.from(seed, "target").int(0, setting.endpoints - 1);
    this.#setting = setting;
    this.#effect = effect;
    this.#arms = arms;
    this.#slots = new Slots({ seed, startedAtMs: 0 });
    this.#shapes = shapes(setting.endpoints);
    this.#shared = new Host(setting.shared, this.#random);
    const own = () => (setting.own ? new Host(setting.own, this.#random) : null);
    this.#own = { base: own(), head: own() };
    this.#offset = { base: setting.tau * normal(this.#random), head: setting.tau * normal(this.#random) };
    // Endpoints feel a run's level differently, each in its own way: sensitivities of 1 ± 0.3.
    const run = setting.shared.run * normal(this.#random);
    this.#runFactor = this.#shapes.map((_, i) => run * (1 + 0.3 * normal(Random.from("sensitivity", i))));
    const uneven = setting.uneven ?? 0;
    this.#ownFactor = this.#shapes.map((_, i) => 1 + uneven * normal(Random.from("feels", i)));
    this.#beyondMs = this.#shapes.map((shape) => (effect.beyond ? quantileOf(shape, effect.beyond) : 0));
    const apart = () => this.#shapes.map(() => (setting.apart ? setting.apart * normal(this.#random) : 0));
    this.#apart = { base: apart(), head: apart() };
    this.series = this.#shapes.map(({ endpoint }) => ({ endpoint, base: [], head: [] }));
  }

  extendTo(ms: number): void {
    while (this.blocks * blockMs < ms) {
      this.#shared.next();
      this.#own.base?.next();
      this.#own.head?.next();
      this.#driftApart();
      for (const [index, shape] of this.#shapes.entries()) {
        for (const arm of this.#arms) this.series[index]?.[arm].push(this.#cell(shape, index, arm));
      }
      this.blocks++;
    }
  }

  #driftApart(): void {
    const { apart } = this.#setting;
    if (!apart) return;
    const keep = Math.exp(-blockMs / 1000 / ouSeconds);
    for (const arm of this.#arms) {
      const levels = this.#apart[arm];
      for (const [i, level] of levels.entries()) {
        levels[i] = keep * level + apart * Math.sqrt(1 - keep * keep) * normal(this.#random);
      }
    }
  }

  #cell(shape: Shape, index: number, arm: Arm): Cell {
    const { factor, all = false, others, pauses } = this.#effect;
    const random = this.#random;
    const own = this.#own[arm];
    const level =
      this.#shared.level +
      (own?.level ?? 0) * (this.#ownFactor[index] as number) +
      this.#offset[arm] +
      (this.#apart[arm][index] as number) +
      (this.#runFactor[index] as number);
    const hit = arm === "head" && (all || index === this.target);
    const share = this.#setting.turns
      ? Number(this.#slots.armOf(Math.floor(this.blocks / 2)) === arm)
      : 1 / this.#arms.length;
    const requests = poisson((this.#setting.rate * share * blockMs) / 1000, random);
    const histogram = new Histogram(2);
    const errors = hit ? (this.#effect.errors ?? this.#setting.errors ?? 0) : (this.#setting.errors ?? 0);
    const beyondMs = this.#beyondMs[index] as number;
    let failures = 0;
    for (let i = 0; i < requests; i++) {
      if (errors > 0 && random.float() < errors) {
        failures++;
        continue;
      }
      const slow = random.float() < shape.slowShare ? shape.slowFactor : 1;
      let ms = shape.ms * Math.exp(shape.sd * normal(random)) * slow;
      if (arm === "head" && others && index < others.count) ms *= others.factor;
      if (hit && ms > beyondMs) ms *= factor;
      ms *= Math.exp(level);
      ms += frozen(this.#shared, random) + (own ? frozen(own, random) : 0);
      if (pauses && arm === "head") ms += paused((this.blocks + random.float()) * blockMs, pauses);
      histogram.record(ms);
    }
    return { requests, failures, latencies: Counts.of(histogram) };
  }
}

/** A request that meets a freeze waits for the rest of it. */
function frozen({ freezeMs }: Host, random: Random): number {
  return freezeMs > 0 && random.float() < freezeMs / blockMs ? freezeMs * random.float() : 0;
}

/** A request that meets a pause waits for the rest of it. */
function paused(atMs: number, { everyMs, forMs }: NonNullable<Effect["pauses"]>): number {
  return Math.max(0, forMs - (atMs % everyMs));
}

export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
}

function poisson(mean: number, random: Random): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.float(); product > limit; product *= random.float()) count++;
  return count;
}
