import * as z from "zod/mini";
import { parsePercent, parseRate, parseTimespanMs } from "../base/units.ts";

/**
 * The shape of the configuration file (docs/inputs.md#the-configuration-file). Patterns are part of the schema, so that
 * an editor that reads the published JSON Schema marks what this program would refuse; the transforms then give
 * milliseconds and ratios.
 */

/** The name of a load test becomes part of paths: between slashes nothing that leads upwards. */
export const testName = /^(?!.*\/[ .]*(?:\/|$))\w[\w. /-]{0,63}$/;

const timespan = /^(?=\S)(?:\d+(?:\.\d+)?\s*(?:us|µs|ms|s|m|h)|(?:\d+h)?(?:\d+m)?(?:\d+(?:\.\d+)?s)?|\d+(?:\.\d+)?)$/;
const percentage = /^\d+(?:\.\d+)?\s*%$/;
const perSecond = /^\d+(?:\.\d+)?(?:\s*\/\s*[smh])?$/;
/** What is compared: percentiles, error rates, stalls, all endpoints together, and throughput. */
const comparable = /^(?:p(?:100|\d{1,2}(?:\.\d+)?)|errors|stalls|suite|throughput)$/;
/** What is about the whole run and has no endpoint. */
export const runMetrics = ["stalls", "suite", "capacity", "throughput"] as const;

const text = z.string().check(z.regex(/\S/));
const whole = z.int().check(z.gte(1), z.lte(1_000_000_000));
const positive = z.number().check(z.gt(0));
const list = z.union([z.string(), z.array(z.string())]);

const durationMs = z.pipe(
  z.union([z.number().check(z.gte(0)), z.string().check(z.regex(timespan))]),
  z.transform((given) => parseTimespanMs(String(given)) as number),
);
const ratio = z.pipe(
  z.string().check(z.regex(percentage)),
  z.transform((given) => parsePercent(given) as number),
);
const rate = z.pipe(
  z.union([positive, z.string().check(z.regex(perSecond))]),
  z.transform((given) => parseRate(String(given)) as number),
);

const load = z.strictObject({
  users: z.optional(whole),
  "spawn-rate": z.optional(positive),
  "run-time": z.optional(durationMs),
  "stop-timeout": z.optional(durationMs),
  requests: z.optional(whole),
  "arrival-rate": z.optional(rate),
  warmup: z.optional(z.union([z.literal("auto"), durationMs])),
  threads: z.optional(z.union([z.literal("auto"), whole])),
  interleave: z.optional(z.enum(["requests", "seconds"])),
  tags: z.optional(list),
  "exclude-tags": z.optional(list),
  "user-classes": z.optional(list),
});

/** `< 300ms`; what stands in it is the threshold language's affair. */
const promise = z.string().check(z.regex(/^\s*[<>=!]/));
const tiers = z.strictObject({ warn: z.optional(promise), fail: z.optional(promise) });

/** Keys beside `endpoint total optional after every abort-after` are metrics of the threshold language, each with its promise. */
const sloEntry = z.catchall(
  z.object({
    endpoint: z.optional(text),
    total: z.optional(z.literal(true)),
    optional: z.optional(z.boolean()),
    after: z.optional(durationMs),
    every: z.optional(durationMs),
    "abort-after": z.optional(durationMs),
  }),
  z.union([promise, tiers]),
);

const metric = z.string().check(z.regex(comparable));

const regression = z.strictObject({
  metrics: z.optional(z.array(metric)),
  tolerance: z.optional(z.union([ratio, z.record(metric, ratio)])),
  "min-effect": z.optional(durationMs),
  "error-tolerance": z.optional(ratio),
  confidence: z.optional(ratio),
});

const waiver = z.strictObject({
  endpoint: z.optional(text),
  metric: z.optional(z.union([metric, z.literal("capacity")])),
  until: z.string().check(z.regex(/^\d{4}-\d\d-\d\d$/)),
  reason: text,
});

const guard = z.strictObject({
  "allowed-hosts": z.optional(list),
  "max-users": z.optional(whole),
  "max-rate": z.optional(rate),
});

/** The only version there is. */
export const configurationVersion = 1;

export const configurationSchema = z.strictObject({
  version: z.literal(configurationVersion),
  name: z.optional(z.string().check(z.regex(testName))),
  locustfile: z.optional(list),
  start: z.optional(text),
  build: z.optional(text),
  stop: z.optional(text),
  url: z.optional(text),
  base: z.optional(text),
  load: z.optional(load),
  slo: z.optional(z.array(sloEntry)),
  regression: z.optional(regression),
  waive: z.optional(z.array(waiver)),
  guard: z.optional(guard),
});

/** The file's content, durations in milliseconds, percentages as ratios, rates per second. */
export type ConfigurationDocument = z.output<typeof configurationSchema>;

/** What may stand in a section, by the section's name; `""` is the top, a tier is `{ warn, fail }`. */
export const knownKeys: Readonly<Record<string, readonly string[]>> = {
  "": Object.keys(configurationSchema.shape),
  load: Object.keys(load.shape),
  slo: Object.keys(sloEntry.shape),
  tier: Object.keys(tiers.shape),
  regression: Object.keys(regression.shape),
  waive: Object.keys(waiver.shape),
  guard: Object.keys(guard.shape),
};

const aDuration = 'a duration; write it as "60s", "2m" or "1h30m"';
const aPercentage = 'a percentage; write it as "10%"';
const aWhole = "a whole number above 0";
const aRate = 'a rate; write it as "500/s"';
const aMetric = "something that is compared: p50, p95, errors, stalls, throughput";

/** What should have stood under a key, to be read after "is not"; a key that is none of these is a metric. */
export const wanted: Readonly<Record<string, string>> = {
  version: String(configurationVersion),
  name: "a name of letters, digits, blanks and . _ / - (64 at most)",
  locustfile: "a path or a list of paths",
  start: "a command such as npm start",
  build: "a command such as npm ci",
  stop: "a command such as docker compose down",
  url: "a URL with $PORT or $SWARMGATE_ARM in it",
  base: "auto, none, or a revision such as origin/main",
  load: "a section such as { users: 50, run-time: 60s }",
  slo: 'a list of entries such as { endpoint: "GET /*", p95: < 300ms }',
  regression: "a section such as { metrics: [p50, p95], tolerance: 10% }",
  waive: 'a list of entries such as { endpoint: "GET /", metric: p95, until: 2026-12-24, reason: "…" }',
  guard: "a section such as { max-users: 500 }",
  users: aWhole,
  "spawn-rate": "a number above 0",
  "run-time": aDuration,
  "stop-timeout": aDuration,
  requests: aWhole,
  "arrival-rate": aRate,
  warmup: `"auto" or ${aDuration}`,
  threads: `"auto" or ${aWhole}`,
  interleave: '"requests" or "seconds"',
  tags: "a list of tags",
  "exclude-tags": "a list of tags",
  "user-classes": "a list of class names",
  endpoint: 'an endpoint such as "GET /item/*"',
  total: "true",
  optional: "true or false",
  after: aDuration,
  every: aDuration,
  "abort-after": aDuration,
  metrics: aMetric,
  tolerance: 'a percentage such as "10%", or one for each metric as in { p50: 5%, p95: 10% }',
  "min-effect": aDuration,
  "error-tolerance": aPercentage,
  confidence: aPercentage,
  metric: `${aMetric}, suite, capacity`,
  until: "a date; write it as 2026-12-24",
  reason: "a reason in words",
  "allowed-hosts": "a list of host names",
  "max-users": aWhole,
  "max-rate": aRate,
};
