import { expect, test } from "vitest";
import { WebSocketClient } from "../../src/http/web-socket/web-socket.ts";
import { guardedLookup } from "../../src/http/wire/guarded-lookup.ts";
import { controlKindOf } from "../../src/user/exceptions.ts";
import { serve } from "./support/servers.ts";
import { TestWorld } from "./support/world.ts";

test("a forbidden host is a named failure and nothing is sent", async () => {
  let asked = 0;
  const { url } = await serve((_, response) => {
    asked++;
    response.end();
  });
  const world = new TestWorld(url, { guard: { forbids: (to) => `${to.hostname} is not in allowed-hosts` } });
  const response = await world.client.get("/");
  expect(response.status).toBe(0);
  expect(world.failure).toBe("forbidden-host: 127.0.0.1 is not in allowed-hosts");
  expect(asked).toBe(0);
});

test("a redirect to a forbidden host is not followed", async () => {
  let asked = 0;
  const other = await serve((_, response) => {
    asked++;
    response.end();
  });
  const { url } = await serve((_, response) => void response.writeHead(302, { location: other.url }).end());
  const world = new TestWorld(url, { guard: { forbids: (to) => (to.origin === other.url ? "not there" : undefined) } });
  await world.client.get("/");
  world.client.close();
  expect(world.failure).toBe("forbidden-host: not there");
  expect(asked).toBe(0);
});

test("a request starts when the rate cap lets it, and its latency counts from then", async () => {
  const { url } = await serve((_, response) => void response.end());
  let admit: ((yes: boolean) => void) | undefined;
  const gate = new Promise<boolean>((resolve) => {
    admit = resolve;
  });
  const world = new TestWorld(url, { guard: { admit: () => gate } });
  const before = world.runtime.clock.now();
  const answer = world.client.get("/");
  setTimeout(() => admit?.(true), 60);
  await answer;
  world.client.close();
  expect(world.sample.startMs - before).toBeGreaterThan(50);
  expect(world.sample.intendedMs).toBe(world.sample.startMs);
});

test("a used-up request budget ends the user, with nothing recorded", async () => {
  const { url } = await serve((_, response) => void response.end());
  for (const admit of [() => false, async () => false]) {
    const { client, samples } = new TestWorld(url, { guard: { admit } });
    const error: unknown = await client.get("/").catch((thrown: unknown) => thrown);
    expect(controlKindOf(error)).toBe("stop-user");
    expect(samples).toEqual([]);
  }
});

test("a user that waits for the rate cap ends when it is stopped", async () => {
  const { client, stop, samples } = new TestWorld("http://127.0.0.1:1", {
    guard: { admit: () => new Promise(() => {}) },
  });
  const answer = client.get("/").catch((thrown: unknown) => thrown);
  stop.abort();
  expect(controlKindOf(await answer)).toBe("stop-user");
  expect(samples).toEqual([]);
});

// "localhost" is the one name that resolves on every machine; the guard of these tests forbids where it leads.
const noLoopback = {
  forbidsAddress: ({ hostname, address }: { hostname: string; address: string }) =>
    /^127\.|^::1$/.test(address) && hostname === "localhost"
      ? `${hostname} resolves to a forbidden address`
      : undefined,
};
const refused = "forbidden-host: localhost resolves to a forbidden address";
const byName = (url: string) => url.replace("127.0.0.1", "localhost");

test("a name that resolves to a forbidden address is a named failure, and nothing connects", async () => {
  const target = await serve((_, response) => void response.end());
  const plain = new TestWorld(byName(target.url), { guard: noLoopback });
  await plain.client.get("/");
  plain.client.close();
  expect(plain.failure).toBe(refused);
  const secure = new TestWorld(byName(target.url).replace("http:", "https:"), { guard: noLoopback });
  await secure.client.get("/");
  secure.client.close();
  expect(secure.failure).toBe(refused);
  expect(target.connections).toBe(0);
});

test("a redirect to a name that resolves to a forbidden address is not followed there", async () => {
  let asked = 0;
  const other = await serve((_, response) => {
    asked++;
    response.end();
  });
  const { url } = await serve((_, response) => void response.writeHead(302, { location: byName(other.url) }).end());
  const world = new TestWorld(url, { guard: noLoopback });
  await world.client.get("/");
  world.client.close();
  expect(world.failure).toBe(refused);
  expect(asked).toBe(0);
});

test("HTTP/2 connections ask the guard for the address too", async () => {
  const target = await serve((_, response) => void response.end());
  const world = new TestWorld(byName(target.url).replace("http:", "https:"), {
    guard: noLoopback,
    settings: { http2: true },
  });
  await world.client.get("/");
  world.client.close();
  expect(world.failure).toBe(refused);
  expect(target.connections).toBe(0);
});

test("a proxy does not resolve for us what we may not reach, nor is it reached where we may not", async () => {
  const proxy = await serve((_, response) => void response.end());
  const through = new TestWorld("http://localhost:1/", { guard: noLoopback, settings: { proxy: proxy.url } });
  await through.client.get("/");
  through.client.close();
  expect(through.failure).toBe(refused);
  const atName = new TestWorld("http://192.0.2.1/", { guard: noLoopback, settings: { proxy: byName(proxy.url) } });
  await atName.client.get("/");
  atName.client.close();
  expect(atName.failure).toBe(refused);
  const notAllowed = new TestWorld("http://192.0.2.1/", {
    guard: {
      forbids: (to) => (to.hostname === "127.0.0.1" ? `${to.hostname} is not among the allowed hosts` : undefined),
    },
    settings: { proxy: proxy.url },
  });
  await notAllowed.client.get("/");
  notAllowed.client.close();
  expect(notAllowed.failure).toBe("forbidden-host: 127.0.0.1 is not among the allowed hosts");
  expect(proxy.connections).toBe(0);
});

test("a WebSocket asks the guard for the address too", async () => {
  const target = await serve((_, response) => void response.end());
  const { runtime, samples } = new TestWorld(byName(target.url), { guard: noLoopback });
  const error: unknown = await new WebSocketClient(runtime).connect("/").catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ kind: "forbidden-host" });
  expect(samples.map(({ failure }) => `${failure?.kind}: ${failure?.message}`)).toEqual([refused]);
  expect(target.connections).toBe(0);
});

test("one forbidden address among several refuses the name; a name that does not resolve stays that", async () => {
  const answers: Record<string, [Error | null, { address: string; family: number }[]]> = {
    both: [
      null,
      [
        { address: "127.0.0.1", family: 4 },
        { address: "169.254.169.254", family: 4 },
      ],
    ],
    good: [null, [{ address: "127.0.0.1", family: 4 }]],
    none: [new Error("ENOTFOUND"), []],
  };
  const lookup = guardedLookup(
    { forbidsAddress: ({ address }) => (address.startsWith("169.") ? "no" : undefined) },
    { resolve: (name, _, callback) => callback(...(answers[name] as [null, []])) },
  );
  const ask = (name: string) =>
    new Promise((resolve) => lookup(name, { all: true }, (error, found) => resolve(error?.message ?? found)));
  expect(await ask("both")).toBe("no");
  expect(await ask("good")).toEqual([{ address: "127.0.0.1", family: 4 }]);
  expect(await ask("none")).toBe("ENOTFOUND");
});
