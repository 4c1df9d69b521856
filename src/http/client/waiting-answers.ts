import { setImmediate } from "../../base/own-time.ts";
import { type AnswerScope, HttpResponse, StreamedResponse } from "../answer/response.ts";
import { type Outcome, Verdict } from "../answer/verdict.ts";
import type { Exchange } from "./exchange.ts";

/** The answers of one user that are there and not judged yet. */
export class WaitingAnswers {
  /**
   * With each, whether it has an end of its own, that of a `using` scope or of a callback: another request does not end
   * the wait for those, as it does not in Locust's `with`.
   */
  readonly #waiting = new Map<Verdict, boolean>();

  /**
   * The response of an exchange whose sample waits: for a verdict, for the rest of the body, or both.
   * @param judged called once with how it ended
   */
  add(
    exchange: Exchange,
    judged: (response: HttpResponse | StreamedResponse, outcome: Outcome) => void,
  ): HttpResponse | StreamedResponse {
    const { bodyStream } = exchange;
    const { catchResponse } = exchange.options;
    const verdict: Verdict = new Verdict((outcome) => {
      this.#waiting.delete(verdict);
      exchange.onSettle = undefined;
      if (bodyStream && !bodyStream.ended) bodyStream.cancel();
      judged(response, outcome);
    });
    exchange.kind = "awaiting-verdict";
    exchange.onSettle = (error) => verdict.settle(error);
    if (catchResponse) this.#waiting.set(verdict, typeof catchResponse === "function");
    const scope: AnswerScope = {
      opened: () => {
        if (this.#waiting.has(verdict)) this.#waiting.set(verdict, true);
      },
      ended: () => endScope(verdict, bodyStream !== undefined && !catchResponse),
    };
    const toJudge = catchResponse ? verdict : undefined;
    const response = exchange.stream
      ? new StreamedResponse(exchange, toJudge, scope)
      : new HttpResponse(exchange, toJudge, scope);
    return response;
  }

  /** Judges all that wait for nothing but the user's next request, by what was said of them or by their status. */
  settle(): void {
    if (this.#waiting.size === 0) return;
    for (const [verdict, endsByItself] of [...this.#waiting]) if (!endsByItself) verdict.settle();
  }

  settleAll(): void {
    for (const verdict of [...this.#waiting.keys()]) verdict.settle();
  }
}

/**
 * `using` does not say whether its scope was left by a throw. A throw ends the task within the microtasks that follow,
 * and the task's end hands the error to the verdict; so where nothing was said, the status is not asked before then.
 */
function endScope(verdict: Verdict, atOnce: boolean): void {
  if (verdict.recorded) return;
  if (verdict.spoken || atOnce) verdict.settle();
  else setImmediate(() => verdict.settle());
}
