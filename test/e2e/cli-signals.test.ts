import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startShop } from "../../src/demo/shop.ts";
import { decodeResult } from "../../src/stats/document/result-document.ts";
import { scratch } from "../cli/at-terminal.ts";

type Shop = Awaited<ReturnType<typeof startShop>>;
let shop: Shop;
beforeAll(async () => {
  shop = await startShop({});
});
afterAll(() => shop.close());

const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const source = `
import { HttpUser, constant, events, task } from "swarmgate";
events.spawningComplete.addListener(({ userCount }) => console.log("RUNNING", userCount));
export class Shopper extends HttpUser {
  override waitTime = constant(0.05);
  @task async home() { await this.client.get("/"); }
}
`;

interface Going {
  readonly child: ChildProcess;
  readonly directory: string;
  /** Resolves once the output holds `text`. */
  readonly until: (text: RegExp) => Promise<void>;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

function going(command: string, argv: (directory: string) => string[]): Going {
  const directory = scratch({ "lf.ts": source });
  const child = spawn(command, argv(directory), {
    cwd: directory,
    env: { PATH: process.env.PATH, TERM: "xterm" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let output = "";
  child.stdout?.on("data", (chunk) => (output += chunk));
  child.stderr?.on("data", (chunk) => (output += chunk));
  const ended = once(child, "close").then(([code]) => code as number | null);
  const until = async (text: RegExp) => {
    for (const deadline = Date.now() + 20_000; !text.test(output); ) {
      if (Date.now() > deadline || child.exitCode !== null) throw new Error(`never said ${text}: ${output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  return { child, directory, until, output: () => output, ended };
}

const words = (argv: string[]) => ["-f", "lf.ts", "-H", shop.url, "--headless", "-o", "partial.json", ...argv];

test.each([
  ["SIGINT", 130, []],
  ["SIGTERM", 143, []],
  ["SIGINT", 130, ["--slo", "errors < 1%"]],
  ["SIGTERM", 143, ["--slo", "errors < 1%"]],
] as const)("%s ends the run with %i, its tables printed and its result written (%j)", async (signal, code, argv) => {
  const before = shop.log().total.received;
  const { child, directory, until, output, ended } = going(process.execPath, () => [
    cli,
    ...words(["-u", "2", ...argv]),
  ]);
  await until(/RUNNING 1|RUNNING 2/);
  await new Promise((resolve) => setTimeout(resolve, 700));
  child.kill(signal);
  expect(await ended).toBe(code);
  const result = decodeResult(readFileSync(join(directory, "partial.json"), "utf8"), "partial.json");
  expect(result.interrupted).toBe(true);
  const sent = shop.log().total.received - before;
  expect(sent).toBeGreaterThan(0);
  expect(result.summary.allRequests).toBe(sent);
  expect(output()).toMatch(new RegExp(`Aggregated +${sent} `));
});

/** A terminal of its own: `script` from util-linux makes one. */
const inTerminal = (line: string) => ["-qefc", line, "/dev/null"];

test.skipIf(!existsSync("/usr/bin/script"))(
  "w, W, s, S in a terminal change the number of users; Ctrl-C ends the run",
  async () => {
    const quoted = (argv: string[]) => argv.map((word) => `'${word}'`).join(" ");
    const { child, directory, until, ended } = going("/usr/bin/script", () =>
      inTerminal(quoted([process.execPath, cli, ...words(["-u", "1", "-s", "1s"])])),
    );
    await until(/RUNNING 1\b/);
    child.stdin?.write("W");
    await until(/RUNNING 11\b/);
    child.stdin?.write("w");
    await until(/RUNNING 12\b/);
    // Longer than two blocks: users are counted at the end of each.
    const wait = () => new Promise((resolve) => setTimeout(resolve, 1500));
    await wait();
    child.stdin?.write("S");
    await wait();
    child.stdin?.write("s");
    await wait();
    child.stdin?.write("\u0003");
    expect(await ended).toBe(130);
    const { blocks, trouble } = decodeResult(readFileSync(join(directory, "partial.json"), "utf8"), "partial.json");
    expect(trouble).toMatchObject({ peakUsers: 12, killed: 0 });
    const counts = blocks.map(({ users }) => users.get("Shopper") ?? 0);
    expect(counts.slice(counts.indexOf(12))).toEqual(expect.arrayContaining([12, 2, 1]));
  },
);
