import type { Arm } from "../../../src/stats/endpoint.ts";
import { cellKey } from "../../../src/stats/endpoint.ts";
import { EndpointStats } from "../../../src/stats/endpoint-stats.ts";
import type { Failure } from "../../../src/stats/failures.ts";
import { type Block, emptySnapshot, type Phase } from "../../../src/stats/snapshot.ts";

/** One block's requests of one endpoint, in a test's words. */
export interface Traffic {
  readonly block?: number;
  readonly phase?: Phase;
  readonly arm?: Arm;
  readonly endpoint?: string;
  readonly latenciesMs: readonly (number | null)[];
  readonly failure?: Failure["kind"];
}

/** Blocks made of what was sent, in the order of their numbers. */
export function blocksOf(...traffic: readonly Traffic[]): Block[] {
  const blocks = new Map<number, Block & { cells: Map<string, EndpointStats> }>();
  for (const { block = 0, phase = "steady", arm = "head", endpoint = "GET /", latenciesMs, failure } of traffic) {
    const [method = "", name = ""] = endpoint.split(/ (.*)/);
    const of = { method, name };
    const mine = blocks.get(block) ?? { ...emptySnapshot(block), phase, cells: new Map<string, EndpointStats>() };
    blocks.set(block, mine);
    const key = cellKey(arm, of);
    const stats = mine.cells.get(key) ?? new EndpointStats();
    mine.cells.set(key, stats);
    for (const latencyMs of latenciesMs) {
      stats.record({
        arm,
        endpoint: of,
        intendedMs: 0,
        startMs: 0,
        latencyMs,
        status: failure ? 500 : 200,
        bytesIn: 0,
        bytesOut: 0,
        ...(failure ? { failure: { kind: failure, message: failure } } : {}),
      });
    }
  }
  return [...blocks.values()].sort((a, b) => a.block - b.block);
}

/** `count` times the same latency. */
export const times = (count: number, latencyMs: number | null) => new Array<number | null>(count).fill(latencyMs);

/** 1, 2, … `count` milliseconds. */
export const ramp = (count: number, stepMs = 1) => Array.from({ length: count }, (_, i) => (i + 1) * stepMs);
