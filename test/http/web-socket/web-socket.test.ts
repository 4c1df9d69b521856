import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { WebSocketUser } from "../../../src/http/web-socket/web-socket-user.ts";
import { listen } from "../support/servers.ts";
import { TestWorld } from "../support/world.ts";

/** A small WebSocket server (RFC 6455): short text frames go to `onText`, which may answer on the socket. */
function serveWebSocket(onText: (text: string, reply: (text: string) => void, socket: Socket) => void) {
  const server = createServer((_, response) => void response.writeHead(400).end());
  server.on("upgrade", (request, socket: Socket) => {
    socket.on("error", () => undefined);
    const accept = createHash("sha1")
      .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest("base64");
    const head = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
    socket.write(`${[...head, `Sec-WebSocket-Accept: ${accept}`].join("\r\n")}\r\n\r\n`);
    const reply = (text: string) => {
      const bytes = Buffer.from(text);
      socket.write(Buffer.concat([Buffer.from([0x81, bytes.length]), bytes]));
    };
    socket.on("data", (frame) => {
      if (((frame[0] as number) & 0x0f) !== 1) return void socket.end();
      const length = (frame[1] as number) & 0x7f;
      const mask = frame.subarray(2, 6);
      onText(
        Buffer.from(frame.subarray(6, 6 + length).map((b, i) => b ^ (mask[i % 4] as number))).toString(),
        reply,
        socket,
      );
    });
  });
  return listen(server);
}

class Chatter extends WebSocketUser {}

test("connect, send and receive are samples, the answer timed from the message sent", async () => {
  const { url } = await serveWebSocket((text, reply) => void setTimeout(() => reply(`re: ${text}`), 40));
  const world = new TestWorld(url);
  const user = new Chatter(world.runtime);
  await user.client.connect("/chat");
  await user.client.send("hello");
  expect(await user.client.receive({ name: "answer" })).toBe("re: hello");
  user[Symbol.dispose]();
  expect(world.samples.map(({ endpoint }) => endpoint)).toEqual([
    { method: "WSC", name: "/chat" },
    { method: "WSS", name: "/chat" },
    { method: "WSR", name: "answer" },
  ]);
  expect(world.samples[0]?.latencyMs).toBeGreaterThan(0);
  expect(world.samples[1]).toMatchObject({ latencyMs: null, bytesOut: 5 });
  expect(world.samples[2]).toMatchObject({ bytesIn: 9, failure: undefined });
  expect(world.samples[2]?.latencyMs).toBeGreaterThanOrEqual(38);
});

test("a message that does not come is a timeout, counted and thrown", async () => {
  const { url } = await serveWebSocket(() => undefined);
  const world = new TestWorld(url);
  const { client } = new Chatter(world.runtime);
  await client.connect("/");
  await expect(client.receive({ timeout: 0.05 })).rejects.toThrow("timed out after 0.05 s");
  client.close();
  expect(world.samples[1]?.failure).toEqual({ kind: "timeout", message: "timed out after 0.05 s" });
});

test("a server that refuses, or goes away, is a named failure", async () => {
  const gone = await serveWebSocket((_, __, socket) => socket.destroy());
  const world = new TestWorld(gone.url);
  const { client } = new Chatter(world.runtime);
  await client.connect("/");
  await client.send("bye");
  await expect(client.receive()).rejects.toThrow("closed by the server");
  const refused = new TestWorld("http://127.0.0.1:1");
  await expect(new Chatter(refused.runtime).client.connect("/")).rejects.toThrow();
  expect(refused.sample.failure?.kind).toBe("connect");
});

test("a forbidden host is never reached", async () => {
  const world = new TestWorld("http://127.0.0.1:1", { guard: { forbids: () => "not allowed" } });
  await expect(new Chatter(world.runtime).client.connect("/")).rejects.toThrow("not allowed");
  expect(world.failure).toBe("forbidden-host: not allowed");
});

test("a user that is stopped while it waits has its wait counted as interrupted", async () => {
  const { url } = await serveWebSocket(() => undefined);
  const world = new TestWorld(url);
  const { client } = new Chatter(world.runtime);
  await client.connect("/");
  setTimeout(() => world.stop.abort(), 20);
  await expect(client.receive()).rejects.toThrow("its user was stopped");
  expect(world.samples[1]?.failure?.kind).toBe("interrupted");
});
