import type { Failure } from "../../stats/failures.ts";
import type { Sample } from "../../stats/sample.ts";
import type { UserRuntime } from "../../user/runtime.ts";
import { RequestFailure, statusMessage } from "../answer/request-failure.ts";
import { parseServerTiming } from "../answer/server-timing.ts";
import type { Outcome } from "../answer/verdict.ts";
import { Notable } from "../wire/transport.ts";
import type { Call } from "./call.ts";

/** Most bytes of a failing answer's body that are shown. */
const bodyShown = 2048;

/** The one sample of a finished exchange. */
export function sampleOf(exchange: Call, outcome: Outcome, runtime: UserRuntime): Sample {
  const { intendedMs, startMs, status, bytesIn, bytesOut } = exchange;
  const failure = failureOf(exchange, outcome);
  return {
    arm: runtime.arm,
    endpoint: exchange.endpoint,
    intendedMs,
    startMs,
    latencyMs: Math.max(0, exchange.endMs - intendedMs),
    status,
    bytesIn,
    bytesOut,
    phases: exchange.phases(),
    serverTiming:
      exchange.notable & Notable.serverTiming
        ? parseServerTiming(exchange.answerHeaders().get("server-timing") ?? "")
        : undefined,
    failure,
    retried: exchange.repeated,
  };
}

function failureOf(exchange: Call, outcome: Outcome): Failure | undefined {
  if (outcome.kind === "success") return undefined;
  if (outcome.kind === "failure") return failed(exchange, outcome.failure, outcome.message);
  if (exchange.failureKind !== undefined) return failed(exchange, exchange.failureKind, exchange.failureMessage);
  return exchange.status >= 400 ? failed(exchange, "status", statusMessage(exchange.status)) : undefined;
}

function failed(exchange: Call, kind: Failure["kind"], message: string): Failure {
  return new RequestFailure(kind, message, () => ({
    request: `${exchange.calledMethod} ${exchange.calledPlan.path}`,
    status: exchange.status,
    headers: exchange.answerHeaders().pairs,
    body: exchange.bytes.subarray(0, bodyShown).toString("utf8"),
    atMs: exchange.endMs,
  }));
}

/** What the `request` event calls its exception. */
export function exceptionOf(failure: Failure, outcome: Outcome): unknown {
  if (outcome.kind === "failure" && outcome.error instanceof Error) return outcome.error;
  const error = new Error(failure.message);
  error.name = failure.kind;
  return error;
}
