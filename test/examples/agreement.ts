import { expect } from "vitest";
import type { Shop } from "../../src/demo/shop.ts";
import type { CliRun } from "../support/run-cli.ts";

/** Where the shop's answers lead, by endpoint: each redirect followed is one more request that the shop sees. */
const leadsTo: Readonly<Record<string, string>> = {
  "POST /cart": "GET /cart",
  "POST /cart/empty": "GET /",
  "POST /login": "GET /",
  "POST /logout": "GET /",
  "POST /setCurrency": "GET /",
  "POST /address": "GET /address",
};

export interface AgreementOptions {
  /** The shop's endpoint for a name of the locustfile's; null for what is not sent to the shop at all. */
  readonly names?: Readonly<Record<string, string | null>>;
  /** Names whose redirects are not followed. */
  readonly stays?: readonly string[];
}

/** What was measured is what the shop saw, endpoint by endpoint, to the last request. */
export function expectAgreement(
  run: Pick<CliRun, "sent" | "failed">,
  shop: Shop,
  { names = {}, stays = [] }: AgreementOptions = {},
): void {
  const expected: Record<string, number> = {};
  const add = (endpoint: string, requests: number) => {
    if (requests > 0) expected[endpoint] = (expected[endpoint] ?? 0) + requests;
  };
  for (const [name, requests] of Object.entries(run.sent)) {
    const endpoint = names[name] === undefined ? name : names[name];
    if (endpoint === null) continue;
    add(endpoint, requests);
    const next = leadsTo[endpoint];
    if (next && !stays.includes(name)) add(next, requests - (run.failed[name] ?? 0));
  }
  const served = Object.entries(shop.log().endpoints).map(([endpoint, { received }]) => [endpoint, received]);
  expect(Object.fromEntries(served)).toEqual(expected);
}

/** Nothing went wrong with the users themselves. */
export function expectQuiet({ result, output }: CliRun): void {
  expect(result, output).toBeDefined();
  expect(result?.trouble).toMatchObject({
    deadInOnStart: 0,
    killed: 0,
    missingAwaits: [],
    exceptions: [],
    forbiddenHosts: [],
  });
}

/** `count` of `of` is what a share of `ratio` gives, within five standard deviations: wrong once in two million. */
export function expectShare({ count = 0, of, ratio }: { count: number | undefined; of: number; ratio: number }): void {
  const deviation = Math.sqrt(of * ratio * (1 - ratio));
  expect(Math.abs(count - of * ratio), `${count} of ${of}, expected ${ratio}`).toBeLessThanOrEqual(5 * deviation + 1);
}

/** The shares of several tasks, by their weights. */
export function expectWeights(counts: readonly (readonly [count: number | undefined, weight: number])[]): void {
  const of = counts.reduce((sum, [count = 0]) => sum + count, 0);
  const weights = counts.reduce((sum, [, weight]) => sum + weight, 0);
  expect(of).toBeGreaterThan(50);
  for (const [count, weight] of counts) expectShare({ count, of, ratio: weight / weights });
}
