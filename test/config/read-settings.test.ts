import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import { type RawSettings, readSettings } from "../../src/config/read-settings.ts";
import { locustDefaults } from "../../src/config/settings.ts";

function inputs(values: Record<string, string>): RawSettings {
  return { values: new Map(Object.entries(values)), spell: (name) => `input "${name}"` };
}

function problemsOf(values: Record<string, string>): string {
  try {
    readSettings([inputs(values)]);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return "";
}

describe("settings", () => {
  it("have the defaults of the contract", () => {
    const { settings } = readSettings([]);
    expect(settings).toMatchObject({
      name: "load-test",
      users: 50,
      "spawn-rate": 10,
      "run-time": 60_000,
      "stop-timeout": 10_000,
      warmup: "auto",
      threads: "auto",
      tolerance: 0.1,
      "min-effect": 1,
      "error-tolerance": 0.005,
      confidence: 0.99,
      "max-duration": 240_000,
      "fail-on": ["slo", "regression", "invalid"],
      "max-users": 1000,
      "max-rate": 5000,
      host: null,
    });
  });

  it("have Locust's defaults on the command line", () => {
    expect(readSettings([], locustDefaults).settings).toMatchObject({
      users: 1,
      "spawn-rate": 1,
      "run-time": "forever",
      warmup: 0,
    });
  });

  it("are taken from the first layer that says something", () => {
    const { settings, given } = readSettings([
      inputs({ users: "", host: "http://a" }),
      inputs({ users: "7", host: "http://b" }),
    ]);
    expect(settings).toMatchObject({ users: 7, host: "http://a" });
    expect(given).toEqual(new Set(["host", "users"]));
  });

  it("tell all problems at once, each with its name", () => {
    const text = problemsOf({ users: "ten", "run-time": "1h30", host: "localhost:8080", "max-rate": "fast" });
    expect(text).toContain('input "users": "ten" is not a whole number');
    expect(text).toContain('input "run-time": "1h30" is neither "forever" nor a duration');
    expect(text).toContain('"http://" or "https://" is missing (did you mean "http://localhost:8080"?)');
    expect(text).toContain('input "max-rate": "fast" is not a rate');
  });

  it("name the setting that was probably meant", () => {
    expect(problemsOf({ usres: "3" })).toBe('input "usres": there is no such setting; did you mean "users"?');
    expect(problemsOf({ compare: "base-line" })).toContain('did you mean "baseline"?');
    expect(problemsOf({ "fail-on": "slo, regresion" })).toContain('did you mean "regression"?');
  });

  it("never repeat a header's line, which may hold a secret", () => {
    const text = problemsOf({ headers: "x-ok: 1\nhunter2-without-colon" });
    expect(text).toContain("line 2 is not of the form");
    expect(text).not.toContain("hunter2");
  });

  it("refuse what cannot be meant", () => {
    for (const [name, value] of [
      ["users", "0"],
      ["spawn-rate", "-1"],
      ["run-time", "0"],
      ["confidence", "100%"],
      ["host", "ftp://x"],
      ["wait-for", "healthz"],
      ["shard", "3/2"],
      ["name", "a<b"],
      ["summary", "yes"],
    ] as const) {
      expect(problemsOf({ [name]: value }), `${name}: ${value}`).toContain(`input "${name}"`);
    }
  });
});
