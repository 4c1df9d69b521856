import type { Endpoint } from "../../stats/endpoint.ts";
import type { FailureKind } from "../../stats/failures.ts";
import type { Phases } from "../../stats/sample.ts";
import type { Activity } from "../../user/activity.ts";
import type { BodyStream } from "../answer/body-stream.ts";
import { causeOf } from "../cause.ts";
import type { HeaderList } from "../header-list.ts";
import type { AnyOptions } from "../request/options.ts";
import type { Plan } from "../request/plan.ts";
import type { EncodedBody, Upload } from "../upload.ts";
import { AnswerHeaders } from "../wire/answer-headers.ts";
import { type Address, Notable, type RawHeaders } from "../wire/transport.ts";
import { PhaseClock } from "./phase-clock.ts";

const nothing = Buffer.alloc(0);

/**
 * What is known of one call of the client: what was asked for, where it is now, what came of it, when. An `Exchange`
 * is one that is on its way; of a class of its own for the reader, one object with it for speed.
 */
export class Call {
  /** As the locustfile called it; what the endpoint is counted under. */
  readonly calledMethod: string;
  readonly calledPlan: Plan;
  readonly options: AnyOptions;
  /** What the request is counted under in place of its path and query. */
  name: string | undefined;

  // The hop under way.
  method: string;
  plan: Plan;
  headers!: HeaderList;
  body: Buffer | undefined;
  /** A body that is sent piece by piece, in place of `body`. */
  upload: Upload | undefined;
  contentType: string | undefined;
  /** A redirect went to another origin: the headers meant for the first one stay behind. */
  crossedOrigin = false;
  /** A redirect left the body behind, and with it what the headers say of it. */
  bodyDropped = false;
  /** Redirects followed. */
  hops = 0;

  /** Sent a second time, as the server closed the kept connection under it. */
  repeated = false;

  status = 0;
  rawHeaders: RawHeaders = "";
  /** Which headers there are of those we act on. */
  notable = 0;
  bytesOut = 0;
  bytesIn = 0;
  bodyStream: BodyStream | undefined;
  protected answerBody: Buffer | undefined;
  failureKind: FailureKind | undefined;
  failureMessage = "";
  error: unknown;

  // On the run's clock.
  readonly intendedMs: number;
  readonly startMs: number;
  endMs = 0;
  protected readonly clock: PhaseClock;

  kind: Activity["kind"] = "in-flight";
  place: string | undefined;
  /** Its task ended before it did. */
  orphaned = false;
  /** See InFlight. */
  received = 0;
  noticed = 0;

  constructor(call: {
    method: string;
    plan: Plan;
    options: AnyOptions;
    intendedMs: number | undefined;
    startMs: number;
  }) {
    this.calledMethod = this.method = call.method;
    this.calledPlan = this.plan = call.plan;
    this.options = call.options;
    this.startMs = call.startMs;
    this.clock = new PhaseClock(this.startMs);
    this.intendedMs = call.intendedMs ?? this.startMs;
  }

  /** One object per endpoint and plan: the recorder can tell the endpoint by it without building a key. */
  get endpoint(): Endpoint {
    const { calledMethod: method, calledPlan: plan, name } = this;
    const key = name === undefined ? method : `${method} ${name}`;
    let endpoint = plan.endpoints.get(key);
    if (!endpoint) {
      endpoint = { method, name: name ?? plan.name };
      if (plan.endpoints.size > 100) plan.endpoints.clear();
      plan.endpoints.set(key, endpoint);
    }
    return endpoint;
  }

  get address(): Address {
    return this.plan.address;
  }

  /** Credentials written in the URL that was called; a redirect's are not ours to send. */
  get urlAuth(): readonly [user: string, password: string] | undefined {
    return this.calledPlan.auth;
  }

  /** Bytes of the hop's body. */
  get bodyLength(): number | undefined {
    return this.upload ? this.upload.length : (this.body?.length ?? 0);
  }

  /** Takes a body along. */
  carry({ bytes, upload, contentType }: EncodedBody): void {
    this.body = bytes;
    this.upload = upload;
    this.contentType = contentType;
  }

  protected dropBody(): void {
    this.body = this.upload = this.contentType = undefined;
    this.bodyDropped = true;
  }

  get path(): string {
    return this.plan.path;
  }

  get stream(): boolean {
    return this.options.stream === true;
  }

  get label(): string {
    return `${this.calledMethod} ${this.name ?? this.calledPlan.name}`;
  }

  /** Whether the answer sends us elsewhere and we are to go. */
  protected get redirects(): boolean {
    if ((this.notable & Notable.location) === 0) return false;
    if (!(this.options.allowRedirects ?? this.calledMethod !== "HEAD")) return false;
    const { status } = this;
    return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
  }

  protected failed(error: unknown): void {
    const { kind, message } = causeOf(error);
    this.error = error;
    this.failureKind = kind;
    this.failureMessage = message;
    // Locust's rule: without a whole answer there is no status, but where one began it is worth knowing.
    if (kind !== "redirects" && kind !== "protocol") this.status = 0;
  }

  /** The decoded body; of a streamed answer, the first part of what was read. */
  get bytes(): Buffer {
    return this.answerBody ?? this.bodyStream?.kept ?? nothing;
  }

  answerHeaders(): AnswerHeaders {
    return new AnswerHeaders(this.rawHeaders);
  }

  phases(): Phases | undefined {
    return this.clock.phases();
  }
}
