import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

/* What the talks this project started from asked of authoring and running: S1 to S20, less the web page (S15). */
const rows = Array.from({ length: 20 }, (_, i) => `S${i + 1}`).filter((row) => row !== "S15");

test("every capability of authoring and running that was asked for has a test named for it", () => {
  const files = globSync("**/*.test.ts", { cwd: import.meta.dirname });
  const texts = files.map((file) => readFileSync(join(import.meta.dirname, file), "utf8"));
  const named = new Set(texts.flatMap((text) => [...text.matchAll(/\[seed (S\d+)\]/g)].map(([, row]) => row)));
  expect(rows.filter((row) => !named.has(row))).toEqual([]);
});
