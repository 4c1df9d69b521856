import * as z from "zod";
import { confirmationOutcomes } from "../../verdict/comparison.ts";
import { capacitySection } from "./capacity-schema.ts";
import { serviceSchema } from "./service-schema.ts";

/** Raised when the document's shape changes. */
export const reportSchemaVersion = 1;

/** Most entries of each list, and characters of each text; `report.json` of a stranger is refused beyond them. */
export const bounds = {
  endpoints: 500,
  comparisons: 500,
  thresholds: 500,
  failures: 100,
  exceptions: 50,
  points: 600,
  timingPoints: 120,
  bins: 120,
  list: 100,
  said: 400,
  pieces: 60,
  name: 200,
  message: 500,
  body: 2048,
} as const;

const text = (max: number) => z.string().max(max);
const count = z.int().min(0);
const ms = z.number().min(0).max(1e12);
const ratio = z.number().min(0).max(1);
const rate = z.number().min(0).max(1e12);
const signed = z.number().min(-1e12).max(1e12);
const sha = z.string().regex(/^[0-9a-f]{7,64}$/);
const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/);
/** Links lead to the run's own pages, so the narrowest spelling does. */
const link = z
  .string()
  .max(300)
  .regex(/^https?:\/\/[A-Za-z0-9.-]+(:\d{1,5})?(\/[A-Za-z0-9._~-]+)*\/?$/);

const endpoint = z.object({ method: text(bounds.name), name: text(bounds.name) });

const numbers = z.object({
  requests: count,
  failures: count,
  /** Requests sent a second time, as the server closed the kept connection under the first; absent where none was. */
  retried: count.optional(),
  /** Requests that the locustfile measured itself, not the client; absent where there were none. */
  fired: count.optional(),
  errorRatio: ratio,
  rps: rate,
  failuresPerSecond: rate,
  avgMs: ms.nullable(),
  minMs: ms.nullable(),
  maxMs: ms.nullable(),
  /** By `shownPercentiles`. */
  percentilesMs: z.array(ms.nullable()).length(11),
  bytesIn: count,
});

const outcome = z.enum([
  "regressed",
  "improved",
  "unchanged",
  "could-not-tell",
  "inconclusive",
  "missing",
  "no-baseline",
]);
const change = z.object({ estimate: signed, low: signed.nullable(), high: signed.nullable() });

const row = z.object({
  endpoint,
  head: numbers.nullable(),
  base: numbers.nullable(),
  /** What became of its p95, if that was compared. */
  change: change.nullable(),
  outcome: outcome.nullable(),
  presence: z.enum(["both", "new", "vanished"]),
});

const comparison = z.object({
  endpoint: endpoint.nullable(),
  metric: z.string().regex(/^(p\d{1,2}(\.\d{1,3})?|p100|errors|stalls|suite|capacity|throughput)$/),
  method: z.enum(["side-by-side", "baseline", "simple-percentage"]),
  before: signed.nullable(),
  after: signed.nullable(),
  change: change.nullable(),
  p: ratio.nullable(),
  n: count,
  tolerance: rate,
  smallestDetectable: rate.nullable(),
  outcome,
  /** Absent where it was judged, and in reports of before anything was set apart. */
  notJudged: z.enum(["too-few-requests", "min-effect"]).optional(),
  /** What became of it in the second pass; absent where it never looked worse. */
  confirmation: z.enum(confirmationOutcomes).optional(),
  /** No stored run was measured on this machine. */
  unseenMachine: z.boolean().optional(),
  /** Slower as all the others are. */
  withTheRest: z.boolean().optional(),
  /** What a missing endpoint may be called now. */
  renamedTo: endpoint.optional(),
  waived: z.object({ until: text(40), reason: text(bounds.message) }).nullable(),
  warnings: z.array(text(bounds.message)).max(10),
  explanation: z.array(text(bounds.message)).max(10),
});

const threshold = z.object({
  source: text(bounds.name),
  place: text(bounds.name).nullable(),
  endpoint: endpoint.nullable(),
  metric: text(40),
  unit: z.enum(["ms", "ratio", "count", "perSecond", "score"]),
  operator: z.enum(["<", "<=", ">", ">=", "==", "!="]),
  expected: signed,
  actual: signed.nullable(),
  interval: z.tuple([signed, signed]).nullable(),
  n: count,
  outcome: z.enum(["pass", "warn", "fail", "no-data", "undecided"]),
  message: text(bounds.message),
});

const sample = z.object({
  request: text(bounds.message),
  status: z.int().min(0).max(999),
  headers: z.array(z.tuple([text(bounds.name), text(bounds.name)])).max(30),
  body: text(bounds.body),
  /** Milliseconds after the run's start. */
  atMs: ms,
});

const failure = z.object({
  arm: z.enum(["head", "base"]),
  endpoint,
  kind: text(40),
  message: text(bounds.message),
  count,
  /** Milliseconds after the run's start. */
  firstMs: ms,
  lastMs: ms,
  samples: z.array(sample).max(3),
});

const exception = z.object({
  message: text(bounds.message),
  trace: text(bounds.body),
  /** `locustfile.ts:12:7`, where the stack says. */
  place: text(bounds.name).optional(),
  task: text(bounds.name),
  count,
  firstMs: ms,
  lastMs: ms,
});

const timing = z.object({
  endpoint: endpoint.nullable(),
  name: text(80),
  count,
  p50Ms: ms,
  p95Ms: ms,
});

const points = <T extends z.ZodType>(value: T) => z.array(value).max(bounds.points);
const phase = z.enum(["ramp", "warm-up", "steady", "extension", "confirmation", "tail"]);

const series = z.object({
  /** Length of one step, milliseconds; point `i` covers `[i, i + 1)` steps after the start. */
  stepMs: ms,
  phase: points(phase),
  rps: points(rate),
  failuresPerSecond: points(rate),
  p50Ms: points(ms.nullable()),
  p95Ms: points(ms.nullable()),
  p99Ms: points(ms.nullable()),
  users: points(count),
  /** p95 of the endpoints most worth a look, on the same steps. */
  endpoints: z
    .array(z.object({ endpoint, p95Ms: points(ms.nullable()), baseP95Ms: points(ms.nullable()).optional() }))
    .max(6),
  /** The base version's, side by side. */
  base: z.object({ rps: points(rate), p50Ms: points(ms.nullable()), p95Ms: points(ms.nullable()) }).optional(),
  /** The load generator's, worst thread and block of each step; ratios 0–1. */
  health: z
    .object({
      delayP99Ms: points(ms.nullable()),
      utilization: points(rate.nullable()),
      threadCpu: points(rate.nullable()),
      machineCpu: points(rate.nullable()),
      steal: points(rate.nullable()),
      lateStarts: points(count),
      delayLimitMs: ms,
      utilizationLimit: rate,
    })
    .optional(),
});

const part = z.object({ name: text(80), meanMs: z.array(ms).max(bounds.timingPoints) });
/** What a request's time was made of as the run went on: the mean of each part over all requests of a step. */
const timingCourse = z.object({
  endpoint: endpoint.nullable(),
  stepMs: ms,
  phases: z.array(part).max(6),
  server: z.array(part).max(6),
});

const bin = z.object({ lowMs: ms, highMs: ms, count });
const distribution = z.object({
  bins: z.array(bin).max(bounds.bins),
  /** `[ratio, milliseconds]`, rising. */
  curve: z.array(z.tuple([ratio, ms])).max(40),
});

const health = z.object({
  delayP99Ms: ms,
  delayMaxMs: ms,
  utilizationMax: rate,
  threadCpuMax: rate,
  machineCpuMax: rate.nullable(),
  stealMax: rate.nullable(),
  memoryMaxBytes: count.nullable(),
  lateStarts: count,
  openSocketsMax: count,
});

const measured = z.object({
  engine: text(bounds.name),
  seed: text(bounds.name),
  locustfile: text(bounds.name),
  host: text(bounds.name).nullable(),
  baseHost: text(bounds.name).nullable(),
  users: count,
  spawnRate: rate,
  runTimeMs: ms.nullable(),
  requests: count.nullable(),
  arrivalRate: rate.nullable(),
  shape: text(bounds.name).nullable(),
  userClasses: z.array(text(bounds.name)).max(bounds.list),
  threads: count,
  peakUsers: count,
  deadInOnStart: count,
  /** Still busy when the stop timeout ended. */
  killedUsers: count,
  /** Pairs that lost one twin (side by side). */
  retiredPairs: count,
  windowMs: ms,
  /** How the warm-up's length was chosen: `auto`, `10s`, `0`. */
  warmup: text(40),
  /** Time and requests by phase, judged ones too. */
  phases: z.array(z.object({ phase, ms, requests: count, judged: z.boolean() })).max(6),
  allRequests: count,
  machine: z.object({ cpuModel: text(bounds.name), cores: count, memoryBytes: count, os: text(80), node: text(40) }),
  health: health.nullable(),
  statuses: z.array(z.tuple([z.int().min(0).max(999), count])).max(bounds.list),
});

const comparing = z.object({
  mode: z.enum(["side-by-side", "baseline", "none"]),
  /** Of the whole pull request, 0–1. */
  confidence: ratio,
  tolerance: rate,
  minEffectMs: ms,
  errorTolerance: rate,
  /** The largest of the compared p95s' smallest detectable changes: what any endpoint would have shown. */
  smallestDetectable: rate.nullable(),
});

const baseline = z.object({
  found: z.boolean(),
  commit: sha.nullable(),
  /** When its newest run was measured. */
  measuredAt: instant.nullable(),
  ageMs: ms.nullable(),
  runs: count,
  store: text(40).nullable(),
  /** Why there is none, or why it could not be used. */
  whyNot: text(bounds.message).nullable(),
  /** Stored runs were found, and all of them have another load or were measured in another way. */
  incomparable: z.enum(["other-profile", "other-measurement"]).optional(),
  /** This run becomes, or became, a baseline. */
  saved: z.boolean(),
  /** Whether stored runs were to be compared with; absent in older reports. */
  wanted: z.boolean().optional(),
  /** Whether runs of the default branch are kept where this one was made; absent in older reports. */
  kept: z.boolean().optional(),
});

const tally = z.object({
  endpoints: count,
  regressed: count,
  waived: count,
  improved: count,
  unchanged: count,
  inconclusive: count,
  /** Nought in reports of before these were told apart. */
  couldNotTell: count.default(0),
  missing: count.default(0),
  notJudged: count.default(0),
  noBaseline: count,
  thresholds: count,
  met: count,
  broken: count,
  warned: count,
  failureGroups: count,
  exceptions: count,
});

/** Requests per second; what came before, where it is known, and what was due in the open model. */
const throughput = z.object({
  before: rate.nullable(),
  now: rate,
  /** Absent in reports of before it was kept. */
  change: change.nullable().optional(),
  arrivalRate: rate.nullable(),
});

/** `alsoBase`: the base version did the same beside it. */
const troubled = { endpoint: endpoint.nullable(), lastedMs: ms, alsoBase: z.boolean() };
const trouble = z.discriminatedUnion("kind", [
  z.object({
    ...troubled,
    kind: z.literal("pauses"),
    count,
    everyMs: ms.nullable(),
    atMs: z.array(ms).max(4),
  }),
  z.object({
    kind: z.literal("slowing-down"),
    endpoint: endpoint.nullable(),
    alsoBase: z.boolean(),
    perMinuteMs: ms,
    fromMs: ms,
    toMs: ms,
    endpoints: count,
  }),
  z.object({ ...troubled, kind: z.literal("cold-start"), factor: rate }),
  z.object({ ...troubled, kind: z.literal("error-burst"), count, of: count, endpoints: count, atMs: ms }),
]);

/** `report.json`: lists, texts and numbers bounded, keys unknown to it dropped. */
export const reportSchema = z.object({
  schema: z.literal(reportSchemaVersion),
  name: text(bounds.name),
  verdict: z.object({
    conclusion: z.enum(["pass", "fail", "inconclusive", "invalid"]),
    reasons: z
      .array(
        z.object({
          code: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
          message: text(bounds.message),
          remedy: text(bounds.message).nullable(),
        }),
      )
      .max(20),
  }),
  /** Whether the step succeeds: the verdict under `fail-on`. */
  passed: z.boolean(),
  interrupted: z.boolean(),
  /** Measured where a pull request could have changed the measuring; the label of a re-rendered report. */
  untrusted: z.boolean(),
  generatedAt: instant,
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  commit: sha.nullable(),
  baseCommit: sha.nullable(),
  run: z.object({ id: count, number: count, attempt: count, url: link.nullable() }).nullable(),
  /** Counts before any list was cut. */
  tally,
  total: row.nullable(),
  endpoints: z.array(row).max(bounds.endpoints),
  thresholds: z.array(threshold).max(bounds.thresholds),
  comparisons: z.array(comparison).max(bounds.comparisons),
  failures: z.array(failure).max(bounds.failures),
  exceptions: z.array(exception).max(bounds.exceptions),
  comparing,
  baseline,
  /** What the pull request changes about the gate that judges it. */
  gateChanges: z
    .array(
      z.object({
        kind: z.enum(["loosened", "tightened", "measured"]),
        /** The setting or key, as the configuration file spells it. */
        setting: text(80),
        before: text(bounds.name).nullable(),
        after: text(bounds.name).nullable(),
        /** False where the run went by the base's configuration or locustfile. */
        inEffect: z.boolean(),
      }),
    )
    .max(bounds.list)
    .default([]),
  /** Versions that were to be started and did not get as far as they should; absent where none was. */
  services: z.array(serviceSchema).max(2).optional(),
  measured,
  warnings: z.array(z.object({ code: text(60), message: text(bounds.message) })).max(bounds.list),
  /**
   * The sentences above that we wrote, each in pieces: our own words, and texts of others between them. A sentence that is
   * not here is somebody else's as a whole.
   */
  said: z
    .array(z.array(text(bounds.message)).max(bounds.pieces))
    .max(bounds.said)
    .optional(),
  series,
  distribution: z.object({ head: distribution.nullable(), base: distribution.nullable() }),
  phaseTimings: z.array(timing).max(bounds.list),
  serverTimings: z.array(timing).max(bounds.list),
  /** Of a search for the largest load; null in the report of one run. */
  capacity: capacitySection.nullable().default(null),
  /** Absent in reports of before these were kept, as the next one. */
  throughput: throughput.nullable().optional(),
  troubles: z.array(trouble).max(10).optional(),
  /** All requests first, then the endpoint most worth a look. Absent in reports of before it was told. */
  timingCourses: z.array(timingCourse).max(2).optional(),
  /** The effective configuration, as written in the configuration file or the inputs. */
  configuration: z.array(z.tuple([text(80), text(bounds.message)])).max(bounds.list),
});
