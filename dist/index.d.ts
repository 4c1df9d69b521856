/**
 * Types of swarmgate: what a locustfile may import. Generated from the sources; do not edit.
 * Wait times are seconds, response times milliseconds.
 */
/// <reference lib="esnext.disposable" />

/** Node's Buffer where Node's types are installed, else the Uint8Array that it is. */
type NodeBuffer = typeof globalThis extends { Buffer: { from(text: string): infer B } } ? B : Uint8Array;

/**
 * Which side of a side-by-side run: `head` is the version under test and the only arm of an ordinary run.
 * @example
 * ```ts
 * const account = this.arm === "base" ? "load-base" : "load-head";
 * await this.client.post("/login", { form: { account } });
 * ```
 */
type Arm = "head" | "base";
/**
 * One (method, name) pair, Locust's "stats entry". The name groups: `/item/{id}` stands for every item.
 * @example
 * ```ts
 * import type { Endpoint } from "swarmgate";
 *
 * const item: Endpoint = { method: "GET", name: "/item/{id}" };
 * ```
 */
interface Endpoint {
    /** `GET`, or the type of another protocol, such as `grpc`. */
    readonly method: string;
    /** Path and query of the request, or the name it was given. */
    readonly name: string;
}

/** Every kind of failure. */
declare const failureKinds: readonly ["status", "timeout", "connect", "dns", "tls", "reset", "protocol", "redirects", "check", "exception", "forbidden-host", "interrupted"];
/**
 * Why a request counts as failed: the answer's status, a broken connection, or the locustfile's own verdict.
 * @example
 * ```ts
 * import { HttpUser, runSingleUser, task } from "swarmgate";
 * import type { FailureKind } from "swarmgate";
 *
 * class Visitor extends HttpUser {
 *   @task async home() {
 *     await this.client.get("/");
 *   }
 * }
 *
 * const samples = await runSingleUser(Visitor, { host: "http://localhost:8080", iterations: 10 });
 * const kinds: FailureKind[] = samples.flatMap(({ failure }) => failure?.kind ?? []);
 * ```
 */
type FailureKind = (typeof failureKinds)[number];
/** What came back, redacted and cut short: enough to act on. */
interface FailureSample {
    /** `POST /checkout?step=2` */
    readonly request: string;
    readonly status: number;
    readonly headers: readonly (readonly [name: string, value: string])[];
    /** At most the first 2 KiB, as text. */
    readonly body: string;
    readonly atMs: number;
}
/**
 * One request's failure. What failures are grouped by is its message, normalised.
 * @example
 * ```ts
 * import type { Failure } from "swarmgate";
 *
 * const refused: Failure = { kind: "connect", message: "connection refused" };
 * ```
 */
interface Failure {
    /** Which of them it was. */
    readonly kind: FailureKind;
    /** What went wrong, in a sentence. */
    readonly message: string;
    /** What came back, where anything did. */
    readonly sample?: FailureSample | undefined;
}

/** Where the time of one request went, in milliseconds; what did not happen (a kept-alive connect, say) is absent. */
interface Phases {
    /** From the wish to send until a connection was free or being made. */
    readonly blocked?: number;
    readonly dns?: number;
    readonly connect?: number;
    readonly tls?: number;
    /** From the request written to the first byte of the answer's head. */
    readonly firstByte?: number;
    /** From there to the last byte of the body. */
    readonly download?: number;
}
/**
 * One measured request: the record at the waist. Whatever can make one can use the rest of the program. Times are
 * milliseconds on the run's clock, lengths bytes.
 * @example
 * ```ts
 * import type { Sample } from "swarmgate";
 *
 * function isSlow({ latencyMs }: Sample): boolean {
 *   return latencyMs !== null && latencyMs > 300;
 * }
 * ```
 */
interface Sample {
    /** The version it went to. */
    readonly arm: Arm;
    /** What it is counted under. */
    readonly endpoint: Endpoint;
    /** When it should have started, on the run's Clock; equals `startMs` where nothing was scheduled. */
    readonly intendedMs: number;
    /** When it did start, on the run's Clock. */
    readonly startMs: number;
    /**
     * From the intended start to the last byte or the failure; 0 or more. `null` where the caller fired an event
     * without a response time: it counts as a request and is left out of the timing.
     */
    readonly latencyMs: number | null;
    /** The answer's status; 0 where none came. */
    readonly status: number;
    /** Length of the decoded body. */
    readonly bytesIn: number;
    /** Length of the body that was sent. */
    readonly bytesOut: number;
    /** Where the time went, by phase. */
    readonly phases?: Phases | undefined;
    /** Metrics of the answer's `Server-Timing` header that carry a duration, in milliseconds. */
    readonly serverTiming?: readonly (readonly [name: string, durationMs: number])[] | undefined;
    /** Why it counts as failed; absent from a success. */
    readonly failure?: Failure | undefined;
    /** It was sent twice, as the server closed the kept connection under the first; latency counts from the first. */
    readonly retried?: boolean | undefined;
    /** The locustfile measured it itself and fired it; no client of ours sent it. */
    readonly fired?: boolean | undefined;
}

/**
 * The headers of one answer, kept as they came: text from our own wire, a record from undici. Nobody asks for most of
 * them, so they are taken apart when somebody does.
 */
declare class AnswerHeaders {
    #private;
    /** @param raw the header lines, each with its line's end, without the status line; or a record with lower-case names */
    constructor(raw: string | Readonly<Record<string, string | string[] | undefined>>);
    /** Names in lower case, in the order they came; `set-cookie` may be there several times. */
    get pairs(): readonly (readonly [name: string, value: string])[];
    /** All values of one header (lower-case name) joined with a comma; undefined if it is not there. */
    get(name: string): string | undefined;
    all(name: string): string[];
    toHeaders(): Headers;
}

/** The body of a streamed answer, on its way from the connection to whoever reads it. */
declare class BodyStream implements AsyncIterable<NodeBuffer> {
    #private;
    /** Decoded bytes handed over so far. */
    bytesRead: number;
    /**
     * `resume` and `abandon` act on the connection; `onFinished` is told once, when all is decoded or it broke.
     */
    constructor(options: {
        contentEncoding: string | undefined;
        /** Decoded bytes it may have; any number if undefined. */
        mostBytes?: number | undefined;
        resume: () => void;
        abandon: () => void;
        onFinished: () => void;
    });
    get kept(): NodeBuffer;
    /** Takes bytes from the connection; false once enough is held. */
    push(chunk: NodeBuffer): boolean;
    /** The connection has no more. */
    end(error: unknown): void;
    /** All that will come has come. */
    get ended(): boolean;
    /** What ended it early. */
    get error(): unknown;
    /** Nobody will read the rest. */
    cancel(): void;
    /** The decoded body piece by piece. Throws what ended it early. */
    [Symbol.asyncIterator](): AsyncGenerator<NodeBuffer>;
}

/** What a response shows: the exchange it came from. */
interface Answered {
    readonly status: number;
    readonly failureKind: FailureKind | undefined;
    readonly failureMessage: string;
    readonly startMs: number;
    readonly endMs: number;
    /** The last hop's. */
    readonly plan: {
        readonly url: URL;
    };
    /** The decoded body, empty where it is streamed. */
    readonly bytes: NodeBuffer;
    readonly bodyStream: BodyStream | undefined;
    answerHeaders(): AnswerHeaders;
    phases(): Phases | undefined;
    settle(error?: unknown): void;
}

/** What became of one request; undefined fields of a failure: the status says it. */
type Outcome = {
    readonly kind: "by-status";
} | {
    readonly kind: "success";
} | {
    readonly kind: "failure";
    readonly failure: FailureKind;
    readonly message: string;
    readonly error: unknown;
};
/**
 * The wait for a locustfile's own word on an answer (`catchResponse`). Whatever comes, the request is recorded once:
 * with the last word that was said, or by its status.
 */
declare class Verdict {
    #private;
    constructor(record: (outcome: Outcome) => void);
    get recorded(): boolean;
    get spoken(): boolean;
    succeed(): void;
    fail(reason: unknown): void;
    /** Records it now. `error` is what the locustfile threw; it counts if nothing was said before. */
    settle(error?: unknown): void;
}

/** The `using` scope that an answer may be declared in. */
interface AnswerScope {
    /** There is one. */
    opened(): void;
    ended(): void;
}
/** What both kinds of answer have. */
declare abstract class Answer {
    #private;
    protected readonly exchange: Answered;
    constructor(exchange: Answered, verdict?: Verdict, scope?: AnswerScope);
    /** 0 if no answer came: the request failed before. */
    get status(): number;
    /** As in `requests`: an answer came and its status is below 400. */
    get ok(): boolean;
    get headers(): Headers;
    /** Where the answer came from, after redirects. */
    get url(): string;
    /** Why no (whole) answer came; undefined if one did. */
    get error(): string | undefined;
    /** Milliseconds from the request to the last byte of the answer. */
    get elapsedMs(): number;
    /** Where the time went, milliseconds by phase. */
    get timings(): Phases;
    /** Counts the request as a success, whatever its status. Needs `catchResponse`. */
    success(): void;
    /** Counts the request as failed, for this reason. Needs `catchResponse`. */
    failure(reason: string | Error): void;
    /** Ends the wait for a verdict now; `error` is what the locustfile threw before it said anything. */
    settle(error?: unknown): void;
    /** The end of a `using` scope, which looks for it when it begins: that is how we know of one. */
    get [Symbol.dispose](): () => void;
}
/**
 * An answer, read whole before the call returned: nothing here needs an `await` (and none does harm). Times are
 * milliseconds. `success()` and `failure()` throw a GateError `catch-response-missing` without `catchResponse`.
 * @example
 * ```ts
 * using response = await this.client.get("/maybe", { catchResponse: true });
 * if (response.status === 404) response.success();
 * ```
 */
declare class HttpResponse extends Answer {
    #private;
    /** What `rest` parsed of the body; undefined for other requests. */
    js: unknown;
    /** The decoded body. */
    bytes(): NodeBuffer;
    /** The body as text, in the charset of its content type (UTF-8 if it names none). */
    text(): string;
    /** The body parsed as JSON. Throws a SyntaxError if it is none. */
    json<T = unknown>(): T;
    /** The body's lines without their ends. */
    lines(): string[];
}
/**
 * An answer whose body is still on its way: what reads it returns promises, and rejects where the connection breaks.
 * @example
 * ```ts
 * const response = await this.client.get("/events", { stream: true });
 * for await (const line of response.lines()) console.log(line);
 * ```
 */
declare class StreamedResponse extends Answer {
    /** The decoded body, piece by piece. Stopping early drops the rest and its connection. */
    chunks(): AsyncGenerator<NodeBuffer>;
    /** The rest of the decoded body. */
    bytes(): Promise<NodeBuffer>;
    /** The rest of the body as text, in the charset of its content type. */
    text(): Promise<string>;
    /** The rest of the body parsed as JSON. Rejects with a SyntaxError if it is none. */
    json<T = unknown>(): Promise<T>;
    /** The body's lines as they come, without their ends. */
    lines(): AsyncGenerator<string>;
}

/** Where time comes from. Below the doors nobody reads the machine's clock any other way. */
interface Clock {
    /** Milliseconds since the Unix epoch, never going backwards within one process; fractions are microseconds. */
    now(): number;
    /** Resolves after `ms` milliseconds (at once if not positive), or as soon as `signal` aborts. Never rejects. */
    sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A request that has no whole answer yet. */
interface InFlight {
    /** On the run's clock. */
    readonly startMs: number;
    readonly endpoint: Endpoint;
    /** After so long it gives up by itself; undefined if it never does. */
    readonly timeoutMs: number | undefined;
    /** Grows with every piece of its answer. */
    readonly received: number;
    /** `received` when this was asked last; kept here by whoever asks. */
    noticed: number;
}
/** Who sends requests, one iteration after the other. */
interface Cycling {
    /** From the beginning of one iteration to the next, the median of the last few; undefined while there were too few. */
    readonly cycleMs?: number | undefined;
}

/** Where traffic may go, and how fast. Set by the command line or the action; a locustfile cannot widen it. */
interface TrafficGuard {
    /** Undefined if `url` may be reached; otherwise why not, one sentence. */
    forbids(url: URL): string | undefined;
    /**
     * Undefined if an address that a host's name resolved to may be connected to; otherwise why not, one sentence that
     * begins with the name. Asked when a connection is made.
     */
    forbidsAddress?(resolved: {
        readonly hostname: string;
        readonly address: string;
    }): string | undefined;
    /**
     * Asks to start one request: true at once as a rule, later where the rate cap says so, false when the run's
     * request budget (`-n`) is used up and the user should end.
     */
    admit(): boolean | Promise<boolean>;
}
/**
 * Something a task began and has not brought to an end: a request in flight, or an answer that still waits for its
 * verdict (`catchResponse`).
 */
interface Activity {
    readonly kind: "in-flight" | "awaiting-verdict";
    /** `GET /item/{id}` */
    readonly label: string;
    /** Where the call was made, as `file:line:column`; undefined until somebody had reason to find out. */
    readonly place?: string | undefined;
    /** The request, while it is in flight; undefined where nobody can say. */
    readonly request?: InFlight | undefined;
    /**
     * Ends it from outside. An answer that waits is judged by its status, or as a failure if `error` is what its task
     * threw; a request in flight is left to finish, its sample still counts.
     */
    settle(error?: unknown): void;
}
/**
 * Sees what a user's current task begins and ends. A task that returns while its own request is in flight forgot an
 * `await`: the run is invalid (docs/verdict.md#invalid-runs), naming task and place.
 */
interface ActivityTracker extends Cycling {
    begin(activity: Activity): void;
    end(activity: Activity): void;
    /** True once this task was caught, so that the next time the place is worth its price. */
    readonly wantsPlaces: boolean;
    /**
     * Open model: when the task that runs now should have started, on the clock. Given once, to the task's first
     * request, whose latency counts from there; undefined for the requests after it and in the closed model.
     */
    takeIntendedStart(): number | undefined;
}

/**
 * Called with one object holding Locust's arguments of that event, in camelCase. It may return a promise.
 * @example
 * ```ts
 * import { events, type Listener } from "swarmgate";
 *
 * const greet: Listener<{ userCount: number }> = ({ userCount }) => console.log(userCount);
 * events.spawningComplete.addListener(greet);
 * ```
 */
type Listener<A> = (args: A) => void | Promise<void>;
/** A listener that threw: told and counted, and the other listeners are called all the same. */
interface ListenerFailure {
    /** `testStart` */
    readonly event: string;
    readonly error: unknown;
}
/**
 * Where failing listeners are told. What happens before anybody listens here is kept and told to the first who does.
 */
declare class ListenerFailures {
    #private;
    /** How many times a listener threw, in this thread. */
    get count(): number;
    add(failure: ListenerFailure): void;
    /** From now on `tell` hears of every failure. One at a time: the newest wins. */
    onFailure(report: (failure: ListenerFailure) => void): void;
}
/**
 * One event. Make one of your own with `new EventHook()`; listeners are called in the order they were added.
 * @example
 * ```ts
 * import { EventHook } from "swarmgate";
 *
 * const soldOut = new EventHook<{ item: number }>({ name: "soldOut" });
 * soldOut.addListener(({ item }) => console.log(item));
 * await soldOut.fire({ item: 7 });
 * ```
 */
declare class EventHook<A> {
    #private;
    /** What it is called where a listener of it throws. */
    readonly name: string;
    /** @param options.reverse listeners added last are called first */
    constructor(options?: {
        name?: string;
        failures?: ListenerFailures;
        reverse?: boolean;
    });
    /** Returns the listener, so that it can be taken off again. */
    addListener(listener: Listener<A>): Listener<A>;
    /** Takes a listener off; nothing happens where it was not on. */
    removeListener(listener: Listener<A>): void;
    /** Those that are called now. */
    get listeners(): readonly Listener<A>[];
    /**
     * Calls the listeners one after the other, each awaited before the next. One that throws is told and counted and
     * keeps nobody from being called; an event of your own, which has no place to tell, throws it on.
     * `StopUser`, `StopTest` and their kind are passed on at once.
     * @returns how many listeners threw
     */
    fire(args: A): Promise<number>;
    /**
     * As `fire`, but a listener that does not settle is given up after so long: it counts as one that threw an error which
     * names where it was added.
     */
    fireWithin(args: A, { limitMs }: {
        readonly limitMs: number;
    }): Promise<number>;
    /** A copy, for a listener may take itself off. */
    protected ordered(): readonly Listener<A>[];
    protected failed(error: unknown): void;
    /** A listener nobody waited for failed: too late to pass anything on. */
    protected failedLater(error: unknown): void;
}

/** Locust's arguments of the `request` event. */
interface RequestEvent {
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
interface Measurement {
    responseLength: number;
    response: unknown;
    context: Record<string, unknown>;
    /** Set it to record a failure without throwing. */
    exception: unknown;
}
/** Takes what was fired: the worker's recorder. */
interface RequestSink {
    record(sample: Sample, user?: Cycling): void;
    /** The run's clock, milliseconds. */
    now(): number;
}
/** `events.request`: every finished request, the client's and the locustfile's own. */
declare class RequestHook extends EventHook<RequestEvent> {
    #private;
    /** The worker's: from now on what is fired is recorded in `sink`. */
    install(sink: RequestSink | undefined): void;
    /** Records one request of the locustfile's own and tells the listeners; nothing to await. */
    fire(event: RequestEvent): Promise<number>;
    /**
     * Tells the listeners of a request that is recorded already: what the worker calls for the HTTP client's. Does not
     * wait for listeners that are asynchronous; one that fails is told when it does.
     * @returns how many listeners threw at once
     */
    notify(event: RequestEvent): number;
    /**
     * Times `run`, and records one request when it is over. What it throws is recorded as a failure and goes no
     * further (undefined is returned); `StopUser` and its kind are passed on. Asks for leave to start like any request,
     * and ends the user when the run's request budget is used up.
     */
    measure<T>(requestType: string, name: string, run: (measurement: Measurement) => T | Promise<T>): Promise<T | undefined>;
}

/**
 * Where a runner is in its life; Locust's words.
 * @example
 * ```ts
 * import { events } from "swarmgate";
 * import type { RunnerState } from "swarmgate";
 *
 * const over: RunnerState[] = ["stopping", "stopped", "cleanup"];
 * events.testStop.addListener(({ environment }) => console.log(over.includes(environment.runner.state)));
 * ```
 */
type RunnerState = "ready" | "spawning" | "running" | "cleanup" | "stopping" | "stopped" | "missing";
/**
 * One row of the live statistics as a locustfile sees it. Milliseconds, ratios 0–1, per second; all 0 before a request.
 * @example
 * ```ts
 * import { events } from "swarmgate";
 *
 * events.quitting.addListener(({ environment }) => {
 *   if (environment.stats.total.getResponseTimePercentile(0.95) > 300) environment.processExitCode = 1;
 * });
 * ```
 */
interface StatsView {
    /** Requests, failed ones too. */
    readonly numRequests: number;
    /** Failed requests. */
    readonly numFailures: number;
    /** Failed requests divided by all, 0 to 1. */
    readonly failRatio: number;
    /** Mean of the response times, milliseconds. */
    readonly avgResponseTime: number;
    /** The shortest response time, milliseconds. */
    readonly minResponseTime: number;
    /** The longest response time, milliseconds. */
    readonly maxResponseTime: number;
    /** Median of the response times, milliseconds. */
    readonly medianResponseTime: number;
    /** Requests per second since the start of the test. */
    readonly totalRps: number;
    /** @param ratio 0 to 1: `getResponseTimePercentile(0.95)` */
    getResponseTimePercentile(ratio: number): number;
}
/**
 * `environment.stats`: on the master the whole swarm's, in a thread that thread's.
 * @example
 * ```ts
 * import { events } from "swarmgate";
 *
 * events.testStop.addListener(({ environment }) => {
 *   console.log(environment.stats.total.numRequests, environment.stats.get("/", "GET").avgResponseTime);
 * });
 * ```
 */
interface Stats {
    /** All endpoints together. */
    readonly total: StatsView;
    /** The row of one endpoint; all zeros if it saw nothing. */
    get(name: string, method: string): StatsView;
}
/**
 * What is called with a message of the locustfile's own. What it throws is logged.
 * @example
 * ```ts
 * import { events, type MessageListener } from "swarmgate";
 *
 * const greet: MessageListener = ({ data, nodeId }) => console.log(nodeId, data);
 * events.init.addListener(({ runner }) => runner.registerMessage("hello", greet));
 * ```
 */
type MessageListener = (message: {
    type: string;
    data: unknown;
    nodeId: string;
}) => void | Promise<void>;
/**
 * `environment.runner`: who runs the users here.
 * @example
 * ```ts
 * import { events } from "swarmgate";
 *
 * events.spawningComplete.addListener(({ userCount }) => console.log(userCount));
 * events.testStart.addListener(({ environment: { runner } }) => {
 *   if (runner.role === "master") runner.sendMessage("hello", { from: "master" });
 * });
 * ```
 */
interface Runner {
    /** `master` plans, `worker` is one thread (or machine) that runs users, `single` is `runSingleUser`. */
    readonly role: "master" | "worker" | "single";
    /** Where it is in its life. */
    readonly state: RunnerState;
    /** Users running now, in this thread or (on the master) in all. */
    readonly userCount: number;
    /** Users asked for. */
    readonly targetUserCount: number;
    /** Number of this worker from 0; −1 on the master. */
    readonly workerIndex: number;
    /** How many workers there are. */
    readonly workerCount: number;
    /** This worker's name in messages. */
    readonly clientId: string;
    /** Ends the test; the run's results are judged and reported as usual. */
    quit(): void;
    /** Stops all users; as `quit` where nothing could start them again. */
    stop(): void;
    /** Sends a message of the locustfile's own: from a worker to the master, from the master to one worker or all. */
    sendMessage(type: string, data?: unknown, clientId?: string): void;
    /** Calls `listener` with every message of that type. */
    registerMessage(type: string, listener: MessageListener): void;
}
/**
 * What every event and every user can reach; Locust's `Environment`.
 * @example
 * ```ts
 * const { region } = this.environment.parsedOptions;
 * await this.client.get("/", { params: { region: String(region) } });
 * ```
 */
interface Environment {
    /** The events of this thread. */
    readonly events: Events;
    /** Who runs the users here. */
    readonly runner: Runner;
    /** What was measured so far. */
    readonly stats: Stats;
    /** Base URL given for the whole run; undefined where each class has its own. */
    readonly host: string | undefined;
    /** Tags whose tasks alone run; empty for all. */
    readonly tags: readonly string[];
    /** Tags whose tasks do not run. */
    readonly excludeTags: readonly string[];
    /** The options of the command line and the locustfile's own arguments, in camelCase. */
    readonly parsedOptions: Readonly<Record<string, unknown>>;
    /** The user classes of this run. */
    readonly userClasses: readonly unknown[];
    /** Set it to end with this exit code whatever was measured (`run` without a gate). */
    processExitCode: number | null;
}
/**
 * What `initCommandLineParser` hands out: the locustfile's own options. An argument that makes no sense is a GateError
 * `custom-argument`.
 * @example
 * ```ts
 * import { events } from "swarmgate";
 *
 * events.initCommandLineParser.addListener(({ parser }) => {
 *   parser.addArgument("--region", { type: "string", default: "eu", help: "region to load" });
 * });
 * ```
 */
interface ArgumentParser {
    /** `addArgument("--my-host", { type: "string", default: "…", help: "…" })`; read from `environment.parsedOptions`. */
    addArgument(flag: string, options?: Readonly<Record<string, unknown>>): void;
    addArgument(flag: string, alias: string, options?: Readonly<Record<string, unknown>>): void;
}
interface EnvironmentArgs {
    readonly environment: Environment;
}
interface WorkerArgs {
    readonly clientId: string;
}
/**
 * Every event of a run, by Locust's names; each fires once on the master and once in every thread unless said.
 * Listeners get one object; one that throws is logged, and the others are called all the same.
 * @example
 * ```ts
 * import { events } from "swarmgate";
 *
 * events.testStart.addListener(({ environment }) => console.log(environment.host));
 * events.request.addListener(({ name, responseTime }) => console.log(name, responseTime));
 * ```
 */
interface Events {
    /** Where listeners that throw are told and counted. */
    readonly failures: ListenerFailures;
    /** The locustfile may add arguments of its own. */
    readonly initCommandLineParser: EventHook<{
        readonly parser: ArgumentParser;
    }>;
    /** Once, before anything is loaded. */
    readonly init: EventHook<EnvironmentArgs & {
        readonly runner: Runner;
        readonly webUi: unknown;
    }>;
    /** Before the first user of a test starts. */
    readonly testStart: EventHook<EnvironmentArgs>;
    /** All users asked for are running. */
    readonly spawningComplete: EventHook<{
        readonly userCount: number;
    }>;
    /** Every request. Listeners are not waited for. */
    readonly request: RequestHook;
    /** A task threw; in the thread that ran it. `tb` is the stack. */
    readonly userError: EventHook<{
        readonly userInstance: unknown;
        readonly exception: unknown;
        readonly tb: string;
    }>;
    /** The statistics begin anew. */
    readonly resetStats: EventHook<Readonly<Record<string, never>>>;
    /** Before the users are stopped. */
    readonly testStopping: EventHook<EnvironmentArgs>;
    /** After the users stopped. */
    readonly testStop: EventHook<EnvironmentArgs>;
    /** The process is about to end: listeners added last are called first. The place to set `processExitCode`. */
    readonly quitting: EventHook<EnvironmentArgs>;
    /** Last of all. */
    readonly quit: EventHook<{
        readonly exitCode: number;
    }>;
    /** In a thread before each report; what is put into `data` travels with it. */
    readonly reportToMaster: EventHook<WorkerArgs & {
        readonly data: Record<string, unknown>;
    }>;
    /** On the master for each report. */
    readonly workerReport: EventHook<WorkerArgs & {
        readonly data: Record<string, unknown>;
    }>;
    /** On the master: a worker is ready. */
    readonly workerConnect: EventHook<WorkerArgs>;
    /** `timestamp` in seconds since the epoch. */
    readonly heartbeatSent: EventHook<WorkerArgs & {
        readonly timestamp: number;
    }>;
    /** `timestamp` in seconds since the epoch. */
    readonly heartbeatReceived: EventHook<WorkerArgs & {
        readonly timestamp: number;
    }>;
    /** `cpuUsage` in percent of one core. */
    readonly cpuWarning: EventHook<EnvironmentArgs & {
        readonly cpuUsage: number;
    }>;
    /** `memoryUsage` in bytes. */
    readonly usageMonitor: EventHook<EnvironmentArgs & {
        readonly cpuUsage: number;
        readonly memoryUsage: number;
    }>;
}

/**
 * What one running user needs from whoever runs it (the worker, or `runSingleUser`). A user and its clients know the
 * world through this alone, so a test can be the world.
 */
interface UserRuntime {
    readonly environment: Environment;
    readonly clock: Clock;
    /** The user's number across the whole swarm, from 0; twins share it. */
    readonly index: number;
    readonly arm: Arm;
    /** Base URL of this arm: the command line's host, else the class's own; undefined where neither is given. */
    readonly host: string | undefined;
    /** Seed of the whole run; the user derives its own streams from it, its class name and its index. */
    readonly seed: string;
    /** Aborts when the user must stop at once: the stop timeout is over, or there was none. */
    readonly signal: AbortSignal;
    readonly guard: TrafficGuard;
    readonly witness: ActivityTracker;
    /** Takes one finished request: counts it, and fires the `request` event if anybody listens. */
    report(sample: Sample, details?: RequestDetails): void;
    /** Shows the user of the program something that changes no number. `code` is stable, equal messages count once. */
    readonly warn?: ((code: string, message: string) => void) | undefined;
    /** Whether anybody listens to the `request` event, so that clients need not build details for nobody. */
    readonly hasRequestListeners: boolean;
    /**
     * Called before every task (of the user or its task sets); the task starts once it resolves, with `false` the user
     * ends instead. Side by side it brings twins together, in the open model it waits for the schedule. Absent: tasks
     * start as the user's own wait time says.
     * @param signal aborts when the user is told to stop: it then waits no longer
     */
    readonly turn?: ((signal: AbortSignal) => boolean | Promise<boolean>) | undefined;
    /** Told of every task that a pacing wait time had asked for earlier than it began. */
    readonly lateStart?: (() => void) | undefined;
    /** True in the open model: the schedule alone says when tasks start, wait times are not slept. */
    readonly skipsWaits?: boolean | undefined;
    /** What the run says about HTTP; `HttpSettings` of the room `http`, which alone looks inside. */
    readonly http?: object | undefined;
    /** Headers the run adds to a request to `url`: those of the command line, and only for the target's hosts. */
    readonly extraHeaders?: ((url: URL) => readonly (readonly [name: string, value: string])[]) | undefined;
}
/** What listeners of the `request` event get beyond the sample. */
interface RequestDetails {
    readonly response?: unknown;
    readonly exception?: unknown;
    readonly context?: Readonly<Record<string, unknown>> | undefined;
    readonly url?: string | undefined;
}

/** An answer whose body was parsed as JSON; `T` is the shape the API promises. */
interface RestResponse<T = unknown> extends HttpResponse {
    js: T;
}

type QueryValue = string | number | boolean | null | undefined;
/** As in `requests`: a list repeats its key, `null` and `undefined` leave it out. */
type QueryParams = string | URLSearchParams | Readonly<Record<string, QueryValue | readonly QueryValue[]>> | readonly (readonly [string, QueryValue])[];
/** Form fields, encoded as `application/x-www-form-urlencoded`. */
type FormFields = URLSearchParams | Exclude<QueryParams, string>;
/**
 * Credentials: `[user, password]`, the same by name, or a bearer token.
 * @example
 * ```ts
 * await this.client.get("/account", { auth: ["anna", "secret"] });
 * await this.client.get("/api/me", { auth: "a-bearer-token" });
 * ```
 */
type Auth = readonly [user: string, password: string] | {
    username: string;
    password: string;
} | string;
/** Bytes in memory. */
type Bytes = ArrayBuffer | ArrayBufferView;
/** A body that comes piece by piece, once: a `ReadableStream`, Node's `Readable`, an async generator. */
type Pieces = AsyncIterable<string | Bytes> | ReadableStream<string | Bytes>;
/**
 * One file of a multipart body. A string is the path of a file to read, relative to where the run was started; what
 * cannot be read is a GateError `file-unreadable`.
 * @example
 * ```ts
 * await this.client.post("/upload", {
 *   files: { photo: { filename: "a.txt", content: "hello", type: "text/plain" } },
 * });
 * ```
 */
type FilePart = string | Blob | Bytes | Pieces | {
    readonly filename?: string;
    readonly content: string | Bytes | Blob | Pieces;
    readonly type?: string;
};
/**
 * What a request sends and how it is counted. At most one of `data`, `json` and `form` (with `files`) makes the body.
 * @example
 * ```ts
 * await this.client.get("/item/7", { name: "/item/{id}", timeout: 5, headers: { "x-trace": "on" } });
 * ```
 */
interface RequestOptions<S extends boolean = false> {
    /** Added to the URL's query. */
    readonly params?: QueryParams | undefined;
    /**
     * Body, of every type that `fetch` takes: text and bytes go as they are, a plain object, pairs or `URLSearchParams` as
     * a form, `FormData` as multipart. What comes piece by piece is sent as it comes, in chunks, and can be sent once.
     */
    readonly data?: string | Bytes | Blob | FormData | Pieces | FormFields | null | undefined;
    /** Body: a form. With `files`, its plain fields. */
    readonly form?: FormFields | undefined;
    /** Body: anything, as JSON. */
    readonly json?: unknown;
    /** On top of the session's; `null` leaves one of those out. */
    readonly headers?: Headers | Readonly<Record<string, string | number | null | undefined>> | undefined;
    /** The endpoint this request is counted under, in place of its path and query. */
    readonly name?: string | undefined;
    /**
     * How long the request may take in all, in SECONDS, as in Locust. Default 60. It counts to the body's last byte, with
     * `stream` too: a reader that lets the connection wait uses it up.
     */
    readonly timeout?: number | undefined;
    /** Credentials of this request, in place of the client's. */
    readonly auth?: Auth | undefined;
    /** A multipart body: files by field name. */
    readonly files?: Readonly<Record<string, FilePart | readonly FilePart[]>> | undefined;
    /** Follow redirects inside this request and its one sample, at most 30. Default true; false for HEAD. */
    readonly allowRedirects?: boolean | undefined;
    /**
     * Return once the head is there; the body is read by the caller. The sample is complete with the body's last byte
     * and has the time to the first.
     */
    readonly stream?: S | undefined;
    /**
     * Judge the answer yourself. `true`: the sample waits for `success()` or `failure()` until its `using` scope ends;
     * without one, until the user's next request or the task's end. A function: it judges; the call returns when it is
     * done.
     */
    readonly catchResponse?: boolean | ((response: ResponseFor<S>) => void | Promise<void>) | undefined;
    /** Handed to listeners of the `request` event. */
    readonly context?: Readonly<Record<string, unknown>> | undefined;
}
/** What a request with `stream: S` resolves to. */
type ResponseFor<S extends boolean> = S extends true ? StreamedResponse : HttpResponse;
type Method = "GET" | "OPTIONS" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | (string & {});

/** A certificate or a key: PEM text, or DER bytes. */
type PemOrDer = string | Uint8Array;
/** How TLS is spoken with the targets. Certificates and keys are PEM text or DER bytes. */
interface TlsSettings {
    /** Accept any certificate. */
    readonly insecure?: boolean;
    /** Certificate authorities trusted instead of the built-in ones. */
    readonly ca?: PemOrDer | readonly PemOrDer[];
    /** Client certificate, its key, and the key's passphrase. */
    readonly cert?: PemOrDer | readonly PemOrDer[];
    readonly key?: PemOrDer | readonly PemOrDer[];
    readonly pfx?: PemOrDer | readonly PemOrDer[];
    readonly passphrase?: string;
    /** Name asked for and checked instead of the URL's. */
    readonly servername?: string;
}
/**
 * What a run, or a user class, says about all of its requests. Every field has a default; the whole may be left out.
 * @example
 * ```ts
 * import { HttpUser, type HttpSettings, task } from "swarmgate";
 *
 * const http: HttpSettings = { http2: true, tls: { insecure: true }, connectTimeoutMs: 2000 };
 *
 * export class Visitor extends HttpUser {
 *   static override http = http;
 *   @task async home() {
 *     await this.client.get("/");
 *   }
 * }
 * ```
 */
interface HttpSettings {
    /** Certificates, keys and authorities; the built-in authorities are trusted by default. */
    readonly tls?: TlsSettings;
    /** Offer HTTP/2 to `https:` targets (HTTP/1.1 where they do not speak it). Default false. */
    readonly http2?: boolean;
    /** URL of a proxy for all requests; its host must be among the allowed ones too. Never taken from the environment. */
    readonly proxy?: string;
    /** One pool of connections for all users of a thread, in place of connections of each user's own. Default false. */
    readonly sharedPool?: boolean;
    /** Connections in a shared pool, per origin. Default 64. */
    readonly poolSize?: number;
    /** Most connections one user opens to one origin; more than one is opened only for requests made at once. Default 10. */
    readonly connectionsPerUser?: number;
    /**
     * Decoded bytes an answer may have; a larger one fails and its connection is dropped. Default 64 MiB for answers that
     * are read whole, none for streamed ones.
     */
    readonly maxBodyBytes?: number;
    /** The header of that name. Default `swarmgate/` and the version. */
    readonly userAgent?: string;
    /** How long a request may take in all, milliseconds. Default 60,000. */
    readonly timeoutMs?: number;
    /** How long a connection may take to be made, milliseconds. Default 10,000. */
    readonly connectTimeoutMs?: number;
}

/** One user's cookies: what servers set, and what the locustfile sets itself. Made with the first cookie. */
declare class Cookies {
    #private;
    /** @param defaultUrl where `set` and `get` apply when they do not say */
    constructor(defaultUrl: string | undefined);
    /** A cookie's value as it would be sent to `url` (the user's host if absent). */
    get(name: string, url?: string | undefined): string | undefined;
    /** Adds a cookie for `url` (the user's host if absent) and all paths. */
    set(name: string, value: string, options?: {
        url?: string;
        path?: string;
        domain?: string;
    }): void;
    clear(): void;
    /** All cookies that would be sent to `url` (the user's host if absent), by name. */
    toObject(url?: string | undefined): Record<string, string>;
    /** Takes `Set-Cookie` lines; one that is malformed or not for this host is left out, as browsers do. */
    receive(url: URL, lines: readonly string[]): void;
    /** The `Cookie` header for `url`; empty if there is none. */
    headerFor(url: URL, nowMs: number): string;
}

interface HttpClientOptions {
    /** The run's if absent. */
    readonly settings?: HttpSettings | undefined;
    /** Merged into the context of every request; asked only when somebody listens. */
    readonly context?: (() => Readonly<Record<string, unknown>>) | undefined;
}
/**
 * Locust's `self.client`: requests of one user, measured and counted. Each user has connections, cookies and headers of
 * its own.
 * @example
 * ```ts
 * const response = await this.client.get("/");
 * console.log(response.status, response.elapsedMs);
 * ```
 */
declare class HttpClient {
    #private;
    constructor(runtime: UserRuntime, options?: HttpClientOptions);
    /**
     * Headers of every request of this user.
     * @example
     * ```ts
     * this.client.headers.set("accept-language", "de");
     * ```
     */
    get headers(): Headers;
    /**
     * Credentials of every request of this user; those of a request win.
     * @example
     * ```ts
     * this.client.auth = ["anna", "secret"];
     * ```
     */
    get auth(): Auth | undefined;
    set auth(auth: Auth | undefined);
    /**
     * What relative URLs are put behind; undefined where neither the run nor the class has a host.
     * @example
     * ```ts
     * this.client.baseUrl = "http://localhost:8081";
     * ```
     */
    get baseUrl(): string | undefined;
    set baseUrl(url: string | undefined);
    /** This user's cookies, the ones servers set included. */
    get cookies(): Cookies;
    /** The name requests are counted under while there is one; see `renameRequest`. */
    get requestName(): string | undefined;
    set requestName(name: string | undefined);
    /**
     * Counts requests under `name`: to the end of a `using` scope, or while `run` runs.
     * @example
     * ```ts
     * using _ = this.client.renameRequest("/blog/{slug}");
     * await this.client.get("/blog/a-day-at-the-sea");
     * ```
     */
    renameRequest(name: string): Disposable;
    renameRequest<T>(name: string, run: () => Promise<T>): Promise<T>;
    /**
     * Sends a GET request, counts it as one sample, and resolves when the body was read (with `stream`, when the head is
     * there). An answer of 400 and more, a timeout and a broken connection are failures of the sample and do not reject:
     * `status` is 0 where no answer came.
     * @param url absolute, or relative to `baseUrl`
     * @param options what is sent and how it is counted; `timeout` is in seconds
     * @throws GateError `host-missing`, `host-scheme` or `bad-url` for a URL that cannot be asked, `bad-body`, `bad-fields` or
     * `bad-header` for what cannot be sent; StopUser once the user is stopped
     * @example
     * ```ts
     * const response = await this.client.get("/search", { params: { q: "socks" }, name: "/search" });
     * if (response.ok) console.log(response.json());
     * ```
     */
    get<S extends boolean = false>(url: string, options?: RequestOptions<S>): Promise<ResponseFor<S>>;
    /**
     * Sends an OPTIONS request, counts it as one sample, and resolves when the body was read (with `stream`, when the head is
     * there). An answer of 400 and more, a timeout and a broken connection are failures of the sample and do not reject:
     * `status` is 0 where no answer came.
     * @param url absolute, or relative to `baseUrl`
     * @param options what is sent and how it is counted; `timeout` is in seconds
     * @throws GateError `host-missing`, `host-scheme` or `bad-url` for a URL that cannot be asked, `bad-body`, `bad-fields` or
     * `bad-header` for what cannot be sent; StopUser once the user is stopped
     * @example
     * ```ts
     * const { headers } = await this.client.options("/api/items");
     * console.log(headers.get("allow"));
     * ```
     */
    options<S extends boolean = false>(url: string, options?: RequestOptions<S>): Promise<ResponseFor<S>>;
    /**
     * Sends a HEAD request, counts it as one sample, and resolves when the body was read (with `stream`, when the head is
     * there). An answer of 400 and more, a timeout and a broken connection are failures of the sample and do not reject:
     * `status` is 0 where no answer came. Redirects are not followed unless
     * `allowRedirects` says so.
     * @param url absolute, or relative to `baseUrl`
     * @param options what is sent and how it is counted; `timeout` is in seconds
     * @throws GateError `host-missing`, `host-scheme` or `bad-url` for a URL that cannot be asked, `bad-body`, `bad-fields` or
     * `bad-header` for what cannot be sent; StopUser once the user is stopped
     * @example
     * ```ts
     * const { headers } = await this.client.head("/download.zip");
     * console.log(headers.get("content-length"));
     * ```
     */
    head<S extends boolean = false>(url: string, options?: RequestOptions<S>): Promise<ResponseFor<S>>;
    /**
     * Sends a POST request, counts it as one sample, and resolves when the body was read (with `stream`, when the head is
     * there). An answer of 400 and more, a timeout and a broken connection are failures of the sample and do not reject:
     * `status` is 0 where no answer came.
     * @param url absolute, or relative to `baseUrl`
     * @param options what is sent and how it is counted; `timeout` is in seconds
     * @throws GateError `host-missing`, `host-scheme` or `bad-url` for a URL that cannot be asked, `bad-body`, `bad-fields` or
     * `bad-header` for what cannot be sent; StopUser once the user is stopped
     * @example
     * ```ts
     * await this.client.post("/login", { form: { username: "anna", password: "secret" } });
     * await this.client.post("/api/orders", { json: { item: 7 } });
     * ```
     */
    post<S extends boolean = false>(url: string, options?: RequestOptions<S>): Promise<ResponseFor<S>>;
    /**
     * Sends a PUT request, counts it as one sample, and resolves when the body was read (with `stream`, when the head is
     * there). An answer of 400 and more, a timeout and a broken connection are failures of the sample and do not reject:
     * `status` is 0 where no answer came.
     * @param url absolute, or relative to `baseUrl`
     * @param options what is sent and how it is counted; `timeout` is in seconds
     * @throws GateError `host-missing`, `host-scheme` or `bad-url` for a URL that cannot be asked, `bad-body`, `bad-fields` or
     * `bad-header` for what cannot be sent; StopUser once the user is stopped
     * @example
     * ```ts
     * await this.client.put("/api/items/7", { json: { price: 12 }, name: "/api/items/{id}" });
     * ```
     */
    put<S extends boolean = false>(url: string, options?: RequestOptions<S>): Promise<ResponseFor<S>>;
    /**
     * Sends a PATCH request, counts it as one sample, and resolves when the body was read (with `stream`, when the head is
     * there). An answer of 400 and more, a timeout and a broken connection are failures of the sample and do not reject:
     * `status` is 0 where no answer came.
     * @param url absolute, or relative to `baseUrl`
     * @param options what is sent and how it is counted; `timeout` is in seconds
     * @throws GateError `host-missing`, `host-scheme` or `bad-url` for a URL that cannot be asked, `bad-body`, `bad-fields` or
     * `bad-header` for what cannot be sent; StopUser once the user is stopped
     * @example
     * ```ts
     * await this.client.patch("/api/items/7", { json: { stock: 3 }, name: "/api/items/{id}" });
     * ```
     */
    patch<S extends boolean = false>(url: string, options?: RequestOptions<S>): Promise<ResponseFor<S>>;
    /**
     * Sends a DELETE request, counts it as one sample, and resolves when the body was read (with `stream`, when the head is
     * there). An answer of 400 and more, a timeout and a broken connection are failures of the sample and do not reject:
     * `status` is 0 where no answer came.
     * @param url absolute, or relative to `baseUrl`
     * @param options what is sent and how it is counted; `timeout` is in seconds
     * @throws GateError `host-missing`, `host-scheme` or `bad-url` for a URL that cannot be asked, `bad-body`, `bad-fields` or
     * `bad-header` for what cannot be sent; StopUser once the user is stopped
     * @example
     * ```ts
     * await this.client.delete("/api/items/7", { name: "/api/items/{id}" });
     * ```
     */
    delete<S extends boolean = false>(url: string, options?: RequestOptions<S>): Promise<ResponseFor<S>>;
    /**
     * Sends a request of any method, as `get` and the others do.
     * @param method letters, such as `GET` or `PURGE`; rejects with a GateError `bad-method` where it is not one word
     * @example
     * ```ts
     * await this.client.request("PURGE", "/cache/home");
     * ```
     */
    request<S extends boolean = false>(method: Method, url: string, options?: RequestOptions<S>): Promise<ResponseFor<S>>;
    /**
     * A request to a JSON API: the parsed body is in `response.js`. A body that is not JSON fails the request, and so
     * does whatever `judge` throws (an assertion, say); neither ends the task.
     * @example
     * ```ts
     * await this.client.rest<{ items: string[] }>("GET", "/api/items", {}, ({ js }) => {
     *   if (js?.items.length === 0) throw new Error("no items");
     * });
     * ```
     */
    rest<T = unknown>(method: Method, url: string, options?: RequestOptions, judge?: (response: RestResponse<T>) => void | Promise<void>): Promise<RestResponse<T>>;
    /** Closes this user's connections. Requests under way are counted as interrupted. */
    close(): void;
}

/**
 * A seeded stream of choices. Two streams made from the same seed and labels give the same values for ever;
 * streams with different labels are independent for all practical purposes.
 */
declare class Random {
    #private;
    private constructor();
    /** A stream named by a seed and any further labels (a user's index, an iteration, a purpose). */
    static from(seed: string | number, ...labels: readonly (string | number)[]): Random;
    /** Uniform in [0, 1). The generator is sfc32, Chris Doty-Humphrey's small fast counting generator. */
    float(): number;
    /** A whole number from `low` to `high`, both included, as Python's `random.randint`. Throws RangeError if `high < low`. */
    int(low: number, high: number): number;
    /** One element of a list that is not empty; throws RangeError if it is. */
    pick<T>(list: readonly T[]): T;
    /** The same elements in random order (Fisher–Yates); the list given is left as it was. */
    shuffle<T>(list: readonly T[]): T[];
}

/**
 * How classes are recognised. A locustfile may hold another copy of this package than the engine that runs it, so
 * nothing asks `instanceof`: every class carries a mark that all copies share.
 */
declare const userBrand: unique symbol;
declare const taskSetBrand: unique symbol;
declare const shapeBrand: unique symbol;

/** Where a wait-time function finds the clock and the dice of the user it belongs to. */
declare const paceKey: unique symbol;
/** A user or a task set: `this` of a wait-time function. */
interface Paced {
    readonly [paceKey]: Pace;
}
/**
 * The part of a user that decides when and what: its clock, and the stream its tasks and wait times are drawn from.
 *
 * The stream is a new one for every iteration, named by seed, user index and iteration number. So the twins of a
 * side-by-side run choose alike for ever, however many numbers the locustfile draws from `this.random` and however
 * differently the two answers made their tasks run.
 */
declare class Pace {
    #private;
    readonly clock: Clock;
    constructor(options: {
        clock: Clock;
        seed: string;
        index: number;
        lateStart?: (() => void) | undefined;
    });
    /** The next task begins now and was due at `dueMs`: notes it if that is late. */
    due(dueMs: number): void;
    /** Number of the current iteration, from 1; 0 before the first. */
    get iteration(): number;
    /** When the current iteration began, on the clock. */
    get startMs(): number;
    /** Begins the next iteration. The stream is made when somebody draws: one task and a constant wait never do. */
    begin(): void;
    /** The stream of the current iteration. */
    get random(): Random;
}

/** Where a user keeps the one who runs it. */
declare const lifeKey: unique symbol;
/** What a user asks of the one who runs it. */
interface Life {
    /** Sleeps the wait time of a user or task set; throws StopUser if the user is stopped meanwhile. */
    wait(owner: Paced): Promise<void>;
    /** @see User.stop */
    stop(force: boolean): boolean;
}

/** A function as a task: called with the user, or with the task set it is listed in. */
type TaskFunction = (owner: never) => unknown;
/** A `TaskSet` class as a task: runs until it is interrupted. */
type TaskSetClass = abstract new (parent: never) => object;
/** What may stand in `tasks`. */
type Task = TaskFunction | TaskSetClass;
/**
 * What `tasks` may be: `[browse, buy]`, `[[browse, 3], [buy, 1]]`, `new Map([[browse, 3]])`. Weights are whole numbers.
 * @example
 * ```ts
 * import { HttpUser, type TaskList } from "swarmgate";
 *
 * async function browse(user: HttpUser) {
 *   await user.client.get("/");
 * }
 *
 * const list: TaskList = [[browse, 3]];
 *
 * export class Visitor extends HttpUser {
 *   override tasks = list;
 * }
 * ```
 */
type TaskList = readonly (Task | readonly [task: Task, weight: number])[] | ReadonlyMap<Task, number>;
/** A decorator for methods, classes and fields; standard (2023-11) and legacy (`experimentalDecorators`). */
interface AnyDecorator {
    (target: unknown, context: {
        readonly kind: DecoratorContext["kind"];
        readonly name: string | symbol | undefined;
    }): void;
    (target: object, key: string, descriptor?: PropertyDescriptor): void;
    <C extends abstract new (...args: never) => object>(target: C): void;
}
/** The order matters: a field's decorator is called with undefined first, which `weight?` would take for itself. */
type TaskDecorator = AnyDecorator & {
    /** @param weight whole number, 0 or more: how often it is chosen, in proportion to the others. 0: never. */
    (weight?: number): AnyDecorator;
    (options: {
        readonly weight: number;
    }): AnyDecorator;
};
/**
 * Makes a method, a class or a field with a TaskSet class a task: `@task`, or `@task(4)` to choose it four times as
 * often as one of weight 1. Throws a GateError `locustfile-task` for a weight that is not a whole number, 0 or more.
 * @example
 * ```ts
 * import { HttpUser, task } from "swarmgate";
 *
 * export class Shopper extends HttpUser {
 *   @task(4) async browse() {
 *     await this.client.get("/");
 *   }
 *   @task async buy() {
 *     await this.client.post("/cart", { json: { item: 7 } });
 *   }
 * }
 * ```
 */
declare const task: TaskDecorator;
/**
 * Names for `--tags` and `--exclude-tags`, on a task or on a class, where they go for every task in it. Needs at
 * least one, else it throws a GateError `locustfile-task`.
 * @example
 * ```ts
 * import { HttpUser, tag, task } from "swarmgate";
 *
 * export class Shopper extends HttpUser {
 *   @tag("slow", "export") @task async report() {
 *     await this.client.get("/report.csv");
 *   }
 * }
 * ```
 */
declare function tag(...names: readonly [string, ...string[]]): AnyDecorator;

/**
 * One simulated user. A locustfile derives from it (or from `HttpUser`), says in `tasks` or with `@task` what its
 * users do, and in `waitTime` how long they think in between. `loop.ts` tells the life of a user.
 *
 * `weight`, `fixedCount`, `host`, `tasks` and `waitTime` may be static or instance fields; where both are there,
 * the instance's counts. What must be known before there is a user (weights, say) is read from the class, and, if the
 * class sets it as an instance field, from one instance made for that purpose and never run.
 * @example
 * ```ts
 * import { User, constant, events, task } from "swarmgate";
 *
 * export class Caller extends User {
 *   override waitTime = constant(1);
 *   @task async call() {
 *     await events.request.measure("rpc", "hello", async () => "answer");
 *   }
 * }
 * ```
 */
declare class User implements Paced {
    static readonly [userBrand]: true;
    /** `static abstract = true` keeps a base class from being run; classes derived from it do not inherit that. */
    static abstract: boolean;
    /** As the field `weight`; either will do. */
    static weight?: number;
    /** As the field `fixedCount`; either will do. */
    static fixedCount?: number;
    /** As the field `host`; either will do. */
    static host?: string | null;
    /** As the field `tasks`; either will do. */
    static tasks?: TaskList;
    /** As the method `waitTime`; either will do. */
    static waitTime?: () => number | Promise<number>;
    /** @deprecated milliseconds; write `waitTime = between(1, 5)`, in seconds. */
    static minWait?: number;
    /** @deprecated milliseconds; see `minWait`. */
    static maxWait?: number;
    /** Share of this class among the users, a number of 0 or more; 1 if not given. */
    weight?: number;
    /** Exactly this many users of the class, started first; the weight is then ignored. */
    fixedCount?: number;
    /** Base URL; the command line's wins. */
    host?: string | null;
    /** Besides methods with `@task`: functions and TaskSet classes, with or without weights. */
    tasks?: TaskList;
    /** @deprecated milliseconds; write `waitTime = between(1, 5)`, in seconds. Used where there is no `waitTime`. */
    minWait?: number;
    /** @deprecated milliseconds; see `minWait`. */
    maxWait?: number;
    /** What runs this user; for clients of other protocols. */
    readonly runtime: UserRuntime;
    /** The run: its events, statistics and options. */
    readonly environment: Environment;
    /**
     * The user's number across the whole swarm, from 0: for test data of its own. Twins share it. A class with a task
     * named `index`, as many have, finds it in `runtime.index`.
     */
    readonly index: number;
    /** Side-by-side runs: which version this user is on. */
    readonly arm: Arm;
    /** The user's own dice, the same in every run of one seed; what you draw never changes which tasks run when. */
    readonly random: Random;
    readonly [paceKey]: Pace;
    /** Set by whoever runs this user. */
    [lifeKey]: Life | undefined;
    constructor(runtime: UserRuntime);
    /** Seconds between tasks: `waitTime = between(1, 5)`, or a method of your own. Not at all if absent. */
    waitTime?(): number | Promise<number>;
    /** Before the first task: log in, say. If it throws, the user never runs, and that is counted and told. */
    onStart(): void | Promise<void>;
    /** After the last task. */
    onStop(): void | Promise<void>;
    /** Lets go of what the user holds (connections, say); called once it has ended. */
    [Symbol.dispose](): void;
    /** Merged into the `context` of each of this user's requests, for listeners of `events.request`. */
    context(): Record<string, unknown>;
    /** Waits as between two tasks; the user may be stopped meanwhile. */
    wait(): Promise<void>;
    /** Leaves the task set it is called from. */
    interrupt({ reschedule }?: {
        reschedule?: boolean;
    }): never;
    /**
     * Ends this user: at once while it waits, otherwise when its task is over, or with `force` without waiting for it.
     * @returns whether it ends now
     */
    stop(force?: boolean): boolean;
}
/** A user class as an engine starts it. */
type UserClass = (new (runtime: UserRuntime) => User) & Pick<typeof User, "abstract" | typeof userBrand>;

/**
 * A user that speaks HTTP through `this.client`. Export a class derived from it, and it runs.
 * @example
 * ```ts
 * import { HttpUser, between, task } from "swarmgate";
 *
 * export class Shopper extends HttpUser {
 *   override waitTime = between(1, 5);
 *   @task(3) async home() {
 *     await this.client.get("/");
 *   }
 * }
 * ```
 */
declare class HttpUser extends User {
    static abstract: boolean;
    /** TLS, HTTP/2, proxy, pool and limits of this class's requests; where it says nothing, the run's hold. */
    static http: HttpSettings;
    /** This user's own session: its connections, cookies, headers and credentials. */
    readonly client: HttpClient;
    constructor(runtime: UserRuntime);
    [Symbol.dispose](): void;
}
/** A task set that does not say whose it is belongs to an HTTP user: `this.client` is there, and typed. */
interface DefaultUser {
    readonly client: HttpClient;
}
/**
 * The same class as `HttpUser`: there is one client, and it is the fast one.
 * @example
 * ```ts
 * import { FastHttpUser, task } from "swarmgate";
 *
 * export class Visitor extends FastHttpUser {
 *   @task async home() {
 *     await this.client.get("/");
 *   }
 * }
 * ```
 */
declare const FastHttpUser: typeof HttpUser;
type FastHttpUser = HttpUser;

/** How a step is counted: its name (the path if absent) and its limit. */
interface WebSocketStep {
    readonly name?: string | undefined;
    /** SECONDS. Default 60. */
    readonly timeout?: number | undefined;
}
/**
 * One user's WebSocket. Each step is one sample: `WSC` the handshake, `WSS` a message sent (counted, not timed: it is
 * handed to the system at once), `WSR` a message received, timed from the last message sent that nothing came back
 * for yet, else from the call. What fails is counted and thrown.
 */
declare class WebSocketClient {
    #private;
    constructor(runtime: UserRuntime);
    get connected(): boolean;
    /** Opens the connection to `url`, relative to the user's host; `http:` means `ws:`. */
    connect(url: string, options?: WebSocketStep & {
        readonly protocols?: string[];
        readonly headers?: Record<string, string>;
    }): Promise<void>;
    /** Sends one message. */
    send(data: string | Uint8Array, options?: WebSocketStep): Promise<void>;
    /** The next message: text, or a Buffer if it is binary. */
    receive(options?: WebSocketStep): Promise<string | NodeBuffer>;
    close(): void;
}

/**
 * A user that speaks WebSocket through `this.client`: `connect`, `send`, `receive`, each a sample.
 * @example
 * ```ts
 * import { WebSocketUser, task } from "swarmgate";
 *
 * export class Listener extends WebSocketUser {
 *   override async onStart() {
 *     await this.client.connect("/live");
 *   }
 *   @task async ping() {
 *     await this.client.send("ping");
 *   }
 * }
 * ```
 */
declare class WebSocketUser extends User {
    static abstract: boolean;
    /** This user's own socket. */
    readonly client: WebSocketClient;
    constructor(runtime: UserRuntime);
    [Symbol.dispose](): void;
}

/**
 * The events of this thread; `environment.events` is the same object.
 * @example
 * ```ts
 * import { events } from "swarmgate";
 *
 * events.quitting.addListener(({ environment }) => {
 *   if (environment.stats.total.failRatio > 0.01) environment.processExitCode = 7;
 * });
 * ```
 */
declare const events: Events;

declare const brand: unique symbol;
type ControlKind = "stop-user" | "stop-test" | "reschedule" | "reschedule-immediately" | "interrupt";
/** Thrown on purpose, to say what happens next; never counted as a fault of the locustfile. */
declare abstract class Control extends Error {
    readonly [brand]: ControlKind;
    constructor(kind: ControlKind, message: string);
}
/**
 * Ends the user that throws it; `onStop` runs, and nobody takes its place.
 * @example
 * ```ts
 * import { StopUser } from "swarmgate";
 *
 * throw new StopUser("the account is locked");
 * ```
 */
declare class StopUser extends Control {
    constructor(message?: string);
}
/**
 * Ends the whole test; results so far are judged and reported.
 * @example
 * ```ts
 * import { StopTest } from "swarmgate";
 *
 * throw new StopTest("the shop is closed");
 * ```
 */
declare class StopTest extends Control {
    constructor(message?: string);
}
/**
 * Ends the current task; the user waits its wait time and goes on with the next.
 * @example
 * ```ts
 * import { RescheduleTask } from "swarmgate";
 *
 * throw new RescheduleTask();
 * ```
 */
declare class RescheduleTask extends Control {
    constructor(message?: string);
}
/**
 * Ends the current task; the user goes on with the next at once.
 * @example
 * ```ts
 * import { RescheduleTaskImmediately } from "swarmgate";
 *
 * throw new RescheduleTaskImmediately();
 * ```
 */
declare class RescheduleTaskImmediately extends Control {
    constructor(message?: string);
}
/**
 * Leaves the current task set; what `interrupt()` throws.
 * @example
 * ```ts
 * import { InterruptTaskSet } from "swarmgate";
 *
 * throw new InterruptTaskSet(false); // the parent waits first
 * ```
 */
declare class InterruptTaskSet extends Control {
    /** True: the parent goes on at once. False: after its wait time. */
    readonly reschedule: boolean;
    constructor(reschedule?: boolean);
}

/**
 * How `runSingleUser` runs its user; every field has a default.
 * @example
 * ```ts
 * import type { SingleUserOptions } from "swarmgate";
 *
 * const quick: SingleUserOptions = { host: "http://localhost:8080", iterations: 10, waits: false };
 * ```
 */
interface SingleUserOptions {
    /** Base URL; default: the class's own. */
    readonly host?: string;
    /** Ends after so many tasks; default: runs until `signal` aborts or the user ends by itself. */
    readonly iterations?: number;
    /** Only tasks with one of these tags. */
    readonly tags?: readonly string[];
    /** No tasks with one of these tags. */
    readonly excludeTags?: readonly string[];
    /** Of every random choice. */
    readonly seed?: string;
    /** Number of the user, from 0; default 0. */
    readonly index?: number;
    /** Wait times are slept unless this says no. */
    readonly waits?: boolean;
    /** Ends the user when it aborts; default: Ctrl-C does. */
    readonly signal?: AbortSignal;
    /** Takes each line that is told; default: standard output. */
    readonly print?: (line: string) => void;
    /** What time it is, and sleeping; the system's by default. */
    readonly clock?: Clock;
}
/**
 * Runs one user in this process, for a debugger: every request, exception and forgotten `await` is printed as it
 * happens. Resolves when the user has ended, with what it measured; rejects if it could not start.
 * @example
 * ```ts
 * import { HttpUser, runSingleUser, task } from "swarmgate";
 *
 * class Visitor extends HttpUser {
 *   @task async home() {
 *     await this.client.get("/");
 *   }
 * }
 *
 * await runSingleUser(Visitor, { host: "http://localhost:8080", iterations: 3 });
 * ```
 */
declare function runSingleUser(userClass: UserClass, options?: SingleUserOptions): Promise<readonly Sample[]>;

/**
 * What a shape wants now: so many users, reached at so many a second; of these classes only, if any are named (those
 * of other classes that run already keep running).
 * @example
 * ```ts
 * import type { Tick } from "swarmgate";
 *
 * const fiftyAtTenASecond: Tick = [50, 10];
 * ```
 */
type Tick = readonly [users: number, spawnRate: number, userClasses?: readonly UserClass[]];
/** What a shape sees of the run: given by whoever runs it, before the first tick. */
interface ShapeRun {
    readonly clock: Clock;
    readonly environment: Environment;
}
/**
 * How the number of users changes over time. Export a class derived from it, and its `tick` is asked once a second;
 * `null` ends the test. The engine follows without waiting for a ramp to be over, so a stage that is shorter than
 * its ramp is not skipped: the next one begins where the ramp had got to.
 * @example
 * ```ts
 * import { LoadTestShape, type Tick } from "swarmgate";
 *
 * export class UntilNoon extends LoadTestShape {
 *   override tick(): Tick | null {
 *     return this.getRunTime() < 600 ? [20 + Math.floor(this.getRunTime() / 10), 5] : null;
 *   }
 * }
 * ```
 */
declare class LoadTestShape {
    #private;
    static readonly [shapeBrand]: true;
    /** `static abstract = true` keeps a base class from being used; not inherited. */
    static abstract: boolean;
    /** True: users, spawn rate and run time of the command line stay in force, for the shape to read. */
    static useCommonOptions: boolean;
    /** As the static field; either will do. */
    useCommonOptions?: boolean;
    /** Called by whoever runs the shape. */
    attach(run: ShapeRun): void;
    /** `[users, spawnRate]`, `[users, spawnRate, [Shopper]]`, or `null` to end the test. */
    tick(): Tick | null | Promise<Tick | null>;
    /** Seconds since the test started. */
    getRunTime(): number;
    /** Users running now, in the whole swarm. */
    getCurrentUserCount(): number;
    /** Lets the run time begin again at 0. */
    resetTime(): void;
    /** Of the run; undefined before it. */
    get environment(): Environment | undefined;
    /** Who runs the users; undefined before the run. */
    get runner(): Environment["runner"] | undefined;
}
/** A shape class as an engine makes it. */
type ShapeClass = (new () => LoadTestShape) & Pick<typeof LoadTestShape, "abstract" | "useCommonOptions">;

/** A load as a function of the seconds since the test started. */
type LoadCurve = (runTime: number) => Tick | null;
/**
 * One stage: so many users, until so many seconds after the start of the test (not of the stage: as in Locust).
 * @example
 * ```ts
 * import { type Stage, stages } from "swarmgate";
 *
 * const rush: Stage = { duration: 120, users: 100, spawnRate: 10 };
 * export const Load = stages([{ duration: 60, users: 10, spawnRate: 5 }, rush]);
 * ```
 */
interface Stage {
    /** Seconds from the start of the test to the end of this stage. */
    readonly duration: number;
    /** A whole number. */
    readonly users: number;
    /** Users per second, up and down. */
    readonly spawnRate: number;
    /** Of these classes only, if given. */
    readonly userClasses?: readonly UserClass[] | undefined;
}
/**
 * A shape class that follows a curve: users and spawn rate by the seconds since the start, `null` to end.
 * @example
 * ```ts
 * import { shapeOf } from "swarmgate";
 *
 * export const Load = shapeOf((seconds) => (seconds < 60 ? [10, 1] : null));
 * ```
 */
declare function shapeOf(curve: LoadCurve): ShapeClass;
/**
 * Stage after stage; ends with the last. Throws a GateError `locustfile-shape` where they are not in order.
 * @example
 * ```ts
 * import { stages } from "swarmgate";
 *
 * export const Load = stages([
 *   { duration: 60, users: 10, spawnRate: 5 },
 *   { duration: 120, users: 50, spawnRate: 10 },
 * ]);
 * ```
 */
declare function stages(list: readonly Stage[]): ShapeClass;
/**
 * Every `stepTime` seconds `stepLoad` users more, until `timeLimit` seconds. Throws a GateError `locustfile-shape` for a
 * number that is not above 0.
 * @example
 * ```ts
 * import { steps } from "swarmgate";
 *
 * export const Load = steps({ stepTime: 30, stepLoad: 10, spawnRate: 10, timeLimit: 300 });
 * ```
 */
declare function steps(options: StepOptions): ShapeClass;
interface StepOptions {
    readonly stepTime: number;
    readonly stepLoad: number;
    readonly spawnRate: number;
    readonly timeLimit: number;
}
/**
 * `users`, but `peakUsers` from second `at` on for `duration` seconds; ends after `timeLimit` seconds. Throws a GateError
 * `locustfile-shape` for a number that cannot be.
 * @example
 * ```ts
 * import { spike } from "swarmgate";
 *
 * export const Load = spike({ users: 10, peakUsers: 100, at: 60, duration: 30, timeLimit: 180 });
 * ```
 */
declare function spike(options: SpikeOptions): ShapeClass;
interface SpikeOptions {
    readonly users: number;
    readonly peakUsers: number;
    readonly at: number;
    readonly duration: number;
    readonly timeLimit: number;
    /** Users a second up and down; default: all of the difference within a second. */
    readonly spawnRate?: number;
}
/**
 * Two bell-shaped peaks over `minUsers`, at one third and two thirds of `timeLimit` seconds: morning and evening. Throws a
 * GateError `locustfile-shape` for a number that cannot be.
 * @example
 * ```ts
 * import { doubleWave } from "swarmgate";
 *
 * export const Load = doubleWave({ minUsers: 20, peakOneUsers: 60, peakTwoUsers: 40, timeLimit: 600 });
 * ```
 */
declare function doubleWave(options: DoubleWaveOptions): ShapeClass;
interface DoubleWaveOptions {
    readonly minUsers: number;
    readonly peakOneUsers: number;
    readonly peakTwoUsers: number;
    readonly timeLimit: number;
}

/** The user of a task set that does not say whose it is. `http/` declares that it has a `client`. */
interface DefaultUser extends User {
}
/** The tasks scheduled by hand, first to run first. */
declare const queueKey: unique symbol;
/**
 * A set of tasks that is a task itself: a part of the site. Once chosen it runs, choosing among its own tasks, until
 * one of them calls `interrupt()`. Sets may stand in sets, to any depth.
 * @example
 * ```ts
 * import { HttpUser, TaskSet, task } from "swarmgate";
 *
 * class Forum extends TaskSet {
 *   @task(5) async read() {
 *     await this.client.get("/forum");
 *   }
 *   @task leave() {
 *     this.interrupt();
 *   }
 * }
 *
 * export class Visitor extends HttpUser {
 *   override tasks = [Forum];
 * }
 * ```
 */
declare class TaskSet<U extends User = DefaultUser> implements Paced {
    static readonly [taskSetBrand]: "random" | "sequence" | "markov";
    /** As the field `tasks`; either will do. */
    static tasks?: TaskList;
    /** As the method `waitTime`; either will do. */
    static waitTime?: () => number | Promise<number>;
    /** @deprecated milliseconds; write `waitTime = between(1, 5)`, in seconds. */
    static minWait?: number;
    /** @deprecated milliseconds; see `minWait`. */
    static maxWait?: number;
    /** Besides methods with `@task`: functions and TaskSet classes, with or without weights. */
    tasks?: TaskList;
    /** @deprecated milliseconds; write `waitTime = between(1, 5)`, in seconds. */
    minWait?: number;
    /** @deprecated milliseconds; see `minWait`. */
    maxWait?: number;
    /** The task set this one runs in, or the user. */
    readonly parent: User | TaskSet<User>;
    /** The user that runs it. */
    readonly user: U;
    readonly [queueKey]: Task[];
    constructor(parent: U | TaskSet<U>);
    get [paceKey](): Pace;
    /** The user's client. */
    get client(): U extends {
        readonly client: infer C;
    } ? C : never;
    /** The user's own dice: seeded, the same in every run of one seed. */
    get random(): Random;
    /** Seconds between tasks of this set; the user's wait time if absent. */
    waitTime?(): number | Promise<number>;
    /** Each time the set is entered. */
    onStart(): void | Promise<void>;
    /** Each time the set is left, and when its user stops within it. */
    onStop(): void | Promise<void>;
    /** Runs `task` next, before anything is chosen: behind what is scheduled already, or before it with `first`. */
    scheduleTask(task: Task, { first }?: {
        first?: boolean;
    }): void;
    /** Waits as between two tasks; the user may be stopped meanwhile. */
    wait(): Promise<void>;
    /** Leaves this set: the parent goes on at once, or after its wait time with `reschedule: false`. */
    interrupt({ reschedule }?: {
        reschedule?: boolean;
    }): never;
}
/**
 * Tasks in the order they are declared, over and over until interrupted; a weight repeats a task that often in a row.
 * @example
 * ```ts
 * import { SequentialTaskSet, task } from "swarmgate";
 *
 * export class Checkout extends SequentialTaskSet {
 *   @task async cart() {
 *     await this.client.get("/cart");
 *   }
 *   @task async pay() {
 *     await this.client.post("/pay");
 *   }
 * }
 * ```
 */
declare class SequentialTaskSet<U extends User = DefaultUser> extends TaskSet<U> {
    static readonly [taskSetBrand] = "sequence";
}
/**
 * Tasks that lead to tasks: begins with the first declared; `@transition` and `@transitions` say what may follow
 * each. A transition to nothing, or a task without one, is a GateError `locustfile-task`.
 * @example
 * ```ts
 * import { MarkovTaskSet, task, transition } from "swarmgate";
 *
 * export class Browsing extends MarkovTaskSet {
 *   @transition("item") @task async list() {
 *     await this.client.get("/items");
 *   }
 *   @transition("list") @task async item() {
 *     await this.client.get("/items/7", { name: "/items/{id}" });
 *   }
 * }
 * ```
 */
declare class MarkovTaskSet<U extends User = DefaultUser> extends TaskSet<U> {
    static readonly [taskSetBrand] = "markov";
}

/** Where to go next: `{ search: 3, leave: 1 }`, `["search", "leave"]`, `[["search", 3], "leave"]`, or a Map. */
type Transitions = Readonly<Record<string, number>> | readonly (string | readonly [name: string, weight: number])[] | ReadonlyMap<string, number>;
/**
 * In a `MarkovTaskSet`: after this task `name` may come next, with this weight among the transitions. Throws a GateError
 * `locustfile-task` on a class, or for a weight that is not a whole number.
 * @example
 * ```ts
 * import { MarkovTaskSet, task, transition } from "swarmgate";
 *
 * export class Browsing extends MarkovTaskSet {
 *   @transition("list", 3) @transition("item") @task async list() {
 *     await this.client.get("/items");
 *   }
 *   @transition("list") @task async item() {
 *     await this.client.get("/items/7");
 *   }
 * }
 * ```
 */
declare function transition(name: string, weight?: number): AnyDecorator;
/**
 * In a `MarkovTaskSet`: the tasks that may come after this one, with their weights. Throws as `transition` does.
 * @example
 * ```ts
 * import { MarkovTaskSet, task, transitions } from "swarmgate";
 *
 * export class Browsing extends MarkovTaskSet {
 *   @transitions({ list: 3, item: 1 }) @task async list() {
 *     await this.client.get("/items");
 *   }
 *   @transitions(["list"]) @task async item() {
 *     await this.client.get("/items/7");
 *   }
 * }
 * ```
 */
declare function transitions(list: Transitions): AnyDecorator;

/**
 * Gives the seconds until the next task; called after every task, with its user or task set as `this`.
 * @example
 * ```ts
 * import { HttpUser, type WaitTime, constant } from "swarmgate";
 *
 * const wait: WaitTime = constant(0.5);
 *
 * export class Visitor extends HttpUser {
 *   override waitTime = wait;
 * }
 * ```
 */
type WaitTime = (this: Paced) => number;
/**
 * A random time between `min` and `max` seconds, uniform, drawn anew after every task from the run's seed. Throws a
 * RangeError unless 0 ≤ min ≤ max.
 * @example
 * ```ts
 * import { HttpUser, between } from "swarmgate";
 *
 * export class Shopper extends HttpUser {
 *   override waitTime = between(1, 5);
 * }
 * ```
 */
declare function between(min: number, max: number): WaitTime;
/**
 * Always `seconds`. Throws a RangeError for less than 0.
 * @example
 * ```ts
 * import { HttpUser, constant } from "swarmgate";
 *
 * export class Visitor extends HttpUser {
 *   override waitTime = constant(1);
 * }
 * ```
 */
declare function constant(seconds: number): WaitTime;
/**
 * Tasks start every `seconds`, whatever they take: the wait is what is left. A task that took longer is followed at
 * once by the next, which counts as started late, and what was lost is not made up for. Measured from when the task should have started, not
 * from when it did, so that late timers do not add up. Throws a RangeError for less than 0.
 * @example
 * ```ts
 * import { HttpUser, constantPacing } from "swarmgate";
 *
 * export class Visitor extends HttpUser {
 *   override waitTime = constantPacing(10);
 * }
 * ```
 */
declare function constantPacing(seconds: number): WaitTime;
/**
 * At most `perSecond` tasks a second for each user; the same as `constantPacing(1 / perSecond)`. Throws a RangeError unless
 * it is above 0.
 * @example
 * ```ts
 * import { HttpUser, constantThroughput } from "swarmgate";
 *
 * export class Visitor extends HttpUser {
 *   override waitTime = constantThroughput(0.1);
 * }
 * ```
 */
declare function constantThroughput(perSecond: number): WaitTime;

export { EventHook, FastHttpUser, HttpClient, HttpResponse, HttpUser, InterruptTaskSet, LoadTestShape, MarkovTaskSet, RescheduleTask, RescheduleTaskImmediately, SequentialTaskSet, StopTest, StopUser, StreamedResponse, TaskSet, User, WebSocketUser, between, constant, constantPacing, constantThroughput, doubleWave, events, runSingleUser, shapeOf, spike, stages, steps, tag, task, transition, transitions };
export type { ArgumentParser, Arm, Auth, Endpoint, Environment, Events, Failure, FailureKind, FilePart, HttpSettings, Listener, MessageListener, RequestOptions, Runner, RunnerState, Sample, SingleUserOptions, Stage, Stats, StatsView, TaskList, Tick, WaitTime };
