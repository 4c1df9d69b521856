// 100,000 users of 50 classes over 1,000 workers. Bound: 0.2 s a step.
import { Dispatcher } from "../../src/engine/plan/dispatcher.ts";

const classes = Array.from({ length: 50 }, (_, i) => ({
  name: `Class${i}`,
  weight: (i % 7) + 1,
  fixedCount: i % 10 === 0 ? 5 : 0,
}));
const nodes = Array.from({ length: 1000 }, (_, i) => `host${i % 100}_${i}`);

/** The slowest step of a ramp, and what a worker's leaving costs; milliseconds. */
export function dispatching(spawnRate: number): { steps: number; slowestMs: number; leavingMs: number } {
  const dispatcher = new Dispatcher({ classes, nodes });
  const times: number[] = [];
  let beforeMs = performance.now();
  for (const _ of dispatcher.plan({ users: 100_000, spawnRate, atMs: 0 })) {
    times.push(performance.now() - beforeMs);
    beforeMs = performance.now();
  }
  beforeMs = performance.now();
  dispatcher.removeNode("host5_5");
  dispatcher.now(0);
  return { steps: times.length, slowestMs: Math.max(...times), leavingMs: performance.now() - beforeMs };
}

if (import.meta.main) {
  for (const spawnRate of [1000, 100_000]) {
    const { steps, slowestMs, leavingMs } = dispatching(spawnRate);
    console.log(`${spawnRate} users a second: ${steps} steps, the slowest ${slowestMs.toFixed(0)} ms`);
    console.log(`a worker leaves: ${leavingMs.toFixed(0)} ms`);
  }
}
