import * as z from "zod";
import { failureKinds, samplesKept } from "../failures.ts";
import { resultSchemaVersion } from "../run-result.ts";
import { phaseNames } from "../sample.ts";

/** The shape of `result.json`: every number finite, every text and list bounded, for it may come from a stranger. */

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
  kind: z.enum(failureKinds),
  message: z.string().max(1000),
  count,
  firstMs: finite,
  lastMs: finite,
  samples: z.array(sampleShape).max(samplesKept).optional(),
});

const statementShape = z.object({
  count,
  sumMs: finite,
  rps: finite.nullable(),
  percentiles: z.array(z.object({ ratio: z.number().min(0).max(1), ms: finite, roundingMs: finite })).max(100),
});

/** What is absent is 0, and the arm `head`: an hour of ten endpoints has 72,000 of these. */
const cellShape = z.object({
  arm: z.enum(["head", "base"]).optional(),
  endpoint: count,
  requests: count,
  failures: count.optional(),
  untimed: count.optional(),
  /** Requests sent a second time, as the server closed the kept connection under the first. */
  retried: count.optional(),
  /** Requests that the locustfile measured itself (`events.request.fire`, `measure`), not the client; part of `requests`. */
  fired: count.optional(),
  bytesIn: count.optional(),
  bytesOut: count.optional(),
  latencySumMs: finite.optional(),
  minMs: finite.nullable().optional(),
  maxMs: finite.optional(),
  statuses: z.record(z.string().regex(/^\d{1,3}$/), count),
  success: histogram,
  failure: histogram,
  timeout: histogram,
  stalled: histogram,
  backFilled: histogram,
  phases: z.partialRecord(z.enum(phaseNames), z.string().max(65_536)).optional(),
  serverTiming: z.record(name, z.string().max(65_536)).optional(),
  /** What another tool says of the sum of cells that has just so many requests. */
  stated: z.array(statementShape).max(1000).optional(),
});

const threadShape = z.object({
  thread: name,
  delayP99Ms: finite,
  delayP90Ms: finite.optional(),
  delayMaxMs: finite,
  utilization: finite,
  cpu: finite,
  lateStarts: count,
  openSockets: count,
});

const livenessShape = z.object({ answers: count, inFlight: count, youngestMs: finite, patienceMs: finite }).partial();

const blockShape = z.object({
  block: count,
  phase: z.enum(["ramp", "warm-up", "steady", "extension", "confirmation", "tail"]),
  users: z.record(name, count),
  cells: z.array(cellShape).max(20_000),
  failures: z.array(groupShape).max(1000).optional(),
  threads: z.array(threadShape).max(2000),
  machine: z
    .object({
      cpu: finite,
      steal: finite,
      memoryBytes: finite,
      ownCpu: finite.optional(),
      pressure: finite.optional(),
      runnable: count.optional(),
    })
    .optional(),
  /** What is absent is nought; the arm itself where nobody looked. */
  liveness: z.object({ head: livenessShape.optional(), base: livenessShape.optional() }).optional(),
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
  interleave: z.literal("seconds").optional(),
  shard: z.object({ index: z.int().min(1).max(10_000), of: z.int().min(1).max(10_000) }).optional(),
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
        place: name.optional(),
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

/** The whole document, of this version or an older one; published as its JSON Schema. */
export const documentShape = z.object({
  schema: z.literal([1, resultSchemaVersion]),
  meta: metaShape,
  /** The histograms of so many blocks stand in the last of them that has the endpoint; 1 if absent. */
  joined: z.object({ latencies: z.int().min(1), timings: z.int().min(1) }).optional(),
  endpoints: z.array(z.object({ method: z.string().max(100), name })).max(20_000),
  blocks: z.array(blockShape).max(200_000),
  trouble: troubleShape,
  warnings: z
    .array(
      z.object({
        code: name,
        message: z.string().max(4000),
        // Pieces of its sentence, where we know who wrote which: our own words, then text of others, in turns.
        said: z
          .array(z.array(z.string().max(4000)).max(200))
          .max(4)
          .optional(),
      }),
    )
    .max(1000),
  interrupted: z.boolean(),
});

export type ResultDocument = z.infer<typeof documentShape>;
export type ResultCell = z.infer<typeof cellShape>;
export type ResultSample = z.infer<typeof sampleShape>;
