import type { Clock } from "../../base/clock.ts";
import type { CustomData, StatsData } from "../../protocol/messages.ts";
import type { MachineHealth } from "../../stats/health.ts";
import type { Snapshot } from "../../stats/snapshot.ts";
import type { NodeSource, WorkerNode } from "../node/node.ts";
import type { ClassShare } from "../plan/distribution.ts";
import type { LoadPlan } from "../plan/load-plan.ts";
import type { RunObserver } from "./block-reporter.ts";
import type { ShapeTick } from "./conductor.ts";
import type { MasterLog } from "./log.ts";
import type { RunTimeline } from "./run-timeline.ts";

/** What happens on the master that listeners of the locustfile are told of. */
export interface MasterHooks {
  testStart(): Promise<void>;
  spawningComplete(userCount: number): Promise<void>;
  testStopping(): Promise<void>;
  testStop(): Promise<void>;
  quitting(): Promise<void>;
  workerConnect(clientId: string): void;
  workerReport(clientId: string, data: StatsData): void;
  heartbeat(clientId: string): void;
  custom(message: CustomData & { nodeId: string }): void;
  snapshot(snapshot: Snapshot): void;
  resetStats(): void;
}

/** What a master is given. */
export interface MasterOptions {
  /** The lines of user code that this machine's threads are at, `file:line:column`; asked when one does not stop. */
  readonly whereStuck?: (() => Promise<readonly string[]>) | undefined;
  readonly clock: Clock;
  readonly plan: LoadPlan;
  readonly nodes: readonly WorkerNode[];
  /** Workers that come later. */
  readonly joining?: NodeSource | undefined;
  readonly classes: readonly ClassShare[];
  readonly hooks: MasterHooks;
  /** How the machine fares; asked once a block. */
  readonly machine?: (() => MachineHealth) | undefined;
  readonly observer?: RunObserver | undefined;
  /** Asked once a second what the load is to be; instead of the plan's users and run time. */
  readonly shape?: (() => ShapeTick | Promise<ShapeTick>) | undefined;
}

/** The measured run before it becomes a document. */
export interface MasterOutcome {
  readonly snapshots: ReadonlyMap<number, Snapshot>;
  readonly course: RunTimeline;
  readonly log: MasterLog;
  readonly interrupted: boolean;
  /** Workers that took part. */
  readonly workers: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}
