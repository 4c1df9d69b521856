import fc from "fast-check";
import { build } from "hdr-histogram-js";
import { describe, expect, test } from "vitest";
import { Redactor } from "../../src/base/redact.ts";
import { type Arm, cellKey, type Endpoint } from "../../src/stats/endpoint.ts";
import { EndpointStats } from "../../src/stats/endpoint-stats.ts";
import type { InFlight, InFlightSource } from "../../src/stats/in-flight.ts";
import { Recorder } from "../../src/stats/recorder.ts";
import type { Sample } from "../../src/stats/sample.ts";
import { addSnapshots, type Block, blockMs, type Snapshot } from "../../src/stats/snapshot.ts";
import { TickedStalls } from "../../src/stats/stall-log.ts";
import { backFill } from "../../src/stats/waits.ts";
import { withWaiting } from "../../src/stats/with-waiting.ts";

const page: Endpoint = { method: "GET", name: "/page" };
const key = cellKey("head", page);
const user = { arm: "head" as Arm, cycleMs: 100 };

function sampleOf(startMs: number, latencyMs: number, changes: Partial<Sample> = {}): Sample {
  return {
    arm: "head",
    endpoint: page,
    intendedMs: startMs,
    startMs,
    latencyMs,
    status: 200,
    bytesIn: 1,
    bytesOut: 0,
    ...changes,
  };
}

const interrupted = { kind: "interrupted", message: "stopped" } as const;
const cut = (startMs: number, latencyMs: number) => sampleOf(startMs, latencyMs, { status: 0, failure: interrupted });

/** A recorder whose first second was as usual: an answer in 20 ms, ten times; or more often. */
function warmed({ stalls, answers = 10 }: { stalls?: TickedStalls; answers?: number } = {}) {
  const recorder = new Recorder({ startedAtMs: 0, redactor: new Redactor([]), stalls });
  for (let i = 0; i < answers; i++) recorder.record(sampleOf((i * 1000) / answers, 20), user);
  const parts = recorder.close({ untilBlock: 2, users: new Map() });
  return { recorder, parts };
}

/** Parts of blocks added up: the blocks of a run. */
function blocksOf(parts: readonly Snapshot[], count: number): Block[] {
  const sums = new Map<number, Snapshot>();
  for (const part of parts) {
    const known = sums.get(part.block);
    sums.set(part.block, known ? addSnapshots(known, part) : part);
  }
  return Array.from({ length: count }, (_, block) => {
    const known = sums.get(block) ?? addSnapshotsOfNothing(block);
    return { ...known, phase: "steady" as const };
  });
}

function addSnapshotsOfNothing(block: number): Snapshot {
  const { recorder } = { recorder: new Recorder({ startedAtMs: 0, redactor: new Redactor([]) }) };
  return recorder.close({ untilBlock: block + 1, users: new Map() })[0] as Snapshot;
}

const backFilledIn = (blocks: readonly Snapshot[]) => blocks.map(({ cells }) => cells.get(key)?.backFilled?.count ?? 0);

function source(...requests: readonly Partial<InFlight>[]): InFlightSource {
  const whole = requests.map((one) => ({
    startMs: 0,
    endpoint: page,
    timeoutMs: 60_000,
    received: 0,
    noticed: 0,
    ...one,
  }));
  return (visit) => {
    for (const request of whole) visit(request, user);
  };
}

describe("what a long wait kept from being sent", () => {
  test("is HdrHistogram's corrected copy, whatever the wait and the cycle", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 8, max: 3000 }), (waitedMs, cycleMs) => {
        const theirs = build({ numberOfSignificantValueDigits: 3 });
        theirs.recordValueWithExpectedInterval(waitedMs, cycleMs);
        const ours: number[] = [waitedMs];
        backFill({ startMs: 0, waitedMs, cycleMs, count: 1 }, ({ ms, count }) => {
          for (let i = 0; i < count; i++) ours.push(ms);
        });
        expect(ours).toHaveLength(theirs.totalCount);
        expect(Math.max(...ours)).toBe(waitedMs);
        for (const ms of ours) expect(ms).toBeGreaterThanOrEqual(Math.min(cycleMs, waitedMs) - 1e-9);
      }),
    );
  });

  test("is as much when it is counted in groups, and each group lies where its samples would have begun", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3000, max: 60_000 }),
        fc.double({ min: 0.2, max: 7.9, noNaN: true }),
        (waitedMs, cycleMs) => {
          let count = 0;
          let calls = 0;
          let sum = 0;
          backFill({ startMs: 500, waitedMs, cycleMs, count: 3 }, (sample) => {
            count += sample.count;
            calls++;
            sum += sample.ms * sample.count;
            expect(sample.atMs + sample.ms).toBeCloseTo(500 + waitedMs, 6);
          });
          const missed = Math.floor(waitedMs / cycleMs) - 1;
          expect(count).toBe(3 * missed);
          expect(sum / count).toBeCloseTo(waitedMs - (cycleMs * (missed + 1)) / 2, 3);
          expect(calls).toBeLessThanOrEqual(66 * (waitedMs / blockMs + 1));
        },
      ),
    );
  });

  test("begins past ten times the endpoint's p99 and three seconds, and lies in the blocks it would have begun in", () => {
    const { recorder, parts } = warmed({ answers: 200 });
    recorder.record(sampleOf(1000, 2900), user);
    parts.push(...recorder.close({ untilBlock: 8, users: new Map() }));
    recorder.record(sampleOf(4000, 4000), user);
    parts.push(...recorder.close({ untilBlock: 20, users: new Map() }));
    const filled = backFilledIn(blocksOf(parts, 20));
    expect(filled.slice(0, 8)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(filled.slice(8, 16)).toEqual([4, 5, 5, 5, 5, 5, 5, 5]);
    expect(filled.slice(16)).toEqual([0, 0, 0, 0]);
  });

  test("is nothing where long is usual: an endpoint that always takes four seconds", () => {
    const recorder = new Recorder({ startedAtMs: 0, redactor: new Redactor([]) });
    const parts: Snapshot[] = [];
    for (let block = 0; block < 40; block++) {
      recorder.record(sampleOf(block * blockMs, 4000), user);
      parts.push(...recorder.close({ untilBlock: block + 1, users: new Map() }));
    }
    expect(backFilledIn(parts).every((count) => count === 0)).toBe(true);
  });

  test("does not excuse the next wait: the first hang of a small run is not what is usual", () => {
    const { recorder, parts } = warmed();
    for (const at of [1000, 11_000]) {
      recorder.record(sampleOf(at, 5000), user);
      parts.push(...recorder.close({ untilBlock: at / blockMs + 10, users: new Map() }));
    }
    const sum = (from: number, to: number) =>
      backFilledIn(blocksOf(parts, 40))
        .slice(from, to)
        .reduce((a, b) => a + b, 0);
    expect(sum(0, 20)).toBe(49);
    expect(sum(20, 40)).toBe(49);
  });

  test("leaves counts and what is shown alone", () => {
    const { recorder, parts } = warmed();
    recorder.record(cut(1000, 9000), user);
    parts.push(...recorder.closeAll());
    const all = new EndpointStats();
    for (const { cells } of parts) for (const stats of cells.values()) all.merge(stats);
    expect(all.requests).toBe(11);
    expect(all.latencies.count).toBe(11);
    expect(all.failures).toBe(1);
    expect(all.judged.count).toBe(11 + 89);
    // One that its user's end cut short has waited as long as one that ran into its timeout.
    expect(all.comparable.count).toBe(11 + 89);
  });

  test("costs a run without long waits nothing in its cells", () => {
    const { parts } = warmed({ stalls: new TickedStalls({ tickMs: 25, nowMs: 1000 }) });
    for (const { cells } of parts) for (const cell of cells.values()) expect(cell.isCorrected).toBe(false);
  });
});

describe("requests in flight", () => {
  test("count at a look as they would if the run ended there", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 10, max: 80 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 30, max: 60 }),
        (starts, blocks) => {
          const nowMs = blocks * blockMs;
          const startsMs = starts.map((at) => at * 100);
          const looking = warmed();
          const look = looking.recorder.look(source(...startsMs.map((startMs) => ({ startMs }))), nowMs);
          const atLook = looking.recorder.close({ untilBlock: blocks, users: new Map(), look });
          const ending = warmed();
          for (const startMs of startsMs) ending.recorder.record(cut(startMs, nowMs - startMs), user);
          const atEnd = ending.recorder.close({ untilBlock: blocks, users: new Map() });
          const judged = (parts: readonly Snapshot[], warm: readonly Snapshot[]) =>
            withWaiting(blocksOf([...warm, ...parts], blocks)).map(({ cells }) =>
              [...(cells.get(key)?.comparable.counts ?? [])].sort(([a], [b]) => a - b),
            );
          expect(judged(atLook, looking.parts)).toEqual(judged(atEnd, ending.parts));
        },
      ),
      { numRuns: 40 },
    );
  });

  test("count alone where their endpoint never answered, and are no news while they are young", () => {
    const recorder = new Recorder({ startedAtMs: 0, redactor: new Redactor([]) });
    const young = recorder.look(source({ startMs: 2000 }), 4000);
    expect(young.waiting).toEqual([]);
    const old = recorder.look(source({ startMs: 0 }, { startMs: 50 }), 4000);
    expect(old.waiting).toEqual([
      { key, startMs: 0, cycleMs: 0, count: 1 },
      { key, startMs: 100, cycleMs: 0, count: 1 },
    ]);
  });

  test("that nobody waits for any more are judged by the time they have waited, and counted by nobody", () => {
    const { recorder } = warmed();
    recorder.abandon(source({ startMs: 1000 }), 6000);
    const all = new EndpointStats();
    for (const { cells } of recorder.closeAll()) for (const stats of cells.values()) all.merge(stats);
    expect(all.requests).toBe(0);
    expect(all.backFilled?.count).toBe(50);
  });

  test("tell whether the target answers: pieces are noticed once, and only silence says what is in flight", () => {
    const { recorder } = warmed();
    const streaming = { startMs: 900, endpoint: page, timeoutMs: 60_000, received: 2, noticed: 0 };
    const visit: InFlightSource = (see) => see(streaming, user);
    expect(recorder.look(visit, 1000).liveness.head).toMatchObject({ answers: 11, inFlight: 0 });
    expect(recorder.look(visit, 1500).liveness.head).toEqual({
      answers: 0,
      inFlight: 1,
      youngestMs: 900,
      patienceMs: 3000,
    });
    streaming.received++;
    expect(recorder.look(visit, 2000).liveness.head?.answers).toBe(1);
    expect(recorder.look(source(), 2500).liveness).toEqual({});
  });

  test.each([
    ["a refused connection", { kind: "connect", message: "ECONNREFUSED" }, 0],
    ["a timeout", { kind: "timeout", message: "timed out" }, 0],
    ["an error page", { kind: "status", message: "500" }, 1],
  ] as const)("%s is %s", (_, failure, answers) => {
    const { recorder } = warmed();
    recorder.look(source(), 1000);
    recorder.record(sampleOf(1000, 10, { failure, status: failure.kind === "status" ? 500 : 0 }), user);
    expect(recorder.look(source({ startMs: 1400 }), 1500).liveness.head?.answers).toBe(answers);
  });

  test("have the patience of the slowest endpoint, and of their timeout where it never answered", () => {
    const { recorder } = warmed();
    recorder.record(sampleOf(0, 800, { endpoint: { method: "GET", name: "/slow" } }), user);
    recorder.close({ untilBlock: 2, users: new Map() });
    recorder.look(source(), 1000);
    const of = (name: string, timeoutMs?: number) =>
      recorder.look(source({ endpoint: { method: "GET", name }, timeoutMs, startMs: 900 }), 1500).liveness.head
        ?.patienceMs;
    expect(of("/page")).toBe(3000);
    expect(of("/slow")).toBeCloseTo(8000, -2);
    expect(of("/new", 20_000)).toBe(20_000);
    expect(of("/new", 1000)).toBe(3000);
    expect(of("/new")).toBe(86_400_000);
  });
});

describe("a stall of our own event loop", () => {
  const stalled = () => {
    const stalls = new TickedStalls({ tickMs: 25, nowMs: 1000 });
    const { recorder } = warmed({ stalls });
    return { stalls, recorder };
  };
  const cellOf = (recorder: Recorder) => {
    const all = new EndpointStats();
    for (const { cells } of recorder.closeAll()) for (const stats of cells.values()) all.merge(stats);
    return all;
  };

  test("is found by the next tick, and a late one alone is none", () => {
    const { stalls } = stalled();
    expect(stalls.tick(1025)).toBe(0);
    expect(stalls.tick(1140)).toBe(0);
    expect(stalls.tick(11_165)).toBe(10_000);
    expect(stalls.count).toBe(1);
  });

  test("keeps what it bent out of what is judged, and in the counts", () => {
    const { stalls, recorder } = stalled();
    stalls.tick(1025);
    // Its answer is read before the timer that finds the stall runs.
    recorder.record(sampleOf(1020, 10_000), user);
    stalls.tick(11_030);
    recorder.record(sampleOf(1010, 10_025), user);
    recorder.record(sampleOf(11_040, 20), user);
    const all = cellOf(recorder);
    expect([all.requests, all.latencies.count, all.judged.count, all.comparable.count]).toEqual([3, 3, 1, 1]);
    expect(all.stalled?.count).toBe(2);
    expect(all.backFilled).toBeUndefined();
    expect(all.maxMs).toBe(10_025);
  });

  test("does not excuse a target that hung beside it", () => {
    const { stalls, recorder } = stalled();
    stalls.tick(1025);
    // Half a second of ours in five seconds of the target's.
    for (let atMs = 1550; atMs < 6000; atMs += 25) stalls.tick(atMs);
    recorder.record(sampleOf(1010, 5000), user);
    const all = cellOf(recorder);
    expect(all.stalled).toBeUndefined();
    expect(all.backFilled?.count).toBeGreaterThan(20);
    expect(all.judged.quantile(0.95)).toBeGreaterThan(3000);
  });

  test("bends no answer that took twenty times as long", () => {
    const { stalls, recorder } = stalled();
    stalls.tick(1025);
    for (let atMs = 1170; atMs < 3950; atMs += 25) stalls.tick(atMs);
    recorder.record(sampleOf(1010, 2900), user);
    expect(cellOf(recorder).stalled).toBeUndefined();
  });
});
