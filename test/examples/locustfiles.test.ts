import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test, vi } from "vitest";
import { type Shop, startShop } from "../../src/demo/shop.ts";
import { certificates } from "../http/support/servers.ts";
import { type CliRun, runCli } from "../support/run-cli.ts";
import { expectAgreement, expectQuiet, expectShare, expectWeights } from "./agreement.ts";

/*
 * Sixteen public locustfiles of very different kinds, written again in TypeScript from what they use, and run against
 * the sample shop by the command line: what is measured is what the shop saw.
 */
vi.setConfig({ testTimeout: 60_000, maxConcurrency: 2 });

const folder = fileURLToPath(new URL("locustfiles", import.meta.url));

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

/** Five users, as many requests as asked for, nothing wrong with the users. */
async function run(name: string, shop: Shop, { requests = 300, args = [] as readonly string[], env = {} } = {}) {
  const load = ["-H", shop.url, "-u", "5", "-r", "100", "-n", String(requests), "-t", "15s", "--seed", "locustfiles"];
  const ran = await runCli(["-f", join(folder, `${name}.ts`), ...load, ...args], { env });
  expectQuiet(ran);
  return ran;
}

/** The most users of each class that were seen at once. */
function peakUsers({ result }: CliRun): Record<string, number> {
  const peaks: Record<string, number> = {};
  for (const { users } of result?.blocks ?? []) {
    for (const [name, count] of users) peaks[name] = Math.max(peaks[name] ?? 0, count);
  }
  return peaks;
}

const sum = (run: CliRun) => Object.values(run.sent).reduce((total, requests) => total + requests, 0);

describe.concurrent("public locustfiles", () => {
  test("L1: a task set of functions with weights, forms and random data", async () => {
    const shop = await open();
    const ran = await run("l01-microservices-demo", shop);
    const { sent } = ran;
    expect(sum(ran)).toBe(300);
    expect(ran.failures).toEqual([]);
    expect(sent["GET / (arriving)"]).toBe(5);
    expectAgreement(ran, shop, {
      names: { "GET / (arriving)": "GET /", "GET /product/{id} (buying)": "GET /product/{id}" },
    });
    expectWeights([
      [sent["GET /"], 1],
      [sent["POST /setCurrency"], 2],
      [sent["GET /product/{id}"], 10],
      [(sent["GET /product/{id} (buying)"] ?? 0) - (sent["POST /cart/checkout"] ?? 0), 2],
      [sent["GET /cart"], 3],
      [sent["POST /cart/checkout"], 1],
    ]);
  });

  test("L2: classes with weights, and an answer judged by hand", async () => {
    const shop = await open();
    const ran = await run("l02-opentelemetry-demo", shop);
    const { sent, failed } = ran;
    expect(sum(ran)).toBe(300);
    expect(ran.failures).toEqual(["GET ask the assistant: the assistant is busy"]);
    expect(failed["GET ask the assistant"]).toBe(shop.log().endpoints["GET /flaky"]?.failed);
    expectAgreement(ran, shop, { names: { "GET / (arriving)": "GET /", "GET ask the assistant": "GET /flaky" } });
    expectWeights([
      [sent["GET /"], 1],
      [sent["GET /products/{id}"], 10],
      [sent["GET /search"], 3],
      [sent["POST /cart"], 2],
      [sent["GET ask the assistant"], 5],
    ]);
    expect(peakUsers(ran)).toEqual({ Flooder: 1, WebsiteUser: 4 });
  });

  test("L3: a list of tasks with sleeps in them, and wait times in milliseconds, told as deprecated", async () => {
    const shop = await open();
    const ran = await run("l03-bank-of-anthos", shop);
    expect(sum(ran)).toBe(300);
    expect(ran.failures).toEqual([]);
    expect(ran.result?.warnings.map(({ message }) => message).join()).toContain("between(0.005, 0.015)");
    expect(shop.log().endpoints["GET /account"]?.failed).toBe(ran.sent["GET /account (signed out)"]);
    expectAgreement(ran, shop, {
      names: { "GET /account (signed out)": "GET /account", "POST /logout (leaving)": "POST /logout" },
    });
  });

  test("L4: data of the master's reaches the workers, a set of statuses is accepted, users close their browser", async () => {
    const shop = await open();
    const ran = await run("l04-merino", shop, { args: ["-t", "3s"], requests: 1000 });
    const { sent } = ran;
    expect(ran.failures).toEqual([]);
    // Each of the five left after forty suggestions, and nobody took their place.
    expect(sent["GET suggest"]).toBe(200);
    expectWeights([
      [sent["GET suggest"], 64],
      [sent["GET missing"], 16],
    ]);
    expect(shop.log().endpoints["GET /products/{id}"]).toMatchObject({ failed: sent["GET missing"] });
    expectAgreement(ran, shop, { names: { "GET suggest": "GET /search", "GET missing": "GET /products/{id}" } });
  });

  test("L5: arguments of its own, a client certificate, tags, a shape that counts after the ramp, a verdict at the end", async () => {
    const shop = await open();
    const door = await behindTls(shop);
    const baseline = join(door.directory, "baseline.json");
    const args = ["-T", "coverage", "-u", "4", "-t", "1s", "-H", door.url];
    const own = ["--client-cert-path", door.clientPem, "--ca-path", door.caPem, "--baseline-path", baseline];
    const file = join(folder, "l05-beneficiary-fhir-data.ts");
    writeFileSync(baseline, JSON.stringify({ avgMs: 0.001 }));
    const ran = await runCli(["-f", file, "-r", "100", ...args, ...own]);
    expectQuiet(ran);
    expect(ran.output).toContain(`beneficiaries from ${door.url}`);
    expect(ran.output).toContain("slowdown over the limit");
    expect(ran.exitCode).toBe(22);
    expect(ran.failures).toEqual([]);
    expect(ran.result?.trouble.peakUsers).toBe(4);
    expect(sum(ran)).toBeGreaterThan(20);
    const names = { "GET coverage by id": "GET /products/{id}", "GET contract": "GET /products" };
    expectAgreement(ran, shop, { names });
    expectWeights([
      [ran.sent["GET coverage by id"], 1],
      [ran.sent["GET contract"], 1],
    ]);
  });

  test("L5: without its certificate it ends the run before a request is sent", async () => {
    const shop = await open();
    const ran = await run("l05-beneficiary-fhir-data", shop, { args: ["-T", "coverage"] });
    expect(sum(ran)).toBe(0);
    expect(shop.log().total.received).toBe(0);
  });

  test("L6: a client of its own, each call a request of its own type", async () => {
    const shop = await open();
    const ran = await run("l06-nearcore", shop, { args: ["-t", "3s"] });
    const { sent, failed } = ran;
    expect(sent["near-rpc create_account"]).toBe(5);
    expect(sum(ran)).toBeGreaterThan(100);
    expect(ran.failures).toEqual(["near-rpc call_function: RPC failed with 503"]);
    expect(failed["near-rpc call_function"]).toBe(shop.log().endpoints["GET /flaky"]?.failed);
    expectAgreement(ran, shop, {
      names: {
        "near-rpc create_account": "GET /healthz",
        "near-rpc send_tx": "GET /products/{id}",
        "near-rpc call_function": "GET /flaky",
      },
    });
  });

  test("L7: percentages of a configuration, requests in a module beside, the command line's host first", async () => {
    const shop = await open();
    const ran = await run("l07-dc-app-performance-toolkit", shop);
    const { sent } = ran;
    expect(sum(ran)).toBe(300);
    expect(ran.failures).toEqual([]);
    expectWeights([
      [sent["GET /browse/{key}"], 55],
      [sent["GET /dashboard"], 25],
      [sent["GET /board"], 20],
    ]);
    expectAgreement(ran, shop, {
      names: {
        "GET /browse/{key}": "GET /product/{id}",
        "GET /rest/issue/{id}": "GET /products/{id}",
        "GET /dashboard": "GET /account",
        "GET /board": "GET /products",
      },
    });
  });

  test("L8: streamed answers read line by line, rows of its own figures, a report at the end", async () => {
    const shop = await open();
    const args = ["--model", "large", "--max-tokens", "5", "--qps", "400"];
    const ran = await run("l08-fw-ai-benchmark", shop, { requests: 100, args });
    expect(ran.sent).toEqual({
      "GET generate with large": 100,
      "METRIC time to first token": 100,
      "METRIC tokens": 100,
    });
    expect(ran.failures).toEqual([]);
    expect(ran.output).toContain("all 5 are here");
    expect(ran.output).toContain("REPORT 100 answers of 5 tokens");
    const names = { "GET generate with large": "GET /feed", "METRIC time to first token": null, "METRIC tokens": null };
    expectAgreement(ran, shop, { names });
  });

  test("L9: weights of 1 to 999", async () => {
    const shop = await open();
    const ran = await run("l09-distributed-on-kubernetes", shop, { requests: 600 });
    expect(sum(ran)).toBe(600);
    expect(ran.failures).toEqual([]);
    expectShare({ count: ran.sent["POST /login"], of: 600, ratio: 0.001 });
    expectAgreement(ran, shop, { names: { "GET /metrics": "GET /healthz" } });
  });

  test("L10: paced JSON posts, of which the refused ones are failures", async () => {
    const shop = await open();
    const ran = await run("l10-notification-api", shop);
    const { sent, failed } = ran;
    expect(sum(ran)).toBe(300);
    expect(ran.failures).toEqual(["POST nonsense: 422 Unprocessable Entity"]);
    expect(failed["POST nonsense"]).toBe(sent["POST nonsense"]);
    expectWeights([
      [sent["POST email"], 16],
      [sent["POST sms"], 4],
      [sent["POST nonsense"], 2],
    ]);
    expectAgreement(ran, shop, {
      names: { "POST email": "POST /cart", "POST sms": "POST /setCurrency", "POST nonsense": "POST /setCurrency" },
    });
  });

  test("L11: sets in sets, ordered tasks, requests at once, a redirect that is the success", async () => {
    const shop = await open();
    const ran = await run("l11-azul", shop, { requests: 100_000, args: ["-t", "2s"] });
    const { sent } = ran;
    expect(ran.failures).toEqual([]);
    expect(sum(ran)).toBeGreaterThan(100);
    expect((sent["GET index page"] ?? 0) % 3).toBe(0);
    // A user that is stopped leaves after its current task: each may be one short of the second step.
    const unfinished = (sent["GET filters"] ?? 0) - (sent["POST manifest"] ?? 0);
    expect(unfinished).toBeGreaterThanOrEqual(0);
    expect(unfinished).toBeLessThanOrEqual(ran.result?.trouble.peakUsers ?? 0);
    expectWeights([
      [sent["GET entering"], 3],
      [sent["GET filters"], 1],
    ]);
    expectAgreement(ran, shop, {
      names: {
        "GET entering": "GET /products",
        "GET index page": "GET /products",
        "GET filters": "GET /products/{id}",
        "POST manifest": "POST /cart",
      },
      stays: ["POST manifest"],
    });
  });

  test("L11: the last of so many requests ends the run, and those made at once with it get their answers", async () => {
    const shop = await open();
    const ran = await run("l11-azul", shop, { requests: 301 });
    expect([sum(ran), ran.failures]).toEqual([301, []]);
  });

  test("L12: nested sets that are left, a form's token, polling, a clean-up when the user ends", async () => {
    const shop = await open();
    const ran = await run("l12-studio", shop, { requests: 100_000, args: ["-t", "2s"] });
    const { sent, failed } = ran;
    expect(ran.failures).toEqual(["POST edit with a stale token: 403 Forbidden"]);
    expect(failed["POST edit with a stale token"]).toBe(5);
    expect(sent["POST /logout"]).toBe(5);
    expect(sent["POST edit"]).toBe(sent["GET edit form"]);
    expectAgreement(ran, shop, {
      names: {
        "GET channels": "GET /products",
        "GET channel": "GET /products/{id}",
        "GET edit form": "GET /address",
        "POST edit": "POST /address",
        "POST edit with a stale token": "POST /address",
        "GET publish": "GET /slow",
        "GET poll": "GET /flaky",
      },
    });
  });

  test("L13: four classes by weight, streamed answers with milestones, the figures exported", async () => {
    const shop = await open();
    const ran = await run("l13-onyx", shop, { requests: 500, args: ["-u", "50", "-r", "1000"] });
    const answers = Object.entries(ran.sent).filter(([name]) => name.startsWith("GET "));
    expect(answers.reduce((total, [, requests]) => total + requests, 0)).toBe(500);
    expect(ran.sent["MILESTONE complete"]).toBe(500);
    expect(ran.failures).toEqual([]);
    expect(ran.output).toMatch(/locust_requests 1500\s+locust_failures 0/);
    expect(shop.log().endpoints).toEqual({ "GET /feed": { received: 500, answered: 500, failed: 0 } });
    // A run of its own: so few requests may be over before the first block ends, which is when users are counted.
    const longer = await run("l13-onyx", shop, { requests: 100_000, args: ["-u", "50", "-r", "1000", "-t", "1s"] });
    expect(peakUsers(longer)).toEqual({ SmallTalk: 35, Question: 10, Search: 4, Report: 1 });
  });

  test("L13: its shape is there only if asked for", async () => {
    const shop = await open();
    const env = { LOCUST_LOAD_SHAPE: "steps" };
    const ran = await runCli(["-f", join(folder, "l13-onyx.ts"), "-H", shop.url, "--seed", "s"], { env });
    expectQuiet(ran);
    expect(ran.result?.meta.profile.shape).not.toBeNull();
    expect(ran.result?.trouble.peakUsers).toBe(50);
  });

  test("L14: a JSON API, failures by hand, by assertion, and for what is no JSON", async () => {
    const shop = await open();
    const ran = await run("l14-locust-cloud", shop);
    const { sent, failed } = ran;
    expect(sum(ran)).toBe(300);
    expect(failed).toEqual({
      "GET /products": 0,
      "GET /search": sent["GET /search"],
      "GET a page, not JSON": sent["GET a page, not JSON"],
    });
    expect(ran.failures[0]).toContain("GET /search: Error: nothing found at l14-locust-cloud.ts");
    expect(ran.failures[1]).toContain("not JSON");
    expectAgreement(ran, shop, { names: { "GET a page, not JSON": "GET /" } });
  });

  test("L15: the exit code decided in a listener: too many errors", async () => {
    const shop = await open();
    const ran = await run("l15-btc2023", shop);
    expect(ran.exitCode).toBe(11);
    expect(ran.failures).toEqual(["GET /flaky: 503 Service Unavailable"]);
    expect(ran.failed["GET /flaky"]).toBe(shop.log().endpoints["GET /flaky"]?.failed);
    expectAgreement(ran, shop);
  });

  test("L16: the same recipe where all is well", async () => {
    const shop = await open();
    const ran = await run("l16-funkallero", shop);
    expect(ran.exitCode).toBe(0);
    expect(ran.failures).toEqual([]);
    expectWeights([
      [ran.sent["GET /products"], 3],
      [ran.sent["GET /products/7"], 1],
    ]);
    expectAgreement(ran, shop, { names: { "GET /products/7": "GET /products/{id}" } });
  });
});

/** The shop behind a door that opens for a client certificate only. */
async function behindTls(shop: Shop) {
  const { ca, cert, key, clientCert, clientKey } = certificates();
  const directory = mkdtempSync(join(tmpdir(), "client-certificate-"));
  const clientPem = join(directory, "client.pem");
  const caPem = join(directory, "ca.pem");
  writeFileSync(clientPem, Buffer.concat([clientCert, clientKey]));
  writeFileSync(caPem, ca);
  const door = createServer({ cert, key, ca, requestCert: true, rejectUnauthorized: true }, (asked, answer) => {
    const { method, headers } = asked;
    const inner = request(shop.url + asked.url, { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 500, response.headers);
      response.pipe(answer);
    });
    asked.pipe(inner);
  });
  await new Promise<void>((done) => door.listen(0, "127.0.0.1", done));
  afterwards.push(async () => {
    door.closeAllConnections();
    door.close();
    rmSync(directory, { recursive: true });
  });
  return { url: `https://127.0.0.1:${(door.address() as AddressInfo).port}`, directory, clientPem, caPem };
}
