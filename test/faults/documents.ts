import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FaultCase, FaultFamily } from "./fault-case.ts";
import type { FaultStage } from "./stage.ts";

/** Configuration, results and baselines that a stranger wrote. */

function configuration(name: string, text: string, words: RegExp): FaultCase {
  return {
    name: `a configuration ${name} is refused by name`,
    run: (stage) => stage.act({ files: { ".github/swarmgate.yml": text } }),
    exit: 2,
    says: [words],
    withinS: 10,
  };
}

function result(name: string, text: string): FaultCase {
  return {
    name: `a result ${name} is refused by name`,
    run: (stage) => stage.cli({ args: ["judge", "run.json"], files: { "run.json": text } }),
    exit: 2,
    says: [/run\.json/],
    withinS: 10,
  };
}

/** A measured result, changed. */
async function changed(stage: FaultStage, change: (document: Record<string, unknown>) => unknown, args: string[]) {
  const measured = await stage.load(["-o", "run.json", "--only-summary"]);
  const document = JSON.parse(readFileSync(join(measured.directory, "run.json"), "utf8")) as Record<string, unknown>;
  const made = change(document);
  return await stage.cli({ args, files: { "run.json": typeof made === "string" ? made : JSON.stringify(made) } });
}

const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
const laughs = `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefgh"
  .split("")
  .map((letter, i) => `${letter}: &${letter} [${Array(9).fill(`*${"abcdefg"[i]}`).join(",")}]`)
  .join("\n")}\n`;

export const documents: FaultFamily = {
  name: "hostile documents",
  cases: [
    configuration("that is no YAML", "a: [", /swarmgate\.yml:\d/),
    configuration("of bytes", "\u0000\u0001\u0002", /swarmgate\.yml/),
    configuration("that is a list", "- a\n- b\n", /swarmgate\.yml/),
    configuration("with an unknown key", "version: 1\nslos: []\n", /slos/),
    configuration("with a billion laughs", laughs, /swarmgate\.yml/),
    configuration("without a version", "slo:\n  - p95 < 1s\n", /version/),
    configuration("with a promise that is none", "version: 1\nslo:\n  - p95 is fine\n", /swarmgate\.yml:3/),
    configuration("with a tag that makes objects", "version: 1\nslo: !!js/function 'x'\n", /swarmgate\.yml/),
    result("that is empty", ""),
    result("that is no JSON", "{"),
    result("of another program", '{"schema":2}'),
    result("of a newer version", '{"schema":99}'),
    result("nested fifty thousand deep", deep),
    result("whose keys are those of prototypes", '{"__proto__":{"schema":2},"constructor":{}}'),
    {
      name: "a result with negative counts is refused",
      run: (stage) =>
        changed(stage, (document) => JSON.stringify(document).replaceAll(/"requests":\d+/g, '"requests":-5'), [
          "judge",
          "run.json",
        ]),
      exit: 2,
      says: [/run\.json/],
      withinS: 20,
    },
    {
      name: "a result with a histogram that is none is refused",
      run: (stage) =>
        changed(stage, (document) => JSON.stringify(document).replaceAll(/"HISTFAAA[^"]*"/g, '"HISTFAAAAAAA////"'), [
          "judge",
          "run.json",
        ]),
      exit: 2,
      says: [/run\.json/],
      withinS: 20,
    },
    {
      name: "a result whose blocks are numbered to the end of the world is refused or read, in time",
      run: (stage) =>
        changed(stage, (document) => JSON.stringify(document).replace(/"block":\d+/, '"block":9007199254740991'), [
          "judge",
          "run.json",
        ]),
      exit: [0, 2, 3],
      withinS: 20,
    },
    {
      name: "a result cut in half is refused",
      run: (stage) => changed(stage, (document) => JSON.stringify(document).slice(0, 2000), ["judge", "run.json"]),
      exit: 2,
      says: [/run\.json/],
      withinS: 20,
    },
    {
      name: "a baseline of rubbish is left as it is and named",
      run: (stage) =>
        stage.act({
          inputs: {
            "baseline-store": "file",
            "baseline-path": "base.json",
            compare: "baseline",
            "save-baseline": "always",
          },
          files: { "base.json": "rubbish" },
        }),
      exit: [0, 2],
      says: [/base\.json|baseline/],
      withinS: 20,
      check: ({ directory }) =>
        readFileSync(join(directory, "base.json"), "utf8") === "rubbish" ? null : "the baseline was overwritten",
    },
    {
      name: "an event that is no JSON is no event",
      run: (stage) => stage.act({ env: { GITHUB_EVENT_PATH: "/proc/self/cmdline" } }),
      exit: [0, 2],
      withinS: 20,
    },
    {
      name: "a report of a stranger with forged fields is refused",
      run: (stage) =>
        stage.cli({
          args: ["report", "run.json"],
          files: { "run.json": '{"generatedAt":"x","verdict":{"conclusion":"pass"}}' },
        }),
      exit: 2,
      withinS: 10,
    },
    {
      name: "Locust's CSV files cut in mid-line are refused by line",
      run: (stage) =>
        stage.cli({
          args: ["judge", "out"],
          files: {
            "out_stats.csv": 'Type,Name,Request Count\nGET,"/a',
            "out_failures.csv": "",
            "out_exceptions.csv": "",
          },
        }),
      exit: 2,
      says: [/out_stats\.csv/],
      withinS: 10,
    },
  ],
};
