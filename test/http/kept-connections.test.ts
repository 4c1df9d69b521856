import { createServer as createTcpServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import type { Sample } from "../../src/stats/sample.ts";
import { certificates, listen } from "./support/servers.ts";
import { threadServer } from "./support/thread-server.ts";
import { TestWorld } from "./support/world.ts";

const ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

interface ClosingServer {
  readonly url: string;
  /** Keeps this thread from hearing anything until the server has closed the connection it answered on last. */
  awaitClose(): void;
}

/** A server on a thread of its own that closes every connection after an answer, without saying so. */
async function closingServer(afterMs: number, how: "end" | "resetAndDestroy"): Promise<ClosingServer> {
  const code = `
    const { parentPort, workerData } = require("node:worker_threads");
    const server = require("node:net").createServer((socket) => {
      socket.on("error", () => undefined);
      socket.on("data", () => {
        Atomics.store(workerData, 0, 0);
        socket.write(${JSON.stringify(ok)});
        setTimeout(() => {
          socket.${how}();
          setImmediate(() => (Atomics.store(workerData, 0, 1), Atomics.notify(workerData, 0)));
        }, ${afterMs});
      });
    });
    server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
  `;
  const closed = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(code, { eval: true, workerData: closed });
  onTestFinished(async () => void (await worker.terminate()));
  const port = await new Promise((resolve) => worker.once("message", resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    awaitClose() {
      Atomics.wait(closed, 0, 0, 5000);
      // What was sent over loopback has arrived.
      Atomics.wait(closed, 0, 1, 1);
    },
  };
}

test.each(["POST", "GET", "PATCH"] as const)(
  "%s after a wait is not written to a connection whose end lies unread",
  async (method) => {
    const server = await closingServer(25, "end");
    const world = new TestWorld(server.url);
    await world.client.get("/");
    // From a timer, as a user's wait ends: the close came meanwhile, and nobody polled.
    const response = await new Promise<{ status: number }>((resolve, reject) => {
      setTimeout(() => {
        server.awaitClose();
        world.client.request(method, "/").then(resolve, reject);
      }, 1);
    });
    world.client.close();
    expect(response.status).toBe(200);
    expect(world.samples.map(({ failure, retried }) => [failure, retried])).toEqual([
      [undefined, false],
      [undefined, false],
    ]);
    expect(world.samples[1]?.phases?.connect).toBeGreaterThan(0);
  },
);

/** The second sample of a user whose connection was closed so shortly before that it was not worth hearing out. */
async function crossing(how: "end" | "resetAndDestroy", method: string): Promise<Sample | undefined> {
  const server = await closingServer(1, how);
  for (let attempt = 0; attempt < 50; attempt++) {
    const world = new TestWorld(server.url);
    await world.client.get("/");
    const answeredMs = performance.now();
    server.awaitClose();
    const idleMs = performance.now() - answeredMs;
    await world.client.request(method, "/");
    world.client.close();
    expect(world.samples).toHaveLength(2);
    if (idleMs < 15) return world.samples[1];
  }
  throw new Error("this machine is too busy to send anything within 15 ms");
}

test("a request of which the kernel took nothing goes to a fresh connection, whatever its method", async () => {
  expect(await crossing("resetAndDestroy", "POST")).toMatchObject({ failure: undefined, status: 200, retried: false });
});

test("a GET that crossed the close of its connection is sent once more, to a server that never saw the first", async () => {
  expect(await crossing("end", "GET")).toMatchObject({ failure: undefined, status: 200, retried: true });
});

test("a POST that crossed the close of its connection failed", async () => {
  expect(await crossing("end", "POST")).toMatchObject({ failure: { kind: "reset" }, retried: false });
});

test("once a server closed a connection at once, the next is heard out before anything is written to it", async () => {
  const server = await closingServer(1, "end");
  const world = new TestWorld(server.url);
  for (let i = 0; i < 8; i++) {
    await world.client.post("/");
    server.awaitClose();
  }
  world.client.close();
  expect(world.samples).toHaveLength(8);
  expect(world.samples.filter(({ failure }) => failure !== undefined).length).toBeLessThanOrEqual(1);
});

/** Answers the first request of each connection; what follows on it is `then`'s affair. */
function keptServer(then: (socket: Socket, request: string) => void) {
  const requests: string[] = [];
  const onSocket = (socket: Socket) => {
    let seen = 0;
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      const request = data.toString("latin1");
      requests.push(request.slice(0, request.indexOf(" HTTP")));
      if (++seen === 1) socket.write(ok);
      else then(socket, request);
    });
  };
  return { requests, onSocket };
}

/**
 * Answers the first request of each connection and drops it at the second, after `afterMs`; notes the connection's
 * number and the request's line. With `once` it is only the first connection that gets an answer.
 */
const dropping = `({ ok, tls, afterMs, once }, note) => {
  let connections = 0;
  const onSocket = (socket) => {
    const mine = ++connections;
    let seen = 0;
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      note(mine + " " + data.toString("latin1").split(" HTTP")[0]);
      if (++seen === 1 && (!once || mine === 1)) socket.write(ok);
      else if (afterMs > 0) setTimeout(() => socket.destroy(), afterMs);
      else socket.destroy();
    });
  };
  return tls ? require("node:tls").createServer(tls, onSocket) : require("node:net").createServer(onSocket);
}`;

test.each(["http", "https"])(
  "over %s what a server drops is repeated for methods that may be, once, and never on a first use",
  async (scheme) => {
    const { cert, key, ca } = certificates();
    const server = await threadServer(dropping, { ok, afterMs: 0, ...(scheme === "https" && { tls: { cert, key } }) });
    const outcomes: Record<string, [failed: string | undefined, retried: boolean | undefined, sent: number]> = {};
    for (const method of ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH"]) {
      const world = new TestWorld(`${scheme}://127.0.0.1:${server.port}`, { settings: { tls: { ca } } });
      await world.client.get("/first");
      server.notes();
      await world.client.request(method, "/", method === "PUT" ? { data: "body" } : {});
      world.client.close();
      const { failure, retried } = world.samples[1] ?? {};
      outcomes[method] = [failure?.kind, retried, server.notes().length];
    }
    const repeated = [undefined, true, 2];
    const failed = ["reset", false, 1];
    expect(outcomes).toEqual({
      GET: repeated,
      // Its answer has no body, and the server sends one: of no matter here.
      HEAD: repeated,
      OPTIONS: repeated,
      PUT: repeated,
      DELETE: repeated,
      POST: failed,
      PATCH: failed,
    });
  },
);

test("a repeated request is one sample from the first start, and its phases leave nothing out", async () => {
  const { port } = await threadServer(dropping, { ok, afterMs: 10 });
  const world = new TestWorld(`http://127.0.0.1:${port}`);
  await world.client.get("/");
  const startMs = world.runtime.clock.now();
  await world.client.get("/");
  world.client.close();
  const { startMs: sampleMs = 0, latencyMs, phases } = world.samples[1] ?? {};
  expect(world.samples).toHaveLength(2);
  expect(sampleMs - startMs).toBeLessThan(10);
  expect(phases?.blocked).toBeGreaterThan(8);
  expect(phases?.connect).toBeGreaterThan(0);
  const { blocked = 0, connect = 0, firstByte = 0, download = 0 } = phases ?? {};
  expect((latencyMs ?? 0) - (blocked + connect + firstByte + download)).toBeLessThan(10);
});

test("a request is repeated once: a server that drops it again fails it", async () => {
  const server = await threadServer(dropping, { ok, afterMs: 0, once: true });
  const world = new TestWorld(`http://127.0.0.1:${server.port}`);
  await world.client.get("/");
  await world.client.get("/");
  world.client.close();
  expect(world.samples.map(({ failure, retried }) => [failure?.kind, retried])).toEqual([
    [undefined, false],
    ["reset", true],
  ]);
  expect(server.notes()).toEqual(["1 GET /", "1 GET /", "2 GET /"]);
});

test("a connection made for a request that closes it unanswered fails it at once", async () => {
  const requests: string[] = [];
  const server = createTcpServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      requests.push(data.toString());
      socket.destroy();
    });
  });
  const { url } = await listen(server);
  const world = new TestWorld(url);
  await world.client.get("/");
  world.client.close();
  expect(world.sample).toMatchObject({ failure: { kind: "reset" }, retried: false });
  expect(requests).toHaveLength(1);
});

const noRepeat: [where: string, then: (socket: Socket) => void, waitMs?: number][] = [
  ["a byte of the answer came", (socket: Socket) => void socket.end("H")],
  ["its head came", (socket: Socket) => void socket.end(ok.slice(0, -2))],
  ["an interim answer came", (socket: Socket) => void socket.end("HTTP/1.1 100 Continue\r\n\r\n")],
  ["the close came late", (socket: Socket) => void setTimeout(() => socket.destroy(), 120)],
  ["the close came late after a wait", (socket: Socket) => void setTimeout(() => socket.destroy(), 120), 25],
];

test.each(noRepeat)("nothing is sent a second time where %s", async (_, then, waitMs = 0) => {
  const { requests, onSocket } = keptServer(then);
  const { url } = await listen(createTcpServer(onSocket));
  const world = new TestWorld(url);
  await world.client.get("/");
  if (waitMs > 0) await sleep(waitMs);
  await world.client.get("/");
  world.client.close();
  expect(world.samples[1]).toMatchObject({ failure: { kind: "reset" }, retried: false });
  expect(requests).toHaveLength(2);
});

test("a close that came in time is in time though this thread stood still when it came", async () => {
  const code = `
    const { parentPort } = require("node:worker_threads");
    const server = require("node:net").createServer((socket) => {
      let seen = 0;
      socket.on("error", () => undefined);
      socket.on("data", () => {
        if (++seen === 1) socket.write(${JSON.stringify(ok)});
        else setTimeout(() => socket.end(), 10);
      });
    });
    server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
  `;
  const worker = new Worker(code, { eval: true });
  onTestFinished(async () => void (await worker.terminate()));
  const world = new TestWorld(`http://127.0.0.1:${await new Promise((port) => worker.once("message", port))}`);
  await world.client.get("/");
  await sleep(25);
  const sent = world.client.get("/");
  // Written within two turns of the event loop.
  for (let turn = 0; turn < 4; turn++) await new Promise((later) => setImmediate(later));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  await sent;
  world.client.close();
  expect(world.samples[1]).toMatchObject({ failure: undefined, status: 200, retried: true });
});

test("what a server says of its own accord to an idle connection is no answer", async () => {
  const sockets: Socket[] = [];
  const { requests, onSocket } = keptServer(() => undefined);
  const { url } = await listen(
    createTcpServer((socket) => {
      sockets.push(socket);
      onSocket(socket);
    }),
  );
  const world = new TestWorld(url);
  await world.client.get("/");
  await sleep(25);
  const sent = world.client.get("/");
  // Before the poll that hears it, and before the request is written.
  sockets[0]?.end("HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
  expect((await sent).status).toBe(200);
  world.client.close();
  expect(world.samples.map(({ status, retried }) => [status, retried])).toEqual([
    [200, false],
    [200, false],
  ]);
  expect(requests).toEqual(["GET /", "GET /"]);
});

test("a user that is stopped while its connection is heard out sends nothing more", async () => {
  const { requests, onSocket } = keptServer((socket) => socket.write(ok));
  const { url } = await listen(createTcpServer(onSocket));
  const world = new TestWorld(url);
  await world.client.get("/");
  await sleep(25);
  const sent = world.client.get("/");
  world.stop.abort();
  await sent;
  await sleep(10);
  world.client.close();
  expect(world.samples[1]?.failure?.kind).toBe("interrupted");
  expect(requests).toHaveLength(1);
});

test("HTTP/2: a GET whose session was closed under it is sent once more, a POST is not", async () => {
  const { cert, key, ca } = certificates();
  // Destroys its first session when that asks for /drop.
  const code = `(tls) => {
    let first;
    return require("node:http2")
      .createSecureServer(tls, (request, response) => {
        if (request.url === "/drop" && request.stream.session === first) first.destroy();
        else response.end("ok");
      })
      .on("session", (session) => (first ??= session));
  }`;
  for (const [method, failed] of [
    ["GET", undefined],
    ["POST", "reset"],
  ] as const) {
    const { port } = await threadServer(code, { cert, key });
    const world = new TestWorld(`https://127.0.0.1:${port}`, { settings: { http2: true, tls: { ca } } });
    await world.client.get("/");
    await world.client.request(method, "/drop");
    world.client.close();
    expect(world.samples[1]).toMatchObject({ retried: failed === undefined });
    expect(world.samples[1]?.failure?.kind).toBe(failed);
  }
});
