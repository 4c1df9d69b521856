import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { serve } from "./support/servers.ts";
import { TestWorld } from "./support/world.ts";

const text = "grüße ".repeat(200);
const large = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 2_654_435_761) >>> 24));

const encoded = (encoding: string, body: Buffer) =>
  serve((_, response) => {
    response.setHeader("content-encoding", encoding);
    response.end(body);
  });

test.each([
  ["gzip", gzipSync(text)],
  ["deflate", deflateSync(text)],
  ["deflate", deflateRawSync(text)],
  ["br", brotliCompressSync(text)],
  ["zstd", zstdCompressSync(text)],
  ["gzip, br", brotliCompressSync(gzipSync(text))],
  ["identity", Buffer.from(text)],
])("%s is decoded, and the decoded length counted", async (encoding, body) => {
  const { url } = await encoded(encoding, body);
  const world = new TestWorld(url);
  expect((await world.client.get("/")).text()).toBe(text);
  expect(await (await world.client.get("/", { stream: true })).text()).toBe(text);
  world.client.close();
  expect(world.samples.map(({ bytesIn }) => bytesIn)).toEqual([Buffer.byteLength(text), Buffer.byteLength(text)]);
});

test.each(["gzip", "br", "zstd"])(
  "a large %s body is decoded off the event loop to the same bytes",
  async (encoding) => {
    const compress = { gzip: gzipSync, br: brotliCompressSync, zstd: zstdCompressSync }[encoding];
    const { url } = await encoded(encoding, compress?.(large) ?? large);
    const { client } = new TestWorld(url);
    expect((await client.get("/")).bytes().equals(large)).toBe(true);
    client.close();
  },
);

test("a body that is not what its encoding says is a named failure, shown as it came", async () => {
  const { url } = await encoded("gzip", Buffer.from("not gzip at all"));
  const world = new TestWorld(url);
  await world.client.get("/");
  world.client.close();
  expect(world.failure).toMatch(/^protocol: the body is not what its Content-Encoding says: /);
  expect(world.sample.failure?.sample).toMatchObject({ request: "GET /", status: 200, body: "not gzip at all" });
});

test("a charset is honoured, an unknown one read as UTF-8", async () => {
  const { url } = await serve((request, response) => {
    const latin = request.url === "/latin";
    response.setHeader("content-type", `text/plain; charset=${latin ? "ISO-8859-1" : "nonsense"}`);
    response.end(Buffer.from("é", latin ? "latin1" : "utf8"));
  });
  const { client } = new TestWorld(url);
  expect((await client.get("/latin")).text()).toBe("é");
  expect((await client.get("/")).text()).toBe("é");
  client.close();
});

test("lines are given without their ends", async () => {
  const { url } = await serve((_, response) => void response.end("a\r\nb\n\nc\n"));
  const { client } = new TestWorld(url);
  expect((await client.get("/")).lines()).toEqual(["a", "b", "", "c"]);
  client.close();
});
