import { endpointLabel } from "../../stats/endpoint.ts";
import { percentileOf } from "../settings.ts";
import { errorTest } from "../statistics/error-test.ts";
import { slowerThanOthers } from "../statistics/relative-test.ts";
import { slowerThan } from "../statistics/score-test.ts";
import { screened, together } from "../statistics/screen.ts";
import { stallTest } from "../statistics/stall-test.ts";
import type { TestResult } from "./decide.ts";
import type { RunWindows } from "./window.ts";

/** One-sided, for each offender alone: it has been singled out before. */
const confirmAlpha = 0.05;
/** Fewer windows than this confirm nothing. */
const fewestWindows = 10;

/** What became of one regression in the second pass. */
export interface Confirmation {
  readonly outcome: "agreed" | "disagreed" | "too-little";
  readonly p: number;
}

/**
 * Holds the offenders of the first pass against a second one, made by fresh users on fresh connections. It squares the
 * rate of passing disturbances; differences that stay (a smaller machine for the head) it cannot see.
 */
export function confirm(offenders: readonly TestResult[], second: RunWindows): Confirmation[] {
  return offenders.map((offender) => {
    const p = secondP(offender, second);
    if (p === null) return { outcome: "too-little", p: 1 };
    return { outcome: p <= confirmAlpha ? "agreed" : "disagreed", p };
  });
}

function secondP({ endpoint, metric, by }: TestResult, second: RunWindows): number | null {
  if (metric === "stalls") return second.stalls.length < fewestWindows ? null : stallTest(second.stalls).p;
  const label = endpoint && endpointLabel(endpoint);
  const windows = second.endpoints.find((one) => endpointLabel(one.endpoint) === label);
  if (!windows || windows.latency.length < fewestWindows) return null;
  if (metric === "errors") return errorTest(windows.errors).p;
  const ratio = percentileOf(metric);
  const keep = screened(windows.latency);
  const kept = together(windows.latency.filter((_, i) => keep[i]));
  if (ratio === null || kept.base.total === 0 || kept.head.total === 0) return null;
  // Slower at all: by how much was the first pass's question. Asked by the test that saw it.
  const itself = slowerThan(kept, { ratio, rho: 1 });
  if (by === "itself" || windows.felt === null || itself.t <= 0) return itself.p;
  const felt = Array.from(windows.felt).filter((_, i) => keep[i]);
  return slowerThanOthers({ windows: kept, felt }, { ratio, rho: 1 }).p;
}
