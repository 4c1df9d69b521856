import { EndpointStats, type PhaseHistograms } from "../stats/endpoint-stats.ts";
import { type FailureGroup, FailureLog } from "../stats/failures.ts";
import type { Health } from "../stats/health.ts";
import { type Digits, Histogram } from "../stats/histogram.ts";
import type { LivenessByArm } from "../stats/liveness.ts";
import { phaseNames } from "../stats/sample.ts";
import type { Snapshot } from "../stats/snapshot.ts";
import type { Waiting } from "../stats/waiting.ts";

/** A histogram as its digits and its bins: a structured clone drops the class, msgpack knows only maps. */
interface HistogramWire {
  readonly digits: Digits;
  readonly counts: ReadonlyMap<number, number>;
}

/** `EndpointStats` without behaviour; the minimum is null while nothing was timed. */
interface EndpointStatsWire {
  readonly requests: number;
  readonly failures: number;
  readonly untimed: number;
  readonly retried: number;
  readonly fired: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly latencySumMs: number;
  readonly minMs: number | null;
  readonly maxMs: number;
  readonly statuses: ReadonlyMap<number, number>;
  readonly success: HistogramWire;
  readonly failure: HistogramWire;
  readonly timeout: HistogramWire;
  readonly stalled?: HistogramWire;
  readonly backFilled?: HistogramWire;
  readonly phases: ReadonlyMap<string, HistogramWire>;
  readonly serverTiming: ReadonlyMap<string, HistogramWire>;
}

/** A snapshot as plain maps and numbers: what crosses a channel. */
export interface SnapshotWire {
  readonly block: number;
  readonly users: ReadonlyMap<string, number>;
  readonly cells: ReadonlyMap<string, EndpointStatsWire>;
  readonly failures: readonly FailureGroup[];
  readonly health: Health;
  readonly liveness?: LivenessByArm;
  readonly waiting?: readonly Waiting[];
}

export function toWire(snapshot: Snapshot): SnapshotWire {
  return {
    block: snapshot.block,
    users: snapshot.users,
    cells: mapValues(snapshot.cells, statsToWire),
    failures: [...snapshot.failures.groups.values()],
    health: snapshot.health,
    ...(snapshot.liveness && { liveness: snapshot.liveness }),
    ...(snapshot.waiting && { waiting: snapshot.waiting }),
  };
}

export function fromWire(wire: SnapshotWire): Snapshot {
  const failures = new FailureLog();
  failures.fold(wire.failures);
  return {
    block: wire.block,
    users: new Map(wire.users),
    cells: mapValues(wire.cells, statsFromWire),
    failures,
    health: wire.health,
    ...(wire.liveness && { liveness: wire.liveness }),
    ...(wire.waiting && { waiting: wire.waiting }),
  };
}

function histogramToWire({ digits, counts }: Histogram): HistogramWire {
  return { digits, counts };
}

function histogramFromWire({ digits, counts }: HistogramWire): Histogram {
  return new Histogram(digits, counts);
}

function statsToWire(stats: EndpointStats): EndpointStatsWire {
  const { requests, failures, untimed, retried, fired, bytesIn, bytesOut, latencySumMs, maxMs, statuses } = stats;
  const phases = new Map<string, HistogramWire>();
  for (const name of phaseNames) {
    const histogram = stats.phases[name];
    if (histogram) phases.set(name, histogramToWire(histogram));
  }
  return {
    requests,
    failures,
    untimed,
    retried,
    fired,
    bytesIn,
    bytesOut,
    latencySumMs,
    minMs: Number.isFinite(stats.minMs) ? stats.minMs : null,
    maxMs,
    statuses,
    success: histogramToWire(stats.success),
    failure: histogramToWire(stats.failure),
    timeout: histogramToWire(stats.timeout),
    ...(stats.stalled && { stalled: histogramToWire(stats.stalled) }),
    ...(stats.backFilled && { backFilled: histogramToWire(stats.backFilled) }),
    phases,
    serverTiming: mapValues(stats.serverTiming, histogramToWire),
  };
}

function statsFromWire(wire: EndpointStatsWire): EndpointStats {
  const stats = new EndpointStats();
  stats.requests = wire.requests;
  stats.failures = wire.failures;
  stats.untimed = wire.untimed;
  stats.retried = wire.retried;
  stats.fired = wire.fired;
  stats.bytesIn = wire.bytesIn;
  stats.bytesOut = wire.bytesOut;
  stats.latencySumMs = wire.latencySumMs;
  stats.minMs = wire.minMs ?? Number.POSITIVE_INFINITY;
  stats.maxMs = wire.maxMs;
  for (const [status, count] of wire.statuses) stats.statuses.set(status, count);
  stats.success.merge(histogramFromWire(wire.success));
  stats.failure.merge(histogramFromWire(wire.failure));
  stats.timeout.merge(histogramFromWire(wire.timeout));
  if (wire.stalled) stats.stalled = histogramFromWire(wire.stalled);
  if (wire.backFilled) stats.backFilled = histogramFromWire(wire.backFilled);
  const phases: PhaseHistograms = {};
  for (const name of phaseNames) {
    const histogram = wire.phases.get(name);
    if (histogram) phases[name] = histogramFromWire(histogram);
  }
  return stats.mergeTimings({ phases, serverTiming: mapValues(wire.serverTiming, histogramFromWire) });
}

function mapValues<K, A, B>(map: ReadonlyMap<K, A>, change: (value: A) => B): Map<K, B> {
  const out = new Map<K, B>();
  for (const [key, value] of map) out.set(key, change(value));
  return out;
}
