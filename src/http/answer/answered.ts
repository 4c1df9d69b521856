import type { FailureKind } from "../../stats/failures.ts";
import type { Phases } from "../../stats/sample.ts";
import type { AnswerHeaders } from "../wire/answer-headers.ts";
import type { BodyStream } from "./body-stream.ts";

/** What a response shows: the exchange it came from. */
export interface Answered {
  readonly status: number;
  readonly failureKind: FailureKind | undefined;
  readonly failureMessage: string;
  readonly startMs: number;
  readonly endMs: number;
  /** The last hop's. */
  readonly plan: { readonly url: URL };
  /** The decoded body, empty where it is streamed. */
  readonly bytes: Buffer;
  readonly bodyStream: BodyStream | undefined;
  answerHeaders(): AnswerHeaders;
  phases(): Phases | undefined;
  settle(error?: unknown): void;
}
