import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinCells, joinedIn } from "../../../src/stats/document/joined-blocks.ts";
import { type Arm, cellKey } from "../../../src/stats/endpoint.ts";
import { EndpointStats } from "../../../src/stats/endpoint-stats.ts";
import { FailureLog } from "../../../src/stats/failures.ts";
import { noHealth } from "../../../src/stats/health.ts";
import type { Block, Phase } from "../../../src/stats/snapshot.ts";

interface Visit {
  readonly block: number;
  readonly endpoint: number;
  readonly ms: number;
}

function blocksOf(phases: readonly Phase[], visits: readonly Visit[], arm: Arm = "head"): Block[] {
  return phases.map((phase, block) => {
    const cells = new Map<string, EndpointStats>();
    for (const visit of visits.filter((one) => one.block === block)) {
      const endpoint = { method: "GET", name: `/${visit.endpoint}` };
      const key = cellKey(arm, endpoint);
      const stats = cells.get(key) ?? new EndpointStats();
      const rest = { arm, endpoint, intendedMs: 0, startMs: 0, status: 200, bytesIn: 0, bytesOut: 0 };
      stats.record({ ...rest, latencyMs: visit.ms, phases: { firstByte: visit.ms } });
      cells.set(key, stats);
    }
    return { block, phase, users: new Map(), cells, failures: new FailureLog(), health: noHealth };
  });
}

const timings = (sum: EndpointStats, stats: EndpointStats) => void sum.mergeTimings(stats);

describe("joined blocks", () => {
  it("have the same sum in every phase of the run, whatever the size of a group", () => {
    const visits = fc.array(
      fc.record({ block: fc.nat(19), endpoint: fc.nat(2), ms: fc.double({ min: 0, max: 50, noNaN: true }) }),
    );
    const names = fc.array(fc.constantFrom<Phase>("ramp", "steady", "extension"), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(names, visits, fc.integer({ min: 1, max: 8 }), (phases, seen, size) => {
        const blocks = blocksOf(phases, seen);
        const standIn = joinCells(blocks, size, timings);
        const sums = (of: (cell: EndpointStats) => EndpointStats | undefined) => {
          const bySum = new Map<string, EndpointStats>();
          for (const { phase, cells } of blocks) {
            for (const [key, cell] of cells) {
              const id = `${phase} ${key}`;
              const sum = bySum.get(id) ?? new EndpointStats();
              const part = of(cell);
              bySum.set(id, part ? sum.mergeTimings(part) : sum);
            }
          }
          return [...bySum].map(([id, { phases: own }]) => [
            id,
            [...(own.firstByte?.counts ?? [])].sort(([a], [b]) => a - b),
          ]);
        };
        expect(sums(standIn)).toEqual(sums((cell) => cell));
      }),
      { numRuns: 50 },
    );
  });

  it("are single ones in a short run, and keep to nine hundred sets however long it is", () => {
    const steady = (length: number) => blocksOf(new Array<Phase>(length).fill("steady"), []);
    expect(joinedIn(steady(900))).toEqual({ latencies: 1, timings: 1 });
    expect(joinedIn(steady(901))).toEqual({ latencies: 2, timings: 8 });
    expect(joinedIn(steady(7200))).toEqual({ latencies: 8, timings: 32 });
  });

  it("leave the latencies of a side-by-side run with their blocks", () => {
    const blocks = blocksOf(new Array<Phase>(1000).fill("steady"), [{ block: 3, endpoint: 0, ms: 1 }], "base");
    expect(joinedIn(blocks)).toEqual({ latencies: 1, timings: 8 });
  });
});
