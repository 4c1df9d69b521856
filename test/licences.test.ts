import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { parse } from "yaml";
import { licences } from "../scripts/licences.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const built = readFileSync(join(root, "dist/licenses.txt"), "utf8");
const invented = mkdtempSync(join(tmpdir(), "swarmgate-licences-"));
afterAll(() => rmSync(invented, { recursive: true, force: true }));

/** The notices for a bundle of one invented package. */
function noticesOf(name: string, manifest: object, files: Readonly<Record<string, string>> = {}): string {
  const folder = join(invented, "node_modules", name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, version: "1.0.0", ...manifest }));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return licences(invented, { inputs: { [`node_modules/${name}/index.js`]: {} }, outputs: {} } as never);
}

test("the bundle's notices hold the licence of the charts that the HTML report is drawn with", () => {
  expect(built).toMatch(/^uplot 1\.\d+\.\d+ \(MIT\)\n {2}Copyright \(c\) \d+ Leon Sorokin/m);
});

test("a licence is found by whatever name it is shipped, and notices go along", () => {
  for (const file of ["license.md", "LICENSE-MIT.txt", "COPYING", "LICENCE", "License"]) {
    expect(noticesOf(`by-${file.toLowerCase()}`, { license: "MIT" }, { [file]: "words of it" })).toContain(
      "words of it",
    );
  }
  const both = noticesOf("noticed", { license: "Apache-2.0" }, { LICENSE: "the licence", NOTICE: "the notice" });
  expect(both).toContain("the licence");
  expect(both).toContain("the notice");
});

test("a licence that is named and not shipped is written out, with its holder", () => {
  const text = noticesOf("named", { license: "MIT", author: "Ada <ada@example.com>" });
  expect(text).toContain("  Copyright (c) Ada\n");
  expect(text).toContain("Permission is hereby granted");
});

test("a package without a licence does not get into the bundle", () => {
  expect(() => noticesOf("none", {})).toThrow("none ships no licence and names none whose text is known (none)");
  expect(built).not.toContain("ships no licence");
});

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly { readonly run?: string; readonly uses?: string }[];
}

const folder = join(root, ".github/workflows");
const jobs = readdirSync(folder).flatMap((file) => {
  const workflow = parse(readFileSync(join(folder, file), "utf8")) as { jobs: Record<string, Job> };
  return Object.entries(workflow.jobs).map(([name, job]) => ({ where: `${file} ${name}`, job }));
});

test("no job that may write, or sign, runs code of a package or of this repository", () => {
  const writing = jobs.filter(({ job }) =>
    Object.entries(job.permissions ?? {}).some(([name, right]) => right === "write" && name !== "pull-requests"),
  );
  expect(writing.map(({ where }) => where)).toEqual(expect.arrayContaining(["release.yml publish", "release.yml npm"]));
  // The one command of npm that runs no code but npm's: it sends a file that was packed elsewhere.
  const publishes = /^npm publish swarmgate-\*\.tgz --ignore-scripts( --[a-z]+( [\w"$]+)?)*$/gm;
  for (const { where, job } of writing) {
    const runs = job.steps.map(({ run = "" }) => run.replaceAll(publishes, "")).join("\n");
    expect(runs, where).not.toMatch(/\b(npm|npx|node|yarn|pnpm)\b/);
    expect(job.steps.map(({ uses = "" }) => uses).join(" "), where).not.toContain("checkout");
  }
});

test("packages are installed without their scripts", () => {
  const installs = jobs.flatMap(({ where, job }) =>
    job.steps.filter(({ run = "" }) => /npm (ci|install)/.test(run)).map(({ run }) => `${where}: ${run}`),
  );
  expect(installs.length).toBeGreaterThan(2);
  expect(installs.filter((line) => !line.includes("--ignore-scripts"))).toEqual([]);
  expect(readFileSync(join(root, ".ci/run"), "utf8")).toMatch(/npm ci --ignore-scripts/);
});
