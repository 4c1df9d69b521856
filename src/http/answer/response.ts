import { GateError } from "../../base/errors.ts";
import type { Phases } from "../../stats/sample.ts";
import type { Answered } from "./answered.ts";
import type { Verdict } from "./verdict.ts";

/** The `using` scope that an answer may be declared in. */
export interface AnswerScope {
  /** There is one. */
  opened(): void;
  ended(): void;
}

/** What both kinds of answer have. */
abstract class Answer {
  protected readonly exchange: Answered;
  readonly #verdict: Verdict | undefined;
  readonly #scope: AnswerScope | undefined;
  #headers: Headers | undefined;

  constructor(exchange: Answered, verdict?: Verdict, scope?: AnswerScope) {
    this.exchange = exchange;
    this.#verdict = verdict;
    this.#scope = scope;
  }

  /** 0 if no answer came: the request failed before. */
  get status(): number {
    return this.exchange.status;
  }

  /** As in `requests`: an answer came and its status is below 400. */
  get ok(): boolean {
    return this.status > 0 && this.status < 400;
  }

  get headers(): Headers {
    this.#headers ??= this.exchange.answerHeaders().toHeaders();
    return this.#headers;
  }

  /** Where the answer came from, after redirects. */
  get url(): string {
    return this.exchange.plan.url.href;
  }

  /** Why no (whole) answer came; undefined if one did. */
  get error(): string | undefined {
    return this.exchange.failureKind === undefined ? undefined : this.exchange.failureMessage;
  }

  /** Milliseconds from the request to the last byte of the answer. */
  get elapsedMs(): number {
    return this.exchange.endMs - this.exchange.startMs;
  }

  /** Where the time went, milliseconds by phase. */
  get timings(): Phases {
    return this.exchange.phases() ?? {};
  }

  /** Counts the request as a success, whatever its status. Needs `catchResponse`. */
  success(): void {
    this.#judged.succeed();
  }

  /** Counts the request as failed, for this reason. Needs `catchResponse`. */
  failure(reason: string | Error): void {
    this.#judged.fail(reason);
  }

  /** Ends the wait for a verdict now; `error` is what the locustfile threw before it said anything. */
  settle(error?: unknown): void {
    this.exchange.settle(error);
  }

  get #judged(): Verdict {
    if (this.#verdict) return this.#verdict;
    throw new GateError("catch-response-missing", "success() and failure() need { catchResponse: true }");
  }

  /** The end of a `using` scope, which looks for it when it begins: that is how we know of one. */
  get [Symbol.dispose](): () => void {
    this.#scope?.opened();
    return () => this.#scope?.ended();
  }
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
export class HttpResponse extends Answer {
  #text: string | undefined;
  /** What `rest` parsed of the body; undefined for other requests. */
  js: unknown;

  /** The decoded body. */
  bytes(): Buffer {
    return this.exchange.bytes;
  }

  /** The body as text, in the charset of its content type (UTF-8 if it names none). */
  text(): string {
    this.#text ??= decodeText(this.exchange.bytes, this.exchange.answerHeaders().get("content-type"));
    return this.#text;
  }

  /** The body parsed as JSON. Throws a SyntaxError if it is none. */
  json<T = unknown>(): T {
    return JSON.parse(this.text()) as T;
  }

  /** The body's lines without their ends. */
  lines(): string[] {
    const lines = this.text().split(/\r\n|\n|\r/);
    if (lines.at(-1) === "") lines.pop();
    return lines;
  }
}

/**
 * An answer whose body is still on its way: what reads it returns promises, and rejects where the connection breaks.
 * @example
 * ```ts
 * const response = await this.client.get("/events", { stream: true });
 * for await (const line of response.lines()) console.log(line);
 * ```
 */
export class StreamedResponse extends Answer {
  /** The decoded body, piece by piece. Stopping early drops the rest and its connection. */
  async *chunks(): AsyncGenerator<Buffer> {
    const { bodyStream, bytes } = this.exchange;
    if (bodyStream) yield* bodyStream;
    // There was nothing to stream: no answer came, or one that led nowhere.
    else if (bytes.length > 0) yield bytes;
  }

  /** The rest of the decoded body. */
  async bytes(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.chunks()) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  /** The rest of the body as text, in the charset of its content type. */
  async text(): Promise<string> {
    return decodeText(await this.bytes(), this.exchange.answerHeaders().get("content-type"));
  }

  /** The rest of the body parsed as JSON. Rejects with a SyntaxError if it is none. */
  async json<T = unknown>(): Promise<T> {
    return JSON.parse(await this.text()) as T;
  }

  /** The body's lines as they come, without their ends. */
  async *lines(): AsyncGenerator<string> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of this.chunks()) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n/);
      rest = lines.pop() ?? "";
      yield* lines;
    }
    rest += decoder.decode();
    if (rest !== "") yield rest;
  }
}

function decodeText(bytes: Buffer, contentType: string | undefined): string {
  const charset = /charset\s*=\s*"?([^";\s]+)/i.exec(contentType ?? "")?.[1]?.toLowerCase();
  if (charset !== undefined && charset !== "utf-8" && charset !== "utf8") {
    try {
      return new TextDecoder(charset).decode(bytes);
    } catch {
      // A charset nobody knows: UTF-8 is the best guess.
    }
  }
  return bytes.toString("utf8");
}
