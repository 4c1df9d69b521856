import { fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";

const main = fileURLToPath(new URL("../../src/demo/shop-main.ts", import.meta.url));
let child: ReturnType<typeof fork> | undefined;
afterEach(() => {
  child?.kill();
});

test("as a process of its own the shop prints one line with its address, and ends with its parent's channel", async () => {
  child = fork(main, ["--port", "0", "--regression"], { silent: true });
  if (!child.stdout) throw new Error("no output to read");
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  const { url, pid } = JSON.parse(line) as { url: string; pid: number };
  expect(pid).toBe(child.pid);
  const answer = await fetch(`${url}/search?q=lamp`);
  expect(answer.headers.get("server-timing")).toContain(`desc="11"`);
  child.disconnect();
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
});
