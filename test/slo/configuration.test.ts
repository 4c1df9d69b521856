import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { UsageError } from "../../src/base/errors.ts";
import { parseConfiguration } from "../../src/slo/configuration.ts";
import { evaluate } from "../../src/slo/evaluate.ts";
import { configurationJsonSchema } from "../../src/slo/json-schema.ts";
import { printThreshold } from "../../src/slo/threshold/threshold.ts";
import { blocksOf, times } from "./support/traffic.ts";

const whole = `version: 1
name: api
locustfile: load/locustfile.ts
load: { users: 50, spawn-rate: 10, run-time: 60s, warmup: auto }
slo:
  - endpoint: "GET /item/*"            # first match wins; globs
    p95: < 300ms
    p99: { warn: < 500ms, fail: < 800ms }
    errors: < 0.1%
  - endpoint: "*"
    p95: < 1s
    errors: < 1%
  - total: true
    rps: "> 100/s"
regression: { metrics: [p50, p95, errors, stalls], tolerance: { p50: 5%, p95: 10% }, min-effect: 1ms, error-tolerance: 0.5% }
waive:
  - { endpoint: "POST /checkout", metric: p95, until: 2026-12-24, reason: "fraud check added" }
guard: { allowed-hosts: ["*.preview.example.com"], max-users: 500, max-rate: 2000/s }
`;

/** Every problem of a text, one a line. */
function told(text: string): string[] {
  try {
    parseConfiguration(text, "c.yml");
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return error.problems.map(({ where, message }) => `${where}: ${message}`);
  }
  throw new Error("no problem was found");
}

describe("a configuration that is right", () => {
  const configuration = parseConfiguration(whole, ".github/swarmgate.yml");

  test("gives its promises in order, with their place", () => {
    expect(configuration.thresholds.map((t) => `${t.place} ${printThreshold(t)}`)).toEqual([
      '.github/swarmgate.yml:7:10 p95 < 300ms of "GET /item/*"',
      '.github/swarmgate.yml:8:18 p99 < 500ms of "GET /item/*" warn',
      '.github/swarmgate.yml:8:33 p99 < 800ms of "GET /item/*"',
      '.github/swarmgate.yml:9:13 errors < 0.1% of "GET /item/*"',
      '.github/swarmgate.yml:11:10 p95 < 1s of "*"',
      '.github/swarmgate.yml:12:13 errors < 1% of "*"',
      ".github/swarmgate.yml:14:10 rps > 100/s",
    ]);
  });

  test("an endpoint is held to the first entry that matches it", () => {
    const blocks = blocksOf(
      { endpoint: "GET /item/1", latenciesMs: times(500, 400) },
      { endpoint: "GET /", latenciesMs: times(500, 400) },
    );
    const p95 = configuration.thresholds.filter(({ metric }) => metric.kind === "percentile" && metric.percent === 95);
    expect(evaluate(p95, blocks).map(({ endpoint, outcome }) => [endpoint?.name, outcome])).toEqual([
      ["/item/1", "fail"],
      ["/", "pass"],
    ]);
  });

  test("gives settings as text with their place, for the reader of all settings", () => {
    expect(Object.fromEntries([...configuration.settings].map(([name, { text }]) => [name, text]))).toEqual({
      name: "api",
      locustfile: "load/locustfile.ts",
      users: "50",
      "spawn-rate": "10",
      "run-time": "60s",
      warmup: "auto",
      "min-effect": "1ms",
      "error-tolerance": "0.5%",
      "allowed-hosts": "*.preview.example.com",
      "max-users": "500",
      "max-rate": "2000/s",
    });
    expect(configuration.settings.get("users")?.place).toBe(".github/swarmgate.yml:4:16");
  });

  test("gives the document in the program's units", () => {
    expect(configuration.document.load).toMatchObject({ "run-time": 60_000, warmup: "auto" });
    expect(configuration.metrics).toEqual(["p50", "p95", "errors", "stalls"]);
    expect([...configuration.tolerances]).toEqual([
      ["p50", 0.05],
      ["p95", 0.1],
    ]);
    expect(configuration.waive).toEqual([
      {
        endpoint: "POST /checkout",
        metric: "p95",
        until: "2026-12-24",
        reason: "fraud check added",
        place: ".github/swarmgate.yml:17:5",
      },
    ]);
  });

  test("an entry may be optional or begin late as a whole", () => {
    const { thresholds } = parseConfiguration(
      "version: 1\nslo:\n  - { endpoint: /a, after: 10s, optional: true, p95: < 1s, p99: < 2s after 20s }\n",
      "c.yml",
    );
    expect(thresholds.map(printThreshold)).toEqual([
      'p95 < 1s of "/a" after 10s optional',
      'p99 < 2s of "/a" after 20s optional',
    ]);
  });

  test("an entry may hold in every window and abort the run; a tier that warns does not", () => {
    const { thresholds } = parseConfiguration(
      "version: 1\nslo:\n  - { total: true, every: 10s, abort-after: 20s, p95: { warn: < 1s, fail: < 2s }, p99: < 3s in every 30s }\n",
      "c.yml",
    );
    expect(thresholds.map(printThreshold)).toEqual([
      "p95 < 1s in every 10s warn",
      "p95 < 2s in every 10s abort after 20s",
      "p99 < 3s in every 30s abort after 20s",
    ]);
    const wrong =
      "version: 1\nslo:\n  - { total: true, every: 300ms, p95: < 1s }\n  - { total: true, abort-after: 5s, requests: '> 9' }\n";
    expect(() => parseConfiguration(wrong, "c.yml")).toThrow(/every: a window lasts at least 1s[\s\S]*requests grow/);
  });

  test("one tolerance for all is a setting", () => {
    const { settings, tolerances } = parseConfiguration("version: 1\nregression: { tolerance: 5% }\n", "c.yml");
    expect([settings.get("tolerance")?.text, tolerances.size]).toEqual(["5%", 0]);
  });
});

describe("a configuration that is wrong", () => {
  test("all problems are told together, each with its place", () => {
    const text = `version: 1
laod: { users: 5 }
load: { usres: 50, users: many, run-time: soon }
slo:
  - endpoint: "GET /a"
    p95: < fast
    eror: < 1%
    p99: { wran: < 1s }
  - p95: < 300ms
  - endpoint: /b
  - { endpoint: /c, total: true, p95: 300ms }
regression: { metrics: [p95, latency], tolerance: lots }
waive:
  - { endpoint: "/c", until: 2026-02-30 }
guard: { max-rate: fast }
`;
    expect(told(text)).toMatchInlineSnapshot(`
      [
        "c.yml:2:1: unknown key "laod"; did you mean "load"?",
        "c.yml:3:9: unknown key "usres"; did you mean "users"?",
        "c.yml:3:27: users: "many" is not a whole number above 0",
        "c.yml:3:43: run-time: "soon" is not a duration; write it as "60s", "2m" or "1h30m"",
        "c.yml:6:12: expected a number such as 300ms, found "fast"
          p95 < fast
                ^",
        "c.yml:7:5: unknown metric "eror"; did you mean errors?
          eror < 1%
          ^",
        "c.yml:8:12: unknown key "wran"; did you mean "warn"?",
        "c.yml:9:5: says neither "endpoint" nor "total: true"",
        "c.yml:10:5: promises nothing; add a line such as p95: < 300ms",
        "c.yml:11:5: says both "endpoint" and "total"; make two entries of it",
        "c.yml:11:39: expected an operator such as <, found "300"; operators are < <= > >= == !=
          p95 300ms
              ^",
        "c.yml:12:30: metrics: "latency" is not something that is compared: p50, p95, errors, stalls, throughput",
        "c.yml:12:51: tolerance: "lots" is not a percentage such as "10%", or one for each metric as in { p50: 5%, p95: 10% }",
        "c.yml:14:5: "reason" is missing",
        "c.yml:15:20: max-rate: "fast" is not a rate; write it as "500/s"",
      ]
    `);
  });

  test("a promise that begins with > is told to stand in quotes", () => {
    expect(told("version: 1\nslo:\n  - total: true\n    rps: > 100/s\n")).toEqual([
      'c.yml:4:12: a promise that begins with ">" stands in quotes: "> 100"',
    ]);
  });

  test.each([
    ["", 'c.yml:1:1: is empty; it begins with "version: 1"'],
    ["- a\n", "c.yml:1:1: is not a list of keys and values"],
    ["name: api\n", 'c.yml:1:1: "version" is missing; write "version: 1"'],
    ["version: 2\n", "c.yml:1:10: version 2 is newer than this swarmgate can read (1)"],
    ['version: "1"\n', 'c.yml:1:10: version: "1" is not 1'],
    ["version: 1\nname: !include other.yml\n", "this is not YAML"],
    ["version: 1\nname: a\nname: b\n", "c.yml:3:1: this is not YAML: Map keys must be unique"],
    ["version: 1\nname: [\n", "this is not YAML"],
    ["version: 1\nload: fast\n", 'c.yml:2:7: load: "fast" is not a section'],
    ["version: 1\nslo: 3\n", "c.yml:2:6: slo: 3 is not a list of entries"],
    ["version: 1\nslo: [{ endpoint: /, p95: '< 1s of \"x\"' }]\n", 'the endpoint is said by the entry; leave "of" out'],
    [
      "version: 1\nwaive: [{ endpoint: /, until: 2026-02-30, reason: x }]\n",
      '"2026-02-30" is not a day of the calendar',
    ],
    [
      "version: 1\nwaive: [{ metric: p95, until: 2026-02-20, reason: x }]\n",
      'c.yml:2:9: "endpoint" is missing; only stalls, suite, capacity, throughput are about the whole run and have none',
    ],
    [
      "version: 1\nwaive: [{ endpoint: GET /, metric: capacity, until: 2026-02-20, reason: x }]\n",
      'c.yml:2:9: capacity is about the whole run; leave "endpoint" out',
    ],
    ["version: 1\nregression: { metrics: [capacity] }\n", 'metrics: "capacity" is not something that is compared'],
  ])("%j", (text, message) => expect(told(text).join("\n")).toContain(message));

  test("an entry that an earlier one leaves nothing to is told, for it would promise nothing", () => {
    const entries = '- { endpoint: "*", p95: < 1s }\n  - { endpoint: "GET /a", p95: < 300ms }';
    expect(told(`version: 1\nslo:\n  ${entries}\n`)).toEqual([
      'c.yml:4:5: never applies: the first match wins, and "*" above takes "GET /a"',
    ]);
  });

  test("any text is a configuration or a usage error", () => {
    const line = fc.constantFrom(
      "version: 1",
      "slo:",
      "  - endpoint: /a",
      "    p95: < 1s",
      "    p95: [1]",
      "load: {",
      "}",
      "waive: [{}]",
      "name: &a x",
      "k: *a",
      "__proto__: { a: 1 }",
      "regression: { tolerance: { p50: 5% } }",
      "- x",
      "? [a]",
      "\t",
      "!!set {a}",
      "---",
      "guard: null",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(line, { maxLength: 8 }).map((list) => list.join("\n")),
          fc.string(),
        ),
        (text) => {
          try {
            parseConfiguration(text, "c.yml");
          } catch (error) {
            expect(error).toBeInstanceOf(UsageError);
            for (const { where } of (error as UsageError).problems) expect(where).toMatch(/^c\.yml:[1-9]\d*:[1-9]\d*$/);
          }
        },
      ),
      { numRuns: 500 },
    );
    expect(({} as { a?: number }).a).toBeUndefined();
  });

  test("aliases that would fill the memory are refused", () => {
    const bomb = ["version: 1", "name: &a0 [x]"];
    for (let i = 1; i < 12; i++) bomb.push(`k${i}: &a${i} [${`*a${i - 1},`.repeat(10)}]`);
    expect(told(bomb.join("\n"))[0]).toContain("more aliases");
  });

  test("a file larger than anyone writes is refused unread", () => {
    expect(told(`# ${"x".repeat(300_000)}`)).toEqual(["c.yml: is larger than 256 KiB"]);
  });
});

describe("the published JSON Schema", () => {
  const file = "schema/swarmgate.schema.json";
  const current = configurationJsonSchema();

  test("is up to date", () => {
    if (process.env.GOLDEN === "write") writeFileSync(file, `${JSON.stringify(current, null, 2)}\n`);
    expect(existsSync(file) && JSON.parse(readFileSync(file, "utf8"))).toEqual(current);
  });

  test("accepts what this program accepts and refuses unknown keys and metrics", () => {
    const validate = new Ajv2020({ strict: false }).compile(configurationJsonSchema());
    expect(validate(parse(whole))).toBe(true);
    expect(validate({ version: 1, slo: [{ endpoint: "*", eror: "< 1%" }] })).toBe(false);
    expect(validate({ version: 1, slo: [{ p95: "< 1s" }] })).toBe(false);
    expect(validate({ version: 1, laod: {} })).toBe(false);
  });
});
