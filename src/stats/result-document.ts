import { GateError } from "../base/errors.ts";
import type { Endpoint } from "./endpoint.ts";
import { cellKey, parseCellKey } from "./endpoint.ts";
import { EndpointStats } from "./endpoint-stats.ts";
import { type FailureGroup, FailureLog, type FailureSample, samplesKept } from "./failures.ts";
import { Histogram } from "./histogram.ts";
import { documentShape, type ResultCell, type ResultDocument, type ResultSample } from "./result-schema.ts";
import { type RunResult, resultSchemaVersion } from "./run-result.ts";
import { type Phases, phaseNames } from "./sample.ts";
import type { Block, Phase } from "./snapshot.ts";
import { isJudged, summarize } from "./summary.ts";

/**
 * `result.json`: a RunResult as text and back. Endpoints stand once, in a table; cells name them by number.
 * Histograms are V2 compressed base64; what is empty is left out.
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
  const blocks = result.blocks.map((block) => encodeBlock(block, numberOf, budget));
  const document: ResultDocument & { summary: unknown } = {
    schema: result.schema,
    meta: structuredClone(result.meta) as ResultDocument["meta"],
    summary: { ...result.summary, failures: undefined },
    endpoints,
    blocks,
    trouble: structuredClone(result.trouble) as ResultDocument["trouble"],
    warnings: result.warnings.map((warning) => ({ ...warning })),
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
  numberOf: (endpoint: Endpoint) => number,
  budget: ReturnType<typeof sampleBudget>,
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
      return encodeCell(arm, numberOf(endpoint), stats);
    }),
    ...(failures.length > 0 && { failures }),
    threads: block.health.threads.map((thread) => ({ ...thread })),
    ...(block.health.machine && { machine: block.health.machine }),
  };
}

function encodeCell(arm: ResultCell["arm"], endpoint: number, stats: EndpointStats): ResultCell {
  const some = (histogram: Histogram) => (histogram.count > 0 ? histogram.encode() : undefined);
  const phases = Object.fromEntries(
    phaseNames.flatMap((phase) => {
      const text = stats.phases[phase] && some(stats.phases[phase]);
      return text ? [[phase, text]] : [];
    }),
  );
  return {
    arm,
    endpoint,
    requests: stats.requests,
    failures: stats.failures,
    ...(stats.untimed > 0 && { untimed: stats.untimed }),
    bytesIn: stats.bytesIn,
    bytesOut: stats.bytesOut,
    latencySumMs: round(stats.latencySumMs),
    minMs: Number.isFinite(stats.minMs) ? round(stats.minMs) : null,
    maxMs: round(stats.maxMs),
    statuses: Object.fromEntries(stats.statuses),
    success: some(stats.success),
    failure: some(stats.failure),
    timeout: some(stats.timeout),
    ...(Object.keys(phases).length > 0 && { phases }),
    ...(stats.serverTiming.size > 0 && {
      serverTiming: Object.fromEntries([...stats.serverTiming].map(([metric, h]) => [metric, h.encode()])),
    }),
  };
}

/** To a tenth of a microsecond: clocks know no more. */
function round(ms: number): number {
  return Math.round(ms * 10_000) / 10_000;
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
    return fromDocument(read.data);
  } catch (cause) {
    throw refuse(cause instanceof Error ? cause.message : "unreadable", cause);
  }
}

function fromDocument(document: ResultDocument): RunResult {
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
        block.cells.map((cell) => [cellKey(cell.arm, endpointAt(cell.endpoint)), fromCell(cell)] as const),
      ),
      failures,
      health: { threads: block.threads, machine: block.machine },
    };
  });
  const { schema, meta, trouble, warnings, interrupted } = document;
  return { schema, meta, blocks, summary: summarize(blocks), trouble, warnings, interrupted };
}

function fromCell(cell: ResultCell): EndpointStats {
  const stats = new EndpointStats();
  stats.requests = cell.requests;
  stats.failures = cell.failures;
  stats.untimed = cell.untimed ?? 0;
  stats.bytesIn = cell.bytesIn;
  stats.bytesOut = cell.bytesOut;
  stats.latencySumMs = cell.latencySumMs;
  stats.minMs = cell.minMs ?? Number.POSITIVE_INFINITY;
  stats.maxMs = cell.maxMs;
  for (const [status, times] of Object.entries(cell.statuses)) stats.statuses.set(Number(status), times);
  for (const kind of ["success", "failure", "timeout"] as const) {
    const text = cell[kind];
    if (text) stats[kind].merge(Histogram.decode(text));
  }
  for (const phase of phaseNames) {
    const text = (cell.phases as Partial<Record<keyof Phases, string>> | undefined)?.[phase];
    if (text) stats.phases[phase] = Histogram.decode(text);
  }
  for (const [metric, text] of Object.entries(cell.serverTiming ?? {})) {
    if (stats.serverTiming.size < 20) stats.serverTiming.set(metric, Histogram.decode(text));
  }
  return stats;
}
