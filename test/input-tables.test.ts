import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { runOptions } from "../src/cli/options/options.ts";
import { inputSpecs } from "../src/github/inputs.ts";
import { knownKeys } from "../src/slo/schema.ts";

const page = "docs/inputs.md";
const action = parse(readFileSync("action.yml", "utf8")) as {
  inputs: Record<string, { description: string }>;
  outputs: Record<string, { description: string }>;
};
const headings = { load: "load", judge: "judge", report: "tell", guard: "guard", mode: "mode" } as const;

/** As it may stand in a cell of a table. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function optionOf(name: string): string {
  const flags = runOptions.filter(({ setting, hidden, says }) => setting === name && !hidden && says === undefined);
  return flags.map((option) => `\`${option.flags.replace(/ [<[].*$/, "")}\``).join(" ");
}

function keyOf(name: string): string {
  for (const section of ["", "load", "regression", "guard"]) {
    if (knownKeys[section]?.includes(name)) return `\`${section === "" ? name : `${section}.${name}`}\``;
  }
  return "";
}

function inputTable(group: (typeof inputSpecs)[number]["group"]): string {
  const rows = inputSpecs
    .filter((spec) => spec.group === group)
    .map(({ name, stated }) => {
      const meaning = (action.inputs[name]?.description ?? "").replace(/ Default: `.*`\.$/, "");
      return [`\`${name}\``, stated === undefined ? "" : `\`${stated}\``, cell(meaning), optionOf(name), keyOf(name)];
    });
  return table(["input", "default", "meaning", "option of `run`", "key of the file"], rows);
}

const outputTable = table(
  ["output", "what it is"],
  Object.entries(action.outputs).map(([name, { description }]) => [`\`${name}\``, cell(description)]),
);

test(`the tables of ${page} are those of action.yml, the options and the schema (GOLDEN=write rewrites them)`, () => {
  const written = readFileSync(page, "utf8");
  const current = written
    .replace(/<!-- inputs: (\w+) -->\n[\s\S]*?<!-- \/inputs -->/g, (_, heading: keyof typeof headings) =>
      [`<!-- inputs: ${heading} -->`, "", inputTable(headings[heading]), "", "<!-- /inputs -->"].join("\n"),
    )
    .replace(/<!-- outputs -->\n[\s\S]*?<!-- \/outputs -->/, `<!-- outputs -->\n\n${outputTable}\n\n<!-- /outputs -->`);
  if (process.env.GOLDEN === "write") writeFileSync(page, current);
  expect(current).toBe(readFileSync(page, "utf8"));
  for (const { name } of inputSpecs) expect(current).toContain(`| \`${name}\` |`);
});
