import { lookup as systemLookup } from "node:dns";
import type { LookupFunction } from "node:net";
import type { TrafficGuard } from "../../user/activity.ts";
import { ExchangeError } from "../cause.ts";

/**
 * How a socket finds the addresses of a name: as the system does, but a name with an address that the guard forbids is
 * refused, whichever of its addresses would have been taken. It is the socket's own lookup, so that no second answer
 * of the name server can lead elsewhere.
 * @param options.resolve in place of the system's
 * @param options.refused told of each refusal, where the error itself does not come through
 */
export function guardedLookup(
  guard: Pick<TrafficGuard, "forbidsAddress">,
  {
    resolve = systemLookup as LookupFunction,
    refused,
  }: { resolve?: LookupFunction; refused?: (refusal: string) => void } = {},
): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, options, (error, found, family) => {
      const refusal = error ? undefined : refusalOf(guard, { hostname, found });
      // A thrown-away address list needs no family.
      if (refusal === undefined) {
        callback(error, found, family);
        return;
      }
      refused?.(refusal);
      callback(new ExchangeError("forbidden-host", refusal), "", 0);
    });
  };
}

/** Why a name may not be asked through somebody who resolves it himself (a proxy); undefined where we cannot tell. */
export function refusalOfName(lookup: LookupFunction, hostname: string): Promise<ExchangeError | undefined> {
  return new Promise((resolve) => {
    lookup(hostname, { all: true }, (error) => resolve(error instanceof ExchangeError ? error : undefined));
  });
}

function refusalOf(
  guard: Pick<TrafficGuard, "forbidsAddress">,
  { hostname, found }: { hostname: string; found: Parameters<Parameters<LookupFunction>[2]>[1] },
): string | undefined {
  const addresses = typeof found === "string" ? [found] : found.map(({ address }) => address);
  for (const address of addresses) {
    const refusal = guard.forbidsAddress?.({ hostname, address });
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
