import { passesOf } from "../../baseline/pass-blocks.ts";
import { type Arm, type Endpoint, endpointLabel, parseCellKey } from "../../stats/endpoint.ts";
import { type Block, blockMs } from "../../stats/snapshot.ts";
import { isJudged } from "../../stats/summary.ts";
import { Counts } from "../statistics/counts.ts";

/** One half second of one endpoint. */
interface Step {
  readonly requests: number;
  readonly failures: number;
  readonly maxMs: number;
  /** Successes and timeouts. */
  readonly latencies: Counts;
}

/** How one endpoint of one arm fared over the judged time, half second by half second. */
export interface JudgedTimeline {
  readonly endpoint: Endpoint;
  /** By judged block; undefined where nothing was answered. */
  readonly steps: readonly (Step | undefined)[];
}

/** The judged time of a run. */
export interface JudgedTime {
  readonly courses: readonly JudgedTimeline[];
  /** Of each judged block: milliseconds since the run began. */
  readonly atMs: readonly number[];
  /**
   * Where each pass begins and ends among them. Between two, users are new and seconds are missing, so nothing is read
   * from how the one follows the other.
   */
  readonly passes: readonly Stretch[];
}

/** Judged blocks from one up to, and not including, another. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export function judgedTime(all: readonly Block[], arm: Arm): JudgedTime {
  const blocks = all.filter(isJudged);
  const found = new Map<string, { endpoint: Endpoint; steps: (Step | undefined)[] }>();
  for (const [index, block] of blocks.entries()) {
    for (const [key, { requests, failures, maxMs, success, timeout }] of block.cells) {
      const { arm: whose, endpoint } = parseCellKey(key);
      if (whose !== arm) continue;
      const label = endpointLabel(endpoint);
      const course = found.get(label) ?? {
        endpoint,
        steps: new Array<Step | undefined>(blocks.length).fill(undefined),
      };
      found.set(label, course);
      course.steps[index] = { requests, failures, maxMs, latencies: Counts.of(success, timeout) };
    }
  }
  return { courses: [...found.values()], atMs: blocks.map(({ block }) => block * blockMs), passes: stretches(all) };
}

function stretches(all: readonly Block[]): Stretch[] {
  let from = 0;
  return passesOf(all).map(({ length }) => {
    const stretch = { from, to: from + length };
    from = stretch.to;
    return stretch;
  });
}

/** Medians of `parts` equal parts of a stretch, milliseconds; null for a part with fewer than `least` answers. */
export function medians(
  { steps }: JudgedTimeline,
  { parts, least, stretch }: { parts: number; least: number; stretch: Stretch },
): (number | null)[] {
  const length = stretch.to - stretch.from;
  return Array.from({ length: parts }, (_, i) => {
    const [from, to] = [i, i + 1].map((edge) => stretch.from + Math.floor((edge * length) / parts));
    const counts = Counts.sum(steps.slice(from, to).flatMap((step) => step?.latencies ?? []));
    return counts.total < least ? null : counts.quantile(0.5) / 1000;
  });
}
