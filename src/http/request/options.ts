import type { HttpResponse, StreamedResponse } from "../answer/response.ts";

type QueryValue = string | number | boolean | null | undefined;
/** As in `requests`: a list repeats its key, `null` and `undefined` leave it out. */
export type QueryParams =
  | string
  | URLSearchParams
  | Readonly<Record<string, QueryValue | readonly QueryValue[]>>
  | readonly (readonly [string, QueryValue])[];

/** Form fields, encoded as `application/x-www-form-urlencoded`. */
export type FormFields = URLSearchParams | Exclude<QueryParams, string>;

/**
 * Credentials: `[user, password]`, the same by name, or a bearer token.
 * @example
 * ```ts
 * await this.client.get("/account", { auth: ["anna", "secret"] });
 * await this.client.get("/api/me", { auth: "a-bearer-token" });
 * ```
 */
export type Auth = readonly [user: string, password: string] | { username: string; password: string } | string;

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
export type FilePart =
  | string
  | Blob
  | Bytes
  | Pieces
  | { readonly filename?: string; readonly content: string | Bytes | Blob | Pieces; readonly type?: string };

/**
 * What a request sends and how it is counted. At most one of `data`, `json` and `form` (with `files`) makes the body.
 * @example
 * ```ts
 * await this.client.get("/item/7", { name: "/item/{id}", timeout: 5, headers: { "x-trace": "on" } });
 * ```
 */
export interface RequestOptions<S extends boolean = false> {
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
export type ResponseFor<S extends boolean> = S extends true ? StreamedResponse : HttpResponse;

/** Of a request of either kind. */
export type AnyOptions = RequestOptions | RequestOptions<true>;

export type Method = "GET" | "OPTIONS" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | (string & {});
