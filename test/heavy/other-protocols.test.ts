import { fileURLToPath } from "node:url";
import { connectAsync } from "mqtt";
import pg from "pg";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectQuiet, expectWeights } from "../examples/agreement.ts";
import { type RealServer, startMosquitto, startPostgres, startRedis } from "../support/real-servers.ts";
import { runCli } from "../support/run-cli.ts";

/* The examples for other protocols, on the real servers: what is measured is what the server says it did. */

async function run(name: string, ...args: readonly string[]) {
  const file = fileURLToPath(new URL(`../../examples/${name}/locustfile.ts`, import.meta.url));
  const ran = await runCli(["-f", file, "-u", "5", "-r", "100", "-t", "2s", "--seed", "heavy", ...args]);
  expectQuiet(ran);
  return ran;
}

describe("PostgreSQL", () => {
  let server: RealServer;
  let url: string;
  beforeAll(async () => {
    server = await startPostgres();
    url = `postgres://tester@127.0.0.1:${server.port}/postgres`;
  });
  afterAll(() => server?.close());

  test("every statement is a request; those the database refuses are failures with its message", async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query("create table products (id int primary key)");
    await client.query("insert into products select generate_series(1, 120)");
    await client.query("create table orders (product int not null references products, buyer int)");
    const { sent, failed, failures } = await run("postgres", "--postgres-url", url);
    const { rows } = await client.query(
      "select count(*)::int as orders, count(distinct buyer)::int as buyers from orders",
    );
    await client.end();
    expect(rows[0]).toEqual({ orders: sent["SQL order"], buyers: 5 });
    expect(failed).toEqual({
      "SQL product by id": 0,
      "SQL order": 0,
      "SQL order of nothing": sent["SQL order of nothing"],
    });
    expect(failures).toHaveLength(1);
    expect(failures[0]).toContain('null value in column "product"');
    expectWeights([
      [sent["SQL product by id"], 4],
      [sent["SQL order"], 1],
      [sent["SQL order of nothing"], 1],
    ]);
  });
});

describe("Redis", () => {
  let server: RealServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server?.close());

  test("every command is a request, counted as the server counts it", async () => {
    const url = `redis://127.0.0.1:${server.port}`;
    const client = createClient({ url });
    await client.connect();
    await client.set("visits", 0);
    const { sent, failed, failures } = await run("redis", "--redis-url", url);
    const calls = Object.fromEntries(
      [...(await client.info("commandstats")).matchAll(/cmdstat_(\w+):calls=(\d+)/g)].map(([, name, n]) => [
        name,
        Number(n),
      ]),
    );
    const visits = Number(await client.get("visits"));
    client.destroy();
    expect(calls).toMatchObject({
      get: sent["REDIS get"],
      incr: sent["REDIS incr"],
      lpush: sent["REDIS lpush on a number"],
    });
    expect(visits).toBe(sent["REDIS incr"]);
    expect(failed).toEqual({
      "REDIS get": 0,
      "REDIS incr": 0,
      "REDIS lpush on a number": sent["REDIS lpush on a number"],
    });
    expect(failures).toHaveLength(1);
    expect(failures[0]).toContain("WRONGTYPE");
    expectWeights([
      [sent["REDIS get"], 3],
      [sent["REDIS incr"], 1],
      [sent["REDIS lpush on a number"], 1],
    ]);
  });
});

describe("MQTT", () => {
  let server: RealServer;
  beforeAll(async () => {
    server = await startMosquitto();
  });
  afterAll(() => server?.close());

  test("every message published comes back once, and an observer hears them all", async () => {
    const url = `mqtt://127.0.0.1:${server.port}`;
    const observer = await connectAsync(url);
    const heard = new Map<string, number>();
    observer.on("message", (topic) => void heard.set(topic, (heard.get(topic) ?? 0) + 1));
    await observer.subscribeAsync("devices/#", { qos: 1 });
    const { sent, failures } = await run("mqtt", "--mqtt-url", url);
    await observer.endAsync();
    expect(failures).toEqual([]);
    expect(sent["MQTT connect"]).toBe(5);
    expect(sent["MQTT subscribe"]).toBe(5);
    expect(sent["MQTT publish"]).toBeGreaterThan(50);
    expect(sent["MQTT receive"]).toBe(sent["MQTT publish"]);
    expect([...heard.keys()].toSorted()).toEqual([0, 1, 2, 3, 4].map((device) => `devices/${device}`));
    expect(heard.values().reduce((total, n) => total + n, 0)).toBe(sent["MQTT publish"]);
  });
});
