import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { type Shop, startShop } from "../../src/demo/shop.ts";

// Each example runs in a process of its own.
vi.setConfig({ testTimeout: 30_000 });

const examples = fileURLToPath(new URL("../../examples", import.meta.url));
const runner = fileURLToPath(new URL("../support/run-example.ts", import.meta.url));

let shop: Shop;
beforeEach(async () => {
  shop = await startShop();
});
afterEach(() => shop.close());

interface Outcome {
  /** Requests by endpoint as the locustfile names them. */
  readonly sent: Readonly<Record<string, number>>;
  readonly failures: readonly string[];
  readonly told: readonly string[];
}

/** One user of the example, that many tasks, no waiting. */
async function run(name: string, iterations: number): Promise<Outcome> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    runner,
    join(examples, name, "locustfile.ts"),
    shop.url,
    String(iterations),
  ]);
  const { rows, told } = JSON.parse(stdout.trim().split("\n").at(-1) as string) as {
    rows: { endpoint: string; failure: string | null }[];
    told: string[];
  };
  const sent: Record<string, number> = {};
  for (const { endpoint } of rows) sent[endpoint] = (sent[endpoint] ?? 0) + 1;
  const failures = rows.filter(({ failure }) => failure !== null).map((row) => `${row.endpoint}: ${row.failure}`);
  return { sent, failures, told: told.filter((line) => /exception|await|ended/.test(line)) };
}

/** What the shop saw, redirects followed by the client taken away: those are part of the sample that met them. */
function served(endpoint: string): number {
  return shop.log().endpoints[endpoint]?.received ?? 0;
}

test("the shop example signs in once, browses, searches and buys, and the shop saw each request", async () => {
  const { sent, failures, told } = await run("shop", 60);
  expect(failures).toEqual([]);
  expect(told).toEqual([]);
  expect(sent["POST /login"]).toBe(1);
  expect(Object.keys(sent).sort()).toEqual([
    "GET /",
    "GET /products",
    "GET /products/{id}",
    "GET /search",
    "POST /cart",
    "POST /checkout",
    "POST /login",
  ]);
  for (const endpoint of ["GET /products", "GET /products/{id}", "GET /search", "POST /cart", "POST /checkout"]) {
    expect([endpoint, served(endpoint)]).toEqual([endpoint, sent[endpoint]]);
  }
  // Adding to the cart leads to the cart, signing in to the home page.
  expect(served("GET /cart")).toBe(sent["POST /cart"]);
  expect(served("GET /")).toBe((sent["GET /"] ?? 0) + 1);
  expect(sent["GET /products"]).toBe(sent["GET /products/{id}"]);
  expect(shop.log().total).toMatchObject({ failed: 0 });
});

test("the online boutique's visitor looks far more often than it pays, and nothing fails", async () => {
  const { sent, failures, told } = await run("online-boutique", 120);
  expect(failures).toEqual([]);
  expect(told).toEqual([]);
  expect(Object.keys(sent).sort()).toEqual([
    "GET /",
    "GET /cart",
    "GET /product/{id}",
    "POST /cart",
    "POST /cart/checkout",
    "POST /setCurrency",
  ]);
  for (const endpoint of ["GET /product/{id}", "POST /cart", "POST /cart/checkout", "POST /setCurrency"]) {
    expect([endpoint, served(endpoint)]).toEqual([endpoint, sent[endpoint]]);
  }
  expect(sent["GET /product/{id}"]).toBeGreaterThan(5 * (sent["POST /cart/checkout"] ?? 0));
  expect(shop.log().total).toMatchObject({ failed: 0 });
});

/** Every folder but that of whole workflows, which the runner's tests run. */
function exampleNames(): string[] {
  const entries = readdirSync(examples, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && entry.name !== "workflows").map(({ name }) => name);
}

test("the index names every example and every workflow", () => {
  const index = readFileSync(join(examples, "README.md"), "utf8");
  for (const name of exampleNames()) expect(index).toContain(`](${name}/)`);
  for (const name of readdirSync(join(examples, "workflows"))) expect(index).toContain(`](workflows/${name})`);
});

test("each example has a locustfile, a workflow that uses the action, and a few lines to read", () => {
  for (const name of exampleNames()) {
    const files = readdirSync(join(examples, name));
    expect(files, name).toEqual(expect.arrayContaining(["README.md", "locustfile.ts", "workflow.yml"]));
    const workflow = parse(readFileSync(join(examples, name, "workflow.yml"), "utf8"));
    const steps: { uses?: string }[] = Object.values<{ steps: { uses?: string }[] }>(workflow.jobs)[0]?.steps ?? [];
    expect(
      steps.some(({ uses }) => uses?.startsWith("swarmgate/swarmgate@")),
      name,
    ).toBe(true);
  }
});
