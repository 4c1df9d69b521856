import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { GateError } from "../../src/base/errors.ts";
import { findConfiguration } from "../../src/config/find-configuration.ts";
import { readSettings } from "../../src/config/read-settings.ts";
import { parseConfiguration } from "../../src/slo/configuration.ts";

const directory = mkdtempSync(join(tmpdir(), "swarmgate-configuration-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof GateError) return `${error.code} ${error.message}`;
    throw error;
  }
  return "read";
}

describe("what stands where a configuration should", () => {
  const put: Readonly<Record<string, (path: string) => void>> = {
    "a directory": (path) => mkdirSync(path),
    "a pipe": (path) => void execFileSync("mkfifo", [path]),
    "a link to a device that never ends": (path) => symlinkSync("/dev/zero", path),
    "a link to what the process was started with": (path) => symlinkSync("/proc/self/environ", path),
    "a file of a gigabyte": (path) => void execFileSync("truncate", ["-s", "1G", path]),
  };
  test.skipIf(process.platform === "win32").each(Object.entries(put))("%s is refused at once", (what, make) => {
    const named = `${what.replaceAll(" ", "-")}.yml`;
    make(join(directory, named));
    const startMs = performance.now();
    const said = codeOf(() => findConfiguration({ directory, named }));
    expect(said).toMatch(
      /^config-unreadable .*(is a directory|is no regular file|is larger)|^configuration-invalid .*is empty/,
    );
    expect(said).not.toContain("PATH");
    expect(performance.now() - startMs).toBeLessThan(2000);
  });

  test("a file is read", () => {
    writeFileSync(join(directory, "good.yml"), "version: 1\n");
    expect(findConfiguration({ directory, named: "good.yml" })?.document.version).toBe(1);
  });
});

test.each([
  ["the whole", "&a [*a]"],
  ["a map", "&a\nversion: 1\nslo: *a"],
  ["a list", "version: 1\nslo: &s\n - *s"],
  ["a section", "version: 1\nload: &l { users: *l }"],
  ["a waiver", "version: 1\nwaive: &w [ { endpoint: *w, until: 2030-01-01, reason: x } ]"],
])("an alias that stands for itself in %s is named", (_, text) => {
  expect(codeOf(() => parseConfiguration(text, "c.yml"))).toMatch(
    /^configuration-invalid c\.yml:\d+:\d+: has an alias/,
  );
});

test.each(["x/../../etc", "x/..", "x/./y", "x/ .. /y", "x/"])("the name %j leads nowhere else", (name) => {
  const layer = { values: new Map([["name", name]]), spell: (setting: string) => setting };
  expect(codeOf(() => readSettings([layer]))).toMatch(/^usage name: /);
  expect(codeOf(() => parseConfiguration(`version: 1\nname: "${name}"`, "c.yml"))).toMatch(/^configuration-invalid/);
});

test.each(["load-test", "api/search", "v1.2", "a..b", "team a/x.y"])("the name %j is one", (name) => {
  const layer = { values: new Map([["name", name]]), spell: (setting: string) => setting };
  expect(readSettings([layer]).settings.name).toBe(name);
  expect(parseConfiguration(`version: 1\nname: "${name}"`, "c.yml").document.name).toBe(name);
});
