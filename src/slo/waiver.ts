import type { Endpoint } from "../stats/endpoint.ts";
import type { Waiver } from "./configuration.ts";
import { matchesEndpoint } from "./glob.ts";

/**
 * The waiver that covers a regression on a day, or undefined. `today` is `2026-12-24`, in UTC. What is about the whole
 * run (`endpoint` null) is covered where it is named, and where everything is.
 */
export function waiverFor(
  waivers: readonly Waiver[],
  { endpoint, metric, today }: { endpoint: Endpoint | null; metric: string; today: string },
): Waiver | undefined {
  return waivers.find(
    (waiver) =>
      today <= waiver.until && (waiver.metric === null || waiver.metric === metric) && covers(waiver, endpoint),
  );
}

function covers({ endpoint: glob }: Waiver, endpoint: Endpoint | null): boolean {
  if (endpoint === null) return glob === null || glob === "*";
  return glob !== null && matchesEndpoint(glob, endpoint);
}

/** `p95 of "POST /checkout"`, `capacity`. */
export function waiverSubject({ endpoint, metric }: Waiver): string {
  return endpoint === null ? (metric ?? "everything") : `${metric ?? "everything"} of "${endpoint}"`;
}

/** Waivers whose day is over, to be told: each is a line somebody can delete. */
export function expiredWaivers(waivers: readonly Waiver[], today: string): Waiver[] {
  return waivers.filter(({ until }) => until < today);
}
