import { type Arm, type Endpoint, parseCellKey } from "../../stats/endpoint.ts";
import { EndpointStats } from "../../stats/endpoint-stats.ts";
import type { RunResult } from "../../stats/run-result.ts";
import { type Block, blockMs } from "../../stats/snapshot.ts";
import { percentileMs } from "../../stats/summary.ts";
import { clipEndpoint, sizeOrNull, tidySize, whole } from "./clip.ts";
import { healthOverTime } from "./health-over-time.ts";
import type { Series } from "./report.ts";
import { bounds } from "./report-schema.ts";

interface Step {
  phase: Block["phase"];
  users: number;
  readonly total: Record<Arm, EndpointStats>;
  readonly watched: Record<Arm, EndpointStats>[];
}

const bothArms = (): Record<Arm, EndpointStats> => ({ head: new EndpointStats(), base: new EndpointStats() });

/**
 * The run over time, all phases: one point a second, or as many seconds, a power of two, as keep it within 600 points.
 * Documents of long runs have histograms for such groups of blocks only.
 * @param watched endpoints that get a p95 line of their own, at most six
 */
export function seriesOf(result: RunResult, watched: readonly Endpoint[]): Series {
  const blocks = withoutTail(result.blocks);
  const last = blocks.reduce((most, { block }) => Math.max(most, block), -1);
  let perStep = 2;
  while ((last + 1) / perStep > bounds.points) perStep *= 2;
  const steps: Step[] = [];
  for (let i = 0; i * perStep <= last; i++) {
    steps.push({ phase: "ramp", users: 0, total: bothArms(), watched: watched.map(bothArms) });
  }
  const latest = new Map<Step, number>();
  for (const block of blocks) {
    const step = steps[Math.floor(block.block / perStep)];
    if (step === undefined) continue;
    fold(step, block, watched);
    if (block.block >= (latest.get(step) ?? -1)) {
      latest.set(step, block.block);
      step.phase = block.phase;
      step.users = [...block.users.values()].reduce((sum, count) => sum + count, 0);
    }
  }
  const seconds = (index: number) => (Math.min(perStep, last + 1 - index * perStep) * blockMs) / 1000;
  const shown = (of: (step: Step) => EndpointStats | undefined, ratio: number) =>
    steps.map((step) => sizeOrNull(percentileMs(of(step) ?? new EndpointStats(), ratio)));
  const rate = (arm: Arm) => steps.map(({ total }, i) => tidySize(total[arm].requests / seconds(i)));
  const sideBySide = steps.some(({ total }) => total.base.requests > 0);
  const health = healthOverTime({ ...result, blocks }, perStep);
  return {
    stepMs: perStep * blockMs,
    phase: steps.map(({ phase }) => phase),
    rps: rate("head"),
    failuresPerSecond: steps.map(({ total }, i) => tidySize(total.head.failures / seconds(i))),
    p50Ms: shown(({ total }) => total.head, 0.5),
    p95Ms: shown(({ total }) => total.head, 0.95),
    p99Ms: shown(({ total }) => total.head, 0.99),
    users: steps.map(({ users }) => whole(users)),
    endpoints: watched.map((endpoint, index) => ({
      endpoint: clipEndpoint(endpoint),
      p95Ms: shown(({ watched }) => watched[index]?.head, 0.95),
      ...(sideBySide && { baseP95Ms: shown(({ watched }) => watched[index]?.base, 0.95) }),
    })),
    ...(sideBySide && {
      base: {
        rps: rate("base"),
        p50Ms: shown(({ total }) => total.base, 0.5),
        p95Ms: shown(({ total }) => total.base, 0.95),
      },
    }),
    ...(health && { health }),
  };
}

/** Users leaving at the end are no news: with them every chart would end in a cliff. */
export function withoutTail(blocks: readonly Block[]): readonly Block[] {
  const last = blocks.findLastIndex(({ phase }) => phase !== "tail");
  return last < 0 ? blocks : blocks.slice(0, last + 1);
}

function fold(step: Step, block: Block, watched: readonly Endpoint[]): void {
  for (const [key, stats] of block.cells) {
    const { arm, endpoint } = parseCellKey(key);
    add(step.total[arm], stats);
    const index = watched.findIndex(({ method, name }) => method === endpoint.method && name === endpoint.name);
    const own = step.watched[index]?.[arm];
    if (own) add(own, stats);
  }
}

/** What the points are made of; phases and server timings are told elsewhere. */
function add(into: EndpointStats, stats: EndpointStats): void {
  into.requests += stats.requests;
  into.failures += stats.failures;
  into.minMs = Math.min(into.minMs, stats.minMs);
  into.maxMs = Math.max(into.maxMs, stats.maxMs);
  into.mergeLatencies(stats);
}
