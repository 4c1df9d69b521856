import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startShop } from "../../src/demo/shop.ts";

/** Whatever user code does, a run ends, and says at which line it had to be ended. */

let shop: Awaited<ReturnType<typeof startShop>>;
const folders: string[] = [];
beforeAll(async () => {
  shop = await startShop({});
});
afterAll(async () => {
  await shop.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

function start(source: string, argv: readonly string[] = []) {
  const cwd = mkdtempSync(join(tmpdir(), "watchdog-"));
  folders.push(cwd);
  writeFileSync(join(cwd, "lf.ts"), source);
  const words = [
    cli,
    "run",
    "-f",
    "lf.ts",
    "-H",
    shop.url,
    "--headless",
    "--only-summary",
    "-u",
    "1",
    "-t",
    "1s",
    ...argv,
  ];
  const child = spawn(process.execPath, words, {
    cwd,
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const beganMs = performance.now();
  const ended = once(child, "close").then(([code]) => ({ code, output, tookMs: performance.now() - beganMs }));
  return { child, ended, output: () => output };
}

const users = `
import { spawn } from "node:child_process";
import { HttpUser, constant, task } from "swarmgate";
export class Shopper extends HttpUser {
  override waitTime = constant(0.05);
  @task async home() { await this.client.get("/"); }
}
`;

test("a task in a loop is named with its line, in the thread that runs it", async () => {
  const source = `import { HttpUser, task } from "swarmgate";
export class Spinner extends HttpUser {
  @task async spin() {
    await this.client.get("/");
    for (let i = 0; ; i++) if (i < 0) break;
  }
}
`;
  const { output, tookMs } = await start(source, ["--stop-timeout", "1", "--threads", "2"]).ended;
  expect(output).toMatch(/never yields at lf\.ts:5:\d+/);
  expect(tookMs).toBeLessThan(40_000);
}, 60_000);

describe.concurrent("a locustfile that never ends", () => {
  test.each([
    [
      "in a loop while it is loaded",
      [],
      "function spin() {\n  for (let i = 0; ; i++) if (i < 0) break;\n}\nspin();",
      /lf\.ts:9:\d+: .* for 30 s while it was being loaded/,
    ],
    [
      "in a loop, locked",
      ["--permissions", "locked"],
      "function spin() {\n  for (let i = 0; ; i++) if (i < 0) break;\n}\nspin();",
      /lf\.ts:9:\d+: .* for 30 s while it was being loaded/,
    ],
    [
      "in a top-level await",
      [],
      "const never = new Promise(() => {});\nawait never;",
      /lf\.ts:9:1: .* top-level await/,
    ],
  ] as const)("%s ends with the line it is at", async (_how, argv, code, message) => {
    const { code: exitCode, output, tookMs } = await start(`${users}${code}\n`, argv).ended;
    expect(output).toMatch(message);
    expect(exitCode).toBe(2);
    expect(output).not.toMatch(/Debugger|KEYBOARD/);
    expect(tookMs).toBeLessThan(55_000);
  });
});

describe("a run", () => {
  test("needs no timer that a locustfile can replace", async () => {
    const patch = `for (const name of ["setTimeout", "setInterval", "setImmediate"]) (globalThis as any)[name] = () => 0;
      performance.now = () => 0; Date.now = () => 0;`;
    const { code, output } = await start(`${users}${patch}`).ended;
    expect(code, output).toBe(0);
    expect(Number(/Aggregated +(\d+)/.exec(output)?.[1])).toBeGreaterThan(2);
  });

  test.runIf(process.platform !== "win32")("does not wait for what a locustfile leaves behind", async () => {
    const left = `spawn("sleep", ["25"], { stdio: "inherit", detached: true }).unref();`;
    const { code, output, tookMs } = await start(`${users}${left}`).ended;
    expect(code, output).toBe(0);
    expect(tookMs).toBeLessThan(20_000);
  });

  test.runIf(process.platform !== "win32")(
    "ends with its parent, though that is killed and a user never yields",
    async () => {
      const loop = users.replace('await this.client.get("/");', 'console.log("PID", process.pid); for (;;);');
      const { child, output } = start(loop, ["-t", "60s"]);
      await expect.poll(output, { timeout: 20_000 }).toMatch(/PID \d+/);
      const pid = Number(/PID (\d+)/.exec(output())?.[1]);
      child.kill("SIGKILL");
      await expect.poll(() => isThere(pid), { timeout: 10_000 }).toBe(false);
    },
  );
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
