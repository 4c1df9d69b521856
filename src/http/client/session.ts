import type { UserRuntime } from "../../user/runtime.ts";
import { HttpResponse, StreamedResponse } from "../answer/response.ts";
import { byStatus, type Outcome } from "../answer/verdict.ts";
import { ExchangeError } from "../cause.ts";
import type { HeaderList } from "../header-list.ts";
import type { Auth } from "../request/options.ts";
import { type Plan, type Plans, splitBase } from "../request/plan.ts";
import { authorization, checkLength, hopHeaders } from "../request/request-headers.ts";
import { defaultTimeoutMs } from "../settings.ts";
import type { Address, Transport } from "../wire/transport.ts";
import { Connections } from "./connections.ts";
import { Cookies, siteOf } from "./cookies.ts";
import type { Exchange, ExchangeOwner } from "./exchange.ts";
import type { HttpRuntime } from "./http-runtime.ts";
import { exceptionOf, sampleOf } from "./sample-of.ts";
import { sessionHeaders } from "./session-headers.ts";
import { WaitingAnswers } from "./waiting-answers.ts";

/**
 * What one user's requests have in common: base URL, headers, credentials, cookies, connections, and the answers that
 * still wait for a verdict. Everything but the connections is made when first needed.
 */
export class Session implements ExchangeOwner {
  readonly runtime: UserRuntime;
  readonly #world: HttpRuntime;
  readonly #connections: Connections;
  readonly #context: (() => Readonly<Record<string, unknown>>) | undefined;
  #inFlight: Exchange[] = [];
  #waiting: WaitingAnswers | undefined;
  #listening = false;

  #base: string | undefined;
  #baseOrigin: string | undefined;
  #baseAuth: Auth | undefined;
  #plans: Plans | undefined;
  #headers: Headers | undefined;
  #auth: Auth | undefined;
  #cookies: Cookies | undefined;
  /** Header lists by origin; undefined while the user has nothing of its own to add. */
  #lists: Map<string, HeaderList> | undefined;

  constructor(
    runtime: UserRuntime,
    world: HttpRuntime,
    context: (() => Readonly<Record<string, unknown>>) | undefined,
  ) {
    this.runtime = runtime;
    this.#world = world;
    this.#connections = new Connections(world);
    this.#context = context;
    this.#base = runtime.host;
  }

  get base(): string | undefined {
    return this.#base;
  }

  set base(base: string | undefined) {
    this.#lists = this.#plans = this.#baseAuth = this.#baseOrigin = undefined;
    this.#base = base;
  }

  /** Looks at the base URL when a relative one is first asked for: a class without a host may use full URLs only. */
  plan(target: string): Plan {
    if (/^https?:\/\//i.test(target)) return this.#world.plansFor(undefined).of(target);
    this.#plans ??= this.#world.plansFor(this.#splitBase());
    return this.#plans.of(target);
  }

  #splitBase(): string | undefined {
    if (this.#base === undefined) return undefined;
    const { base, auth } = splitBase(this.#base);
    this.#base = base;
    this.#baseAuth = auth;
    this.#baseOrigin = new URL(base).origin;
    return base;
  }

  get headers(): Headers {
    this.#headers ??= sessionHeaders(() => {
      this.#lists = undefined;
    });
    return this.#headers;
  }

  get auth(): Auth | undefined {
    return this.#auth;
  }

  set auth(auth: Auth | undefined) {
    this.#auth = auth;
    this.#lists = undefined;
  }

  get cookies(): Cookies {
    this.#cookies ??= new Cookies(this.#base);
    return this.#cookies;
  }

  /** Sends an exchange that was admitted. */
  start(exchange: Exchange): void {
    if (!this.#listening) this.#listen();
    this.runtime.witness.begin(exchange);
    this.#inFlight.push(exchange);
    const { timeout } = exchange.options;
    this.#world.deadlines.begin(exchange, {
      timeoutMs: timeout === undefined ? (this.#world.settings.timeoutMs ?? defaultTimeoutMs) : timeout * 1000,
      nowMs: exchange.startMs,
    });
    try {
      exchange.begin();
    } catch (error) {
      // A header that cannot be sent: the call throws, and nothing was begun.
      this.withdrawDeadline(exchange);
      this.runtime.witness.end(exchange);
      this.#landed(exchange);
      throw error;
    }
  }

  #listen(): void {
    this.#listening = true;
    this.runtime.signal.addEventListener("abort", () => this.#interrupt(), { once: true });
  }

  #interrupt(): void {
    for (const exchange of [...this.#inFlight]) {
      exchange.abort(new ExchangeError("interrupted", "its user was stopped before the answer came"));
    }
  }

  /** Judges all answers that wait, by what was said of them or by their status. */
  settleWaiting(): void {
    this.#waiting?.settle();
  }

  close(): void {
    this.#interrupt();
    this.#waiting?.settleAll();
    this.#connections.close();
  }

  /** What must be there before the first request can start. */
  get loading(): Promise<void> | undefined {
    return this.#world.loading;
  }

  // What an exchange asks for.

  now(): number {
    return this.#world.clock.now();
  }

  transportFor(address: Address): Transport {
    return this.#connections.transportFor(address);
  }

  get maxBodyBytes(): number | undefined {
    return this.#world.settings.maxBodyBytes;
  }

  planOf(url: URL): Plan {
    return this.#world.planOf(url);
  }

  withdrawDeadline(exchange: Exchange): void {
    this.#world.deadlines.withdraw(exchange);
  }

  setCookies(url: URL, lines: readonly string[]): void {
    this.cookies.receive(url, lines);
  }

  twoFramings({ address: { origin } }: Exchange): void {
    this.runtime.warn?.(
      "two-framings",
      `${origin} answers with Transfer-Encoding and Content-Length at once. Transfer-Encoding was followed and the ` +
        "connection closed after each such answer (RFC 9112, 6.3); a proxy that follows the length reads another body.",
    );
  }

  headersFor(exchange: Exchange): HeaderList {
    let list = hopHeaders(this.#listFor(exchange.plan), exchange);
    checkLength(list, exchange.bodyLength);
    // As in `requests`: a `Cookie` of the user's own goes in place of the jar's until a redirect may have set new ones.
    if (this.#cookies && (exchange.hops > 0 || !list.has("cookie"))) {
      const cookie = this.#cookies.headerFor(siteOf(exchange.plan.url, list.host), this.now());
      if (cookie) list = list.with([["cookie", cookie]]);
    }
    return list;
  }

  #listFor({ address, url }: Plan): HeaderList {
    const own = this.#headers || this.#auth || (this.#baseAuth && address.origin === this.#baseOrigin);
    if (!own) return this.#world.defaultHeaders(address, url);
    this.#lists ??= new Map();
    let list = this.#lists.get(address.origin);
    if (!list) {
      const auth = this.#auth ?? (address.origin === this.#baseOrigin ? this.#baseAuth : undefined);
      list = this.#world
        .defaultHeaders(address, url)
        .with(auth ? [["authorization", authorization(auth)]] : [])
        .with(this.#headers ?? []);
      if (this.#lists.size > 50) this.#lists.clear();
      this.#lists.set(address.origin, list);
    }
    return list;
  }

  answered(exchange: Exchange): void {
    const { catchResponse } = exchange.options;
    const streaming = exchange.bodyStream !== undefined;
    if (!streaming) this.#landed(exchange);
    if (!streaming && (!catchResponse || exchange.orphaned)) {
      const response = exchange.stream ? new StreamedResponse(exchange) : new HttpResponse(exchange);
      this.runtime.witness.end(exchange);
      this.#record(exchange, response, byStatus);
      exchange.resolve(response);
      return;
    }
    this.#waiting ??= new WaitingAnswers();
    const response = this.#waiting.add(exchange, (answer, outcome) => {
      this.runtime.witness.end(exchange);
      this.#record(exchange, answer, outcome);
    });
    exchange.resolve(response);
  }

  streamed(exchange: Exchange): void {
    this.#landed(exchange);
    // Without catchResponse the body's end was all the sample waited for.
    if (!exchange.options.catchResponse) exchange.settle();
  }

  #landed(exchange: Exchange): void {
    const list = this.#inFlight;
    if (list[list.length - 1] === exchange) list.pop();
    else {
      const at = list.indexOf(exchange);
      if (at >= 0) list.splice(at, 1);
    }
  }

  #record(exchange: Exchange, response: HttpResponse | StreamedResponse, outcome: Outcome): void {
    const { runtime } = this;
    const sample = sampleOf(exchange, outcome, runtime);
    if (!runtime.hasRequestListeners) {
      runtime.report(sample);
      return;
    }
    runtime.report(sample, {
      response,
      exception: sample.failure ? exceptionOf(sample.failure, outcome) : undefined,
      context: this.#context ? { ...this.#context(), ...exchange.options.context } : exchange.options.context,
      url: exchange.calledPlan.url.href,
    });
  }
}
