import { expect, test } from "vitest";
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
