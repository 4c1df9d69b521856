import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type SettingName, settingNames, settings } from "../../src/config/settings.ts";
import { inputSpecs, nearestInput, readInputs } from "../../src/github/inputs.ts";
import { outputNames } from "../../src/github/outputs.ts";

interface Manifest {
  readonly inputs: Record<string, { description: string; default?: string; required?: boolean }>;
  readonly outputs: Record<string, { description: string }>;
  readonly runs: { using: string; main: string };
  readonly branding: { icon: string; color: string };
}
const manifest = parse(readFileSync(new URL("../../action.yml", import.meta.url), "utf8")) as Manifest;

describe("action.yml", () => {
  test("has the inputs of the table, in its order", () => {
    expect(Object.keys(manifest.inputs)).toEqual(inputSpecs.map((spec) => spec.name));
  });

  test.each(inputSpecs)("states the default of $name as the table has it", (spec) => {
    const { description, default: runnerDefault } = manifest.inputs[spec.name] ?? { description: "" };
    expect(/ Default: `(.+)`\.$/.exec(description)?.[1]).toBe(spec.stated);
    expect(runnerDefault).toBe(spec.runnerDefault);
    expect(description.length).toBeGreaterThan(15);
  });

  test("agrees with the settings on names and defaults", () => {
    expect(new Set(inputSpecs.map((spec) => spec.name))).toEqual(
      new Set(settingNames.filter((name) => name !== "interleave")),
    );
    const said: Record<string, string | undefined> = {};
    const held: Record<string, string | undefined> = {};
    for (const { name, stated } of inputSpecs) {
      const applied = settings[name as SettingName].default;
      // Where the default depends on the run there is none to compare.
      if (applied === null || applied === "") continue;
      said[name] = stated;
      held[name] = applied;
    }
    expect(said).toEqual(held);
  });

  test("lets the runner fill in no default that the configuration file could set", () => {
    const filled = Object.keys(manifest.inputs).filter((name) => manifest.inputs[name]?.default !== undefined);
    expect(filled).toEqual(["github-token", "allow-untrusted-locustfile", "mode"]);
  });

  test("has the outputs of the table, each described, and runs on Node 24", () => {
    expect(Object.keys(manifest.outputs)).toEqual([...outputNames]);
    for (const output of Object.values(manifest.outputs)) expect(output.description).not.toBe("");
    expect(manifest.runs).toEqual({ using: "node24", main: "dist/main.js", post: "dist/post.js" });
    expect(manifest.branding.icon).not.toBe("");
  });
});

describe("reading inputs", () => {
  test("takes the runner's variables, trims them, and leaves out what is empty", () => {
    const { values, problems } = readInputs({
      "INPUT_SPAWN-RATE": " 5 ",
      INPUT_HOST: "",
      INPUT_SLO: "p95 < 300ms\nerrors < 1%\n",
      PATH: "/bin",
    });
    expect(Object.fromEntries(values)).toEqual({ "spawn-rate": "5", slo: "p95 < 300ms\nerrors < 1%" });
    expect(problems).toEqual([]);
  });

  test("names every unknown input, with the one that was meant", () => {
    const { problems } = readInputs({ INPUT_SPAWN_RATE: "5", "INPUT_RUN-TMIE": "1m", INPUT_COLOUR: "blue" });
    expect(problems.map((p) => [p.where, p.hint])).toEqual([
      ["colour", undefined],
      ["run-tmie", "did you mean run-time?"],
      ["spawn_rate", "did you mean spawn-rate?"],
    ]);
  });

  test("guesses only what is near", () => {
    expect(nearestInput("user")).toBe("users");
    expect(nearestInput("slos")).toBe("slo");
    expect(nearestInput("completely-else")).toBeUndefined();
  });
});
