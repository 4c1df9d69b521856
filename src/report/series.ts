import { type Endpoint, parseCellKey } from "../stats/endpoint.ts";
import { EndpointStats } from "../stats/endpoint-stats.ts";
import { type Block, blockMs } from "../stats/snapshot.ts";
import { percentileMs } from "../stats/summary.ts";
import { clipEndpoint, sizeOrNull, tidySize, whole } from "./clip.ts";
import type { Series } from "./report.ts";
import { bounds } from "./report-schema.ts";

interface Step {
  phase: Block["phase"];
  users: number;
  readonly total: EndpointStats;
  readonly watched: EndpointStats[];
}

/**
 * The run over time, all phases, head arm: one point a second, or as many seconds as keep it within 600 points.
 * @param watched endpoints that get a p95 line of their own, at most six
 */
export function seriesOf(blocks: readonly Block[], watched: readonly Endpoint[]): Series {
  const last = blocks.reduce((most, { block }) => Math.max(most, block), -1);
  const perStep = 2 * Math.max(1, Math.ceil((last + 1) / 2 / bounds.points));
  const steps: Step[] = [];
  for (let i = 0; i * perStep <= last; i++) {
    const watchedStats = watched.map(() => new EndpointStats());
    steps.push({ phase: "ramp", users: 0, total: new EndpointStats(), watched: watchedStats });
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
  const shown = (ratio: number) => steps.map(({ total }) => sizeOrNull(percentileMs(total, ratio)));
  return {
    stepMs: perStep * blockMs,
    phase: steps.map(({ phase }) => phase),
    rps: steps.map(({ total }, i) => tidySize(total.requests / seconds(i))),
    failuresPerSecond: steps.map(({ total }, i) => tidySize(total.failures / seconds(i))),
    p50Ms: shown(0.5),
    p95Ms: shown(0.95),
    p99Ms: shown(0.99),
    users: steps.map(({ users }) => whole(users)),
    endpoints: watched.map((endpoint, index) => ({
      endpoint: clipEndpoint(endpoint),
      p95Ms: steps.map((step) => sizeOrNull(percentileMs(step.watched[index] ?? new EndpointStats(), 0.95))),
    })),
  };
}

function fold(step: Step, block: Block, watched: readonly Endpoint[]): void {
  for (const [key, stats] of block.cells) {
    const { arm, endpoint } = parseCellKey(key);
    if (arm !== "head") continue;
    step.total.merge(stats);
    const index = watched.findIndex(({ method, name }) => method === endpoint.method && name === endpoint.name);
    if (index >= 0) step.watched[index]?.merge(stats);
  }
}
