import type { SnapshotWire } from "./snapshot-wire.ts";

/** A run of four weeks; a block beyond it is nobody's measurement. */
const mostBlocks = 2 * 28 * 86_400;
const numbersOfCell = ["requests", "failures", "untimed", "bytesIn", "bytesOut", "latencySumMs", "maxMs"];
const histogramsOfCell = ["success", "failure", "timeout"];
const numbersOfThread = ["delayP99Ms", "delayMaxMs", "utilization", "cpu", "lateStarts", "openSockets"];

/** A part of a block as it came over a socket, once all its numbers are numbers. Throws RangeError. */
export function checkSnapshotWire(value: unknown): SnapshotWire {
  const { block, users, cells, failures, health } = record(value);
  if (!Number.isInteger(block) || (block as number) < 0 || (block as number) > mostBlocks) wrong("a block's number");
  for (const [name, count] of mapOf(users)) if (typeof name !== "string" || !amount(count)) wrong("a number of users");
  for (const [key, cell] of mapOf(cells)) if (typeof key !== "string" || !isCell(record(cell))) wrong("a cell");
  if (!Array.isArray(failures)) wrong("failures");
  for (const group of failures as unknown[]) checkFailures(record(group));
  const { threads } = record(health);
  if (!Array.isArray(threads)) wrong("health");
  for (const thread of (threads as unknown[]).map(record)) {
    if (typeof thread.thread !== "string" || !numbersOfThread.every((name) => amount(thread[name]))) wrong("health");
  }
  return value as SnapshotWire;
}

function isCell(cell: Readonly<Record<string, unknown>>): boolean {
  return (
    numbersOfCell.every((name) => amount(cell[name])) &&
    (cell.minMs === null || amount(cell.minMs)) &&
    isCounts(cell.statuses) &&
    histogramsOfCell.every((name) => isHistogram(cell[name])) &&
    [cell.phases, cell.serverTiming].every((timings) =>
      [...mapOf(timings)].every(([name, histogram]) => typeof name === "string" && isHistogram(histogram)),
    )
  );
}

function isHistogram(value: unknown): boolean {
  const { digits, counts } = record(value);
  return (digits === 2 || digits === 3) && isCounts(counts);
}

function isCounts(value: unknown): boolean {
  return [...mapOf(value)].every(([key, count]) => Number.isInteger(key) && (key as number) >= 0 && amount(count));
}

function checkFailures(group: Readonly<Record<string, unknown>>): void {
  const { method, name } = record(group.endpoint);
  const texts = [method, name, group.kind, group.message].every((text) => typeof text === "string");
  const numbers = [group.count, group.firstMs, group.lastMs].every(amount);
  if (!texts || !numbers || !Array.isArray(group.samples) || !["head", "base"].includes(String(group.arm))) {
    wrong("a failure");
  }
  for (const sample of (group.samples as unknown[]).map(record)) {
    const { request, body, status, atMs, headers } = sample;
    const whole = typeof request === "string" && typeof body === "string" && amount(status) && amount(atMs);
    if (!whole || !Array.isArray(headers) || !headers.every((pair) => Array.isArray(pair))) wrong("a failure's sample");
  }
}

function amount(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) wrong("a record");
  return value as Readonly<Record<string, unknown>>;
}

function mapOf(value: unknown): ReadonlyMap<unknown, unknown> {
  if (!(value instanceof Map)) wrong("a map");
  return value as ReadonlyMap<unknown, unknown>;
}

function wrong(what: string): never {
  throw new RangeError(`a worker's numbers: ${what} is not what it should be`);
}
