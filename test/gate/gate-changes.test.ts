import { describe, expect, it, test } from "vitest";
import { type GateConfig, gateConfig } from "../../src/config/gate-config.ts";
import { gateChanges } from "../../src/gate/gate-changes.ts";
import { parseConfiguration } from "../../src/slo/configuration.ts";
import { configurationSchema, knownKeys } from "../../src/slo/schema.ts";

function configOf(yaml: string | null, inputs: Record<string, string> = {}): GateConfig {
  return gateConfig({
    layers: [{ values: new Map(Object.entries({ host: "http://shop", ...inputs })), spell: (name) => name }],
    file: yaml === null ? null : parseConfiguration(`version: 1\n${yaml}`, "swarmgate.yml"),
    defaults: {},
    promiseByDefault: true,
    fileMayRaise: false,
  });
}

const changes = (before: string | null, after: string | null, inputs: Record<string, string> = {}) =>
  gateChanges(configOf(before, inputs), configOf(after, inputs)).map(
    ({ kind, setting, before: was, after: now }) => `${kind} ${setting}: ${was ?? "-"} -> ${now ?? "-"}`,
  );

describe("a pull request's configuration beside the base's", () => {
  it("is compared with defaults filled in: a file that is new can loosen as well as one that is edited", () => {
    expect(changes(null, "regression: { metrics: [stalls] }")).toEqual([
      "loosened metrics: p50 is compared -> -",
      "loosened metrics: p95 is compared -> -",
      "loosened metrics: errors is compared -> -",
    ]);
    expect(changes(null, "regression: { tolerance: 900% }")).toEqual(["loosened tolerance: 10% -> 900%"]);
    expect(changes("regression: { tolerance: 10% }", null)).toEqual([]);
    expect(changes("regression: { tolerance: 5% }", null)).toEqual(["loosened tolerance: 5% -> 10%"]);
  });

  it("counts a tolerance of one metric against what that metric had before", () => {
    expect(changes(null, "regression: { tolerance: { p95: 50% } }")).toEqual([
      "loosened tolerance: p95 10% -> p95 50%",
    ]);
    expect(changes(null, "regression: { tolerance: { p50: 5%, p95: 10% } }")).toEqual([]);
    expect(changes("regression: { tolerance: { errors: 0.1% } }", "regression: { error-tolerance: 0.1% }")).toEqual([
      "tightened error-tolerance: 0.5% -> 0.1%",
    ]);
  });

  it("has the default promise on the side that promises nothing", () => {
    expect(changes(null, "slo: [{ total: true, p95: < 9s }]")).toEqual([
      "loosened slo: errors < 1% -> -",
      "tightened slo: - -> p95 < 9s",
    ]);
    const lax = (limit: string) => `slo: [{ total: true, p95: < ${limit} }]`;
    expect(changes(lax("1s"), lax("2s"))).toEqual(["loosened slo: p95 < 1s -> p95 < 2s"]);
    expect(changes(lax("2s"), lax("1s"))).toEqual(["tightened slo: p95 < 2s -> p95 < 1s"]);
  });

  it("names what is measured where the load, the name or the locustfile changes", () => {
    expect(changes("load: { users: 50 }", "load: { users: 1, run-time: 5s }")).toEqual([
      "measured users: 50 -> 1",
      "measured run-time: 60s -> 5s",
    ]);
    expect(changes(null, "name: other\nlocustfile: load/easy.ts")).toEqual([
      "measured name: load-test -> other",
      "measured locustfile: - -> load/easy.ts",
    ]);
  });

  it("tells a new waiver or a longer one from a shorter one", () => {
    const waive = (until: string) => `waive: [{ endpoint: "GET /", metric: p95, until: ${until}, reason: x }]`;
    const text = (until: string) => `p95 of "GET /" until ${until}`;
    expect(changes(null, waive("2026-12-24"))).toEqual([`loosened waive: - -> ${text("2026-12-24")}`]);
    expect(changes(waive("2026-12-24"), waive("2027-01-24"))[0]).toMatch(/^loosened/);
    expect(changes(waive("2026-12-24"), waive("2026-12-01"))[0]).toMatch(/^tightened/);
    expect(changes(waive("2026-12-24"), null)).toEqual([`tightened waive: ${text("2026-12-24")} -> -`]);
  });

  it("shows what a file asks of the guards, and what holds", () => {
    expect(changes("guard: { max-users: 50 }", "guard: { max-users: 1000000 }")).toEqual([
      "loosened max-users: 50 -> 1000000, held at 1000",
    ]);
    expect(changes(null, 'guard: { allowed-hosts: ["*"] }')).toEqual([
      "loosened allowed-hosts: - -> *, held to the targets",
    ]);
  });

  it("says nothing where an input of the workflow decides, whatever the file says", () => {
    expect(
      changes(null, "regression: { tolerance: 900% }\nload: { users: 1 }", { tolerance: "10%", users: "20" }),
    ).toEqual([]);
  });

  it("never shows the value of a header", () => {
    const [before, after] = [configOf(null, { headers: "X-Key: first-secret" }), configOf(null)];
    expect(gateChanges(before, after)).toEqual([{ kind: "measured", setting: "headers", before: null, after: null }]);
  });
});

/** A value of every key of the file that is no default. */
const otherwise: Readonly<Record<string, string>> = {
  name: "other",
  locustfile: "other.ts",
  users: "3",
  "spawn-rate": "3",
  "run-time": "7s",
  "stop-timeout": "7s",
  requests: "7",
  "arrival-rate": "7/s",
  warmup: "7s",
  threads: "3",
  interleave: "seconds",
  tags: "[a]",
  "exclude-tags": "[a]",
  "user-classes": "[A]",
  start: "npm start",
  build: "npm ci",
  stop: "npm stop",
  url: "http://localhost:$PORT/api",
  base: "origin/main",
  metrics: "[p50]",
  tolerance: "70%",
  "min-effect": "70ms",
  "error-tolerance": "7%",
  confidence: "99.9%",
  slo: "[{ total: true, p95: < 1s }]",
  waive: "[{ endpoint: '*', until: 2030-01-01, reason: x }]",
  "allowed-hosts": "[shop]",
  "max-users": "70",
  "max-rate": "70/s",
};

const ofService = new Set(["start", "build", "stop", "url", "base"]);
const sections = ["load", "regression", "guard"] as const;
const keys = [
  ...Object.keys(configurationSchema.shape)
    .filter((key) => key !== "version" && !sections.some((section) => section === key))
    .map((key) => ({ key, yaml: `${key}: ${otherwise[key]}` })),
  ...sections.flatMap((section) =>
    (knownKeys[section] ?? []).map((key) => ({ key, yaml: `${section}: { ${key}: ${otherwise[key]} }` })),
  ),
];

test.each(keys)("a change of $key in the configuration file is seen", ({ key, yaml }) => {
  expect(otherwise[key], "this key needs a value here that is not its default").toBeDefined();
  // What is started here is no target that was named.
  const inputs: Record<string, string> = ofService.has(key)
    ? { host: "", ...(key !== "start" && { start: "node server.mjs" }) }
    : {};
  const found = gateChanges(configOf(null, inputs), configOf(yaml, inputs));
  expect(found.map(({ setting }) => setting)).toContain(key);
});
