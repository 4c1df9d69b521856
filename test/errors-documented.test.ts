import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

it("every code of an error that users can see has a row in docs/errors.md", () => {
  const rows = readFileSync("docs/errors.md", "utf8");
  const codes = new Set<string>();
  for (const file of readdirSync("src", { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    const text = readFileSync(join("src", file), "utf8");
    for (const [, code] of text.matchAll(/new GateError\(\s*"([a-z][a-z-]+)"/g)) codes.add(code as string);
  }
  expect(codes.size).toBeGreaterThan(15);
  expect([...codes].filter((code) => !rows.includes(`\`${code}\``))).toEqual([]);
});
