import { type Endpoint, endpointLabel } from "../../stats/endpoint.ts";
import type { ReportComparison, ReportRow, ReportThreshold } from "./report.ts";

/** Regressed, then promised and broken, then the slowest: the endpoints whose course over time tells something. */
export function watchedEndpoints(input: {
  rows: readonly ReportRow[];
  comparisons: readonly ReportComparison[];
  thresholds: readonly ReportThreshold[];
}): Endpoint[] {
  const present = new Map(
    input.rows.filter(({ head }) => head !== null).map(({ endpoint }) => [endpointLabel(endpoint), endpoint]),
  );
  const p95 = ({ head }: ReportRow) => head?.percentilesMs[5] ?? 0;
  const candidates = [
    ...input.comparisons.filter(({ outcome }) => outcome === "regressed").map(({ endpoint }) => endpoint),
    ...input.thresholds.filter(({ outcome }) => outcome === "fail").map(({ endpoint }) => endpoint),
    ...[...input.rows].sort((a, b) => p95(b) - p95(a)).map(({ endpoint }) => endpoint),
  ];
  const chosen = new Map<string, Endpoint>();
  for (const candidate of candidates) {
    if (candidate === null || chosen.size === 6) continue;
    const endpoint = present.get(endpointLabel(candidate));
    if (endpoint) chosen.set(endpointLabel(endpoint), endpoint);
  }
  return [...chosen.values()];
}
