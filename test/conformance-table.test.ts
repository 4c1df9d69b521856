import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** The rows of docs/conformance.md: what Locust can do, and the names of the tests that hold swarmgate to it. */
function rows(): { capability: string; tests: string[] }[] {
  const lines = readFileSync("docs/conformance.md", "utf8").split("\n");
  const table = lines.filter((line) => line.startsWith("| ")).slice(2);
  return table.map((line) => {
    const [, capability = "", tests = ""] = line.split("|");
    return { capability, tests: [...tests.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name) };
  });
}

test("every capability in docs/conformance.md is held by tests that exist by that name", () => {
  const sources = globSync("test/**/*.test.ts").map((file) => readFileSync(file, "utf8"));
  const table = rows();
  expect(table.length).toBeGreaterThanOrEqual(20);
  const without = table.filter(({ tests }) => tests.length === 0).map(({ capability }) => capability);
  expect(without).toEqual([]);
  const gone = table
    .flatMap(({ tests }) => tests)
    .filter((name) => !sources.some((text) => text.includes(`("${name}"`)));
  expect(gone).toEqual([]);
});
