import { Random } from "../../src/base/random.ts";
import type { PastEndpoint, PastRun } from "../../src/verdict/stored/history.ts";
import { normal } from "./verdict-noise.ts";

/** How runs of one code differ from one another: what the stored baseline has to see through. */
export interface RunNoise {
  /** Spread between runs of one pass each, standard deviation of the logarithm of a percentile. */
  readonly sd: number;
  /** Between the endpoints of a run: the share of that variance which all of them have in common. */
  readonly correlation: number;
  /** The share of each endpoint's own variance that belongs to the job, so that all passes of a job have it. */
  readonly jobShare: number;
  /** Endpoints are unevenly restless: their own spreads are multiplied by e^(± this). */
  readonly uneven: number;
}

export interface StoredSetting {
  readonly noise: RunNoise;
  readonly endpoints: number;
  /** Stored runs. */
  readonly runs: number;
  /** Passes of every run, the new one's as well. */
  readonly passes: number;
  /** Multiplies the latencies of the new run, endpoint by endpoint; 1 where absent. */
  readonly factors?: readonly number[];
}

const requests = 2000;
/** Of the latencies of one endpoint. */
const bodySd = 0.4;
/** What a p95 differs by beyond its p50, as a share of the spread between runs. */
const tailShare = 0.3;

/** Stored runs of one code, newest first, and a new run: levels alone, no requests, so that thousands are cheap. */
export function drawStored({ noise, endpoints, runs, passes, factors = [] }: StoredSetting, seed: string) {
  const random = Random.from(seed);
  const shapes = Array.from({ length: endpoints }, (_, i) => ({
    level: Math.log(10 * 8 ** (endpoints === 1 ? 0.5 : i / (endpoints - 1))),
    own: Math.exp(noise.uneven * (2 * random.float() - 1)),
  }));
  const draw = (index: number, change: readonly number[]): PastRun => {
    const common = Math.sqrt(noise.correlation) * normal(random);
    const levels = shapes.map(({ level, own }, i) => {
      const job = normal(random);
      return Array.from({ length: passes }, () => {
        const apart = Math.sqrt(noise.jobShare) * job + Math.sqrt(1 - noise.jobShare) * normal(random);
        const middle = noise.sd * (common + Math.sqrt(1 - noise.correlation) * own * apart);
        return {
          middle: level + Math.log(change[i] ?? 1) + middle,
          tail: noise.sd * tailShare * own * normal(random),
        };
      });
    });
    return {
      startedAt: new Date(Date.UTC(2026, 0, 1, index)).toISOString(),
      passes,
      endpoints: levels.map((own, i) => endpointOf(`/e${i}`, own)),
    };
  };
  const past = Array.from({ length: runs }, (_, i) => draw(i, []));
  return { current: draw(runs, factors), runs: past.reverse() };
}

interface PassLevel {
  readonly middle: number;
  readonly tail: number;
}

/** A run's histogram is that of its passes together, whose percentiles lie about in the middle of theirs. */
function endpointOf(name: string, passes: readonly PassLevel[]): PastEndpoint {
  const middle = passes.reduce((sum, pass) => sum + pass.middle, 0) / passes.length;
  const tail = passes.reduce((sum, pass) => sum + pass.tail, 0) / passes.length;
  return {
    endpoint: { method: "GET", name },
    requests: requests * passes.length,
    failures: 0,
    passes: passes.map((pass) => ({ p50: quantile(0.5, pass), p95: quantile(0.95, pass) })),
    latencies: { count: requests * passes.length, quantile: (ratio) => quantile(ratio, { middle, tail }) },
  };
}

function quantile(ratio: number, { middle, tail }: PassLevel): number {
  return Math.exp(middle + bodySd * probit(ratio) + (ratio > 0.9 ? tail : 0));
}

/** The normal quantile, to 4.5e-4 (Abramowitz and Stegun 26.2.23). */
function probit(p: number): number {
  const upper = Math.min(p, 1 - p);
  if (upper <= 0) return p < 0.5 ? -6 : 6;
  const t = Math.sqrt(-2 * Math.log(upper));
  const z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  return p < 0.5 ? -z : z;
}
