import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { everythingLocustfile, projectSettings } from "../support/everything-locustfile.ts";
import { projectWithPackage } from "../support/packed.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const compilers = {
  "TypeScript 7": "node_modules/typescript/bin/tsc",
  "TypeScript 6": "node_modules/@typescript/typescript6/bin/tsc6",
};
let project: string;

beforeAll(async () => {
  project = await projectWithPackage();
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** Never rejects: a program that fails is what some of these tests are about. */
function run(command: string, argv: readonly string[]): Promise<{ code: number; out: string; error: string }> {
  return new Promise((resolve) => {
    execFile(command, [...argv], { cwd: project }, (failure, out, error) =>
      resolve({ code: failure ? Number(failure.code ?? 1) : 0, out, error }),
    );
  });
}

test("the package brings what runs and its types, and no sources", () => {
  const installed = join(project, "node_modules/swarmgate");
  const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  expect(manifest.private).toBeUndefined();
  expect(manifest.dependencies ?? manifest.optionalDependencies).toBeUndefined();
  expect(readdirSync(installed).sort()).toEqual([
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "dist",
    "package.json",
    "schema",
  ]);
  expect(existsSync(join(installed, manifest.exports["."].types))).toBe(true);
});

test("npx swarmgate init writes files that compile, and prints a command that can be pasted", async () => {
  const { code, out } = await run("npx", ["swarmgate", "init"]);
  expect(code).toBe(0);
  expect(out).toContain("wrote  locustfile.ts");
  expect(out).toContain("kept   package.json, which was there");
  expect(out).toContain("\n  npx swarmgate -H http://localhost:8080 -u 5 -t 10s --headless\n");
  for (const compiler of Object.values(compilers)) {
    expect(await run(process.execPath, [join(root, compiler), "-p", "."])).toEqual({ code: 0, out: "", error: "" });
  }
});

test.each(Object.entries(compilers))("%s finds no fault in the types, whatever the settings", async (_, compiler) => {
  writeFileSync(join(project, "everything.ts"), everythingLocustfile);
  for (const module of ["nodenext", "bundler"] as const) {
    for (const experimentalDecorators of [false, true]) {
      const settings = projectSettings({ module, experimentalDecorators, types: [] });
      writeFileSync(join(project, "tsconfig.everything.json"), JSON.stringify(settings));
      writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
      const said = await run(process.execPath, [join(root, compiler), "-p", "tsconfig.everything.json"]);
      expect({ module, experimentalDecorators, ...said }).toMatchObject({ code: 0, out: "" });
    }
  }
});

test("a wrong use is an error of the compiler", async () => {
  writeFileSync(join(project, "everything.ts"), everythingLocustfile.replace("between(1, 3)", 'between("1", 3)'));
  const said = await run(process.execPath, [join(root, compilers["TypeScript 7"]), "-p", "tsconfig.everything.json"]);
  expect(said.out).toMatch(/TS2345/);
});

test.each(["cli", "main", "index", "swarm"])("%s.js says in one sentence that Node is too old", async (entry) => {
  const old = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } })";
  const file = join(project, `node_modules/swarmgate/dist/${entry}.js`);
  const { code, out, error } = await run(process.execPath, [
    "--import",
    `data:text/javascript,${encodeURIComponent(old)}`,
    file,
  ]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(error.split("\n")).toHaveLength(3);
  expect(error).toMatch(
    /^swarmgate needs Node\.js 22\.19 or newer; this is Node\.js 20\.1\.0 \(.*\)\.\n {2}Install Node\.js 24/,
  );
});
