import { withoutUserinfo } from "../base/userinfo.ts";
import type { LoadPlan } from "../engine/plan/load-plan.ts";

/**
 * What a worker takes from its master: all that says what the load is. What a machine may know and reach stays its
 * own: headers and secrets (the wire is not encrypted), allowed hosts, caps, certificates, proxies.
 */
const shared = [
  "name",
  "commit",
  "baseCommit",
  "users",
  "spawnRate",
  "runTimeMs",
  "runTimeIncludesRamp",
  "extensionMs",
  "warmup",
  "stopTimeoutMs",
  "seed",
  "tags",
  "excludeTags",
  "userClasses",
  "countEverything",
  "resetStats",
  "equalWeights",
  "configUsers",
  "judgedPhase",
] as const satisfies readonly (keyof LoadPlan)[];

export type SharedPlan = Pick<LoadPlan, (typeof shared)[number] | "host" | "parsedOptions">;

export function sharedOf(plan: LoadPlan): SharedPlan {
  const picked = Object.fromEntries(shared.map((name) => [name, plan[name]])) as Pick<
    LoadPlan,
    (typeof shared)[number]
  >;
  return { ...picked, host: bare(plan.host), parsedOptions: plan.parsedOptions };
}

/**
 * A worker's plan: the master's load, by this machine's means. A host the master does not name is the worker's own;
 * so are user and password for the one it names. */
export function joinedPlan(own: LoadPlan, theirs: Readonly<Record<string, unknown>>): LoadPlan {
  const load = Object.fromEntries(shared.flatMap((name) => (name in theirs ? [[name, theirs[name]]] : [])));
  const host = typeof theirs.host === "string" && theirs.host !== bare(own.host) ? theirs.host : own.host;
  const options = isRecord(theirs.parsedOptions) ? theirs.parsedOptions : {};
  const parsedOptions = { ...own.parsedOptions, ...options, host, master: false, worker: true };
  // Of these only a single machine can keep count.
  const alone = {
    requests: null,
    iterations: undefined,
    arrivalRate: null,
    baseHost: null,
    shard: undefined,
    alternates: undefined,
  };
  return { ...own, ...load, ...alone, host, parsedOptions };
}

/** A password in a URL stays where it was written, as headers do. */
function bare(host: string | null): string | null {
  return host === null ? null : withoutUserinfo(host).url;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
