import { messageOf } from "../base/errors.ts";
import type { FailureKind } from "../stats/failures.ts";
import type { Phases } from "../stats/sample.ts";
import type { Activity } from "../user/activity.ts";
import { AnswerHeaders } from "./answer-headers.ts";
import { BodyStream } from "./body-stream.ts";
import { causeOf, ExchangeError } from "./cause.ts";
import type { Expiring } from "./deadlines.ts";
import { decodeBody } from "./decode.ts";
import type { HeaderList } from "./header-list.ts";
import type { RequestOptions } from "./options.ts";
import { PhaseClock } from "./phase-clock.ts";
import type { Plan } from "./plan.ts";
import { redirectOf } from "./redirect.ts";
import type { HttpResponse, StreamedResponse } from "./response.ts";
import { maxRedirects } from "./settings.ts";
import {
  type Address,
  type Carried,
  type ConnectTiming,
  Notable,
  type RawHeaders,
  type Transport,
} from "./transport.ts";

/** What an exchange needs from the client that began it. */
export interface ExchangeOwner {
  now(): number;
  /** A transport that can take a request to this origin, now or in its turn. */
  transportFor(address: Address): Transport;
  /** The plan of a redirect's URL. */
  planOf(url: URL): Plan;
  /** The headers for the next hop, cookies included. */
  headersFor(exchange: Exchange): HeaderList;
  setCookies(url: URL, cookies: readonly string[]): void;
  withdrawDeadline(exchange: Exchange): void;
  /** The answer (or the failure) is complete; with `stream`, called when its head is there. */
  answered(exchange: Exchange): void;
  /** A streamed body ended after `answered`. */
  streamed(exchange: Exchange): void;
}

const nothing = Buffer.alloc(0);
/** The reader of a streamed answer left: no failure, the rest was not wanted. */
const abandoned = new ExchangeError("check", "the rest of the answer was not read");

/**
 * One call of the client on its way: sent, redirected, timed, decoded. It is its own connection listener, its own
 * deadline and its own activity, so that a request costs this and its clock, one promise and one response.
 */
export class Exchange implements Carried, Expiring, Activity {
  readonly owner: ExchangeOwner;
  /** As the locustfile called it; what the endpoint is counted under. */
  readonly calledMethod: string;
  readonly calledPlan: Plan;
  readonly options: RequestOptions;
  /** What the request is counted under in place of its path and query. */
  name: string | undefined;
  resolve!: (response: HttpResponse | StreamedResponse) => void;
  // The hop under way.
  method: string;
  plan: Plan;
  headers!: HeaderList;
  body: Buffer | undefined;
  contentType: string | undefined;
  /** Headers that name a host's secrets were left behind at a redirect to another origin. */
  crossedOrigin = false;
  #hops = 0;
  transport: Transport | undefined;

  status = 0;
  rawHeaders: RawHeaders = "";
  notable = 0;
  bytesOut = 0;
  bytesIn = 0;
  bodyStream: BodyStream | undefined;
  #chunk: Buffer | undefined;
  #chunks: Buffer[] | undefined;
  #wireBytes = 0;
  #body: Buffer | undefined;
  /** A streamed body's connection is done with it, its decoding perhaps not. */
  #concluded = false;
  failureKind: FailureKind | undefined;
  failureMessage = "";
  error: unknown;

  // On the run's clock.
  readonly intendedMs: number;
  readonly startMs: number;
  endMs = 0;
  readonly #clock: PhaseClock;

  deadlineMs = 0;
  queue: Expiring["queue"];
  earlier: Expiring | undefined;
  later: Expiring | undefined;

  kind: Activity["kind"] = "in-flight";
  place: string | undefined;
  /** What ends the wait for a verdict; set by the client while there is one. */
  onSettle: ((error: unknown) => void) | undefined;

  constructor(
    owner: ExchangeOwner,
    call: { method: string; plan: Plan; options: RequestOptions; intendedMs: number | undefined },
  ) {
    this.owner = owner;
    this.calledMethod = this.method = call.method;
    this.calledPlan = this.plan = call.plan;
    this.options = call.options;
    this.startMs = owner.now();
    this.#clock = new PhaseClock(this.startMs);
    this.intendedMs = call.intendedMs ?? this.startMs;
  }

  /** The promise of its response. */
  answer(): Promise<HttpResponse | StreamedResponse> {
    return new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  get address(): Address {
    return this.plan.address;
  }

  get path(): string {
    return this.plan.path;
  }

  get stream(): boolean {
    return this.options.stream === true;
  }

  get label(): string {
    return `${this.calledMethod} ${this.name ?? this.calledPlan.path}`;
  }

  /** Its task ended before it did. */
  orphaned = false;

  settle(error?: unknown): void {
    if (this.onSettle) this.onSettle(error);
    else this.orphaned = true;
  }

  /** Sends the hop. What the guard forbids is a failure and never leaves. */
  begin(): void {
    if (this.plan.forbidden !== null) {
      this.#conclude(new ExchangeError("forbidden-host", this.plan.forbidden));
      return;
    }
    this.headers = this.owner.headersFor(this);
    if (this.body) this.bytesOut += this.body.length;
    this.transport = this.owner.transportFor(this.address);
    this.transport.send(this);
  }

  /** Ends it from our side. */
  abort(error: Error): void {
    if (this.transport) this.transport.abort(this, error);
  }

  expire(): void {
    const seconds = (this.deadlineMs - this.startMs) / 1000;
    this.abort(new ExchangeError("timeout", `timed out after ${+seconds.toFixed(3)} s`));
  }

  onStart(connect: ConnectTiming | undefined): void {
    this.#clock.started(this.owner.now(), connect);
  }

  onSent(): void {
    this.#clock.sent(this.owner.now());
  }

  onFirstByte(): void {
    this.#clock.firstByte(this.owner.now());
  }

  onHead(status: number, headers: RawHeaders, notable: number): void {
    this.status = status;
    this.rawHeaders = headers;
    this.notable = notable;
    if (notable & Notable.setCookie) this.owner.setCookies(this.plan.url, this.answerHeaders().all("set-cookie"));
    if (!this.stream || this.#redirects) return;
    const encoding = notable & Notable.contentEncoding ? this.answerHeaders().get("content-encoding") : undefined;
    this.bodyStream = new BodyStream({
      contentEncoding: encoding,
      resume: () => this.transport?.resume(this),
      abandon: () => this.abort(abandoned),
      onFinished: () => this.#streamed(),
    });
    this.owner.answered(this);
  }

  onData(chunk: Buffer): void {
    this.#wireBytes += chunk.length;
    if (this.bodyStream) {
      if (!this.bodyStream.push(chunk)) this.transport?.pause(this);
    } else if (this.#chunks) this.#chunks.push(chunk);
    else if (this.#chunk) this.#chunks = [this.#chunk, chunk];
    else this.#chunk = chunk;
  }

  onEnd(): void {
    const nowMs = this.owner.now();
    this.#clock.ended(nowMs);
    if (this.#redirects && this.#follow(nowMs)) return;
    this.#conclude(undefined, nowMs);
  }

  onError(error: unknown): void {
    this.#conclude(error);
  }

  get #redirects(): boolean {
    if ((this.notable & Notable.location) === 0) return false;
    if (!(this.options.allowRedirects ?? this.calledMethod !== "HEAD")) return false;
    const { status } = this;
    return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
  }

  /** Goes on to the next hop; false if this answer is the last. */
  #follow(nowMs: number): boolean {
    const location = this.answerHeaders().get("location") ?? "";
    const next = redirectOf({ location, from: this.plan.url, status: this.status, method: this.method });
    if (next === undefined) {
      this.#conclude(
        new ExchangeError("redirects", `redirected to something that is no http(s) URL: ${location.slice(0, 200)}`),
        nowMs,
      );
      return true;
    }
    if (++this.#hops > maxRedirects) {
      this.#conclude(new ExchangeError("redirects", `more than ${maxRedirects} redirects`), nowMs);
      return true;
    }
    this.method = next.method;
    if (!next.keepsBody) this.body = this.contentType = undefined;
    if (next.leavesOrigin) this.crossedOrigin = true;
    this.plan = this.owner.planOf(next.url);
    this.#chunk = this.#chunks = undefined;
    this.#wireBytes = 0;
    this.#clock.hop(nowMs);
    this.notable = 0;
    this.transport = undefined;
    try {
      this.begin();
    } catch (error) {
      this.#conclude(new ExchangeError("redirects", `the redirect cannot be followed: ${messageOf(error)}`));
    }
    return true;
  }

  #conclude(error: unknown, nowMs = this.owner.now()): void {
    this.owner.withdrawDeadline(this);
    this.endMs = nowMs;
    this.transport = undefined;
    if (error !== undefined && error !== abandoned) this.#failed(error);
    if (this.bodyStream) {
      this.#concluded = true;
      if (this.bodyStream.ended) this.#streamed();
      else this.bodyStream.end(error);
      return;
    }
    this.#body = this.#chunks ? Buffer.concat(this.#chunks) : this.#chunk;
    this.#chunk = this.#chunks = undefined;
    if (this.#body && this.notable & Notable.contentEncoding) this.#decode(this.#body);
    else this.#done();
  }

  /** A streamed answer is over once its connection is done with it and all of it is decoded. */
  #streamed(): void {
    if (!this.#concluded || !this.bodyStream) return;
    this.#concluded = false;
    this.bytesIn = this.bodyStream.bytesRead;
    const { error } = this.bodyStream;
    if (error !== undefined && error !== abandoned) this.#undecodable(error);
    else this.owner.streamed(this);
  }

  #failed(error: unknown): void {
    const { kind, message } = causeOf(error);
    this.error = error;
    this.failureKind = kind;
    this.failureMessage = message;
    // Locust's rule: without a whole answer there is no status, but where one began it is worth knowing.
    if (kind !== "redirects" && kind !== "protocol") this.status = 0;
  }

  #decode(body: Buffer): void {
    try {
      const decoded = decodeBody(body, this.answerHeaders().get("content-encoding") ?? "");
      if (decoded instanceof Promise) {
        decoded.then(
          (bytes) => this.#decoded(bytes),
          (error: unknown) => this.#undecodable(error),
        );
        return;
      }
      this.#body = decoded;
    } catch (error) {
      this.#undecodable(error);
      return;
    }
    this.#done();
  }

  #decoded(bytes: Buffer): void {
    this.#body = bytes;
    this.#done();
  }

  #undecodable(error: unknown): void {
    if (this.failureKind === undefined) {
      const why = error instanceof Error ? error.message : String(error);
      this.#failed(new ExchangeError("protocol", `the body is not what its Content-Encoding says: ${why}`));
    }
    this.#done();
  }

  #done(): void {
    if (this.bodyStream) {
      this.owner.streamed(this);
      return;
    }
    this.bytesIn = this.#body?.length ?? 0;
    this.owner.answered(this);
  }

  /** The decoded body; of a streamed answer, the first part of what was read. */
  get bytes(): Buffer {
    return this.#body ?? this.bodyStream?.kept ?? nothing;
  }

  answerHeaders(): AnswerHeaders {
    return new AnswerHeaders(this.rawHeaders);
  }

  phases(): Phases | undefined {
    return this.#clock.phases();
  }
}
