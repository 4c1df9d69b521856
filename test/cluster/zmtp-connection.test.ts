import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { deal } from "../../src/cluster/dealer.ts";
import { Router, type RouterPeer } from "../../src/cluster/router.ts";
import { encodeCommand, readyCommand } from "../../src/cluster/zmtp-command.ts";
import type { ZmtpLimits } from "../../src/cluster/zmtp-connection.ts";
import { encodeFrame } from "../../src/cluster/zmtp-frame.ts";
import { encodeGreeting } from "../../src/cluster/zmtp-greeting.ts";

const toClose: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close();
});

/** A router on loopback; what befell its peers is noted. */
async function router(limits: Partial<ZmtpLimits> = {}) {
  const peers: RouterPeer[] = [];
  const ended: string[] = [];
  const messages: string[][] = [];
  const made = new Router({
    about: { "X-Swarmgate": "1" },
    limits,
    onPeer(peer) {
      peers.push(peer);
      peer.connection.onMessage((parts) => void messages.push(parts.map(String)));
      peer.connection.onClose((reason) => void ended.push(reason));
    },
  });
  const port = await made.listen({ host: "127.0.0.1", port: 0 });
  toClose.push(() => made.close());
  return { port, peers, ended, messages };
}

async function dealer(port: number, identity: string) {
  const options = { identity, clock: systemClock, patienceMs: 0, signal: new AbortController().signal };
  const dealt = await deal({ host: "127.0.0.1", port }, options);
  toClose.push(() => dealt.connection.close());
  return dealt;
}

/** A peer by hand. */
async function raw(port: number) {
  const socket = connect({ host: "127.0.0.1", port });
  toClose.push(() => socket.destroy());
  let got = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    got = Buffer.concat([got, chunk]);
  });
  socket.on("error", () => undefined);
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  await new Promise((resolve) => socket.once("connect", resolve));
  return { socket, closed, got: () => got };
}

const ready = (properties: Record<string, string>) =>
  encodeFrame({ command: true, more: false, body: encodeCommand(readyCommand(properties)) });

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await systemClock.sleep(5);
}

test("messages of any size and number of parts cross both ways", async () => {
  const { port, peers, messages } = await router();
  const { connection, peer } = await dealer(port, "vm_1");
  expect(peer.properties.get("x-swarmgate")?.toString()).toBe("1");
  const long = "x".repeat(300_000);
  connection.send(Buffer.from("short"));
  connection.send(Buffer.from("a"), Buffer.from(""), Buffer.from(long));
  await until(() => messages.length === 2);
  expect(messages).toEqual([["short"], ["a", "", long]]);
  const back: string[] = [];
  connection.onMessage((parts) => void back.push(String(parts)));
  peers[0]?.connection.send(Buffer.from(long));
  await until(() => back.length === 1);
  expect(back[0]).toBe(long);
});

test("what was sent before a close still arrives", async () => {
  const { port, messages, ended } = await router();
  const { connection } = await dealer(port, "vm_1");
  connection.send(Buffer.alloc(1_000_000, "z"));
  await connection.close();
  await until(() => ended.length === 1);
  expect(messages[0]?.[0]).toHaveLength(1_000_000);
});

test("the first of one identity keeps it; once it is gone another may come", async () => {
  const { port, peers, ended } = await router();
  const first = await dealer(port, "vm_1");
  const second = await dealer(port, "vm_1");
  expect(await new Promise((resolve) => second.connection.onClose(resolve))).toBe("refused us: the identity is taken");
  expect(peers).toHaveLength(1);
  await first.connection.close();
  await until(() => ended.length === 1);
  await dealer(port, "vm_1");
  await until(() => peers.length === 2);
});

test("there is no master where nobody listens", async () => {
  const nobody = createServer();
  const port = await listening(nobody);
  await new Promise((resolve) => nobody.close(resolve));
  await expect(dealer(port, "vm_1")).rejects.toMatchObject({ code: "master-unreachable", exitCode: 1 });
});

test("a port that is taken is told", async () => {
  const { port } = await router();
  const second = new Router({ about: {}, onPeer: () => undefined });
  await expect(second.listen({ host: "127.0.0.1", port })).rejects.toMatchObject({ code: "master-bind", exitCode: 2 });
});

test.each([
  ["speaks HTTP", [Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]],
  ["is a SUB socket", [encodeGreeting(), ready({ "Socket-Type": "SUB", Identity: "a" })]],
  ["has no identity", [encodeGreeting(), ready({ "Socket-Type": "DEALER" })]],
  ["sends a message before READY", [encodeGreeting(), Buffer.from("000161", "hex")]],
  ["sends a long READY", [encodeGreeting(), Buffer.from("06000000000000ffff", "hex")]],
  [
    "claims a frame of an exabyte",
    [encodeGreeting(), ready({ "Socket-Type": "DEALER", Identity: "a" }), Buffer.from("020fffffffffffffff", "hex")],
  ],
  [
    "never ends its message",
    [encodeGreeting(), ready({ "Socket-Type": "DEALER", Identity: "a" }), Buffer.from("010161".repeat(20), "hex")],
  ],
  ["says READY twice", [encodeGreeting(), ready({ "Socket-Type": "DEALER", Identity: "a" }), ready({})]],
])("a peer that %s is shown out, and others are served", async (_, sent) => {
  const { port, messages } = await router();
  const peer = await raw(port);
  for (const bytes of sent) peer.socket.write(bytes);
  await peer.closed;
  const { connection } = await dealer(port, "vm_1");
  connection.send(Buffer.from("still here"));
  await until(() => messages.length === 1);
  expect(messages).toEqual([["still here"]]);
});

test("a peer that says nothing is shown out when the time for the handshake is over", async () => {
  const { port } = await router({ handshakeMs: 50 });
  const peer = await raw(port);
  await peer.closed;
  expect(peer.got().subarray(0, 10).toString("hex")).toBe("ff00000000000000007f");
});

test("a peer that answers no PING counts as gone; one that does stays", async () => {
  const { port, peers, ended } = await router({ silentMs: 200 });
  const silent = await raw(port);
  silent.socket.write(encodeGreeting());
  silent.socket.write(ready({ "Socket-Type": "DEALER", Identity: "silent" }));
  await dealer(port, "vm_1");
  await silent.closed;
  expect(peers).toHaveLength(2);
  expect(ended).toEqual(["silent for 0.2 s"]);
});

test("a peer that does not read is given up before what waits for it takes all memory", async () => {
  const { port, peers, ended } = await router({ backlogBytes: 2_000_000 });
  const deaf = await raw(port);
  deaf.socket.write(encodeGreeting());
  deaf.socket.write(ready({ "Socket-Type": "DEALER", Identity: "deaf" }));
  await until(() => peers.length === 1);
  deaf.socket.pause();
  for (let i = 0; i < 100 && ended.length === 0; i++) peers[0]?.connection.send(Buffer.alloc(1_000_000));
  expect(ended).toEqual(["does not read what it is sent"]);
});

test("a greeting in single bytes is a greeting", async () => {
  const { port, peers } = await router();
  const slow = await raw(port);
  slow.socket.setNoDelay(true);
  const bytes = Buffer.concat([encodeGreeting(), ready({ "Socket-Type": "DEALER", Identity: "slow" })]);
  for (const byte of bytes) await new Promise((resolve) => slow.socket.write(Buffer.from([byte]), resolve));
  await until(() => peers.length === 1);
  expect(peers[0]?.identity).toBe("slow");
});

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}
