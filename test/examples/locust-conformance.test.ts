import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { type Shop, startShop } from "../../src/demo/shop.ts";
import { runCli } from "../support/run-cli.ts";
import { expectAgreement, expectQuiet } from "./agreement.ts";

/* Rows of docs/conformance.md, as a user meets them. */
vi.setConfig({ testTimeout: 60_000, maxConcurrency: 2 });

const directory = mkdtempSync(join(tmpdir(), "conformance-"));
const afterwards: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of afterwards) await close();
  rmSync(directory, { recursive: true, force: true });
});

async function open(options: Parameters<typeof startShop>[0] = {}): Promise<Shop> {
  const shop = await startShop(options);
  afterwards.push(() => shop.close());
  return shop;
}

let files = 0;
function locustfile(body: string): string {
  const file = join(directory, `locustfile-${++files}.ts`);
  writeFileSync(file, `import { HttpUser, TaskSet, constant, events, task } from "swarmgate";\n${body}`);
  return file;
}

const visitor = locustfile(`
export class Visitor extends HttpUser {
  @task(3) async home() { await this.client.get("/"); }
  @task(1) async products() { await this.client.get("/products"); }
}`);

describe.concurrent("what Locust can do", () => {
  test("one controller, several load generators: users and requests are shared out, and all are counted", async () => {
    const shop = await open();
    const ran = await runCli(["-f", visitor, "-H", shop.url, "-u", "6", "-r", "100", "-n", "300", "--processes", "2"]);
    expectQuiet(ran);
    expect(ran.result?.meta.threads).toBe(2);
    expect(ran.result?.blocks[0]?.health.threads).toHaveLength(2);
    expect(ran.result?.summary.allRequests).toBe(300);
    expectAgreement(ran, shop);
  });

  test("a headless run of so many requests and no more; the old spellings are answered with the new", async () => {
    const shop = await open();
    const args = ["-f", visitor, "-H", shop.url, "-u", "100", "-r", "1000"];
    const ran = await runCli([...args, "-n", "1000", "--print-stats"]);
    expectQuiet(ran);
    expect(ran.result?.summary.allRequests).toBe(1000);
    expect(ran.output).toMatch(/Aggregated +1000 +0\(0\.00%\)/);
    expectAgreement(ran, shop);
    const old = await runCli(["--no-web", "-c", "100", ...args]);
    expect([old.exitCode, old.result]).toEqual([2, undefined]);
    expect(old.output).toContain("--headless");
    expect(shop.log().total.received).toBe(1000);
  });

  test("average, percentiles and throughput are those of a target whose delay is known", async () => {
    const shop = await open();
    const slow = locustfile(`
export class Visitor extends HttpUser {
  @task async slow() { await this.client.get("/slow?ms=200", { name: "/slow" }); }
}`);
    const ran = await runCli(["-f", slow, "-H", shop.url, "-u", "4", "-r", "100", "-t", "3s"]);
    const row = ran.result?.summary.endpoints[0];
    if (!row) throw new Error(ran.output);
    // A timer may be a millisecond early, and a busy machine is late.
    expect(row.minMs).toBeGreaterThanOrEqual(198);
    expect(row.avgMs).toBeGreaterThanOrEqual(198);
    expect(row.percentilesMs[0]).toBeGreaterThanOrEqual(198);
    expect(row.percentilesMs[0]).toBeLessThan(300);
    // Four users, each with 5 requests a second at most.
    expect(row.rps).toBeLessThanOrEqual(21);
    expect(row.rps).toBeGreaterThan(10);
    expect(row.rps).toBeCloseTo(row.requests / ((ran.result?.summary.windowMs ?? 0) / 1000), 5);
  });

  test("success is defined in measurable terms, and decides the exit code", async () => {
    const shop = await open();
    const slow = locustfile(`
export class Visitor extends HttpUser {
  @task async slow() { await this.client.get("/slow?ms=300", { name: "/slow" }); }
}`);
    const args = ["-f", slow, "-H", shop.url, "-u", "20", "-r", "100", "-t", "3s", "--warmup", "0"];
    const broken = await runCli([...args, "--slo", "p95 < 100ms", "--slo", "errors < 1%"]);
    expect(broken.exitCode, broken.output).toBe(99);
    expect(broken.output).toContain("p95 < 100ms");
    const held = await runCli([...args, "--slo", "p50 < 2s", "--slo", "errors < 50%"]);
    expect(held.exitCode, held.output).toBe(0);
  });

  test("a failed request shows what came back: status, headers, the beginning of the body", async () => {
    const shop = await open();
    const failing = locustfile(`
export class Visitor extends HttpUser {
  @task async gone() { await this.client.get("/products/" + this.random.int(1000, 9999), { name: "/products/{id}" }); }
  @task async cart() { await this.client.post("/cart", { json: { product_id: "none" } }); }
}`);
    const ran = await runCli(["-f", failing, "-H", shop.url, "-u", "2", "-n", "40", "-t", "15s"]);
    expect(ran.exitCode).not.toBe(0);
    const groups = ran.result?.summary.failures ?? [];
    // Forty different products make one group.
    expect(groups).toHaveLength(2);
    const cart = groups.find(({ endpoint }) => endpoint.method === "POST");
    expect(cart?.message).toBe("422 Unprocessable Entity");
    expect(cart?.samples[0]).toMatchObject({ request: expect.stringContaining("POST"), status: 422 });
    expect(cart?.samples[0]?.body).toContain("product_id must be a whole number");
    expect(cart?.samples[0]?.headers.map(([name]) => name.toLowerCase())).toContain("content-type");
  });

  test("a container is told what to do by its environment alone", async () => {
    const shop = await open();
    const env = {
      LOCUST_LOCUSTFILE: visitor,
      LOCUST_HOST: shop.url,
      LOCUST_USERS: "3",
      LOCUST_SPAWN_RATE: "50",
      LOCUST_RUN_TIME: "1s",
      LOCUST_PROCESSES: "2",
      LOCUST_USER_CLASSES: "Visitor",
    };
    const ran = await runCli([], { env });
    expectQuiet(ran);
    expect(ran.result?.trouble.peakUsers).toBe(3);
    expect(ran.result?.meta).toMatchObject({
      threads: 2,
      profile: { users: 3, runTimeMs: 1000, userClasses: ["Visitor"] },
    });
    expectAgreement(ran, shop);
  });

  test("dropped requests are failures, one slow request holds up nobody else, and none is forgotten at the end", async () => {
    const shop = await open({ errorRatio: 0.2 });
    const mixed = locustfile(`
export class Patient extends HttpUser {
  static fixedCount = 1;
  @task async slow() { await this.client.get("/slow?ms=1500", { name: "/slow" }); }
}
export class Hasty extends HttpUser {
  waitTime = constant(0.005);
  @task async quick() { await this.client.get("/healthz"); }
}`);
    const ran = await runCli(["-f", mixed, "-H", shop.url, "-u", "2", "-r", "100", "-t", "2s"]);
    expectQuiet(ran);
    const { failed } = shop.log().total;
    expect(failed).toBeGreaterThan(0);
    expect((ran.failed["GET /healthz"] ?? 0) + (ran.failed["GET /slow"] ?? 0)).toBe(failed);
    expect(ran.sent["GET /healthz"]).toBeGreaterThan(50);
    // The one still in flight when the time is up is waited for.
    expectAgreement(ran, shop);
  });

  test("a queue that grows is seen: in the open model latency counts from when an iteration was due", async () => {
    const shop = await open();
    const queueing = locustfile(`
export class Customer extends HttpUser {
  @task async pay() { await this.client.get("/slow?ms=100", { name: "/slow" }); }
}`);
    const args = ["-f", queueing, "-H", shop.url, "-u", "1", "-r", "100", "-t", "3s"];
    // One user can pay ten times a second; twenty come, and no second user is let in.
    const ran = await runCli([...args, "--arrival-rate", "20", "--max-users", "1"]);
    const row = ran.result?.summary.endpoints[0];
    if (!row) throw new Error(ran.output);
    expect(row.minMs).toBeLessThan(400);
    expect(row.maxMs).toBeGreaterThan(1000);
    expect(ran.result?.warnings.map(({ code }) => code)).toContain("late-starts");
    expectAgreement(ran, shop);
  });
});
