import { type Endpoint, parseCellKey } from "../../stats/endpoint.ts";
import { EndpointStats } from "../../stats/endpoint-stats.ts";
import type { Histogram } from "../../stats/histogram.ts";
import { phaseNames } from "../../stats/sample.ts";
import { type Block, blockMs } from "../../stats/snapshot.ts";
import { clipEndpoint, clipText, tidySize } from "./clip.ts";
import type { TimingCourse } from "./report.ts";
import { bounds } from "./report-schema.ts";

/** `Server-Timing` metrics with a line of their own: those that take longest. */
const metricsDrawn = 6;

/**
 * What a request's time was made of as the run went on, head arm: the mean of each phase and server timing over all
 * requests of a step, so that the phases of a step add up to its mean response time. Steps are powers of two blocks:
 * documents of long runs have these histograms for such groups of blocks only.
 * @param endpoint null for all of them
 */
export function timingsOverTime(blocks: readonly Block[], endpoint: Endpoint | null): TimingCourse | null {
  const last = blocks.reduce((most, { block }) => Math.max(most, block), -1);
  let perStep = 2;
  while ((last + 1) / perStep > bounds.timingPoints) perStep *= 2;
  const steps = Array.from({ length: Math.ceil((last + 1) / perStep) }, () => new EndpointStats());
  for (const { block, cells } of blocks) {
    const step = steps[Math.floor(block / perStep)];
    for (const [key, stats] of cells) {
      const cell = parseCellKey(key);
      if (cell.arm !== "head" || (endpoint !== null && !isSame(cell.endpoint, endpoint)) || !step) continue;
      step.mergeTimings(stats);
      step.requests += stats.requests;
    }
  }
  const course = (name: string, of: (stats: EndpointStats) => Histogram | undefined) => ({
    name: clipText(name, 80),
    meanMs: steps.map((stats) => (stats.requests === 0 ? 0 : tidySize((of(stats)?.sumMs ?? 0) / stats.requests))),
  });
  const phases = phaseNames.map((name) => course(name, (stats) => stats.phases[name])).filter(hasSome);
  const metrics = [...new Set(steps.flatMap(({ serverTiming }) => [...serverTiming.keys()]))]
    .map((name) => course(name, (stats) => stats.serverTiming.get(name)))
    .filter(hasSome)
    .sort((a, b) => total(b.meanMs) - total(a.meanMs) || (a.name < b.name ? -1 : 1));
  if (phases.length === 0 && metrics.length === 0) return null;
  return {
    endpoint: endpoint === null ? null : clipEndpoint(endpoint),
    stepMs: perStep * blockMs,
    phases,
    server: metrics.slice(0, metricsDrawn),
  };
}

function isSame(a: Endpoint, b: Endpoint): boolean {
  return a.method === b.method && a.name === b.name;
}

function hasSome({ meanMs }: { readonly meanMs: readonly number[] }): boolean {
  return meanMs.some((ms) => ms > 0);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
