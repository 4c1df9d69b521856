import { failureKinds } from "../stats/failures.ts";
import { binIndex, highestUs } from "../stats/histogram.ts";
import type { SnapshotWire } from "./snapshot-wire.ts";

/** A run of four weeks; a block beyond it is nobody's measurement. */
const mostBlocks = 2 * 28 * 86_400;
const countsOfCell = ["requests", "failures", "untimed", "retried", "fired", "bytesIn", "bytesOut"];
const timesOfCell = ["latencySumMs", "maxMs"];
/** Statuses are below it, and so many bins has a histogram of an hour. */
const mostStatuses = 1000;
const mostBins = { 2: binIndex(highestUs, 2), 3: binIndex(highestUs, 3) } as const;
const longestMessage = 1000;
const histogramsOfCell = ["success", "failure", "timeout"];
/** Those that are there only where something happened. */
const rareHistogramsOfCell = ["stalled", "backFilled"];
/** More groups of waiting requests than a thread of ours ever makes. */
const mostWaiting = 100_000;
const numbersOfThread = ["delayP99Ms", "delayMaxMs", "utilization", "cpu"];
const countsOfThread = ["lateStarts", "openSockets"];

/** A part of a block as it came over a socket, once all its numbers are numbers. Throws RangeError. */
export function checkSnapshotWire(value: unknown): SnapshotWire {
  const { block, users, cells, failures, health, liveness, waiting } = record(value);
  if (!Number.isInteger(block) || (block as number) < 0 || (block as number) > mostBlocks) wrong("a block's number");
  for (const [name, count] of mapOf(users)) if (typeof name !== "string" || !isCount(count)) wrong("a number of users");
  for (const [key, cell] of mapOf(cells)) if (typeof key !== "string" || !isCell(record(cell))) wrong("a cell");
  if (!Array.isArray(failures)) wrong("failures");
  for (const group of failures as unknown[]) checkFailures(record(group));
  const { threads } = record(health);
  if (!Array.isArray(threads)) wrong("health");
  for (const thread of (threads as unknown[]).map(record)) {
    const whole = typeof thread.thread === "string" && countsOfThread.every((name) => isCount(thread[name]));
    if (thread.delayP90Ms !== undefined && !amount(thread.delayP90Ms)) wrong("health");
    if (!whole || !numbersOfThread.every((name) => amount(thread[name]))) wrong("health");
  }
  if (liveness !== undefined) checkLiveness(record(liveness));
  if (waiting !== undefined) checkWaiting(waiting);
  return value as SnapshotWire;
}

function isCell(cell: Readonly<Record<string, unknown>>): boolean {
  return (
    countsOfCell.every((name) => isCount(cell[name])) &&
    timesOfCell.every((name) => amount(cell[name])) &&
    (cell.minMs === null || amount(cell.minMs)) &&
    areCounts(cell.statuses, mostStatuses) &&
    histogramsOfCell.every((name) => isHistogram(cell[name])) &&
    rareHistogramsOfCell.every((name) => cell[name] === undefined || isHistogram(cell[name])) &&
    [cell.phases, cell.serverTiming].every((timings) =>
      [...mapOf(timings)].every(([name, histogram]) => typeof name === "string" && isHistogram(histogram)),
    )
  );
}

function isHistogram(value: unknown): boolean {
  const { digits, counts } = record(value);
  return (digits === 2 || digits === 3) && areCounts(counts, mostBins[digits]);
}

function areCounts(value: unknown, most: number): boolean {
  return [...mapOf(value)].every(([key, count]) => isCount(key) && (key as number) <= most && isCount(count));
}

function checkLiveness({ head, base }: Readonly<Record<string, unknown>>): void {
  for (const arm of [head, base]) {
    if (arm === undefined) continue;
    const { answers, inFlight, youngestMs, patienceMs } = record(arm);
    const isYoungest = typeof youngestMs === "number" && Number.isFinite(youngestMs);
    if (!isCount(answers) || !isCount(inFlight) || !isYoungest || !amount(patienceMs)) wrong("what was in flight");
  }
}

function checkWaiting(waiting: unknown): void {
  if (!Array.isArray(waiting) || waiting.length > mostWaiting) wrong("what waits");
  for (const { key, startMs, cycleMs, count } of (waiting as unknown[]).map(record)) {
    if (typeof key !== "string" || !amount(startMs) || !amount(cycleMs) || !isCount(count)) wrong("what waits");
  }
}

function checkFailures(group: Readonly<Record<string, unknown>>): void {
  const { method, name } = record(group.endpoint);
  const texts = [method, name, group.message].every((text) => typeof text === "string");
  const isShort = String(group.message).length <= longestMessage;
  const isKnown = failureKinds.some((kind) => kind === group.kind);
  const numbers = isCount(group.count) && isKnown && isShort && [group.firstMs, group.lastMs].every(amount);
  if (!texts || !numbers || !Array.isArray(group.samples) || !["head", "base"].includes(String(group.arm))) {
    wrong("a failure");
  }
  for (const sample of (group.samples as unknown[]).map(record)) {
    const { request, body, status, atMs, headers } = sample;
    const whole = typeof request === "string" && typeof body === "string" && isCount(status) && amount(atMs);
    if (!whole || !Array.isArray(headers) || !headers.every((pair) => Array.isArray(pair))) wrong("a failure's sample");
  }
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
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
