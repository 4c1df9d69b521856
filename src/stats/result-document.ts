import * as z from "zod";
import { GateError } from "../base/errors.ts";
import type { Endpoint } from "./endpoint.ts";
import { cellKey, parseCellKey } from "./endpoint.ts";
import { EndpointStats } from "./endpoint-stats.ts";
import { type FailureGroup, FailureLog, type FailureSample, samplesKept } from "./failures.ts";
import { Histogram } from "./histogram.ts";
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

const count = z.int().min(0);
const finite = z.number().min(-1e15).max(1e15);
const name = z.string().max(2000);
const histogram = z.string().max(65_536).optional();

const sampleShape = z.object({
  request: z.string().max(4000),
  status: count,
  headers: z.array(z.tuple([name, z.string().max(8000)])).max(200),
  body: z.string().max(4096),
  atMs: finite,
});

const groupShape = z.object({
  arm: z.enum(["head", "base"]),
  endpoint: count,
  kind: z.enum([
    "status",
    "timeout",
    "connect",
    "dns",
    "tls",
    "reset",
    "protocol",
    "redirects",
    "check",
    "exception",
    "forbidden-host",
    "interrupted",
  ]),
  message: z.string().max(1000),
  count,
  firstMs: finite,
  lastMs: finite,
  samples: z.array(sampleShape).max(samplesKept).optional(),
});

const cellShape = z.object({
  arm: z.enum(["head", "base"]),
  endpoint: count,
  requests: count,
  failures: count,
  untimed: count.optional(),
  bytesIn: count,
  bytesOut: count,
  latencySumMs: finite,
  minMs: finite.nullable(),
  maxMs: finite,
  statuses: z.record(z.string().regex(/^\d{1,3}$/), count),
  success: histogram,
  failure: histogram,
  timeout: histogram,
  phases: z.partialRecord(z.enum(phaseNames), z.string().max(65_536)).optional(),
  serverTiming: z.record(name, z.string().max(65_536)).optional(),
});

const threadShape = z.object({
  thread: name,
  delayP99Ms: finite,
  delayMaxMs: finite,
  utilization: finite,
  cpu: finite,
  lateStarts: count,
  openSockets: count,
});

const blockShape = z.object({
  block: count,
  phase: z.enum(["ramp", "warm-up", "steady", "extension", "confirmation", "tail"]),
  users: z.record(name, count),
  cells: z.array(cellShape).max(20_000),
  failures: z.array(groupShape).max(1000).optional(),
  threads: z.array(threadShape).max(2000),
  machine: z.object({ cpu: finite, steal: finite, memoryBytes: finite }).optional(),
});

const nullableName = name.nullable();
const metaShape = z.object({
  name,
  engine: name,
  measurement: count,
  seed: name,
  startedAt: name,
  endedAt: name,
  host: nullableName,
  baseHost: nullableName,
  commit: nullableName,
  baseCommit: nullableName,
  locustfile: name,
  locustfileHash: name,
  profile: z.object({
    users: count,
    spawnRate: finite,
    runTimeMs: finite.nullable(),
    requests: count.nullable(),
    arrivalRate: finite.nullable(),
    shape: nullableName,
    userClasses: z.array(name).max(1000),
    tags: z.array(name).max(1000),
    excludeTags: z.array(name).max(1000),
  }),
  machine: z.object({ cpuModel: name, cores: count, memoryBytes: finite, os: name, node: name }),
  threads: count,
});

const troubleShape = z.object({
  deadInOnStart: count,
  peakUsers: count,
  targetUsers: count,
  killed: count,
  retiredPairs: count,
  missingAwaits: z.array(z.object({ task: name, place: nullableName, count })).max(1000),
  exceptions: z
    .array(
      z.object({
        message: z.string().max(8000),
        trace: z.string().max(20_000),
        task: name,
        count,
        firstMs: finite,
        lastMs: finite,
      }),
    )
    .max(1000),
  forbiddenHosts: z.array(z.object({ host: name, count })).max(1000),
  processExitCode: z.int().nullable(),
});

const documentShape = z.object({
  schema: z.literal(resultSchemaVersion),
  meta: metaShape,
  endpoints: z.array(z.object({ method: z.string().max(100), name })).max(20_000),
  blocks: z.array(blockShape).max(200_000),
  trouble: troubleShape,
  warnings: z.array(z.object({ code: name, message: z.string().max(4000) })).max(1000),
  interrupted: z.boolean(),
});

type Document = z.infer<typeof documentShape>;
type Cell = z.infer<typeof cellShape>;

/** The schema of `result.json`, for publication. */
export const resultSchema = documentShape;

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
  const document: Document & { summary: unknown } = {
    schema: result.schema,
    meta: structuredClone(result.meta) as Document["meta"],
    summary: { ...result.summary, failures: undefined },
    endpoints,
    blocks,
    trouble: structuredClone(result.trouble) as Document["trouble"],
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
): Document["blocks"][number] {
  const failures = [...block.failures.groups].map(([key, group]) => {
    const samples = budget(block, key, group.samples);
    const { endpoint, samples: _, ...rest } = group;
    return {
      ...rest,
      endpoint: numberOf(endpoint),
      ...(samples.length > 0 && { samples: samples as z.infer<typeof sampleShape>[] }),
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

function encodeCell(arm: Cell["arm"], endpoint: number, stats: EndpointStats): Cell {
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
 */
export function decodeResult(text: string, source: string): RunResult {
  const refuse = (message: string, cause?: unknown) =>
    new GateError("result-unreadable", `${source}: ${message}`, {
      hint: "only result.json files written by swarmgate can be judged, merged or reported",
      ...(cause === undefined ? {} : { cause }),
    });
  if (Buffer.byteLength(text) > largestResultBytes) throw refuse("larger than 32 MiB");
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

function fromDocument(document: Document): RunResult {
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

function fromCell(cell: Cell): EndpointStats {
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
