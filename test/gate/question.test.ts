import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import { type GateConfig, gateConfig } from "../../src/config/gate-config.ts";
import { noExtras } from "../../src/gate/load.ts";
import { extensionOf } from "../../src/gate/measure.ts";
import { comparingOf } from "../../src/gate/question.ts";

function configOf(inputs: Readonly<Record<string, string>>): GateConfig {
  return gateConfig({
    layers: [{ values: new Map(Object.entries(inputs)), spell: (name) => name }],
    file: null,
    defaults: {},
    promiseByDefault: true,
  });
}

const twoHosts = { host: "http://a.test", "base-host": "http://b.test" };

describe("what a run is compared with", () => {
  test.each([
    ["the base version where there is one", twoHosts, "side-by-side"],
    ["stored runs where there is none", { host: "http://a.test" }, "baseline"],
    ["what the user says", { host: "http://a.test", compare: "none" }, "none"],
  ])("is %s", (_, inputs, comparing) => {
    expect(comparingOf(configOf(inputs))).toBe(comparing);
  });

  test.each([
    ["a base that is the head", { ...twoHosts, "base-host": "http://a.test" }, "base-host"],
    ["a Python locustfile", { ...twoHosts, locustfile: "load/locustfile.py" }, "base-host"],
    ["a base nobody wants to compare with", { ...twoHosts, compare: "baseline" }, "compare"],
    ["side by side without a base", { host: "http://a.test", compare: "side-by-side" }, "compare"],
    ["more twins than users are allowed", { ...twoHosts, users: "600" }, "users"],
  ])("%s is a usage error", (_, inputs, where) => {
    const attempt = () => configOf(inputs);
    expect(attempt).toThrow(UsageError);
    try {
      attempt();
    } catch (error) {
      expect((error as UsageError).problems.map((problem) => problem.where)).toEqual([where]);
    }
  });
});

describe("how long a run may go on", () => {
  const minutes = 60_000;
  test.each([
    ["until the confirmation's share of max-duration, its warm-up given back", twoHosts, 2 * minutes + 15_000],
    ["until max-duration for promises alone", { host: "http://a.test" }, 3 * minutes + 15_000],
    ["not at all when max-duration is its run time", { host: "http://a.test", "max-duration": "60s" }, 0],
    ["not at all when it ends after so many requests", { ...twoHosts, requests: "1000" }, 0],
  ])("%s", (_, inputs, extensionMs) => {
    expect(extensionOf(configOf(inputs), noExtras)).toBe(extensionMs);
  });

  test("a plain run of the command line is never prolonged for its promises", () => {
    expect(extensionOf(configOf({ host: "http://a.test" }), { ...noExtras, countEverything: true })).toBe(0);
  });
});
