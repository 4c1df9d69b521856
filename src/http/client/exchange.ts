import { messageOf } from "../../base/errors.ts";
import type { InFlight } from "../../stats/in-flight.ts";
import type { Activity } from "../../user/activity.ts";
import { bodyBudget, defaultMaxBodyBytes } from "../answer/body-budget.ts";
import { BodyStream } from "../answer/body-stream.ts";
import { decodeBody } from "../answer/decode.ts";
import type { HttpResponse, StreamedResponse } from "../answer/response.ts";
import { ExchangeError, tooLarge } from "../cause.ts";
import type { HeaderList } from "../header-list.ts";
import type { AnyOptions } from "../request/options.ts";
import type { Plan } from "../request/plan.ts";
import { redirectOf } from "../request/redirect.ts";
import { maxRedirects } from "../settings.ts";
import type { Expiring } from "../wire/deadlines.ts";
import {
  type Address,
  type Carried,
  type ConnectTiming,
  Notable,
  type RawHeaders,
  type Transport,
} from "../wire/transport.ts";
import { Call } from "./call.ts";
import { siteOf } from "./cookies.ts";

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
  /** See HttpSettings. */
  readonly maxBodyBytes: number | undefined;
  /** The answer says in two ways where its body ends. */
  twoFramings(exchange: Exchange): void;
  /** The answer (or the failure) is complete; with `stream`, called when its head is there. */
  answered(exchange: Exchange): void;
  /** A streamed body ended after `answered`. */
  streamed(exchange: Exchange): void;
}

function noRoom(): ExchangeError {
  const megabytes = Math.round(bodyBudget.limitBytes / 1024 ** 2);
  const text = `no memory for the body: the answers being read here have ${megabytes} MiB already`;
  return new ExchangeError("protocol", text);
}

/** The reader of a streamed answer left: no failure, the rest was not wanted. */
const abandoned = new ExchangeError("check", "the rest of the answer was not read");

/**
 * One call of the client on its way: sent, redirected, timed, decoded. It is its own connection listener, its own
 * deadline and its own activity, so that a request costs this and its clock, one promise and one response.
 */
export class Exchange extends Call implements Carried, Expiring, Activity, InFlight {
  readonly owner: ExchangeOwner;
  resolve!: (response: HttpResponse | StreamedResponse) => void;
  transport: Transport | undefined;
  #chunk: Buffer | undefined;
  #chunks: Buffer[] | undefined;
  #heldBytes = 0;
  /** A streamed body's connection is done with it, its decoding perhaps not. */
  #concluded = false;
  /** The connection is paused, as the reader of a streamed body is behind. */
  #isHeldBack = false;

  deadlineMs = 0;
  queue: Expiring["queue"];
  earlier: Expiring | undefined;
  later: Expiring | undefined;

  /** What ends the wait for a verdict; set by the client while there is one. */
  onSettle: ((error: unknown) => void) | undefined;

  constructor(
    owner: ExchangeOwner,
    call: { method: string; plan: Plan; options: AnyOptions; intendedMs: number | undefined },
  ) {
    const { method, plan, options, intendedMs } = call;
    super({ method, plan, options, intendedMs, startMs: owner.now() });
    this.owner = owner;
  }

  /** A streamed answer is in flight to its last byte; while its reader is the slower one, nobody waits for the target. */
  get request(): InFlight | undefined {
    return this.endMs === 0 && !this.#isHeldBack ? this : undefined;
  }

  get timeoutMs(): number {
    return this.deadlineMs - this.startMs;
  }

  /** The promise of its response. */
  answer(): Promise<HttpResponse | StreamedResponse> {
    return new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

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

  onStart(nowMs: number, connect: ConnectTiming | undefined): void {
    this.clock.started(nowMs, connect);
  }

  onSent(): void {
    this.clock.sent(this.owner.now());
  }

  onRepeat(nowMs: number): void {
    this.repeated = true;
    if (this.body) this.bytesOut += this.body.length;
    this.clock.again(nowMs);
  }

  onUploaded(bytes: number): void {
    this.bytesOut += bytes;
  }

  onFirstByte(): void {
    this.received++;
    this.clock.firstByte(this.owner.now());
  }

  onHead(status: number, headers: RawHeaders, notable: number): void {
    this.status = status;
    this.rawHeaders = headers;
    this.notable = notable;
    if (notable & Notable.setCookie) {
      this.owner.setCookies(siteOf(this.plan.url, this.headers.host), this.answerHeaders().all("set-cookie"));
    }
    if (notable & Notable.twoFramings) this.owner.twoFramings(this);
    if (!this.stream || this.redirects) return;
    const encoding = notable & Notable.contentEncoding ? this.answerHeaders().get("content-encoding") : undefined;
    this.bodyStream = new BodyStream({
      contentEncoding: encoding,
      mostBytes: this.owner.maxBodyBytes,
      resume: () => {
        this.#isHeldBack = false;
        this.transport?.resume(this);
      },
      abandon: () => this.abort(abandoned),
      onFinished: () => this.#streamed(),
    });
    this.owner.answered(this);
  }

  onData(chunk: Buffer): void {
    this.received++;
    if (this.bodyStream) {
      if (!this.bodyStream.push(chunk)) {
        this.#isHeldBack = true;
        this.transport?.pause(this);
      }
      return;
    }
    if (!this.#hold(chunk.length)) return;
    if (this.#chunks) this.#chunks.push(chunk);
    else if (this.#chunk) this.#chunks = [this.#chunk, chunk];
    else this.#chunk = chunk;
  }

  /** Whether so many bytes more of a buffered body may be kept; if not, the request has failed. */
  #hold(bytes: number): boolean {
    const most = this.owner.maxBodyBytes ?? defaultMaxBodyBytes;
    const error = this.#heldBytes + bytes > most ? tooLarge(most) : bodyBudget.take(bytes) ? undefined : noRoom();
    if (!error) {
      this.#heldBytes += bytes;
      return true;
    }
    // Of what came the first part is enough to be shown.
    this.#chunk = this.#chunks?.[0] ?? this.#chunk;
    this.#chunks = undefined;
    this.abort(error);
    return false;
  }

  #letGo(): void {
    if (this.#heldBytes > 0) bodyBudget.giveBack(this.#heldBytes);
    this.#heldBytes = 0;
  }

  onEnd(nowMs: number): void {
    this.clock.ended(nowMs);
    if (this.redirects && this.#follow(nowMs)) return;
    this.#conclude(undefined, nowMs);
  }

  onError(error: unknown): void {
    this.#conclude(error);
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
    if (++this.hops > maxRedirects) {
      this.#conclude(new ExchangeError("redirects", `more than ${maxRedirects} redirects`), nowMs);
      return true;
    }
    this.method = next.method;
    if (!next.keepsBody) this.dropBody();
    else if (this.upload?.once) {
      const why = `cannot follow the redirect (${this.status}): the body is a stream, which can be sent only once`;
      this.#conclude(new ExchangeError("redirects", why), nowMs);
      return true;
    }
    if (next.leavesOrigin) this.crossedOrigin = true;
    this.plan = this.owner.planOf(next.url);
    this.#chunk = this.#chunks = undefined;
    this.#letGo();
    this.clock.hop(nowMs);
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
    if (error !== undefined && error !== abandoned) this.failed(error);
    if (this.bodyStream) {
      this.#concluded = true;
      if (this.bodyStream.ended) this.#streamed();
      else this.bodyStream.end(error);
      return;
    }
    this.#letGo();
    this.answerBody = this.#chunks ? Buffer.concat(this.#chunks) : this.#chunk;
    this.#chunk = this.#chunks = undefined;
    if (this.answerBody && this.notable & Notable.contentEncoding) this.#decode(this.answerBody);
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

  #decode(body: Buffer): void {
    try {
      const mostBytes = this.owner.maxBodyBytes ?? defaultMaxBodyBytes;
      const decoded = decodeBody(body, this.answerHeaders().get("content-encoding") ?? "", {
        mostBytes,
        budget: bodyBudget,
        noRoom,
      });
      if (decoded instanceof Promise) {
        decoded.then(
          (bytes) => this.#decoded(bytes),
          (error: unknown) => this.#undecodable(error),
        );
        return;
      }
      this.answerBody = decoded;
    } catch (error) {
      this.#undecodable(error);
      return;
    }
    this.#done();
  }

  #decoded(bytes: Buffer): void {
    this.answerBody = bytes;
    this.#done();
  }

  #undecodable(error: unknown): void {
    if (this.failureKind === undefined) {
      const why = error instanceof Error ? error.message : String(error);
      const isLarge = (error as { code?: unknown } | null)?.code === "ERR_BUFFER_TOO_LARGE";
      if (isLarge) this.failed(tooLarge(this.owner.maxBodyBytes ?? defaultMaxBodyBytes));
      else if (error instanceof ExchangeError) this.failed(error);
      else this.failed(new ExchangeError("protocol", `the body is not what its Content-Encoding says: ${why}`));
    }
    this.#done();
  }

  #done(): void {
    if (this.bodyStream) {
      this.owner.streamed(this);
      return;
    }
    this.bytesIn = this.answerBody?.length ?? 0;
    this.owner.answered(this);
  }
}
