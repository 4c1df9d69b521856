import type { RequestListener } from "node:http";
import { createSecureServer } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { certificates, listen, type Running, serve } from "./support/servers.ts";
import { TestWorld } from "./support/world.ts";

test("a streamed answer is there with its head, and its sample with the last byte", async () => {
  let finish: (() => void) | undefined;
  const { url } = await serve((_, response) => {
    response.write("first\nsec");
    finish = () => response.end("ond\nlast");
  });
  const world = new TestWorld(url);
  const response = await world.client.get("/", { stream: true });
  expect(response.status).toBe(200);
  const lines: string[] = [];
  for await (const line of response.lines()) {
    lines.push(line);
    if (lines.length === 1) {
      expect(world.samples).toEqual([]);
      setTimeout(() => finish?.(), 60);
    }
  }
  world.client.close();
  expect(lines).toEqual(["first", "second", "last"]);
  expect(world.sample.bytesIn).toBe("first\nsecond\nlast".length);
  expect(world.sample.phases?.download).toBeGreaterThan(40);
  expect(world.sample.phases?.firstByte).toBeLessThan((world.sample.latencyMs ?? 0) - 40);
});

test("a reader that is slower than the server holds it back, and gets every byte", async () => {
  const total = 8 * 1024 * 1024;
  let sent = 0;
  const { url } = await serve((_, response) => {
    const piece = Buffer.alloc(64 * 1024, "x");
    const write = (): void => {
      while (sent < total) {
        sent += piece.length;
        if (!response.write(piece)) return void response.once("drain", write);
      }
      response.end();
    };
    write();
  });
  const { client } = new TestWorld(url);
  const response = await client.get("/", { stream: true });
  await sleep(150);
  // What fits into the socket's buffers of both sides went out; the whole did not.
  expect(sent).toBeLessThan(total);
  let read = 0;
  for await (const chunk of response.chunks()) read += chunk.length;
  client.close();
  expect(read).toBe(total);
});

test("a stream that is left early is counted once, as it stood, and its connection is given up", async () => {
  const server = await serve((_, response) => void setInterval(() => response.write("tick\n"), 5).unref());
  const world = new TestWorld(server.url);
  const response = await world.client.get("/", { stream: true });
  for await (const _ of response.lines()) break;
  expect(world.failure).toBeUndefined();
  expect(world.sample).toMatchObject({ status: 200 });
  expect(world.sample.bytesIn).toBeGreaterThan(0);
  await world.client.get("/", { stream: true });
  expect(server.connections).toBe(2);
  world.client.close();
});

test("a stream whose scope ends unread is counted by its status", async () => {
  const { url } = await serve((_, response) => void response.writeHead(503).write("never ending"));
  const world = new TestWorld(url);
  {
    using _ = await world.client.get("/", { stream: true });
  }
  world.client.close();
  expect(world.failure).toBe("status: 503 Service Unavailable");
});

test("a stream that breaks throws what broke it, and is a failure", async () => {
  const { url } = await serve((_, response) => {
    response.write("some");
    setTimeout(() => response.destroy(), 20);
  });
  const world = new TestWorld(url);
  const response = await world.client.get("/", { stream: true });
  await expect(response.text()).rejects.toThrow();
  world.client.close();
  expect(world.sample.failure?.kind).toBe("reset");
});

test("a stream that is not what its encoding says throws and is a failure", async () => {
  const { url } = await serve((_, response) => {
    response.setHeader("content-encoding", "gzip");
    response.write("this is not gzip");
  });
  const world = new TestWorld(url);
  const response = await world.client.get("/", { stream: true });
  await expect(response.text()).rejects.toThrow();
  world.client.close();
  expect(world.sample.failure?.kind).toBe("protocol");
});

test("catchResponse judges a streamed answer after it was read", async () => {
  const { url } = await serve((_, response) => {
    response.setHeader("content-encoding", "gzip");
    response.end(gzipSync("data: no\n"));
  });
  const world = new TestWorld(url);
  {
    using response = await world.client.get("/", { stream: true, catchResponse: true });
    for await (const line of response.lines()) if (line.includes("no")) response.failure(`bad line: ${line}`);
  }
  world.client.close();
  expect(world.failure).toBe("check: bad line: data: no");
});

test("a task that leaves a stream open does not lose its sample, and is not blamed", async () => {
  const { url } = await serve((_, response) => void response.write("open"));
  const world = new TestWorld(url);
  await world.client.get("/", { stream: true });
  expect(world.witness.endTask()).toEqual([]);
  expect(world.failure).toBeUndefined();
  world.client.close();
});

test.each([
  ["http:", (listener: RequestListener) => serve(listener), {}],
  ["https:", overTls, {}],
  ["HTTP/2", overTls, { http2: true }],
])(
  "over %s an answer that ends while it is held back leaves its connection flowing",
  async (_, start, more) => {
    const body = Buffer.alloc(1024 * 1024, "x");
    const server = await start((request, response) => {
      response.end(body.subarray(0, Number(request.url?.slice(1))));
    });
    const settings = { tls: { ca: certificates().ca }, ...more };
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            // Around what is held at most, and around what one read brings.
            bytes: fc.oneof(
              fc.integer({ min: 255 * 1024, max: 330 * 1024 }),
              fc.constantFrom(0, 1, 65_536, 262_143, 262_144, 262_145, 524_288, 1_048_576),
            ),
            beforeReadingMs: fc.constantFrom(0, 1, 5, 20),
            stream: fc.boolean(),
          }),
          { minLength: 2, maxLength: 4 },
        ),
        async (answers) => {
          const world = new TestWorld(server.url, { settings });
          const before = server.connections;
          for (const { bytes, beforeReadingMs, stream } of answers) {
            const response = await world.client.get(`/${bytes}`, { stream, timeout: 10 });
            if (beforeReadingMs > 0) await sleep(beforeReadingMs);
            expect((await response.bytes()).length).toBe(bytes);
          }
          world.client.close();
          expect(world.samples.map(({ failure }) => failure?.message)).toEqual(answers.map(() => undefined));
          expect(server.connections - before).toBe(1);
        },
      ),
      { numRuns: 25 },
    );
  },
  90_000,
);

function overTls(listener: RequestListener): Promise<Running> {
  const { cert, key } = certificates();
  const server = createSecureServer({ cert, key, allowHTTP1: true }, listener as never);
  return listen(server, "https");
}

test("a streamed answer is in flight to its last byte, and not while its reader holds it back", async () => {
  let write: ((bytes: Buffer | string) => void) | undefined;
  let finish: (() => void) | undefined;
  const { url } = await serve((_, response) => {
    write = (bytes) => void response.write(bytes);
    finish = () => response.end();
    response.write("first");
  });
  const world = new TestWorld(url);
  const inFlight = () => {
    const received: number[] = [];
    world.witness.eachInFlight((request) => void received.push(request.received));
    return received;
  };
  const response = await world.client.get("/", { stream: true, name: "/events" });
  const [before = 0] = inFlight();
  expect(before).toBeGreaterThan(0);
  write?.("second");
  await sleep(50);
  expect(inFlight()[0]).toBeGreaterThan(before);
  for (let i = 0; i < 40; i++) write?.(Buffer.alloc(64 * 1024, "x"));
  await sleep(100);
  expect(inFlight()).toEqual([]);
  finish?.();
  for await (const _ of response.chunks());
  expect(inFlight()).toEqual([]);
  world.client.close();
});
