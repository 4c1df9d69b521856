import * as z from "zod";
import { testName } from "../slo/schema.ts";
import * as f from "./fields.ts";
import { permissions } from "./permissions.ts";

/**
 * Every setting by the name users write, as the action's inputs and the configuration file spell it, with the text
 * that stands for it when nobody says anything. `null` is "nothing": no host, no limit. Names and defaults are those
 * of docs/inputs.md; the command line's differ where Locust's differ (`locustDefaults`).
 */

const modes = ["gate", "baseline", "calibrate", "capacity", "merge", "report"] as const;
const stores = ["artifact", "cache", "branch", "file", "none"] as const;
const failReasons = [
  "slo",
  "regression",
  "invalid",
  "inconclusive",
  "no-baseline",
  "missing-endpoints",
  "no-base",
] as const;

/** A word that stands for itself beside what `schema` reads. */
function or<const W extends string, S extends z.ZodType<unknown, string>>(word: W, schema: S) {
  return z.union([z.literal(word), schema], {
    error: (issue) => {
      const inner = schema.safeParse(issue.input);
      const why = inner.success ? "" : (inner.error.issues[0]?.message ?? "");
      return why.replace(" is not ", ` is neither "${word}" nor `);
    },
  });
}

export const settings = {
  // load
  name: {
    schema: z
      .string()
      .trim()
      .regex(testName, "may hold letters, digits, blanks and . _ / - (64 at most), and no .. between slashes"),
    default: "load-test",
  },
  locustfile: { schema: f.lines, default: "" },
  host: { schema: f.url, default: null },
  "base-host": { schema: f.url, default: null },
  "base-deployment-environment": { schema: z.string().trim(), default: null },
  "deployment-environment": { schema: z.string().trim(), default: null },
  /** Commands that make, start and end one version of the service, from its checkout. */
  start: { schema: z.string().trim().min(1), default: null },
  build: { schema: z.string().trim().min(1), default: null },
  stop: { schema: z.string().trim().min(1), default: null },
  url: { schema: f.armUrl, default: null },
  base: { schema: z.string().trim().min(1), default: "auto" },
  users: { schema: f.whole(1, 1_000_000), default: "50" },
  "spawn-rate": { schema: f.positive, default: "10" },
  /** `forever` is the command line's: until interrupted, or until `requests` or a shape ends the run. */
  "run-time": { schema: or("forever", f.someTime), default: "60s" },
  "stop-timeout": { schema: f.timespan, default: "10s" },
  requests: { schema: f.whole(1, 1_000_000_000), default: null },
  "arrival-rate": { schema: f.rate, default: null },
  warmup: { schema: or("auto", f.timespan), default: "auto" },
  threads: { schema: or("auto", f.whole(1, 256)), default: "auto" },
  /** How the arms of a side-by-side run take turns; of the configuration file alone (decision 0052). */
  interleave: { schema: f.oneOf(["requests", "seconds"]), default: "requests" },
  env: { schema: f.words, default: "" },
  tags: { schema: f.words, default: "" },
  "exclude-tags": { schema: f.words, default: "" },
  "user-classes": { schema: f.words, default: "" },
  headers: { schema: f.headers, default: "" },
  "wait-for": { schema: z.string().trim().regex(/^\//, 'must be a path beginning with "/"'), default: "/" },
  "wait-for-version": { schema: z.string().trim().min(1), default: null },
  "wait-timeout": { schema: f.timespan, default: "5m" },
  "on-no-target": { schema: f.oneOf(["fail", "pass"]), default: "fail" },
  seed: { schema: z.string().trim().min(1).max(200), default: null },
  // judge
  slo: { schema: f.lines, default: "" },
  compare: { schema: f.oneOf(["auto", "side-by-side", "baseline", "none"]), default: "auto" },
  "baseline-store": { schema: f.oneOf(stores), default: "artifact" },
  "baseline-path": { schema: z.string().trim().min(1), default: ".swarmgate/baseline.json" },
  "baseline-branch": { schema: z.string().trim().min(1), default: "swarmgate-baseline" },
  "baseline-runs": { schema: f.whole(1, 100), default: "20" },
  "save-baseline": { schema: f.oneOf(["auto", "always", "never"]), default: "auto" },
  tolerance: { schema: f.percent, default: "10%" },
  "min-effect": { schema: f.timespan, default: "1ms" },
  "error-tolerance": { schema: f.percent, default: "0.5%" },
  confidence: { schema: f.confidence, default: "99%" },
  "max-duration": { schema: f.someTime, default: "4m" },
  "fail-on": { schema: or("none", f.someOf(failReasons)), default: "slo,regression,invalid" },
  // tell
  comment: { schema: f.oneOf(["always", "on-change", "on-failure", "never"]), default: "always" },
  summary: { schema: f.flag, default: "true" },
  annotations: { schema: f.flag, default: "true" },
  status: { schema: f.oneOf(["none", "commit-status", "check-run"]), default: "none" },
  "pr-number": { schema: f.whole(1, 1_000_000_000), default: null },
  "upload-artifact": { schema: f.flag, default: "true" },
  "artifact-name": { schema: z.string().trim().min(1), default: null },
  "retention-days": { schema: f.whole(1, 400), default: null },
  "report-dir": { schema: z.string().trim().min(1), default: null },
  "github-token": { schema: z.string(), default: null },
  // guard
  "allowed-hosts": { schema: f.words, default: "" },
  "max-users": { schema: f.whole(1, 1_000_000), default: "1000" },
  "max-rate": { schema: f.rate, default: "5000/s" },
  /** Never of the configuration file, which the pull request itself brings along. */
  permissions: { schema: permissions, default: null },
  "allow-untrusted-locustfile": { schema: f.flag, default: "false" },
  // mode
  config: { schema: z.string().trim().min(1), default: null },
  "config-ref": { schema: f.oneOf(["head", "base"]), default: "head" },
  "locustfile-ref": { schema: f.oneOf(["head", "base"]), default: "head" },
  mode: { schema: f.oneOf(modes), default: "gate" },
  shard: {
    schema: z
      .string()
      .trim()
      .regex(/^[1-9]\d*\/[1-9]\d*$/, 'must be "i/n", as in "2/5"')
      .transform((text) => {
        const [index = 1, of = 1] = text.split("/").map(Number);
        return { index, of };
      })
      .refine(({ index, of }) => index <= of, "the shard's number is larger than the number of shards"),
    default: null,
  },
  results: { schema: f.lines, default: "" },
  "run-id": { schema: f.whole(1, 1e15), default: null },
} as const satisfies Record<string, { schema: z.ZodType<unknown, string>; default: string | null }>;

export type SettingName = keyof typeof settings;
export const settingNames = Object.keys(settings) as SettingName[];

type Read<N extends SettingName> =
  | z.output<(typeof settings)[N]["schema"]>
  | ((typeof settings)[N]["default"] extends null ? null : never);

/** Every setting, read. */
export type Settings = { readonly [N in SettingName]: Read<N> };

/**
 * What `swarmgate run` starts from: Locust's defaults, not the action's (docs/inputs.md#the-command-lines-defaults). No
 * caps, no readiness request, no warm-up, no default promise, no configuration found by itself.
 */
export const locustDefaults: Partial<Record<SettingName, string>> = {
  users: "1",
  "spawn-rate": "1",
  "run-time": "forever",
  "stop-timeout": "10s",
  warmup: "0",
  "max-users": "1000000",
  "max-rate": "1000000000",
  "baseline-store": "none",
  comment: "never",
  summary: "false",
  annotations: "false",
  "upload-artifact": "false",
};
