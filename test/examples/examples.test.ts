import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadPackageDefinition, Server, ServerCredentials, type ServiceClientConstructor, status } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { afterAll, describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { type Shop, startShop } from "../../src/demo/shop.ts";
import { parseThreshold } from "../../src/slo/threshold/threshold.ts";
import { type CliRun, runCli } from "../support/run-cli.ts";
import { serveWebSocket } from "../support/serve-web-socket.ts";
import { expectAgreement, expectQuiet, expectShare, expectWeights } from "./agreement.ts";

/* Every example is run by the command line, against the sample shop or a server of its own kind. */
vi.setConfig({ testTimeout: 60_000, maxConcurrency: 2 });

const folder = fileURLToPath(new URL("../../examples", import.meta.url));
const fileOf = (name: string) => join(folder, name, "locustfile.ts");

// Tests at the same time share the hooks, so that what was opened is closed after the last.
const afterwards: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of afterwards) await close();
});

async function open(): Promise<Shop> {
  const shop = await startShop();
  afterwards.push(() => shop.close());
  return shop;
}

async function run(name: string, ...args: readonly string[]): Promise<CliRun> {
  const usual = ["-u", "4", "-r", "100", "-n", "200", "-t", "15s", "--seed", "examples"];
  const ran = await runCli(["-f", fileOf(name), ...usual, ...args]);
  expectQuiet(ran);
  return ran;
}

const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((total, n) => total + n, 0);

describe.concurrent("examples", () => {
  test("load-shape: the users follow the stages, without users or run time of the command line", async () => {
    const shop = await open();
    const ran = await runCli(["-f", fileOf("load-shape"), "-H", shop.url]);
    expectQuiet(ran);
    expect(ran.result?.trouble.peakUsers).toBe(10);
    const users = ran.result?.blocks.map((block) => block.users.get("Visitor") ?? 0) ?? [];
    expect(users[0]).toBe(2);
    // The ticks are a second apart: the second block ends as a tick is due, and a stage may be entered late.
    expect(users.indexOf(10)).toBeGreaterThanOrEqual(3);
    expectAgreement(ran, shop);
  });

  test("tags: included, excluded, and excluding wins", async () => {
    const shop = await open();
    const reading = await run("tags", "-H", shop.url, "-n", "50", "-T", "reading", "-E", "slow");
    expect(reading.sent).toEqual({ "GET /products": 50 });
    expectAgreement(reading, shop);
    const other = await open();
    const all = await run("tags", "-H", other.url, "-n", "90");
    expect(Object.keys(all.sent)).toEqual(["GET /products", "GET /slow", "POST /cart"]);
    expectAgreement(all, other);
  });

  test("nested-task-sets: users come out of every set again", async () => {
    const shop = await open();
    const ran = await run("nested-task-sets", "-H", shop.url);
    expect(sum(ran.sent)).toBe(200);
    expect(Object.keys(ran.sent)).toEqual(["GET /", "GET /cart", "GET /product/{id}", "GET /products"]);
    // Each look at a product is followed by one at the cart, but for those the end cut short.
    const missing = (ran.sent["GET /product/{id}"] ?? 0) - (ran.sent["GET /cart"] ?? 0);
    expect(missing).toBeGreaterThanOrEqual(0);
    expect(missing).toBeLessThanOrEqual(4);
    expectAgreement(ran, shop);
  });

  test("form-token: signed in once, the form sent with the token of its page, signed out", async () => {
    const shop = await open();
    const ran = await run("form-token", "-H", shop.url, "-n", "100000", "-t", "1s");
    expect(ran.failures).toEqual([]);
    expect(ran.sent["POST /login"]).toBe(4);
    expect(ran.sent["POST /logout"]).toBe(4);
    expect(ran.sent["POST /address"]).toBeGreaterThan(20);
    expect(shop.log().total.failed).toBe(0);
    expectAgreement(ran, shop, { stays: ["POST /login"] });
  });

  test("test-data: no two users share an account, on two threads", async () => {
    const shop = await open();
    const ran = await run("test-data", "-H", shop.url, "-u", "6", "--processes", "2");
    expect(ran.failures).toEqual([]);
    expect(ran.sent["POST /login"]).toBe(6);
    expectWeights([
      [ran.sent["GET /account"], 1],
      [ran.sent["GET /products/{id}"], 1],
    ]);
    expectAgreement(ran, shop);
  });

  test("custom-arguments: given, defaulted, from a variable; a wrong one ends the run before it begins", async () => {
    const shop = await open();
    const ran = await run("custom-arguments", "-H", shop.url, "--search-words", "lamp,oak", "--signed-in");
    expect(Object.keys(ran.sent).toSorted()).toEqual(["GET /search?q=lamp", "GET /search?q=oak", "POST /login"]);
    expectAgreement(ran, shop, {
      names: { "GET /search?q=lamp": "GET /search", "GET /search?q=oak": "GET /search" },
    });
    const quiet = await open();
    const args = ["-f", fileOf("custom-arguments"), "-H", quiet.url, "-n", "5"];
    const byVariable = await runCli(args, { env: { LOCUST_SEARCH_WORDS: "desk" } });
    expect(byVariable.sent).toEqual({ "GET /search?q=desk": 5 });
    const wrong = await runCli([...args, "--page-size", "11"]);
    expect([wrong.exitCode, wrong.result]).toEqual([2, undefined]);
    expect(wrong.output).toContain('--page-size: "11" is none of 10, 20, 50');
    const misspelt = await runCli([...args, "--serch-words", "x"]);
    expect(misspelt.exitCode).toBe(2);
    expect(misspelt.output).toContain("--serch-words: there is no such option");
    expect(quiet.log().total.received).toBe(5);
  });

  test("catch-response: the verdicts are the locustfile's, not the statuses'", async () => {
    const shop = await open();
    const ran = await run("catch-response", "-H", shop.url);
    expect(sum(ran.sent)).toBe(200);
    expect(ran.failed).toMatchObject({ "GET /search": 0, "GET /products/{deleted}": 0 });
    const flaky = shop.log().endpoints["GET /flaky"]?.failed ?? 0;
    expect(flaky).toBeGreaterThan(ran.failed["GET /flaky"] ?? 0);
    expect(ran.failures.filter((text) => text !== "GET /flaky: busy three times in a row")).toEqual([]);
    expectAgreement(ran, shop, { names: { "GET /products/{deleted}": "GET /products/{id}" } });
  });

  test("arrival-rate: iterations start at their rate although one user could not do them", async () => {
    const shop = await open();
    const ran = await run(
      "arrival-rate",
      "-H",
      shop.url,
      "-u",
      "2",
      "--arrival-rate",
      "50",
      "-n",
      "100000",
      "-t",
      "3s",
    );
    // 3 s of 50 a second; the first moments are short of users and a machine may be busy.
    expect(sum(ran.sent)).toBeGreaterThan(100);
    expect(sum(ran.sent)).toBeLessThanOrEqual(165);
    expect(ran.result?.trouble.peakUsers).toBeGreaterThan(2);
    expectShare({ count: ran.sent["GET /slow"], of: sum(ran.sent), ratio: 1 / 4 });
    expectAgreement(ran, shop);
  });

  test("web-socket: each question on the open connection has its answer", async () => {
    const server = await serveWebSocket((text) => JSON.stringify({ ...JSON.parse(text), cents: 100 }));
    afterwards.push(() => server.close());
    const ran = await run("web-socket", "-H", server.url, "-n", "100000", "-t", "1s");
    expect(ran.failures).toEqual([]);
    expect(ran.sent["WSC /prices"]).toBe(4);
    expect(ran.sent["WSS ask"]).toBe(server.received());
    expect(ran.sent["WSR price"]).toBe(server.received());
    expect(server.received()).toBeGreaterThan(20);
  });

  test("grpc: each call is counted, and an error of the server's is a failure", async () => {
    const server = await serveStock();
    const ran = await run("grpc", "--grpc-address", server.address, "-n", "100000", "-t", "1s");
    const name = "GRPC /shop.Stock/Look";
    expect(ran.sent).toEqual({ [name]: server.calls() });
    expect(server.calls()).toBeGreaterThan(50);
    expect(ran.failed[name]).toBe(server.refused());
    expect(ran.failures).toEqual([`${name}: 5 NOT_FOUND: sold out`]);
    expectShare({ count: server.refused(), of: server.calls(), ratio: 1 / 4 });
  });
});

test("every workflow gives the action inputs that it has, and thresholds that can be read", () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const { inputs } = parse(readFileSync(join(root, "action.yml"), "utf8")) as { inputs: Record<string, unknown> };
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "workflows")
    .map(({ name }) => name);
  for (const name of names) {
    const { jobs } = parse(readFileSync(join(folder, name, "workflow.yml"), "utf8"));
    const steps: { uses?: string; with?: Record<string, unknown> }[] =
      Object.values<{ steps: [] }>(jobs)[0]?.steps ?? [];
    const given = steps.find(({ uses }) => uses?.startsWith("swarmgate/"))?.with ?? {};
    expect(Object.keys(inputs), name).toEqual(expect.arrayContaining(Object.keys(given)));
    const lines = String(given.slo).trim().split("\n");
    for (const line of lines) expect(() => parseThreshold(line), `${name}: ${line}`).not.toThrow();
  }
});

/** The stock of the sample shop by gRPC: every fourth product is sold out. */
async function serveStock() {
  let calls = 0;
  let refused = 0;
  const definition = loadPackageDefinition(loadSync(join(folder, "grpc", "stock.proto")));
  const { Stock } = definition.shop as unknown as { readonly Stock: ServiceClientConstructor };
  const server = new Server();
  server.addService(Stock.service, {
    Look({ request }: { request: { id: number } }, done: (error: object | null, answer?: object) => void) {
      calls++;
      if (request.id % 4 === 0) {
        refused++;
        return done({ code: status.NOT_FOUND, details: "sold out" });
      }
      done(null, { id: request.id, pieces: 3 });
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  afterwards.push(async () => server.forceShutdown());
  return { address: `127.0.0.1:${port}`, calls: () => calls, refused: () => refused };
}
