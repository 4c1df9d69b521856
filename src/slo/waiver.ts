import type { Endpoint } from "../stats/endpoint.ts";
import type { Waiver } from "./configuration.ts";
import { matchesEndpoint } from "./glob.ts";

/** The waiver that covers a regression on a day, or undefined. `today` is `2026-12-24`, in UTC. */
export function waiverFor(
  waivers: readonly Waiver[],
  { endpoint, metric, today }: { endpoint: Endpoint; metric: string; today: string },
): Waiver | undefined {
  return waivers.find(
    (waiver) =>
      today <= waiver.until &&
      (waiver.metric === null || waiver.metric === metric) &&
      matchesEndpoint(waiver.endpoint, endpoint),
  );
}

/** Waivers whose day is over, to be told: each is a line somebody can delete. */
export function expiredWaivers(waivers: readonly Waiver[], today: string): Waiver[] {
  return waivers.filter(({ until }) => until < today);
}
