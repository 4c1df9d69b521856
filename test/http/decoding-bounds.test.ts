import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { BodyBudget } from "../../src/http/answer/body-budget.ts";
import { BodyStream } from "../../src/http/answer/body-stream.ts";
import { decodeBody } from "../../src/http/answer/decode.ts";
import { serve } from "./support/servers.ts";
import { TestWorld } from "./support/world.ts";

/** Unpacking takes memory in proportion to what is read, not to what a server packed. */

const total = 64 * 1024 * 1024;
const bomb = gzipSync(Buffer.alloc(total));

test("a streamed answer is unpacked no further than it is read, and all of it comes", async () => {
  let resumed = 0;
  const stream = new BodyStream({
    contentEncoding: "gzip",
    resume: () => resumed++,
    abandon: () => undefined,
    onFinished: () => undefined,
  });
  for (let at = 0; at < bomb.length; at += 16_384) stream.push(bomb.subarray(at, at + 16_384));
  stream.end(undefined);
  await sleep(300);
  expect(stream.bytesRead).toBeLessThan(1024 * 1024);
  let read = 0;
  for await (const piece of stream) read += piece.length;
  expect(read).toBe(total);
});

test("a connection whose bytes cannot be unpacked yet is held back, and goes on once they were", async () => {
  const random = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 2654435761) >>> 13));
  const packed = gzipSync(Buffer.concat([Buffer.alloc(total), random]));
  const { url } = await serve(
    (_, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end(packed),
  );
  const { client, samples } = new TestWorld(url);
  const response = await client.get("/", { stream: true });
  let read = 0;
  for await (const piece of response.chunks()) read += piece.length;
  client.close();
  expect(read).toBe(total + random.length);
  expect(samples[0]?.failure).toBeUndefined();
});

test("a streamed bomb that nobody reads on is given up", async () => {
  const { url } = await serve((_, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end(bomb));
  const { client, samples } = new TestWorld(url);
  const response = await client.get("/", { stream: true });
  for await (const piece of response.chunks()) if (piece.length > 0) break;
  await sleep(100);
  client.close();
  expect(samples).toHaveLength(1);
});

test("what is unpacked beside the event loop is paid for from the budget of all bodies", async () => {
  const padded = gzipSync(
    Buffer.concat([Buffer.alloc(total), Buffer.from(Array.from({ length: 70_000 }, () => Math.random() * 256))]),
  );
  const budget = new BodyBudget();
  budget.limitBytes = total / 2;
  const limits = { mostBytes: 2 * total, budget, noRoom: () => new Error("no room") };
  await expect(decodeBody(padded, "gzip", limits)).rejects.toThrow("no room");
  expect(budget.heldBytes).toBe(0);
  budget.limitBytes = 2 * total;
  expect((await decodeBody(padded, "gzip", limits)).length).toBe(total + 70_000);
  expect(budget.heldBytes).toBe(0);
});
