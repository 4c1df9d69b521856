import type { HttpSettings } from "../../http/settings.ts";
import type { CompiledLocustfile } from "../../loading/locustfile.ts";
import type { Health } from "../../stats/health.ts";
import type { LoadProfile, Machine } from "../../stats/run-result.ts";
import type { Phase } from "../../stats/snapshot.ts";
import type { Shard } from "./shard.ts";

/** How long the start of the steady window is left out: found by rule, or fixed (0 for none). */
export type WarmupPlan = "auto" | { readonly ms: number };

/** `--config-users`: attributes laid over a user class by its name (`weight`, `fixedCount`, `host`, …). */
export interface UserConfig {
  readonly userClassName: string;
  readonly [attribute: string]: unknown;
}

/**
 * One run of the engine as plain data: what the door hands to the process that runs user code. Every choice is made
 * here; below nobody asks the environment. Durations in milliseconds, rates per second.
 */
export interface LoadPlan {
  /** Name of the instance, for the result. */
  readonly name: string;
  /** Version of the engine, for the result. */
  readonly engine: string;
  readonly commit: string | null;
  readonly baseCommit: string | null;
  readonly machine: Machine;
  /** The locustfile as it is shown, and the hash of everything it is made of. */
  readonly locustfile: string;
  readonly locustfileHash: string;
  /** What the loader made of the locustfile: plain data, handed to every thread as it is. */
  readonly compiled: CompiledLocustfile;
  /** Where `import "swarmgate"` in a locustfile leads: `dist/index.js`, or `src/index.ts` in tests. */
  readonly engineUrl: string;
  /** The file a load-generating thread starts with: `dist/thread.js`, or `src/engine/worker/thread.ts` in tests. */
  readonly threadUrl: string;
  readonly host: string | null;
  /** The base version's URL: every user gets a twin that sends the same there. */
  readonly baseHost: string | null;
  /** Users (pairs, side by side) and how many of them start per second. */
  readonly users: number;
  readonly spawnRate: number;
  /** Null runs until something else ends it: `requests`, a shape, a signal. */
  readonly runTimeMs: number | null;
  /**
   * How long past its run time the run may go on while whoever looks on is undecided; they end it. What is measured
   * then is phase `extension`. 0 ends it with its run time.
   */
  readonly extensionMs: number;
  /** Locust's way: the run time's clock starts with the ramp. */
  readonly runTimeIncludesRamp: boolean;
  /** Ends the run after exactly this many requests of the head in all. */
  readonly requests: number | null;
  /** Ends the run after exactly this many tasks were begun in all (pairs of them, side by side). */
  readonly iterations?: number | undefined;
  /** Open model: task iterations started per second. */
  readonly arrivalRate: number | null;
  readonly warmup: WarmupPlan;
  readonly stopTimeoutMs: number;
  /** Threads to run users in; see `threadsFor`. */
  readonly threads: number;
  readonly seed: string;
  readonly tags: readonly string[];
  readonly excludeTags: readonly string[];
  /** Names of the classes to run; empty for all. */
  readonly userClasses: readonly string[];
  /** Sent with every request to the allowed hosts. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** What the run says about TLS, HTTP/2, proxies, pools; a user class may say otherwise for itself. */
  readonly http?: HttpSettings | undefined;
  /** Texts that must not appear in anything written down. */
  readonly secrets: readonly string[];
  /** Globs of host names, a port may be given; null allows every host but the metadata addresses. */
  readonly allowedHosts: readonly string[] | null;
  /** Caps on both arms together, null for none. */
  readonly maxUsers: number | null;
  readonly maxRate: number | null;
  /** Locust's way (`swarmgate run`): every request counts, whatever the users were doing when it was sent. */
  readonly countEverything: boolean;
  /** Forgets what was measured during the ramp (Locust's `--reset-stats`). */
  readonly resetStats: boolean;
  readonly equalWeights: boolean;
  readonly configUsers: readonly UserConfig[];
  /** Names of the environment variables that are set and were not passed on; a locustfile that reads one is told. */
  readonly withheld?: readonly string[] | undefined;
  /** The options as a locustfile sees them in `environment.parsedOptions`, its own arguments among them. */
  readonly parsedOptions: Readonly<Record<string, unknown>>;
  /** The target cannot take both arms at once: they have turns of a second (see Slots). */
  readonly alternates?: boolean | undefined;
  /** This machine's part of a load that several share: every user of the whole runs in one of them. */
  readonly shard?: Shard | undefined;
  /** Somebody judges the run while it goes on: each block is handed out as it ends. */
  readonly watched?: boolean | undefined;
  /** What the judged part of this run is called in its blocks. */
  readonly judgedPhase: Extract<Phase, "steady" | "extension" | "confirmation">;
}

/** `threads: auto`: one per 2,000 users, at most the cores less one, at least one. */
export function threadsFor({ users, cores }: { users: number; cores: number }): number {
  return Math.max(1, Math.min(Math.ceil(users / 2000), cores - 1));
}

/** The load as it was asked for, as the result tells it. */
export function profileOf(plan: LoadPlan, shape: string | null, userClasses: readonly string[]): LoadProfile {
  const { users, spawnRate, runTimeMs, requests, arrivalRate, tags, excludeTags } = plan;
  return { users, spawnRate, runTimeMs, requests, arrivalRate, shape, userClasses, tags, excludeTags };
}

/** How the run stands, told once a block. */
export interface Progress {
  /** Since the start signal. */
  readonly elapsedMs: number;
  readonly phase: Phase;
  readonly users: number;
  readonly targetUsers: number;
  /** Requests so far, all phases and both arms. */
  readonly requests: number;
  readonly failures: number;
  /** Over about the last two seconds. */
  readonly rps: number;
  readonly failuresPerSecond: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** Milliseconds left of the run time; null while the ramp lasts or without one. */
  readonly leftMs: number | null;
  /** How the load generator fared in the block before the one that ended. */
  readonly health: Health;
}
