import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { cleanUpActionRuns, runAction } from "../support/run-action.ts";

/** A `host` that is empty, as when the output of an earlier step is: a setting to be made, not the locustfile's fault. */

const locustfile = `import { HttpUser, task } from "swarmgate";
export class Shopper extends HttpUser {
  @task async home() { await this.client.get("/"); }
}
`;
const directory = mkdtempSync(join(tmpdir(), "empty-host-"));
const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
  cleanUpActionRuns();
});

it("the action ends with exit code 2, and its annotation names the input", async () => {
  const outcome = await runAction({
    inputs: { host: "", users: "2", "run-time": "2s", "baseline-store": "none", "upload-artifact": "false" },
    files: { "locustfile.ts": locustfile },
  });
  expect(outcome.exitCode, outcome.stdout + outcome.stderr).toBe(2);
  expect(outcome.outputs).toMatchObject({ passed: "false", reason: "host-missing" });
  expect(outcome.annotations[0]?.message).toMatch(/host is empty.*Name the target with `host`/s);
});

it("so does the command line", () => {
  writeFileSync(join(directory, "locustfile.ts"), locustfile);
  const words = [cli, "run", "-f", "locustfile.ts", "--headless", "-u", "2", "-t", "2s", "--slo", "p95 < 1s"];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    cwd: directory,
    encoding: "utf8",
    timeout: 60_000,
  });
  expect(status, stdout + stderr).toBe(2);
  expect(stdout + stderr).toMatch(/host is empty/);
});
