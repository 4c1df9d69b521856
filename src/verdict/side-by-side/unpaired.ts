import { ours, type Sentence, saidOf, say } from "../../base/sentence.ts";
import type { Endpoint } from "../../stats/endpoint.ts";
import type { Comparison, ComparisonMethod, ComparisonOutcome } from "../comparison.ts";
import type { RunWindows } from "./window.ts";

/** Endpoints that only one arm has: said, never judged. */
export function unpaired({ appeared, vanished }: RunWindows): Comparison[] {
  return [
    ...appeared.map(({ endpoint, requests }) =>
      alone(endpoint, {
        n: requests,
        method: "side-by-side",
        outcome: "no-baseline",
        warning: say`new: the base has no such endpoint`,
      }),
    ),
    ...vanished.map(({ endpoint, requests }) =>
      missing(endpoint, { n: requests, method: "side-by-side", whose: "the head" }),
    ),
  ];
}

/** So few requests may all have gone elsewhere by chance (once in 150). */
const fewestToMiss = 5;

/**
 * An endpoint that the past has and the new run has not. Where it was hardly ever asked for, chance alone explains it.
 * @param n requests of the past under the same load
 */
export function missing(
  endpoint: Endpoint,
  { n, method, whose }: { n: number; method: ComparisonMethod; whose: string },
): Comparison {
  const warning = ours(`missing: ${whose} has no such endpoint`);
  if (n >= fewestToMiss) return alone(endpoint, { n, method, outcome: "missing", warning });
  return { ...alone(endpoint, { n, method, outcome: "could-not-tell", warning }), notJudged: "too-few-requests" };
}

function alone(
  endpoint: Endpoint,
  {
    n,
    method,
    outcome,
    warning,
  }: { n: number; method: ComparisonMethod; outcome: ComparisonOutcome; warning: Sentence },
): Comparison {
  return {
    endpoint,
    metric: "p95",
    method,
    before: null,
    after: null,
    change: null,
    p: null,
    n,
    tolerance: 0,
    smallestDetectable: null,
    outcome,
    warnings: [warning.text],
    said: saidOf(warning),
    explanation: [],
  };
}
