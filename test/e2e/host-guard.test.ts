import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { guardSockets } from "../../src/base/socket-guard.ts";
import { startShop } from "../../src/demo/shop.ts";
import { waitUntilReady } from "../../src/gate/readiness.ts";
import { decodeResult } from "../../src/stats/document/result-document.ts";
import { swarmgate } from "../support/built-cli.ts";

/** Where a locustfile's own connections may lead, beside those of the client. */

let shop: Awaited<ReturnType<typeof startShop>>;
beforeAll(async () => {
  shop = await startShop({});
});
afterAll(() => shop.close());

async function run(task: string, argv: readonly string[] = []) {
  const source = `
import { get } from "node:http";
import { connect } from "node:net";
import { HttpUser, constant, task } from "swarmgate";
export class Shopper extends HttpUser {
  override waitTime = constant(0.2);
  @task async home() {
    await this.client.get("/");
    ${task}
  }
}
`;
  const words = ["-f", "lf.ts", "-H", shop.url, "--headless", "-u", "1", "-t", "1s", "-o", "r.json"];
  const said = await swarmgate([...words, "--allowed-hosts", "127.0.0.1", ...argv], { files: { "lf.ts": source } });
  return { ...said, result: decodeResult(readFileSync(join(said.directory, "r.json"), "utf8"), "r.json") };
}

test.each([
  ["fetch", `await fetch("http://169.254.169.254/latest/meta-data/");`],
  ["http", `await new Promise((_, reject) => get("http://[::ffff:168.63.129.16]/").on("error", reject));`],
  ["net", `await new Promise((_, reject) => connect(80, "100.100.100.200").on("error", reject));`],
])("%s does not reach a metadata address, and the run is not green", async (_how, task) => {
  const { result, error, code } = await run(task, ["--slo", "errors < 100%"]);
  expect(result.trouble.forbiddenHosts.length, error).toBe(1);
  expect(code).toBe(3);
  expect(result.trouble.exceptions.length).toBeGreaterThan(0);
  expect(result.summary.allRequests).toBeGreaterThan(0);
});

test("the readiness probe stands under the same rule, and its headers stay here", async () => {
  guardSockets();
  const asked = {
    version: null,
    headers: [["authorization", "secret"]] as const,
    timeoutMs: 60_000,
    log: () => undefined,
  };
  const url = "http://metadata.google.internal/";
  const waiting = waitUntilReady({ ...asked, url, clock: systemClock, signal: new AbortController().signal });
  await expect(waiting).rejects.toThrow(/metadata\.google\.internal.*never a target/);
});

test("a database beside the target is reached, and shown", async () => {
  const database = createServer((socket) => socket.end("ready")).listen(0, "127.0.0.1");
  await new Promise((resolve) => database.once("listening", resolve));
  const { port } = database.address() as { port: number };
  const { result, code } = await run(
    `await new Promise((resolve, reject) => connect(${port}, "localhost").on("data", resolve).on("error", reject));`,
  );
  database.close();
  expect(code).toBe(0);
  expect(result.trouble.exceptions).toEqual([]);
  expect(result.warnings).toContainEqual({
    code: "other-host",
    message: `the locustfile connects to localhost:${port}, which is not among the allowed hosts`,
  });
});
