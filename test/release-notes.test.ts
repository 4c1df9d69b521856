import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { releaseNotes } from "../scripts/release-notes.ts";

const changelog = `# Changelog

## Unreleased

- next

## 1.2.0 (2026-12-01)

### Added

- a thing

## [1.1.0] - 2026-11-01

- older
`;

describe("the notes of a release", () => {
  test.each([
    ["1.2.0", "### Added\n\n- a thing"],
    ["1.1.0", "- older"],
    ["1.3.0-rc.1", "- next"],
  ])("%s has its own section of the changelog", (version, notes) => {
    expect(releaseNotes(changelog, version)).toBe(notes);
  });

  test("a version that the changelog does not have is not released", () => {
    expect(() => releaseNotes(changelog, "1.3.0")).toThrow('"## 1.3.0"');
    expect(() => releaseNotes("# Changelog\n\n## 1.3.0\n\n## 1.2.0\n\n- a\n", "1.3.0")).toThrow("nothing under");
  });

  test("the changelog of this repository has something to release", () => {
    expect(releaseNotes(readFileSync("CHANGELOG.md", "utf8"), "0.1.0-rc.1")).not.toBe("");
  });

  test("the workflow publishes what it takes from the changelog", () => {
    const workflow = readFileSync(".github/workflows/release.yml", "utf8");
    expect(workflow).toContain("node scripts/release-notes.ts");
    expect(workflow).toMatch(/gh release create .*--notes-file notes\.md/);
    expect(workflow).not.toContain("--generate-notes");
  });
});

test("the Marketplace shows an action's description up to 125 characters", () => {
  const { description } = parse(readFileSync("action.yml", "utf8")) as { description: string };
  expect(description.length).toBeLessThanOrEqual(125);
});
