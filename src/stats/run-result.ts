import { type Authored, type Sentence, saidOf } from "../base/sentence.ts";
import type { ExceptionGroup } from "./failures.ts";
import type { Block } from "./snapshot.ts";
import type { Summary } from "./summary.ts";

/**
 * Raised when the document's shape changes; every older version is read. 2: what is nought is left out of a cell, and
 * long runs have histograms for some blocks together.
 */
export const resultSchemaVersion = 2;
/** Raised when the same traffic would be measured to other numbers, so that old baselines are not compared. */
export const measurementVersion = 1;
/** The same for runs that Locust measured: its clients and clocks are others, so neither is compared with the other. */
export const locustMeasurementVersion = 1001;

/** The load as it was asked for: runs whose profiles differ are not compared. */
export interface LoadProfile {
  readonly users: number;
  readonly spawnRate: number;
  readonly runTimeMs: number | null;
  readonly requests: number | null;
  readonly arrivalRate: number | null;
  readonly shape: string | null;
  readonly userClasses: readonly string[];
  readonly tags: readonly string[];
  readonly excludeTags: readonly string[];
}

export interface Machine {
  readonly cpuModel: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly os: string;
  readonly node: string;
}

export interface RunMeta {
  readonly name: string;
  readonly engine: string;
  readonly measurement: number;
  readonly seed: string;
  readonly startedAt: string;
  readonly endedAt: string;
  /** Without credentials, path and query. */
  readonly host: string | null;
  readonly baseHost: string | null;
  readonly commit: string | null;
  readonly baseCommit: string | null;
  readonly locustfile: string;
  readonly locustfileHash: string;
  readonly profile: LoadProfile;
  readonly machine: Machine;
  readonly threads: number;
  /** Set where the arms had turns of a second, pairs of them beginning at every fourth block of a pass. */
  readonly interleave?: "seconds" | undefined;
  /** Which part of a load that several machines share; not there for a whole one. From 1. */
  readonly shard?: { readonly index: number; readonly of: number } | undefined;
}

/** Something that happened to users rather than to requests. */
export interface UserTrouble {
  /** Users whose onStart threw. */
  readonly deadInOnStart: number;
  /** The most users that ran at once, and how many were asked for. */
  readonly peakUsers: number;
  readonly targetUsers: number;
  /** Users still busy when the stop timeout ended. */
  readonly killed: number;
  /** Pairs that lost one twin and were retired (side by side). */
  readonly retiredPairs: number;
  readonly missingAwaits: readonly { readonly task: string; readonly place: string | null; readonly count: number }[];
  readonly exceptions: readonly ExceptionGroup[];
  readonly forbiddenHosts: readonly { readonly host: string; readonly count: number }[];
  /** What a listener or the locustfile set; null if it did not. */
  readonly processExitCode: number | null;
}

/** Of a run in which nothing befell any user, and none was asked for. */
export const noTrouble: UserTrouble = {
  deadInOnStart: 0,
  peakUsers: 0,
  targetUsers: 0,
  killed: 0,
  retiredPairs: 0,
  missingAwaits: [],
  exceptions: [],
  forbiddenHosts: [],
  processExitCode: null,
};

/** A thing worth telling that does not change a number. */
export interface Warning extends Authored {
  /** Stable: `high-spawn-rate`, `deprecated-min-wait`. */
  readonly code: string;
  readonly message: string;
}

/** A warning in the words of its sentence. */
export function warning(code: string, message: Sentence): Warning {
  return { code, message: message.text, said: saidOf(message) };
}

/** All that was measured; written to disk before anyone judges it. */
export interface RunResult {
  readonly schema: typeof resultSchemaVersion;
  readonly meta: RunMeta;
  readonly blocks: readonly Block[];
  readonly summary: Summary;
  readonly trouble: UserTrouble;
  readonly warnings: readonly Warning[];
  /** Cut short by a signal: reported, never judged green, never a baseline. */
  readonly interrupted: boolean;
}
