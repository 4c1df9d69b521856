import { createServer as createTls } from "node:https";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { controlKindOf } from "../../src/user/exceptions.ts";
import { certificates, listen, serve, serveRaw } from "./support/servers.ts";
import { TestWorld } from "./support/world.ts";

/** The failure of one request to a server that answers with these bytes and then closes, or stays. */
async function failureOf(bytes: string, options: { close?: boolean; timeout?: number } = {}) {
  const { url } = await serveRaw((socket) => {
    socket.write(bytes, "latin1");
    if (options.close) socket.end();
  });
  const world = new TestWorld(url);
  const response = await world.client.get("/", { timeout: options.timeout ?? 5 });
  world.client.close();
  return { failure: world.failure, status: world.sample.status, response, sample: world.sample };
}

test.each([
  [400, "400 Bad Request"],
  [404, "404 Not Found"],
  [500, "500 Internal Server Error"],
  [599, "599"],
])("status %i is a failure named by it", async (status, message) => {
  const { url } = await serve((_, response) => void response.writeHead(status).end("why"));
  const world = new TestWorld(url);
  await world.client.post("/checkout?step=2", { json: {} });
  world.client.close();
  expect(world.failure).toBe(`status: ${message}`);
  expect(world.sample.failure?.sample).toMatchObject({ request: "POST /checkout?step=2", status, body: "why" });
});

test("of a failing answer's body the first 2 KiB are shown", async () => {
  const { url } = await serve((_, response) => void response.writeHead(500).end("x".repeat(5000)));
  const world = new TestWorld(url);
  await world.client.get("/");
  world.client.close();
  expect(world.sample.failure?.sample?.body).toBe("x".repeat(2048));
});

test("a refused connection is a failure, and no exception reaches the task", async () => {
  const world = new TestWorld("http://127.0.0.1:1");
  const response = await world.client.get("/");
  expect(response).toMatchObject({ status: 0, ok: false });
  expect(response.text()).toBe("");
  expect(world.failure).toBe("connect: connection refused: 127.0.0.1:1 (ECONNREFUSED)");
  expect(world.sample.status).toBe(0);
});

test("a name that does not resolve is a failure", async () => {
  const world = new TestWorld("http://nowhere.invalid");
  await world.client.get("/");
  expect(world.failure).toMatch(/^dns: host name not resolved: nowhere\.invalid \(E/);
});

test("a server that never answers is a timeout after the request's own limit", async () => {
  const { url } = await serve(() => undefined);
  const world = new TestWorld(url);
  await world.client.get("/", { timeout: 0.08 });
  world.client.close();
  expect(world.failure).toBe("timeout: timed out after 0.08 s");
  expect(world.sample.latencyMs).toBeGreaterThanOrEqual(79);
  expect(world.sample.latencyMs).toBeLessThan(2000);
});

test("a body that stalls is a timeout too", async () => {
  const { url } = await serve((_, response) => void response.write("half"));
  const world = new TestWorld(url);
  await world.client.get("/", { timeout: 0.08 });
  world.client.close();
  expect(world.failure).toBe("timeout: timed out after 0.08 s");
});

test("the limit of a user class holds where the request has none", async () => {
  const { url } = await serve(() => undefined);
  const world = new TestWorld(url, { settings: { timeoutMs: 50 } });
  await world.client.get("/");
  expect(world.failure).toBe("timeout: timed out after 0.05 s");
});

test("after a timeout the next request has a connection of its own", async () => {
  const { url } = await serve((request, response) => {
    if (request.url === "/slow") setTimeout(() => response.end("late"), 100);
    else response.end("fast");
  });
  const { client } = new TestWorld(url);
  await client.get("/slow", { timeout: 0.03 });
  expect((await client.get("/fast")).text()).toBe("fast");
  client.close();
});

test.each([
  ["before the answer", ""],
  ["in the head", "HTTP/1.1 200 OK\r\ncontent-le"],
  ["in a body of known length", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345"],
  ["in a chunked body", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n12"],
])("a connection closed %s is a reset", async (_, bytes) => {
  const { failure, status } = await failureOf(bytes, { close: true });
  expect(failure).toBe("reset: connection closed by the server before the answer was complete");
  expect(status).toBe(0);
});

test("a connection that is reset is a reset", async () => {
  const { url } = await serveRaw((socket) => void socket.resetAndDestroy());
  const world = new TestWorld(url);
  await world.client.get("/");
  expect(world.failure).toBe("reset: connection reset by the server (ECONNRESET)");
});

test.each([
  ["no HTTP at all", "SSH-2.0-OpenSSH\r\n\r\n", "the answer is not HTTP"],
  ["no HTTP at all, and no end", "220 mail ready\r\n", "the answer is not HTTP"],
  ["a bad length", "HTTP/1.1 200 OK\r\ncontent-length: ten\r\n\r\n", "the answer's Content-Length is not a number"],
  [
    "two lengths",
    "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
    "the answer has two different Content-Lengths",
  ],
  ["a bad chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", "a chunk has no size"],
  ["a head without end", `HTTP/1.1 200 OK\r\nx: ${"y".repeat(70_000)}`, "the answer's head is over 64 KiB"],
  ["an upgrade unasked", "HTTP/1.1 101 Switching Protocols\r\n\r\n", "the server switched protocols unasked"],
])("%s is a protocol failure", async (_, bytes, why) => {
  expect((await failureOf(bytes)).failure).toBe(`protocol: not HTTP: ${why}`);
});

test("an answer that ends with its connection is whole", async () => {
  const { failure, response } = await failureOf("HTTP/1.1 200 OK\r\n\r\nall of it", { close: true });
  expect(failure).toBeUndefined();
  expect(response.text()).toBe("all of it");
});

test("hints before the answer (1xx) are stepped over", async () => {
  const { failure, response } = await failureOf(
    "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
  );
  expect(failure).toBeUndefined();
  expect(response.text()).toBe("ok");
});

test("TLS spoken to a server that has none is a TLS failure", async () => {
  const { port } = await serveRaw((socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  const world = new TestWorld(`https://127.0.0.1:${port}`);
  await world.client.get("/");
  expect(world.failure).toBe(
    "tls: TLS: the server does not speak TLS on this port (http:// in place of https://?) (ERR_SSL_WRONG_VERSION_NUMBER)",
  );
});

const oldCipher = { minVersion: "TLSv1.2", maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES128-GCM-SHA256" } as const;

test.each([
  ["a client certificate that is missing", { requestCert: true }, false, "the server wants a client certificate"],
  ["no cipher in common", oldCipher, false, "the server and this client have no cipher or protocol in common"],
  ["the same, HTTP/2 wanted", oldCipher, true, "the server and this client have no cipher or protocol in common"],
])("TLS failures are told in words, with no id of OpenSSL's: %s", async (_, options, http2, words) => {
  const { ca, cert, key } = certificates();
  const server = createTls({ ca, cert, key, ...options }, (_, response) => void response.end("x"));
  const { url } = await listen(server, "https");
  const world = new TestWorld(url, { settings: { http2, tls: { ca } } });
  await world.client.get("/");
  world.client.close();
  expect(world.failure).toMatch(new RegExp(`^tls: TLS: ${words} \\([A-Z0-9_/]+\\)$`));
});

test("a server that accepts but never shakes hands is a timeout of the connection", async () => {
  const { port } = await listen(createServer(() => undefined));
  const world = new TestWorld(`https://127.0.0.1:${port}`, { settings: { connectTimeoutMs: 60 } });
  await world.client.get("/");
  expect(world.failure).toBe("timeout: timed out: no connection within 0.06 s");
});

test("a request still in flight when its user is stopped is recorded as interrupted", async () => {
  const { url } = await serve(() => undefined);
  const world = new TestWorld(url);
  const answer = world.client.get("/");
  setTimeout(() => world.stop.abort(), 30);
  expect((await answer).status).toBe(0);
  expect(world.failure).toBe("interrupted: its user was stopped before the answer came");
  expect(world.sample.latencyMs).toBeGreaterThan(20);
  const next: unknown = await world.client.get("/").catch((error: unknown) => error);
  expect(controlKindOf(next)).toBe("stop-user");
});
