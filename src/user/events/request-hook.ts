import { systemClock } from "../../base/clock.ts";
import { messageOf } from "../../base/errors.ts";
import type { Failure } from "../../stats/failures.ts";
import type { Cycling } from "../../stats/in-flight.ts";
import type { Sample } from "../../stats/sample.ts";
import type { Activity } from "../activity.ts";
import { currentUser } from "../current-user.ts";
import { controlKindOf, StopUser } from "../exceptions.ts";
import { EventHook } from "./event-hook.ts";

/** Locust's arguments of the `request` event. */
export interface RequestEvent {
  /** `GET`, `WSS`, `SQL`: with the name it makes the endpoint. */
  readonly requestType: string;
  readonly name: string;
  /** Milliseconds; `null` counts the request and leaves it out of the timing. */
  readonly responseTime?: number | null | undefined;
  /** Bytes. */
  readonly responseLength?: number | undefined;
  readonly response?: unknown;
  /** Anything but null or undefined makes it a failed request. */
  readonly exception?: unknown;
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  /** Milliseconds since the epoch; now less `responseTime` if absent. */
  readonly startTime?: number | undefined;
  readonly url?: string | undefined;
  /** More for your own listeners. */
  readonly [more: string]: unknown;
}

/** What the callback of `measure` may say about the request while it runs. */
export interface Measurement {
  responseLength: number;
  response: unknown;
  context: Record<string, unknown>;
  /** Set it to record a failure without throwing. */
  exception: unknown;
}

/** Takes what was fired: the worker's recorder. */
export interface RequestSink {
  record(sample: Sample, user?: Cycling): void;
  /** The run's clock, milliseconds. */
  now(): number;
}

/** `events.request`: every finished request, the client's and the locustfile's own. */
export class RequestHook extends EventHook<RequestEvent> {
  #sink: RequestSink | undefined;

  /** The worker's: from now on what is fired is recorded in `sink`. */
  install(sink: RequestSink | undefined): void {
    this.#sink = sink;
  }

  /** Records one request of the locustfile's own and tells the listeners; nothing to await. */
  override fire(event: RequestEvent): Promise<number> {
    const startMs = event.startTime ?? (this.#sink?.now() ?? 0) - (event.responseTime ?? 0);
    return Promise.resolve(this.#take(event, { startMs, intendedMs: startMs }));
  }

  #take(event: RequestEvent, at: { startMs: number; intendedMs: number }): number {
    check(event);
    const runtime = currentUser()?.runtime;
    this.#sink?.record(sampleOf(event, { arm: runtime?.arm ?? "head", ...at }), runtime?.witness);
    return this.notify(event);
  }

  /**
   * Tells the listeners of a request that is recorded already: what the worker calls for the HTTP client's. Does not
   * wait for listeners that are asynchronous; one that fails is told when it does.
   * @returns how many listeners threw at once
   */
  notify(event: RequestEvent): number {
    let threw = 0;
    for (const listener of this.listeners.length > 1 ? this.ordered() : this.listeners) {
      try {
        const pending = listener(event);
        if (pending instanceof Promise) pending.catch((error: unknown) => this.failedLater(error));
      } catch (error) {
        threw++;
        this.failed(error);
      }
    }
    return threw;
  }

  /**
   * Times `run`, and records one request when it is over. What it throws is recorded as a failure and goes no
   * further (undefined is returned); `StopUser` and its kind are passed on. Asks for leave to start like any request,
   * and ends the user when the run's request budget is used up.
   */
  async measure<T>(requestType: string, name: string, run: (measurement: Measurement) => T | Promise<T>) {
    const runtime = currentUser()?.runtime;
    const clock = runtime?.clock ?? systemClock;
    const now = () => this.#sink?.now() ?? clock.now();
    const endpoint = { method: requestType, name };
    const request = { startMs: now(), endpoint, timeoutMs: undefined, received: 0, noticed: 0 };
    const activity: Activity = {
      kind: "in-flight",
      label: `${requestType} ${name}`,
      settle: () => undefined,
      request,
    };
    runtime?.witness.begin(activity);
    if (runtime) {
      const admitted = runtime.guard.admit();
      if (!(admitted === true || (await admitted))) {
        runtime.witness.end(activity);
        throw new StopUser("the run's requests are used up");
      }
    }
    const measurement: Measurement = { responseLength: 0, response: undefined, context: {}, exception: undefined };
    const startMs = now();
    request.startMs = startMs;
    const intendedMs = runtime?.witness.takeIntendedStart() ?? startMs;
    let passOn: unknown;
    let result: T | undefined;
    try {
      result = await run(measurement);
    } catch (error) {
      if (controlKindOf(error) === undefined) measurement.exception = error;
      else passOn = error;
    }
    runtime?.witness.end(activity);
    const responseTime = now() - intendedMs;
    this.#take({ requestType, name, responseTime, startTime: startMs, ...measurement }, { startMs, intendedMs });
    if (passOn !== undefined) throw passOn;
    return result;
  }
}

function sampleOf(event: RequestEvent, at: Pick<Sample, "arm" | "startMs" | "intendedMs">): Sample {
  const failure = event.exception == null ? undefined : failureOf(event.exception);
  return {
    ...at,
    endpoint: { method: event.requestType, name: event.name },
    latencyMs: event.responseTime ?? null,
    status: statusOf(event.response),
    bytesIn: bytesOf(event.responseLength),
    bytesOut: 0,
    ...(failure && { failure }),
    fired: true,
  };
}

/** Whole bytes; what is unknown or no number counts as none. */
function bytesOf(length: number | null | undefined): number {
  return length != null && Number.isFinite(length) ? Math.max(0, Math.round(length)) : 0;
}

function statusOf(response: unknown): number {
  const status = (response as { status?: unknown } | null | undefined)?.status;
  return typeof status === "number" && Number.isInteger(status) && status >= 0 ? status : 0;
}

function failureOf(exception: unknown): Failure {
  const name = exception instanceof Error && exception.name !== "Error" ? `${exception.name}: ` : "";
  const kind = exception instanceof Error && exception.name === "TimeoutError" ? "timeout" : "check";
  return { kind, message: `${name}${messageOf(exception)}` };
}

function check(event: RequestEvent): void {
  const bad = (what: string) => new TypeError(`events.request.fire: ${what}`);
  if (typeof event.requestType !== "string") throw bad('requestType must be a text, such as "SQL"');
  if (typeof event.name !== "string" || event.name === "") throw bad("name must be a text");
  const ms = event.responseTime;
  if (ms != null && !(typeof ms === "number" && ms >= 0 && Number.isFinite(ms))) {
    throw bad(`responseTime must be milliseconds, 0 or more, or null; it is ${String(ms)}`);
  }
}
