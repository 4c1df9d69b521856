import * as z from "zod/mini";
import { messageOf } from "../base/errors.ts";
import { DecodingBudget } from "../stats/decoding-budget.ts";
import { Histogram } from "../stats/histogram.ts";
import { type Baseline, type BaselineRecord, baselineSchemaVersion } from "./baseline.ts";

/** Larger documents are not read: they are not ours, or somebody means harm. */
export const largestBaselineBytes = 16 * 1024 * 1024;

const text = z.string().check(z.maxLength(2000));
const count = z.int().check(z.gte(0));
const instant = z.string().check(z.regex(/^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/));
const names = z.array(text).check(z.maxLength(1000));

const recordShape = z.object({
  id: z.string().check(z.regex(/^[0-9a-f]{12}$/)),
  commit: z.nullable(text),
  startedAt: instant,
  machine: z.object({ cpuModel: text, cores: count, memoryBytes: z.number(), os: text, node: text }),
  profile: z.object({
    users: z.number(),
    spawnRate: z.number(),
    runTimeMs: z.nullable(z.number()),
    requests: z.nullable(z.number()),
    arrivalRate: z.nullable(z.number()),
    shape: z.nullable(text),
    userClasses: names,
    tags: names,
    excludeTags: names,
  }),
  locustfileHash: text,
  measurement: count,
  engine: text,
  judgedMs: z.optional(z.number().check(z.gt(0))),
  pinned: z._default(z.boolean(), false),
  invalidated: z._default(z.nullable(text), null),
  markedAt: z._default(z.union([z.literal(""), instant]), ""),
  regressed: z.optional(z.object({ what: z.array(text).check(z.maxLength(1000)), ofBranch: z.boolean() })),
  passes: z.optional(z.int().check(z.gte(1), z.lte(100))),
  capacity: z.optional(z.object({ load: z.number().check(z.gt(0)), isLowerBound: z.boolean() })),
  endpoints: z
    .array(
      z.object({
        method: text,
        name: text,
        requests: count,
        failures: count,
        timeouts: count,
        latencies: z.string().check(z.maxLength(65_536)),
        passes: z.optional(z.array(z.record(z.string(), z.number().check(z.gte(0)))).check(z.maxLength(100))),
      }),
    )
    .check(z.maxLength(2000)),
});

/** The shape of `baseline.json`. Keys it does not know are dropped: a later version may add some. */
export const baselineSchema = z.object({
  schema: z.literal(baselineSchemaVersion),
  name: text,
  revision: count,
  window: z.nullable(instant),
  records: z.array(recordShape).check(z.maxLength(1000)),
});

/** What a text turned out to be. */
export type ReadBaseline =
  | { readonly is: "found"; readonly baseline: Baseline }
  | { readonly is: "unreadable"; readonly why: string }
  | { readonly is: "newer"; readonly schema: number };

/** One record a line, so that a stored baseline can be read in a diff. */
export function encodeBaseline({ name, revision, window, records }: Baseline): string {
  const head = JSON.stringify({ schema: baselineSchemaVersion, name, revision, window });
  const lines = records.map((record) => JSON.stringify(plain(record)));
  return `${head.slice(0, -1)},"records":[${lines.length > 0 ? `\n${lines.join(",\n")}\n` : ""}]}\n`;
}

function plain(record: BaselineRecord) {
  const { pinned, invalidated, markedAt, endpoints, ...rest } = record;
  return {
    ...rest,
    ...(markedAt === "" ? {} : { pinned, invalidated, markedAt }),
    endpoints: endpoints.map(({ endpoint, requests, failures, timeouts, latencies, passes }) => ({
      method: endpoint.method,
      name: endpoint.name,
      requests,
      failures,
      timeouts,
      latencies: latencies.encode(),
      passes,
    })),
  };
}

/** Reads a document that a stranger may have written. */
export function decodeBaseline(written: string): ReadBaseline {
  if (written.length > largestBaselineBytes) return { is: "unreadable", why: "it is larger than 16 MiB" };
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch {
    return { is: "unreadable", why: "it is not JSON" };
  }
  const schema = (value as { schema?: unknown } | null)?.schema;
  if (typeof schema === "number" && schema > baselineSchemaVersion) return { is: "newer", schema };
  const parsed = z.safeParse(baselineSchema, value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { is: "unreadable", why: `it is not a baseline (at ${issue?.path.join(".") || "its top"})` };
  }
  const budget = new DecodingBudget(written.length);
  try {
    return {
      is: "found",
      baseline: { ...parsed.data, records: parsed.data.records.map((record) => recordFrom(record, budget)) },
    };
  } catch (error) {
    return { is: "unreadable", why: messageOf(error) };
  }
}

function recordFrom(record: z.output<typeof recordShape>, budget: DecodingBudget): BaselineRecord {
  return {
    ...record,
    endpoints: record.endpoints.map(({ method, name, latencies, ...counts }) => ({
      endpoint: { method, name },
      ...counts,
      latencies: Histogram.decode(latencies, budget),
    })),
  };
}
