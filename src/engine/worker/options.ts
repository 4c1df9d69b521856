import type { Clock } from "../../base/clock.ts";
import type { Redactor } from "../../base/redact.ts";
import type { CustomData } from "../../protocol/messages.ts";
import type { ThreadHealth } from "../../stats/health.ts";
import type { InFlightSource } from "../../stats/in-flight.ts";
import type { Recorder } from "../../stats/recorder.ts";
import type { Snapshot } from "../../stats/snapshot.ts";
import type { StallLog } from "../../stats/stall-log.ts";
import type { MasterLink } from "../node/node.ts";
import type { TroubleLog } from "./trouble-log.ts";
import type { RunningUser, UserOrder } from "./user-pool.ts";

/** What happens in a worker that listeners of the locustfile are told of. */
export interface WorkerHooks {
  /** The runner is there; before the first message is worked off. */
  ready(): Promise<void>;
  testStart(): Promise<void>;
  spawningComplete(userCount: number): Promise<void>;
  testStopping(): Promise<void>;
  testStop(): Promise<void>;
  quitting(): Promise<void>;
  custom(message: CustomData): Promise<void>;
  /** Blocks that closed, on their way to the master; returns what listeners add to the report. */
  closed(parts: readonly Snapshot[]): Readonly<Record<string, unknown>> | undefined;
  heartbeat(): void;
}

export interface WorkerOptions {
  readonly id: string;
  readonly version: string;
  readonly link: MasterLink;
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly trouble: TroubleLog;
  readonly hooks: WorkerHooks;
  /** Whether the locustfile here has a user class of this name. */
  readonly hasClass?: (className: string) => boolean;
  /** Begins a user's life; its samples go to the recorder it is given. */
  readonly startUser: (order: UserOrder, run: { recorder: Recorder; startedAtMs: number }) => RunningUser;
  /** How the thread fared since the last block; undefined where nobody watches. */
  readonly health?: (counts: { lateStarts: number }) => ThreadHealth;
  /** Requests that had to start later since this was asked last. */
  readonly throttled: () => number;
  /** Requests in flight; undefined where nobody can say. */
  readonly inFlight?: InFlightSource | undefined;
  /** When this thread's event loop stood still; undefined where nobody watches. */
  readonly stalls?: StallLog | undefined;
  /** Called after every block: to ask for more users, to say that the budget is used up. */
  readonly afterBlock?: (nowMs: number) => void;
}
