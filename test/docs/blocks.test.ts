import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test, vi } from "vitest";
import { startShop } from "../../src/demo/shop.ts";
import { type CliRun, runCli } from "../support/run-cli.ts";
import { type Block, blocksOf } from "./blocks.ts";

/* Every TypeScript block of the README and the documentation is a locustfile that runs. */
vi.setConfig({ testTimeout: 60_000, maxConcurrency: 2 });

const root = fileURLToPath(new URL("../..", import.meta.url));
const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)].filter(
  (page) => page.endsWith(".md") && existsSync(join(root, page)),
);
const blocks = pages.flatMap((page) => blocksOf(join(root, page), page));

const directory = mkdtempSync(join(tmpdir(), "blocks-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** As a locustfile in a directory of its own. */
async function run(block: Block): Promise<CliRun> {
  const shop = await startShop();
  const file = join(directory, `${block.place.replace(/\W+/g, "-")}.ts`);
  writeFileSync(file, block.source);
  try {
    const usual = ["-H", shop.url, "-u", "2", "-r", "100", "-n", "30", "-t", "3s", "--seed", "docs"];
    return await runCli(["-f", file, ...usual, ...block.args]);
  } finally {
    await shop.close();
  }
}

function check({ expectations }: Block, { result, failures, output, exitCode }: CliRun): void {
  const wanted = (kind: string) => expectations.filter((each) => each.kind === kind).map(({ text }) => text);
  expect(result, output).toBeDefined();
  if (!result) return;
  const { exceptions, missingAwaits, deadInOnStart } = result.trouble;
  const messages = exceptions.map(({ message }) => message);
  for (const text of wanted("fails")) expect(failures.join("\n")).toContain(text);
  for (const text of [...wanted("throws"), ...wanted("dead")]) expect(messages.join("\n")).toContain(text);
  for (const text of wanted("misses")) expect(missingAwaits.map(({ task }) => task)).toContain(text);
  for (const text of wanted("prints")) expect(output).toContain(text);
  for (const text of wanted("exit")) expect(exitCode).toBe(Number(text));
  if (wanted("fails").length + wanted("may").length === 0) expect(failures).toEqual([]);
  if (wanted("throws").length + wanted("dead").length === 0) expect(messages).toEqual([]);
  if (wanted("misses").length === 0) expect(missingAwaits).toEqual([]);
  if (wanted("dead").length > 0) expect(deadInOnStart).toBeGreaterThan(0);
  else expect(result.summary.allRequests).toBeGreaterThan(0);
}

describe.concurrent("TypeScript in the documentation", () => {
  for (const block of blocks.filter(({ notRun }) => notRun === undefined)) {
    test(`${block.place}, ${block.heading}: runs as it stands`, async () => check(block, await run(block)));
  }
});

test("TypeScript in the documentation has no type errors, checked as an editor does", () => {
  const checked = join(directory, "checked");
  mkdirSync(checked);
  const ran = blocks.filter(({ notRun }) => notRun === undefined);
  for (const { place, source } of ran) writeFileSync(join(checked, `${place.replace(/\W+/g, "-")}.ts`), source);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: "esnext",
    lib: ["esnext"],
    module: "preserve",
    // One program for all of them, though each is a module of its own.
    moduleDetection: "force",
    types: ["node"],
    typeRoots: [join(root, "node_modules/@types")],
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    paths: { swarmgate: [join(root, "src/index.ts")], "*": [join(root, "node_modules/*")] },
  };
  writeFileSync(join(checked, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, "-p", checked], { encoding: "utf8" });
  expect(stdout + stderr).toBe("");
  expect(status).toBe(0);
});

test("blocks that are not run say why, and the migration guide has one for every construct", () => {
  for (const { place, notRun } of blocks) if (notRun !== undefined) expect(notRun.length, place).toBeGreaterThan(5);
  const guide = blocks.filter(({ place }) => place.startsWith("docs/migrating-from-locust.md"));
  expect(guide.length).toBeGreaterThan(25);
  expect(guide.filter(({ notRun }) => notRun !== undefined)).toEqual([]);
});
