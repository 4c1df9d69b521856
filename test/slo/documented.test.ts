import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseConfiguration } from "../../src/slo/configuration.ts";
import { parseThreshold } from "../../src/slo/threshold/threshold.ts";

const root = join(import.meta.dirname, "../..");
const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith(".md"),
);
const configurations = pages.flatMap((page) => {
  const blocks = readFileSync(join(root, page), "utf8").matchAll(/```yaml\n(version: 1\n.*?)```/gs);
  return [...blocks].map(([, text = ""], i) => [`${page} ${i + 1}`, text] as const);
});

test.each(configurations)("the configuration of %s is one", (place, text) => {
  expect(() => parseConfiguration(text, place)).not.toThrow();
});

test("every part of a configuration is shown somewhere", () => {
  const all = configurations.map(([, text]) => text).join("\n");
  for (const key of ["load", "slo", "regression", "waive", "guard"]) expect(all).toMatch(new RegExp(`^${key}:`, "m"));
});

test("the README's promises are promises", () => {
  const lines = /```text\n(p95.*?)```/s.exec(readFileSync(join(root, "README.md"), "utf8"))?.[1] ?? "";
  const promises = lines.trim().split("\n");
  expect(promises.length).toBeGreaterThan(3);
  for (const line of promises) expect(() => parseThreshold(line)).not.toThrow();
});
