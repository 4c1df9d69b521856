import { brotliCompressSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { quarterOfMemory } from "../../src/base/memory.ts";
import { bodyBudget } from "../../src/http/answer/body-budget.ts";
import { serve } from "./support/servers.ts";
import { TestWorld } from "./support/world.ts";

const piece = Buffer.alloc(64 * 1024, "x");

/** `/endless` never ends, `/br` and `/gzip` unpack to 80 MiB, `/small` is 1 KiB; `/moved` leads there, with a body. */
function bodies() {
  const large = Buffer.alloc(80 * 1024 * 1024);
  return serve((request, response) => {
    const { url } = request;
    if (url === "/br") response.setHeader("content-encoding", "br").end(brotliCompressSync(large));
    else if (url === "/gzip") response.setHeader("content-encoding", "gzip").end(gzipSync(large));
    else if (url === "/moved") response.writeHead(302, { location: "/small" }).end("y".repeat(900));
    else if (url === "/small") response.end("z".repeat(1024));
    else {
      const write = () => {
        while (!response.destroyed) if (!response.write(piece)) return void response.once("drain", write);
      };
      write();
    }
  });
}

test.each(["/endless", "/br", "/gzip"])(
  "an answer is bounded in its decoded size, and the connection goes: %s",
  async (path) => {
    const server = await bodies();
    const world = new TestWorld(server.url);
    const response = await world.client.get(path);
    expect(world.failure).toBe("protocol: the body is larger than maxBodyBytes (64 MiB)");
    expect(response.bytes().length).toBeLessThan(1024 ** 2);
    expect((await world.client.get("/small")).status).toBe(200);
    world.client.close();
    expect(bodyBudget.heldBytes).toBe(0);
  },
);

test("maxBodyBytes is the class's to choose: to the byte, each hop by itself, streamed answers too where it is set", async () => {
  const { url } = await bodies();
  const fits = new TestWorld(url, { settings: { maxBodyBytes: 1024 } });
  expect((await fits.client.get("/moved")).bytes().length).toBe(1024);
  fits.client.close();
  expect(fits.failure).toBeUndefined();
  for (const stream of [false, true]) {
    const world = new TestWorld(url, { settings: { maxBodyBytes: 1023 } });
    const response = stream ? await world.client.get("/small", { stream }) : await world.client.get("/small");
    await Promise.resolve(response.text()).catch(() => undefined);
    world.client.close();
    expect(world.failure).toBe("protocol: the body is larger than maxBodyBytes (1023 bytes)");
  }
});

test("a streamed answer has no bound of its own", async () => {
  const { url } = await bodies();
  const world = new TestWorld(url);
  const response = await world.client.get("/gzip", { stream: true });
  let read = 0;
  for await (const chunk of response.chunks()) read += chunk.length;
  world.client.close();
  expect(read).toBe(80 * 1024 * 1024);
  expect(world.failure).toBeUndefined();
});

test("all bodies that are read at once have one bound, a quarter of the memory", async () => {
  const { url } = await bodies();
  const before = bodyBudget.limitBytes;
  bodyBudget.limitBytes = 2 * 1024 ** 2;
  const world = new TestWorld(url);
  try {
    await Promise.all([world.client.get("/endless"), world.client.get("/endless"), world.client.get("/small")]);
  } finally {
    world.client.close();
    bodyBudget.limitBytes = before;
  }
  const failures = world.samples.filter(({ endpoint }) => endpoint.name === "/endless");
  expect(failures.map(({ failure }) => failure?.message)).toEqual([
    "no memory for the body: the answers being read here have 2 MiB already",
    expect.stringMatching(/^no memory for the body|^the body is larger/),
  ]);
  expect(bodyBudget.heldBytes).toBe(0);
  expect(quarterOfMemory()).toBeGreaterThan(0);
});
