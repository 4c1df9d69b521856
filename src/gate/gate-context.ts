import type { Clock } from "../base/clock.ts";
import type { BaselineStore } from "../baseline/store.ts";
import type { GateChange } from "../config/gate-config.ts";
import type { Progress } from "../engine/plan/load-plan.ts";
import type { Report } from "../report/document/report.ts";
import type { Machine, RunResult } from "../stats/run-result.ts";
import type { Verdict } from "../verdict/verdict.ts";
import type { Services } from "./services.ts";
import type { SwarmControls, SwarmProcess } from "./swarm/swarm-process.ts";

/** What a door hands to the story: the machine, the user's ears, and where results go. Nothing below looks further. */
export interface GateContext {
  readonly clock: Clock;
  /** The user's directory: locustfiles and configuration are found from here. */
  readonly directory: string;
  /** Where locustfiles are found and run, if that is not `directory`: the base's, beside the checkout. */
  readonly userDirectory?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly machine: Machine;
  /** Where documents go when `report-dir` says nothing; absolute. */
  readonly documents: (name: string) => string;
  /** `dist/swarm.js`: what runs user code. */
  readonly swarmEntry: string;
  /** `dist/thread-process.js`: one thread of a run that may start none. */
  readonly threadEntry: string;
  /** Gives the process that runs it, perhaps one that was started ahead. */
  readonly swarmAhead?: SwarmProcess["ahead"] | undefined;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /**
   * How long users may take to stop once it is. The runner gives 7.5 s in all, so 3 s at most
   * (docs/verdict.md#when-a-run-is-interrupted).
   */
  readonly stopWithinMs: number;
  /** Where and what this run is, as far as the door knows. */
  readonly origin: Origin;
  /** What a pull request changes about this gate; absent where nobody proposes anything. Never rejects. */
  readonly gateDifference?: (() => Promise<GateDifference>) | undefined;
  /** One line for the log. */
  readonly log: (line: string) => void;
  /** One line of what the load-generating process reports; the log's if not given. */
  readonly note?: ((line: string) => void) | undefined;
  /** One line that user code printed. */
  readonly userOutput: (line: string) => void;
  readonly onProgress: (progress: Progress) => void;
  /** Handed what can be changed of the load while it runs. */
  readonly onStarted?: ((controls: SwarmControls) => void) | undefined;
  /** Hands the finished report to whoever must be told; the verdict stands, whatever comes of it. */
  readonly publish: (report: Report, told: WrittenRun) => Promise<void>;
  readonly store: BaselineStore | null;
  /** What was started for this run; absent where the target was there already. */
  readonly services?: Services | undefined;
  /** Whether the target is asked for readiness first (the action does, `swarmgate run` as Locust does not). */
  readonly readiness: boolean;
}

export interface GateDifference {
  readonly changes: readonly (GateChange & {
    /** False where the run went by the base's configuration or locustfile: it holds once the change is merged. */
    readonly inEffect: boolean;
  })[];
  /** Why it could not be found out. */
  readonly notices: readonly string[];
}

/** Waits for what a pull request changes about this gate. */
export async function differenceOf({ gateDifference }: GateContext): Promise<GateDifference> {
  return (await gateDifference?.()) ?? { changes: [], notices: [] };
}

interface Origin {
  readonly commit: string | null;
  readonly baseCommit: string | null;
  readonly branch: string | null;
  /** Whether a baseline may be learnt from this run by itself: a push, schedule or dispatch on the default branch. */
  readonly ownsBaseline: boolean;
  /** The workflow's run; null outside of one. */
  readonly run: { readonly id: number; readonly number: number; readonly attempt: number; readonly url: string } | null;
}

/** What was written where, for outputs and annotations. */
export interface WrittenRun {
  readonly directory: string;
  readonly exitCode: number;
  readonly verdict: Verdict;
  readonly result: RunResult;
  /** Documents of the report that are not on disk, and why. */
  readonly unwritten: readonly Unwritten[];
}

export interface Unwritten {
  /** Its file name: `report.html`. */
  readonly name: string;
  readonly why: string;
}
