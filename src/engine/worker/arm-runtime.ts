import type { Clock } from "../../base/clock.ts";
import type { Arm } from "../../stats/endpoint.ts";
import type { Recorder } from "../../stats/recorder.ts";
import type { Sample } from "../../stats/sample.ts";
import type { Environment } from "../../user/events/environment.ts";
import { events } from "../../user/events/events.ts";
import type { RequestDetails, TrafficGuard, UserRuntime } from "../../user/runtime.ts";
import type { TaskActivity } from "../../user/task-activity.ts";
import { refusedHost } from "../limits/allowed-hosts.ts";
import type { TroubleLog } from "./trouble-log.ts";

/** What all users of one thread's run have in common. */
export interface ThreadContext {
  readonly environment: Environment;
  readonly clock: Clock;
  readonly trouble: TroubleLog;
  readonly seed: string;
  readonly skipsWaits: boolean;
  readonly extraHeaders: UserRuntime["extraHeaders"];
  readonly http: object | undefined;
}

/** The world as one user sees it, on one arm. A class, for there are tens of thousands: no closures of its own. */
export class ArmRuntime implements UserRuntime {
  readonly environment: Environment;
  readonly clock: Clock;
  readonly index: number;
  readonly arm: Arm;
  readonly host: string | undefined;
  readonly seed: string;
  readonly signal: AbortSignal;
  readonly guard: TrafficGuard;
  readonly witness: TaskActivity;
  readonly turn: UserRuntime["turn"];
  readonly lateStart: () => void;
  readonly skipsWaits: boolean;
  readonly extraHeaders: UserRuntime["extraHeaders"];
  readonly http: object | undefined;
  readonly #trouble: TroubleLog;
  readonly #recorder: Recorder;

  constructor(
    world: ThreadContext & { readonly lateStart: () => void },
    own: Pick<UserRuntime, "index" | "arm" | "host" | "signal" | "guard" | "turn" | "clock"> & {
      readonly witness: TaskActivity;
      readonly recorder: Recorder;
    },
  ) {
    this.environment = world.environment;
    this.clock = own.clock;
    this.index = own.index;
    this.arm = own.arm;
    this.host = own.host;
    this.seed = world.seed;
    this.signal = own.signal;
    this.guard = own.guard;
    this.witness = own.witness;
    this.turn = own.turn;
    this.lateStart = world.lateStart;
    this.skipsWaits = world.skipsWaits;
    this.extraHeaders = world.extraHeaders;
    this.http = world.http;
    this.#trouble = world.trouble;
    this.#recorder = own.recorder;
  }

  get cycleMs(): number | undefined {
    return this.witness.cycleMs;
  }

  get hasRequestListeners(): boolean {
    return events.request.listeners.length > 0;
  }

  warn(code: string, message: string): void {
    this.#trouble.warn(code, message);
  }

  report(sample: Sample, details?: RequestDetails): void {
    this.#recorder.record(sample, this.witness);
    if (sample.failure?.kind === "forbidden-host") this.#trouble.forbiddenHost(refusedHost(sample.failure.message));
    if (events.request.listeners.length === 0) return;
    const { method, name } = sample.endpoint;
    const times = { responseTime: sample.latencyMs, responseLength: sample.bytesIn, startTime: sample.startMs };
    events.request.notify({ requestType: method, name, ...times, ...details });
  }
}
