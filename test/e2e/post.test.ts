import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { ledgerFolder } from "../../src/service/ledger.ts";

const post = fileURLToPath(new URL("../../dist/post.js", import.meta.url));

test("the step after the job ends what a killed run left, and nothing it starts can see a token", async () => {
  const temporary = mkdtempSync(join(tmpdir(), "swarmgate-post-"));
  onTestFinished(() => rmSync(temporary, { recursive: true, force: true }));
  const left = join(temporary, "swarmgate-left");
  mkdirSync(left);
  const folder = ledgerFolder(temporary);
  mkdirSync(folder, { mode: 0o700 });
  const [own, parents] = [join(temporary, "own"), join(temporary, "parents")];
  const arm = {
    mark: "swarmgate-left-head",
    arm: "head",
    port: 1,
    directory: temporary,
    leaders: [],
    compose: false,
    // What a command that somebody else wrote down can read: its own environment, and that of whoever started it.
    stop: `env > ${own}; cat /proc/$PPID/environ > ${parents}`,
  };
  const owner = { pid: 1, start: "0", space: "another-boot 0" };
  writeFileSync(join(folder, "1-1.json"), JSON.stringify({ version: 1, owner, folders: [left], arms: [arm] }));
  const secrets = {
    "INPUT_GITHUB-TOKEN": "canary-input",
    ACTIONS_RUNTIME_TOKEN: "canary-runtime",
    STATE_x: "canary-state",
    NPM_TOKEN: "canary-step",
  };
  const env = { PATH: process.env.PATH, HOME: temporary, TMPDIR: temporary, ...secrets };
  const { stdout } = await promisify(execFile)(process.execPath, [post], { env });
  expect(stdout).toMatch(/^swarmgate: a run that was killed \(process 1\) had left something behind: /);
  expect(readdirSync(folder)).toEqual([]);
  expect(readdirSync(temporary)).not.toContain("swarmgate-left");
  expect(readFileSync(own, "utf8")).toContain(`TMPDIR=${temporary}`);
  for (const seen of [own, parents]) expect(readFileSync(seen, "utf8")).not.toContain("canary");
});

test("where nothing was left, it says nothing", async () => {
  const temporary = mkdtempSync(join(tmpdir(), "swarmgate-post-"));
  onTestFinished(() => rmSync(temporary, { recursive: true, force: true }));
  const env = { PATH: process.env.PATH, TMPDIR: temporary };
  expect(await promisify(execFile)(process.execPath, [post], { env })).toMatchObject({ stdout: "", stderr: "" });
});
