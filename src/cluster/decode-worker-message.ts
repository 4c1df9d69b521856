import type { FailureWire } from "../protocol/failure-wire.ts";
import type { CustomData, ExceptionData, StatsData, TroubleData, WorkerMessage } from "../protocol/messages.ts";
import { checkSnapshotWire } from "../protocol/snapshot-check.ts";
import { isRecord } from "./shared-plan.ts";

/** What a worker told. Throws RangeError for what no worker says: it comes from a socket that anyone may open. */
export function decodeWorkerMessage(id: string, { type, data }: { type: string; data: unknown }): WorkerMessage {
  const said = <T extends WorkerMessage["type"], D>(as: T, what: D) => ({ type: as, data: what, node_id: id });
  switch (type) {
    case "client_ready":
      return said(type, typeof data === "string" ? data : -1);
    case "heartbeat": {
      const { state, current_cpu_usage, current_memory_usage } = record(data);
      return said(type, {
        state: typeof state === "string" ? state : "",
        current_cpu_usage: numberOr(current_cpu_usage, 0),
        current_memory_usage: numberOr(current_memory_usage, 0),
      });
    }
    case "stats":
      return said(type, statsOf(record(data)));
    case "spawning_complete":
      return said(type, countsOf(record(data)));
    case "spawning":
    case "client_stopped":
    case "quit":
      return said(type, null);
    case "exception":
      return said(type, exceptionOf(record(data)));
    case "end_test": {
      const { reason } = record(data);
      const known = (["stop", "budget"] as const).find((one) => one === reason);
      return { type, data: { reason: known ?? "quit" }, node_id: id };
    }
    case "more_users":
      return said(type, { count: countOf(record(data).count) });
    case "exit_code":
      return said(type, data === null ? null : countOf(data));
    case "failed":
      return said(type, failureOf(record(data)));
    case "custom": {
      const { type: name, data: what } = record(data);
      return said(type, { type: textOf(name), data: what } satisfies CustomData);
    }
    default:
      // Locust sends a locustfile's own messages by their own type.
      return said("custom", { type, data } satisfies CustomData);
  }
}

function statsOf(data: Readonly<Record<string, unknown>>): StatsData {
  const { snapshots = [], trouble, extra } = data;
  return {
    ...countsOf(data),
    snapshots: listOf(snapshots).map(checkSnapshotWire),
    ...(trouble !== undefined && { trouble: troubleOf(record(trouble)) }),
    ...(extra !== undefined && { extra: record(extra) }),
  };
}

/** Go and Java workers leave `user_count` out. */
function countsOf({ user_classes_count, user_count }: Readonly<Record<string, unknown>>) {
  const entries = Object.entries(record(user_classes_count ?? {})).map(([name, n]) => [name, countOf(n)] as const);
  const sum = entries.reduce((all, [, n]) => all + n, 0);
  return {
    user_classes_count: Object.fromEntries(entries),
    user_count: user_count === undefined ? sum : countOf(user_count),
  };
}

function exceptionOf({ msg, traceback, task, count, first_ms, last_ms }: Readonly<Record<string, unknown>>) {
  const data: ExceptionData = {
    msg: String(msg),
    traceback: String(traceback),
    ...(typeof task === "string" && { task }),
    ...(count !== undefined && { count: countOf(count) }),
    ...(isTime(first_ms) && { first_ms }),
    ...(isTime(last_ms) && { last_ms }),
  };
  return data;
}

function troubleOf(data: Readonly<Record<string, unknown>>): TroubleData {
  return {
    dead_in_on_start: countOf(data.dead_in_on_start),
    killed: countOf(data.killed),
    retired_pairs: countOf(data.retired_pairs),
    late_starts: countOf(data.late_starts),
    throttled: countOf(data.throttled),
    missing_awaits: listOf(data.missing_awaits).map((item) => {
      const { task, place, count } = record(item);
      return { task: textOf(task), place: typeof place === "string" ? place : null, count: countOf(count) };
    }),
    forbidden_hosts: listOf(data.forbidden_hosts).map((item) => {
      const { host, count } = record(item);
      return { host: textOf(host), count: countOf(count) };
    }),
    warnings: listOf(data.warnings).map((item) => {
      const { code, message } = record(item);
      return { code: textOf(code), message: textOf(message) };
    }),
  };
}

function failureOf({ code, message, hint, place, exit_code }: Readonly<Record<string, unknown>>): FailureWire {
  return {
    code: textOf(code),
    message: textOf(message),
    hint: typeof hint === "string" ? hint : null,
    place: typeof place === "string" ? place : null,
    exit_code: numberOr(exit_code, 1),
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw new RangeError("a message without its fields");
  return value;
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new RangeError("a message without its list");
  return value;
}

function textOf(value: unknown): string {
  if (typeof value !== "string") throw new RangeError("a message without its text");
  return value;
}

function countOf(value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
    throw new RangeError("a count is no count");
  return value;
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function numberOr(value: unknown, otherwise: number): number {
  return isTime(value) ? value : otherwise;
}
