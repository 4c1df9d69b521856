import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

/** The acceptance lists of the four kinds of users: previews, services in the job, a platform team, forks. */
const lists = { A: 9, B: 7, C: 8, D: 9 };
const lines = Object.entries(lists).flatMap(([list, count]) =>
  Array.from({ length: count }, (_, index) => `${list}${index + 1}`),
);

test("every acceptance line A1 to D9 has a test named for it", () => {
  const root = join(import.meta.dirname, "..");
  const sources = globSync("**/*.test.ts", { cwd: root }).map((file) => readFileSync(join(root, file), "utf8"));
  // A name is the first argument of a call, on the call's line or, where it is long, on one of its own.
  const names = sources.flatMap((text) => text.match(/(?:\(|^\s*)["'`].*\b[A-D]\d: .*/gm) ?? []);
  const isNamed = (line: string) => names.some((name) => name.includes(`${line}: `));
  expect(lines.filter((line) => !isNamed(line))).toEqual([]);
});
