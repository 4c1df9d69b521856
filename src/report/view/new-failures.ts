import { type Endpoint, endpointLabel } from "../../stats/endpoint.ts";
import type { Report } from "../document/report.ts";
import { counted, formatPercent } from "./format.ts";

/** Failures on an endpoint that had none before. */
export interface NewFailures {
  readonly endpoint: Endpoint;
  readonly failures: number;
  readonly requests: number;
  /** `status`, `timeout` … of the most frequent kind; null where none was kept. */
  readonly kind: string | null;
  readonly message: string | null;
  /** Enough of them to be said in the heading. */
  readonly isNews: boolean;
}

/** One odd failure is said further down. */
const fewest = 3;

/** By their number, the most first. Where the past has requests of an endpoint and no failure, any failure is new. */
export function newFailuresOf({ comparisons, endpoints, failures, comparing }: Report): NewFailures[] {
  return comparisons
    .flatMap(({ endpoint, metric, before, after }): NewFailures[] => {
      if (endpoint === null || metric !== "errors" || before !== 0 || after === null || after === 0) return [];
      const label = endpointLabel(endpoint);
      const row = endpoints.find((one) => endpointLabel(one.endpoint) === label)?.head;
      if (!row || row.failures === 0) return [];
      const group = failures.find((one) => one.arm === "head" && endpointLabel(one.endpoint) === label);
      return [
        {
          endpoint,
          failures: row.failures,
          requests: row.requests,
          kind: group?.kind ?? null,
          message: group?.message ?? null,
          isNews: row.failures >= fewest && after >= comparing.errorTolerance,
        },
      ];
    })
    .sort((a, b) => b.failures - a.failures);
}

/** `failed in 4 of 118 requests (3.4 %), where it never failed before`. */
export function newFailuresInWords({ failures, requests }: NewFailures): string {
  return `failed in ${failures} of ${counted(requests, "request")} (${formatPercent(failures / Math.max(1, requests))}), where it never failed before`;
}
