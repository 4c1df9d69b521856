import { Random } from "../../src/base/random.ts";
import { type Arm, cellKey, type Endpoint } from "../../src/stats/endpoint.ts";
import { EndpointStats } from "../../src/stats/endpoint-stats.ts";
import { type Failure, FailureLog } from "../../src/stats/failures.ts";
import type { Health } from "../../src/stats/health.ts";
import type { RunResult } from "../../src/stats/run-result.ts";
import type { Sample } from "../../src/stats/sample.ts";
import { type Block, blockMs, type Phase } from "../../src/stats/snapshot.ts";
import { summarize } from "../../src/stats/summary.ts";
import { makeResult, startedAtMs } from "./make-result.ts";

/** How a target answers one request. */
interface Answer {
  readonly ms: number;
  /** Absent for a good answer. */
  readonly failure?: Failure;
  readonly status?: number;
}

/** One request of a closed model: who asks, when, and what the dice say. */
export interface Ask {
  readonly arm: Arm;
  readonly endpoint: Endpoint;
  /** Seconds since the run began. */
  readonly second: number;
  /** Milliseconds of an ordinary answer, noise and all. */
  readonly usualMs: number;
  /** 0–1. */
  readonly dice: number;
}

export interface Simulation {
  readonly seed: string;
  /** Weight and median of each endpoint, milliseconds. */
  readonly shop: readonly { readonly endpoint: Endpoint; readonly weight: number; readonly medianMs: number }[];
  readonly users: number;
  /** Mean wait of a user between two requests. */
  readonly waitMs: number;
  readonly seconds: number;
  /** Whether the base version answers the twins of all users. */
  readonly twoArms?: boolean;
  /** All times of this run are so many times the usual: another machine's day. */
  readonly level?: number;
  readonly answer?: (ask: Ask) => Answer;
  readonly health?: (block: number) => Health;
  readonly result?: Parameters<typeof makeResult>[0];
}

const rampSeconds = 5;

/**
 * A closed model against an invented target: every user waits, asks, waits for the answer. Requests that nobody answers
 * before the run ends are not part of it. Seeded: equal input, equal run.
 */
export function simulate(plan: Simulation): RunResult {
  const random = Random.from(plan.seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
  const endMs = (rampSeconds + plan.seconds) * 1000;
  const blocks = Array.from({ length: endMs / blockMs }, (_, block) => emptyBlock(plan, block));
  const weights = plan.shop.reduce((sum, { weight }) => sum + weight, 0);
  const asked: Record<Arm, Span[]> = { head: [], base: [] };
  for (let user = 0; user < plan.users; user++) {
    for (const arm of plan.twoArms ? (["head", "base"] as const) : (["head"] as const)) {
      let atMs = (user / plan.users) * rampSeconds * 1000;
      while (atMs < endMs) {
        atMs += plan.waitMs * (0.5 + random.float());
        let pick = random.float() * weights;
        let page = plan.shop[0];
        for (const candidate of plan.shop) {
          page = candidate;
          pick -= candidate.weight;
          if (pick < 0) break;
        }
        if (!page) break;
        const usualMs = page.medianMs * (plan.level ?? 1) * Math.exp(0.25 * normal());
        const ask = { arm, endpoint: page.endpoint, second: atMs / 1000, usualMs, dice: random.float() };
        const answer = plan.answer?.(ask) ?? { ms: usualMs };
        record(blocks, { arm, endpoint: page.endpoint, atMs, answer });
        asked[arm].push({ fromMs: atMs, toMs: atMs + answer.ms });
        atMs += answer.ms;
      }
    }
  }
  const heard = blocks.map((block) => ({ ...block, liveness: livenessOf(block, asked) }));
  return resultOf(plan, heard);
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What was answered within the block, and what was asked and not yet answered at its end. */
function livenessOf({ block }: Block, asked: Readonly<Record<Arm, readonly Span[]>>): Block["liveness"] {
  const [fromMs, toMs] = [block * blockMs, (block + 1) * blockMs];
  const of = (spans: readonly Span[]) => {
    const open = spans.filter((span) => span.fromMs < toMs && span.toMs >= toMs);
    return {
      answers: spans.filter((span) => span.toMs >= fromMs && span.toMs < toMs).length,
      inFlight: open.length,
      youngestMs: Math.max(0, ...open.map((span) => span.fromMs)),
      patienceMs: 3000,
    };
  };
  return { head: of(asked.head), ...(asked.base.length > 0 && { base: of(asked.base) }) };
}

function emptyBlock({ health }: Simulation, block: number): Block {
  const phase: Phase = block * blockMs < rampSeconds * 1000 ? "ramp" : "steady";
  const calm: Health = {
    threads: [
      { thread: "0", delayP99Ms: 1.2, delayMaxMs: 3.1, utilization: 0.21, cpu: 0.18, lateStarts: 0, openSockets: 40 },
    ],
    machine: { cpu: 0.4, steal: 0, memoryBytes: 180_000_000 },
  };
  return {
    block,
    phase,
    users: new Map([["Shopper", 40]]),
    cells: new Map(),
    failures: new FailureLog(),
    health: health?.(block) ?? calm,
  };
}

function record(
  blocks: readonly Block[],
  { arm, endpoint, atMs, answer }: { arm: Arm; endpoint: Endpoint; atMs: number; answer: Answer },
): void {
  const block = blocks[Math.floor((atMs + answer.ms) / blockMs)];
  if (!block) return;
  const cells = block.cells as Map<string, EndpointStats>;
  const key = cellKey(arm, endpoint);
  const stats = cells.get(key) ?? new EndpointStats();
  cells.set(key, stats);
  const sample: Sample = {
    arm,
    endpoint,
    intendedMs: startedAtMs + atMs,
    startMs: startedAtMs + atMs,
    latencyMs: answer.ms,
    status: answer.status ?? 200,
    bytesIn: 1200,
    bytesOut: 90,
    failure: answer.failure,
  };
  stats.record(sample);
  if (answer.failure) block.failures.record(arm, endpoint, answer.failure, sample.startMs);
}

function resultOf(plan: Simulation, blocks: readonly Block[]): RunResult {
  const { users, seconds, twoArms } = plan;
  const empty = makeResult({ behaviours: [], phases: [], users, ...plan.result });
  const baseCommit = "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678";
  return {
    ...empty,
    meta: {
      ...empty.meta,
      ...(twoArms && { baseHost: "http://localhost:8081", baseCommit }),
      profile: { ...empty.meta.profile, runTimeMs: seconds * 1000 },
      endedAt: new Date(startedAtMs + (rampSeconds + seconds) * 1000).toISOString(),
      ...plan.result?.meta,
    },
    blocks,
    summary: summarize(blocks),
  };
}
