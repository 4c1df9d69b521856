import { type Endpoint, endpointLabel } from "../../stats/endpoint.ts";
import type { Report } from "../document/report.ts";
import { counted, formatPercent } from "./format.ts";

/** Failures on an endpoint that had none before, or of which nothing earlier is known. */
export interface NewFailures {
  readonly endpoint: Endpoint;
  readonly failures: number;
  readonly requests: number;
  /** `status`, `timeout` … of the most frequent kind; null where none was kept. */
  readonly kind: string | null;
  readonly message: string | null;
  /** It never failed before; otherwise nobody knows whether it did. */
  readonly isNew: boolean;
  /** Enough of them to be said in the heading. */
  readonly isNews: boolean;
}

/** One odd failure is said further down. */
const fewest = 3;

/** By their number, the most first. Where the past has requests of an endpoint and no failure, any failure is new. */
export function newFailuresOf(report: Report): NewFailures[] {
  const { endpoints, failures, comparing } = report;
  return endpoints
    .flatMap(({ endpoint, head }): NewFailures[] => {
      if (!head || head.failures === 0) return [];
      const label = endpointLabel(endpoint);
      const before = failedBefore(report, label);
      // It failed before as well: how much more is what the comparison says.
      if (before !== "unknown" && before !== 0) return [];
      const group = failures.find((one) => one.arm === "head" && endpointLabel(one.endpoint) === label);
      return [
        {
          endpoint,
          failures: head.failures,
          requests: head.requests,
          kind: group?.kind ?? null,
          message: group?.message ?? null,
          isNew: before === 0,
          isNews:
            head.failures >= fewest &&
            head.errorRatio >= comparing.errorTolerance &&
            (before === 0 || !isPromised(report, label)),
        },
      ];
    })
    .sort((a, b) => b.failures - a.failures);
}

/** Its share of failures before; `unknown` where nothing earlier is known of it, null where that was not compared. */
function failedBefore({ comparisons }: Report, label: string): number | null | "unknown" {
  const own = comparisons.filter(({ endpoint }) => endpoint !== null && endpointLabel(endpoint) === label);
  const errors = own.find(({ metric, before }) => metric === "errors" && before !== null);
  if (errors) return errors.before;
  const isFirst = comparisons.every(({ before }) => before === null);
  return isFirst || own.some(({ outcome }) => outcome === "no-baseline") ? "unknown" : null;
}

/** Whether somebody said how often this very endpoint may fail. */
function isPromised({ thresholds }: Report, label: string): boolean {
  return thresholds.some(
    ({ endpoint, metric }) =>
      endpoint !== null && endpointLabel(endpoint) === label && (metric === "errors" || metric === "failures"),
  );
}

/** `failed 4 of 118 requests (3.4 %) and had never failed before`. */
export function newFailuresInWords({ failures, requests, isNew }: NewFailures): string {
  const size = `failed ${failures} of ${counted(requests, "request")} (${formatPercent(failures / Math.max(1, requests))})`;
  return isNew ? `${size} and had never failed before` : size;
}
