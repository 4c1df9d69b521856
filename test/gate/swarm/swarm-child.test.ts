import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { allowedEnvironment, SwarmAhead, type SwarmStart } from "../../../src/gate/swarm/swarm-child.ts";

let directory: string;
let start: SwarmStart;
const children: ChildProcess[] = [];

beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), "swarm-child-")));
  const entry = join(directory, "child.mjs");
  writeFileSync(
    entry,
    `process.on("message", () => process.send({ TOLD: process.env.TOLD, cwd: process.cwd() }));
    process.once("disconnect", () => process.exit());`,
  );
  start = { entry, directory, environment: { PATH: process.env.PATH ?? "" } };
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(directory, { recursive: true, force: true });
});

async function ask(child: ChildProcess): Promise<unknown> {
  children.push(child);
  child.send("what do you see?");
  const [answer] = await once(child, "message");
  return answer;
}

test("a process that was started ahead is taken once, by a run that wants the same", async () => {
  const ahead = new SwarmAhead(start);
  const first = ahead.take({ ...start, environment: { ...start.environment } });
  const second = ahead.take(start);
  expect(await ask(first)).toEqual({ cwd: directory });
  expect(await ask(second)).toEqual({ cwd: directory });
  expect(first.pid).not.toBe(second.pid);
  ahead.dispose();
  expect(first.killed || second.killed).toBe(false);
});

test("a run that lists more variables gets a process that sees them", async () => {
  const ahead = new SwarmAhead(start);
  const child = ahead.take({ ...start, environment: { ...start.environment, TOLD: "yes" } });
  expect(await ask(child)).toEqual({ TOLD: "yes", cwd: directory });
});

test("user code sees the few variables always there, and those listed by name or glob", () => {
  const all = {
    PATH: "/bin",
    LOCUST_USERS: "3",
    GITHUB_TOKEN: "t",
    INPUT_HOST: "h",
    SHOP_A: "a",
    SHOP_B: "b",
    X: undefined,
  };
  expect(allowedEnvironment(all, [])).toEqual({ PATH: "/bin", LOCUST_USERS: "3" });
  expect(allowedEnvironment(all, ["SHOP_*"])).toEqual({ PATH: "/bin", LOCUST_USERS: "3", SHOP_A: "a", SHOP_B: "b" });
});
