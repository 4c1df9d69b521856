import { formatPlace, userPlace } from "../../base/user-place.ts";
import { controlKindOf, StopUser } from "../../user/exceptions.ts";
import type { UserRuntime } from "../../user/runtime.ts";
import type { HttpResponse, StreamedResponse } from "../answer/response.ts";
import { judgeRest, type RestResponse } from "../answer/rest.ts";
import { encodeBody } from "../request/body.ts";
import { methodOf } from "../request/method.ts";
import type { AnyOptions, Auth, Method, RequestOptions, ResponseFor } from "../request/options.ts";
import { withParams } from "../request/plan.ts";
import { type HttpSettings, noSettings } from "../settings.ts";
import type { Cookies } from "./cookies.ts";
import { Exchange } from "./exchange.ts";
import { httpRuntimeOf } from "./http-runtime.ts";
import { Session } from "./session.ts";

export interface HttpClientOptions {
  /** The run's if absent. */
  readonly settings?: HttpSettings | undefined;
  /** Merged into the context of every request; asked only when somebody listens. */
  readonly context?: (() => Readonly<Record<string, unknown>>) | undefined;
}

const noOptions: RequestOptions = {};

/** Where the locustfile made the call. A stack costs tens of microseconds: taken only when somebody wants it. */
function placeOfCall(): string | undefined {
  const place = userPlace(new Error().stack);
  return place && formatPlace(place);
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
export class HttpClient {
  readonly #runtime: UserRuntime;
  readonly #session: Session;
  #requestName: string | undefined;

  constructor(runtime: UserRuntime, options: HttpClientOptions = {}) {
    this.#runtime = runtime;
    // The engine puts the run's `HttpSettings` there; the room below this one knows them as an object only.
    const settings: HttpSettings = options.settings ?? runtime.http ?? noSettings;
    this.#session = new Session(runtime, httpRuntimeOf(runtime, settings), options.context);
  }

  /**
   * Headers of every request of this user.
   * @example
   * ```ts
   * this.client.headers.set("accept-language", "de");
   * ```
   */
  get headers(): Headers {
    return this.#session.headers;
  }

  /**
   * Credentials of every request of this user; those of a request win.
   * @example
   * ```ts
   * this.client.auth = ["anna", "secret"];
   * ```
   */
  get auth(): Auth | undefined {
    return this.#session.auth;
  }

  set auth(auth: Auth | undefined) {
    this.#session.auth = auth;
  }

  /**
   * What relative URLs are put behind; undefined where neither the run nor the class has a host.
   * @example
   * ```ts
   * this.client.baseUrl = "http://localhost:8081";
   * ```
   */
  get baseUrl(): string | undefined {
    return this.#session.base;
  }

  set baseUrl(url: string | undefined) {
    this.#session.base = url;
  }

  /** This user's cookies, the ones servers set included. */
  get cookies(): Cookies {
    return this.#session.cookies;
  }

  /** The name requests are counted under while there is one; see `renameRequest`. */
  get requestName(): string | undefined {
    return this.#requestName;
  }

  set requestName(name: string | undefined) {
    this.#requestName = name;
  }

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
  renameRequest<T>(name: string, run?: () => Promise<T>): Disposable | Promise<T> {
    const before = this.#requestName;
    this.#requestName = name;
    const restore = () => {
      this.#requestName = before;
    };
    return run ? run().finally(restore) : { [Symbol.dispose]: restore };
  }

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
  get<S extends boolean = false>(url: string, options?: RequestOptions<S>): Promise<ResponseFor<S>> {
    return this.#call("GET", url, options);
  }

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
  options<S extends boolean = false>(url: string, options?: RequestOptions<S>): Promise<ResponseFor<S>> {
    return this.#call("OPTIONS", url, options);
  }

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
  head<S extends boolean = false>(url: string, options?: RequestOptions<S>): Promise<ResponseFor<S>> {
    return this.#call("HEAD", url, options);
  }

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
  post<S extends boolean = false>(url: string, options?: RequestOptions<S>): Promise<ResponseFor<S>> {
    return this.#call("POST", url, options);
  }

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
  put<S extends boolean = false>(url: string, options?: RequestOptions<S>): Promise<ResponseFor<S>> {
    return this.#call("PUT", url, options);
  }

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
  patch<S extends boolean = false>(url: string, options?: RequestOptions<S>): Promise<ResponseFor<S>> {
    return this.#call("PATCH", url, options);
  }

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
  delete<S extends boolean = false>(url: string, options?: RequestOptions<S>): Promise<ResponseFor<S>> {
    return this.#call("DELETE", url, options);
  }

  /**
   * Sends a request of any method, as `get` and the others do.
   * @param method letters, such as `GET` or `PURGE`; rejects with a GateError `bad-method` where it is not one word
   * @example
   * ```ts
   * await this.client.request("PURGE", "/cache/home");
   * ```
   */
  request<S extends boolean = false>(
    method: Method,
    url: string,
    options?: RequestOptions<S>,
  ): Promise<ResponseFor<S>> {
    try {
      return this.#call(methodOf(method), url, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

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
  async rest<T = unknown>(
    method: Method,
    url: string,
    options: RequestOptions = noOptions,
    judge?: (response: RestResponse<T>) => void | Promise<void>,
  ): Promise<RestResponse<T>> {
    const headers = { "content-type": "application/json", accept: "application/json", ...plain(options.headers) };
    const catchResponse = (response: HttpResponse) => judgeRest(response as RestResponse<T>, judge);
    const own = { ...options, headers, stream: false, catchResponse } as const;
    return (await this.#call(methodOf(method), url, own)) as RestResponse<T>;
  }

  /** Closes this user's connections. Requests under way are counted as interrupted. */
  close(): void {
    this.#session.close();
  }

  // The ordinary request has one promise and no async function: admitted at once, nothing to read first.
  #call<S extends boolean>(method: string, url: string, given: RequestOptions<S> | undefined): Promise<ResponseFor<S>> {
    // `S` is what `stream` says, and the answer's class follows from that alone.
    const options = (given ?? noOptions) as AnyOptions;
    const started = this.#begin(method, url, options);
    const judge = options.catchResponse as Judge | boolean | undefined;
    return (typeof judge === "function" ? judged(started, judge) : started) as unknown as Promise<ResponseFor<S>>;
  }

  #begin(method: string, url: string, options: AnyOptions): Promise<HttpResponse | StreamedResponse> {
    try {
      this.#session.settleWaiting();
      if (this.#runtime.signal.aborted) throw new StopUser("the user was stopped");
      const admitted = this.#runtime.guard.admit();
      const body = encodeBody(options);
      const place = this.#runtime.witness.wantsPlaces ? placeOfCall() : undefined;
      if (admitted !== true || body instanceof Promise || this.#session.loading) {
        return this.#beginLater(
          { method, url, options, place, name: options.name ?? this.#requestName },
          admitted,
          body,
        );
      }
      const exchange = this.#exchange(method, url, options);
      exchange.place = place;
      if (body) exchange.carry(body);
      exchange.name = options.name ?? this.#requestName;
      const answered = exchange.answer();
      this.#session.start(exchange);
      return answered;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #exchange(method: string, url: string, options: AnyOptions): Exchange {
    const plan = this.#session.plan(options.params === undefined ? url : withParams(url, options.params));
    const intendedMs = this.#runtime.witness.takeIntendedStart();
    return new Exchange(this.#session, { method, plan, options, intendedMs });
  }

  async #beginLater(
    call: { method: string; url: string; options: AnyOptions; place: string | undefined; name: string | undefined },
    admitted: boolean | Promise<boolean>,
    body: ReturnType<typeof encodeBody>,
  ): Promise<HttpResponse | StreamedResponse> {
    const leave = untilStopped(admitted, this.#runtime.signal);
    const [encoded, admission] = await Promise.all([body, leave, this.#session.loading]);
    if (!admission) throw new StopUser("the run's requests are used up");
    if (this.#runtime.signal.aborted) throw new StopUser("the user was stopped");
    const exchange = this.#exchange(call.method, call.url, call.options);
    exchange.place = call.place;
    exchange.name = call.name;
    if (encoded) exchange.carry(encoded);
    const answered = exchange.answer();
    this.#session.start(exchange);
    return answered;
  }
}

/** `admitted`, or false as soon as the user is stopped: a throttled user must not outlive its run. */
function untilStopped(admitted: boolean | Promise<boolean>, signal: AbortSignal): boolean | Promise<boolean> {
  if (typeof admitted === "boolean") return admitted;
  if (signal.aborted) return false;
  return new Promise((resolve, reject) => {
    const stop = () => resolve(false);
    signal.addEventListener("abort", stop, { once: true });
    admitted.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

type Judge = (response: HttpResponse | StreamedResponse) => void | Promise<void>;

async function judged(
  started: Promise<HttpResponse | StreamedResponse>,
  judge: Judge,
): Promise<HttpResponse | StreamedResponse> {
  const response = await started;
  try {
    await judge(response);
  } catch (error) {
    response.settle(controlKindOf(error) === undefined ? error : undefined);
    throw error;
  }
  response.settle();
  return response;
}

function plain(headers: AnyOptions["headers"]): Record<string, string | number | null | undefined> {
  return headers instanceof Headers ? Object.fromEntries(headers) : { ...headers };
}
