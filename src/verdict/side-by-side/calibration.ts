import { ours, type Sentence, say } from "../../base/sentence.ts";
import { type Endpoint, endpointLabel } from "../../stats/endpoint.ts";
import type { Comparison, ComparisonMetric } from "../comparison.ts";

/** What one comparison of a target with itself says of the gate. Ratios; errors as differences of ratios. */
interface NoiseFloor {
  readonly endpoint: Endpoint;
  readonly metric: ComparisonMetric;
  /** How far apart two equals were measured, and the bounds of it. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly smallestDetectable: number | null;
}

export interface Calibration {
  readonly floors: readonly NoiseFloor[];
  /** By metric the smallest tolerance that two equals stay within. */
  readonly tolerances: ReadonlyMap<ComparisonMetric, number>;
  /** Comparisons with too few requests to say anything. */
  readonly unknown: readonly Comparison[];
}

/** Nobody should judge finer than this: two deployments of the same code differ by so much for good. */
const finest: Readonly<Record<"errors" | "latency", number>> = { errors: 0.001, latency: 0.03 };
const step = { errors: 0.001, latency: 0.01 } as const;

/** The noise floor of a target measured against itself. */
export function calibrate(comparisons: readonly Comparison[]): Calibration {
  const floors: NoiseFloor[] = [];
  const unknown: Comparison[] = [];
  const tolerances = new Map<ComparisonMetric, number>();
  for (const comparison of comparisons) {
    const { endpoint, metric, change, smallestDetectable } = comparison;
    if (endpoint === null || change === null) continue;
    const { estimate, low, high } = change;
    if (low === null || high === null) {
      unknown.push(comparison);
      continue;
    }
    floors.push({ endpoint, metric, difference: estimate, low, high, smallestDetectable });
    const kind = metric === "errors" ? "errors" : "latency";
    const reach = Math.ceil(Math.max(-low, high) / step[kind] - 1e-9) * step[kind];
    tolerances.set(metric, Math.max(finest[kind], tolerances.get(metric) ?? 0, reach));
  }
  return { floors, tolerances, unknown };
}

/** The same in sentences: the line for the configuration first, for lists get cut; then the floor of each endpoint. */
export function calibrationLines({ floors, tolerances, unknown }: Calibration): Sentence[] {
  const lines = floors.map(({ endpoint, metric, difference, low, high, smallestDetectable }) => {
    const size = metric === "errors" ? points : percent;
    const sees = smallestDetectable === null ? "" : `; smallest detectable change ${size(smallestDetectable)}`;
    const between = `between ${size(low)} and ${size(high)}`;
    return say`${endpointLabel(endpoint)} ${ours(`${metric}: two equals differed by ${size(difference)} (${between})${sees}`)}`;
  });
  for (const { endpoint, metric, warnings } of unknown) {
    const why = warnings[0] === undefined ? ours("") : say` (${warnings[0]})`;
    lines.push(say`${endpoint ? endpointLabel(endpoint) : ours("")} ${ours(metric)}: too few requests to say${why}`);
  }
  const latencies = [...tolerances].filter(([metric]) => metric !== "errors");
  const errors = tolerances.get("errors");
  const parts = [
    latencies.length === 0
      ? ""
      : `tolerance: { ${latencies.map(([metric, value]) => `${metric}: ${short(value)}%`).join(", ")} }`,
    errors === undefined ? "" : `error-tolerance: ${short(errors)}%`,
  ].filter((part) => part !== "");
  if (parts.length > 0) lines.unshift(ours(`suggested for the configuration: regression: { ${parts.join(", ")} }`));
  return lines;
}

function percent(ratio: number): string {
  return `${short(ratio)} %`;
}

function points(ratio: number): string {
  return `${short(ratio)} pp`;
}

function short(ratio: number): string {
  return String(Number((100 * ratio).toPrecision(2)));
}
