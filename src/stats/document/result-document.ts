import { GateError } from "../../base/errors.ts";
import { DecodingBudget } from "../decoding-budget.ts";
import type { Endpoint } from "../endpoint.ts";
import { cellKey, parseCellKey } from "../endpoint.ts";
import { EndpointStats, metricsKept } from "../endpoint-stats.ts";
import { type FailureGroup, FailureLog, type FailureSample, samplesKept } from "../failures.ts";
import { Histogram } from "../histogram.ts";
import { type RunResult, resultSchemaVersion } from "../run-result.ts";
import { phaseNames } from "../sample.ts";
import type { Block, Phase } from "../snapshot.ts";
import { isJudged, summarize } from "../summary.ts";

import { joinCells, joinedIn } from "./joined-blocks.ts";
import { encodeLiveness, livenessFrom } from "./liveness-document.ts";
import { documentShape, type ResultCell, type ResultDocument, type ResultSample } from "./result-schema.ts";

/**
 * `result.json`: a RunResult as text and back. Endpoints stand once, in a table; cells name them by number.
 * Histograms are V2 compressed base64; what is empty is left out. Long runs join those of neighbouring blocks.
 */

/** Larger files are refused before they are parsed. */
export const largestResultBytes = 32 * 1024 * 1024;

/** The document's text. The summary stands in it for readers; `decodeResult` adds it up again from the blocks. */
export function encodeResult(result: RunResult): string {
  const numbers = new Map<string, number>();
  const endpoints: Endpoint[] = [];
  const numberOf = (endpoint: Endpoint): number => {
    const key = `${endpoint.method}\u0000${endpoint.name}`;
    let number = numbers.get(key);
    if (number === undefined) {
      number = endpoints.push({ method: endpoint.method, name: endpoint.name }) - 1;
      numbers.set(key, number);
    }
    return number;
  };
  const budget = sampleBudget();
  const joined = joinedIn(result.blocks);
  const latencies = joinCells(result.blocks, joined.latencies, (sum, stats) => void sum.mergeLatencies(stats));
  const timings = joinCells(result.blocks, joined.timings, (sum, stats) => void sum.mergeTimings(stats));
  const blocks = result.blocks.map((block) => encodeBlock(block, { numberOf, budget, latencies, timings }));
  const document: ResultDocument & { summary: unknown } = {
    schema: resultSchemaVersion,
    meta: structuredClone(result.meta) as ResultDocument["meta"],
    summary: { ...result.summary, failures: undefined },
    ...(joined.timings > 1 && { joined }),
    endpoints,
    blocks,
    trouble: structuredClone(result.trouble) as ResultDocument["trouble"],
    warnings: result.warnings.map(({ code, message, said }) => ({
      code,
      message,
      ...(said && { said: said.map((pieces) => [...pieces]) }),
    })),
    interrupted: result.interrupted,
  };
  return `${JSON.stringify(document)}\n`;
}

/**
 * Keeps the first few samples of each group, for judged blocks and for the others: the same failure in every block
 * of a run must not be written out a hundred times.
 */
function sampleBudget(): (block: Block, key: string, samples: readonly FailureSample[]) => FailureSample[] {
  const used = new Map<string, number>();
  return (block, key, samples) => {
    const id = `${isJudged(block)}\u0000${key}`;
    const before = used.get(id) ?? 0;
    const kept = samples.slice(0, Math.max(0, samplesKept - before));
    used.set(id, before + kept.length);
    return kept;
  };
}

function encodeBlock(
  block: Block,
  {
    numberOf,
    budget,
    latencies,
    timings,
  }: {
    readonly numberOf: (endpoint: Endpoint) => number;
    readonly budget: ReturnType<typeof sampleBudget>;
    readonly latencies: ReturnType<typeof joinCells>;
    readonly timings: ReturnType<typeof joinCells>;
  },
): ResultDocument["blocks"][number] {
  const failures = [...block.failures.groups].map(([key, group]) => {
    const samples = budget(block, key, group.samples);
    const { endpoint, samples: _, ...rest } = group;
    return {
      ...rest,
      endpoint: numberOf(endpoint),
      ...(samples.length > 0 && { samples: samples as ResultSample[] }),
    };
  });
  return {
    block: block.block,
    phase: block.phase,
    users: Object.fromEntries(block.users),
    cells: [...block.cells].map(([key, stats]) => {
      const { arm, endpoint } = parseCellKey(key);
      return {
        ...(arm === "base" && { arm }),
        endpoint: numberOf(endpoint),
        ...encodeCounts(stats),
        ...encodeLatencies(latencies(stats)),
        ...encodeTimings(timings(stats)),
      };
    }),
    ...(failures.length > 0 && { failures }),
    threads: block.health.threads.map(rounded),
    ...(block.health.machine && { machine: rounded(block.health.machine) }),
    ...(block.liveness && { liveness: encodeLiveness(block.liveness) }),
  };
}

function encodeCounts(stats: EndpointStats): Omit<ResultCell, "arm" | "endpoint"> {
  const { requests, failures, untimed, retried, fired, bytesIn, bytesOut } = stats;
  const timed = Number.isFinite(stats.minMs);
  return {
    requests,
    ...(failures > 0 && { failures }),
    ...(untimed > 0 && { untimed }),
    ...(retried > 0 && { retried }),
    ...(fired > 0 && { fired }),
    ...(bytesIn > 0 && { bytesIn }),
    ...(bytesOut > 0 && { bytesOut }),
    ...(timed && { latencySumMs: round(stats.latencySumMs), minMs: round(stats.minMs), maxMs: round(stats.maxMs) }),
    statuses: Object.fromEntries(stats.statuses),
    ...(stats.stated.length > 0 && { stated: structuredClone(stats.stated) as NonNullable<ResultCell["stated"]> }),
  };
}

type LatencyNames = "success" | "failure" | "timeout" | "stalled" | "backFilled";

function encodeLatencies(stats: EndpointStats | undefined): Pick<ResultCell, LatencyNames> {
  if (!stats) return {};
  const { success, failure, timeout, stalled, backFilled } = stats;
  return {
    ...(success.count > 0 && { success: success.encode() }),
    ...(failure.count > 0 && { failure: failure.encode() }),
    ...(timeout.count > 0 && { timeout: timeout.encode() }),
    ...(stalled && { stalled: stalled.encode() }),
    ...(backFilled && { backFilled: backFilled.encode() }),
  };
}

function encodeTimings(timings: EndpointStats | undefined): Pick<ResultCell, "phases" | "serverTiming"> {
  const phases = phaseNames.flatMap((phase) => {
    const histogram = timings?.phases[phase];
    return histogram && histogram.count > 0 ? [[phase, histogram.encode()]] : [];
  });
  const metrics = [...(timings?.serverTiming ?? [])].map(([metric, histogram]) => [metric, histogram.encode()]);
  return {
    ...(phases.length > 0 && { phases: Object.fromEntries(phases) }),
    ...(metrics.length > 0 && { serverTiming: Object.fromEntries(metrics) }),
  };
}

/** Readings of health say nothing beyond a microsecond or a hundredth of a percent. */
function rounded<T extends object>(reading: T): T {
  return Object.fromEntries(
    Object.entries(reading).map(([key, value]) => [key, typeof value === "number" ? round(value) : value]),
  ) as T;
}

/** To a tenth of a microsecond: clocks know no more. */
function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

/**
 * Reads `result.json`, which may come from a stranger. Throws GateError `result-unreadable` naming the place.
 * @param source what to call the document in an error: a file's name
 * @param limitBytes larger texts are refused unread; 32 MiB if not given, for files that come from elsewhere
 */
export function decodeResult(text: string, source: string, { limitBytes = largestResultBytes } = {}): RunResult {
  const refuse = (message: string, cause?: unknown) =>
    new GateError("result-unreadable", `${source}: ${message}`, {
      hint: "only result.json files written by swarmgate can be judged, merged or reported",
      ...(cause === undefined ? {} : { cause }),
    });
  if (Buffer.byteLength(text) > limitBytes) throw refuse(`larger than ${limitBytes / 1024 ** 2} MiB`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw refuse("not JSON", cause);
  }
  const version = (json as { schema?: unknown } | null)?.schema;
  if (typeof version === "number" && version > resultSchemaVersion) {
    throw refuse(`written by a newer version (document version ${version}; this one reads ${resultSchemaVersion})`);
  }
  const read = documentShape.safeParse(json);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw refuse(`${issue?.path.join(".") || "the document"}: ${issue?.message ?? "unreadable"}`);
  }
  try {
    const trusted = limitBytes === Number.POSITIVE_INFINITY;
    return fromDocument(read.data, trusted ? undefined : new DecodingBudget(text.length));
  } catch (cause) {
    throw refuse(cause instanceof Error ? cause.message : "unreadable", cause);
  }
}

function fromDocument(document: ResultDocument, budget: DecodingBudget | undefined): RunResult {
  const endpointAt = (number: number): Endpoint => {
    const endpoint = document.endpoints[number];
    if (!endpoint) throw new RangeError(`a cell names endpoint ${number}, which the document does not list`);
    return endpoint;
  };
  const blocks = document.blocks.map((block): Block => {
    const failures = new FailureLog();
    for (const group of block.failures ?? []) {
      const whole: FailureGroup = { ...group, endpoint: endpointAt(group.endpoint), samples: group.samples ?? [] };
      failures.add(whole);
    }
    return {
      block: block.block,
      phase: block.phase satisfies Phase,
      users: new Map(Object.entries(block.users)),
      cells: new Map(
        block.cells.map(
          (cell) => [cellKey(cell.arm ?? "head", endpointAt(cell.endpoint)), fromCell(cell, budget)] as const,
        ),
      ),
      failures,
      health: { threads: block.threads, machine: block.machine },
      ...(block.liveness && { liveness: livenessFrom(block.liveness) }),
    };
  });
  const { meta, trouble, warnings, interrupted } = document;
  return { schema: resultSchemaVersion, meta, blocks, summary: summarize(blocks), trouble, warnings, interrupted };
}

function fromCell(cell: ResultCell, budget: DecodingBudget | undefined): EndpointStats {
  const read = (text: string) => Histogram.decode(text, budget);
  const stats = new EndpointStats();
  stats.requests = cell.requests;
  stats.failures = cell.failures ?? 0;
  stats.untimed = cell.untimed ?? 0;
  stats.retried = cell.retried ?? 0;
  stats.fired = cell.fired ?? 0;
  stats.bytesIn = cell.bytesIn ?? 0;
  stats.bytesOut = cell.bytesOut ?? 0;
  stats.latencySumMs = cell.latencySumMs ?? 0;
  stats.minMs = cell.minMs ?? Number.POSITIVE_INFINITY;
  stats.maxMs = cell.maxMs ?? 0;
  if (cell.stated) stats.stated = cell.stated;
  for (const [status, times] of Object.entries(cell.statuses)) stats.statuses.set(Number(status), times);
  for (const kind of ["success", "failure", "timeout"] as const) {
    const text = cell[kind];
    if (text) stats[kind].merge(read(text));
  }
  if (cell.stalled) stats.stalled = read(cell.stalled);
  if (cell.backFilled) stats.backFilled = read(cell.backFilled);
  if (!cell.phases && !cell.serverTiming) return stats;
  const metrics = Object.entries(cell.serverTiming ?? {}).slice(0, metricsKept);
  return stats.mergeTimings({
    phases: Object.fromEntries(Object.entries(cell.phases ?? {}).map(([phase, text]) => [phase, read(text)])),
    serverTiming: new Map(metrics.map(([metric, text]) => [metric, read(text)])),
  });
}
