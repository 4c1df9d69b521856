import { createServer as createPlain } from "node:http";
import { createSecureServer } from "node:http2";
import { createServer as createTls } from "node:https";
import { connect as connectTcp, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { expect, test } from "vitest";
import { openSockets } from "../../../src/http/client/http-runtime.ts";
import { certificates, listen, serve, serveRaw } from "../support/servers.ts";
import { TestWorld } from "../support/world.ts";

test("a user keeps one connection for all of its requests, and another user has its own", async () => {
  const server = await serve((_, response) => void response.end("x"));
  const [one, two] = [new TestWorld(server.url).client, new TestWorld(server.url).client];
  for (let i = 0; i < 5; i++) {
    await one.get("/");
    await one.post("/", { json: { i } });
    await one.head("/");
  }
  expect(server.connections).toBe(1);
  await two.get("/");
  expect(server.connections).toBe(2);
  one.close();
  two.close();
});

test("requests made at once do not wait for a slow one", async () => {
  let answerSlow: (() => void) | undefined;
  const server = await serve((request, response) => {
    if (request.url !== "/slow") response.end("x");
    else answerSlow = () => response.end("slow");
  });
  const { client, samples } = new TestWorld(server.url);
  const slow = client.get("/slow");
  await Promise.all([client.get("/a"), client.get("/b")]);
  expect(samples.map(({ endpoint }) => endpoint.name).sort()).toEqual(["/a", "/b"]);
  answerSlow?.();
  await slow;
  expect(server.connections).toBe(3);
  await client.get("/c");
  expect(server.connections).toBe(3);
  client.close();
});

test("beyond a user's connections its requests wait their turn, and none is lost", async () => {
  const server = await serve((_, response) => void setTimeout(() => response.end("x"), 2));
  const { client, samples } = new TestWorld(server.url, { settings: { connectionsPerUser: 2 } });
  await Promise.all(Array.from({ length: 20 }, (_, i) => client.get(`/${i}`)));
  client.close();
  expect(samples).toHaveLength(20);
  expect(samples.every(({ failure }) => failure === undefined)).toBe(true);
  expect(server.connections).toBe(2);
});

test("users share a pool when the run says so", async () => {
  const server = await serve((_, response) => void response.end("x"));
  const first = new TestWorld(server.url, { settings: { sharedPool: true, poolSize: 2 } });
  const users = [first, ...Array.from({ length: 9 }, () => new TestWorld(server.url, { share: first }))];
  await Promise.all(users.map(({ client }) => client.get("/")));
  await Promise.all(users.map(({ client }) => client.get("/")));
  expect(server.connections).toBe(2);
  expect(users.every(({ samples }) => samples.length === 2)).toBe(true);
  for (const { client } of users.slice(1)) client.close();
  expect((await first.client.get("/")).ok).toBe(true);
  expect(server.connections).toBe(2);
  first.client.close();
  await expect.poll(() => openSockets.open).toBe(0);
});

test("a connection the server closed is made again without a failure", async () => {
  const server = await serve((request, response) => {
    response.setHeader("connection", request.url === "/close" ? "close" : "keep-alive");
    response.end("x");
  });
  const { client, samples } = new TestWorld(server.url);
  await client.get("/close");
  await client.get("/");
  client.close();
  expect(samples.map(({ failure }) => failure)).toEqual([undefined, undefined]);
  expect(server.connections).toBe(2);
});

test("a connection the server closed while it was idle is made again without a failure", async () => {
  const sockets: Socket[] = [];
  const server = await serve((request, response) => {
    sockets.push(request.socket);
    response.end("x");
  });
  const { client, samples } = new TestWorld(server.url);
  await client.get("/");
  sockets[0]?.end();
  await new Promise((closed) => sockets[0]?.once("close", closed));
  await client.get("/");
  client.close();
  expect(samples.map(({ failure }) => failure)).toEqual([undefined, undefined]);
});

test("a connection is not used beyond the time its server said it would keep it", async () => {
  const server = await serve((_, response) => {
    response.setHeader("keep-alive", "timeout=1");
    response.end("x");
  });
  const { client } = new TestWorld(server.url);
  await client.get("/");
  await new Promise((later) => setTimeout(later, 10));
  await client.get("/");
  client.close();
  expect(server.connections).toBe(2);
});

test("certificates that cannot be read are a TLS failure of each request", async () => {
  const world = new TestWorld("https://127.0.0.1:1", { settings: { tls: { cert: "no PEM", key: "no PEM" } } });
  await world.client.get("/");
  expect(world.sample.failure?.kind).toBe("tls");
});

test("bytes nobody asked for are not taken for the next answer", async () => {
  const answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n";
  let asked = 0;
  const server = await serveRaw((socket) => void socket.write(`${answer}${++asked === 1 ? `ok${answer}NO` : "ok"}`));
  const { client } = new TestWorld(server.url);
  expect((await client.get("/")).text()).toBe("ok");
  expect((await client.get("/")).text()).toBe("ok");
  client.close();
  expect(server.connections).toBe(2);
});

test("an answer cut anywhere by the network is read the same", async () => {
  const body = "5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\ntrailer: x\r\n\r\n";
  const bytes = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n${body}`;
  const server = await serveRaw((socket) => {
    socket.setNoDelay(true);
    let at = 0;
    const next = (): void => {
      if (at < bytes.length) socket.write(bytes.slice(at, ++at), () => setImmediate(next));
    };
    next();
  });
  const { client } = new TestWorld(server.url);
  for (let i = 0; i < 2; i++) {
    const response = await client.get("/");
    expect(response.text()).toBe("hello world");
    expect(response.headers.get("x-a")).toBe("b");
  }
  expect(server.connections).toBe(1);
  client.close();
});

test("sockets are counted while they are open", async () => {
  await expect.poll(() => openSockets.open).toBe(0);
  const { url } = await serve((_, response) => void response.end("x"));
  const { client } = new TestWorld(url);
  await client.get("/");
  expect(openSockets.open).toBe(1);
  client.close();
  await expect.poll(() => openSockets.open).toBe(0);
});

const tls = () => {
  const { cert, key } = certificates();
  return { cert, key };
};

test("https is spoken with a certificate authority of the run's own, with the handshake timed", async () => {
  const server = await listen(
    createTls(tls(), (_, response) => void response.end("secret")),
    "https",
  );
  const world = new TestWorld(server.url, { settings: { tls: { ca: certificates().ca } } });
  expect((await world.client.get("/")).text()).toBe("secret");
  await world.client.get("/");
  world.client.close();
  expect(world.samples[0]?.phases?.tls).toBeGreaterThan(0);
  expect(world.samples[1]?.phases?.tls).toBeUndefined();
  expect(server.connections).toBe(1);
});

test("a certificate nobody vouches for is a TLS failure, unless the run is insecure", async () => {
  const { url } = await listen(
    createTls(tls(), (_, response) => void response.end("x")),
    "https",
  );
  const strict = new TestWorld(url);
  await strict.client.get("/");
  expect(strict.failure).toMatch(/^tls: TLS: unable to verify the first certificate/);
  const lax = new TestWorld(url, { settings: { tls: { insecure: true } } });
  await lax.client.get("/");
  lax.client.close();
  expect(lax.failure).toBeUndefined();
});

test("a certificate for another name is a TLS failure", async () => {
  const { url } = await listen(
    createTls(tls(), (_, response) => void response.end("x")),
    "https",
  );
  const settings = { tls: { ca: certificates().ca, servername: "example.com" } };
  const world = new TestWorld(url, { settings });
  await world.client.get("/");
  expect(world.failure).toMatch(/^tls: .*ERR_TLS_CERT_ALTNAME_INVALID/);
});

test("a client certificate is shown to a server that asks for one", async () => {
  const { clientCert, clientKey, ca } = certificates();
  const server = createTls({ ...tls(), requestCert: true, ca }, (request, response) => {
    response.end((request.socket as TLSSocket).getPeerCertificate().subject.CN);
  });
  const { url } = await listen(server, "https");
  const settings = { tls: { ca, cert: clientCert, key: clientKey } };
  const { client } = new TestWorld(url, { settings });
  expect((await client.get("/")).text()).toBe("client");
  client.close();
});

test("HTTP/2 is spoken when asked for, several requests over one connection", async () => {
  const server = await listen(
    createSecureServer({ ...tls(), allowHTTP1: true }, (request, response) => {
      response.setHeader("server-timing", "db;dur=2");
      setTimeout(() => response.end(`${request.httpVersion} ${request.url}`), 5);
    }),
    "https",
  );
  const settings = { http2: true, tls: { ca: certificates().ca } };
  const world = new TestWorld(server.url, { settings });
  const first = await world.client.get("/0");
  const rest = await Promise.all([1, 2, 3].map((i) => world.client.post(`/${i}`, { json: i })));
  expect([first, ...rest].map((answer) => answer.text())).toEqual(["2.0 /0", "2.0 /1", "2.0 /2", "2.0 /3"]);
  expect(server.connections).toBe(1);
  expect(world.samples[0]).toMatchObject({ status: 200, serverTiming: [["db", 2]] });
  expect(world.samples[0]?.phases?.tls).toBeGreaterThan(0);
  world.client.close();
  const plain = new TestWorld(server.url, { settings: { tls: { ca: certificates().ca } } });
  expect((await plain.client.get("/")).text()).toBe("1.1 /");
  plain.client.close();
});

test("a server without HTTP/2 is spoken to in HTTP/1.1, and a timeout ends only its own request", async () => {
  const { url } = await listen(
    createTls(tls(), (request, response) => {
      if (request.url !== "/slow") response.end(request.httpVersion);
    }),
    "https",
  );
  const world = new TestWorld(url, { settings: { http2: true, tls: { ca: certificates().ca } } });
  expect((await world.client.get("/")).text()).toBe("1.1");
  await world.client.get("/slow", { timeout: 0.05 });
  expect((await world.client.get("/")).text()).toBe("1.1");
  world.client.close();
  expect(world.samples.map(({ failure }) => failure?.kind)).toEqual([undefined, "timeout", undefined]);
});

test("HTTP/2: a request without an answer times out, and the connection goes on", async () => {
  const server = await listen(
    createSecureServer(tls(), (request, response) => {
      if (request.url !== "/slow") response.end("fast");
    }),
    "https",
  );
  const world = new TestWorld(server.url, { settings: { http2: true, tls: { ca: certificates().ca } } });
  await Promise.all([world.client.get("/slow", { timeout: 0.05 }), world.client.get("/fast")]);
  expect((await world.client.get("/again")).text()).toBe("fast");
  world.client.close();
  // By name: which of the two that were under way at once ends first is the machine's affair.
  const ends = Object.fromEntries(world.samples.map(({ endpoint, failure }) => [endpoint.name, failure?.kind]));
  expect(ends).toEqual({ "/slow": "timeout", "/fast": undefined, "/again": undefined });
  expect(world.samples).toHaveLength(3);
});

test("a proxy is used only when asked for: plain requests are forwarded, TLS tunnelled", async () => {
  const target = await serve((_, response) => void response.end("plain"));
  const secure = await listen(
    createTls(tls(), (_, response) => void response.end("tunnelled")),
    "https",
  );
  const seen: string[] = [];
  const proxy = createPlain((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    void fetch(request.url ?? "").then(async (answer) => response.end(await answer.text()));
  });
  proxy.on("connect", (request, socket: Socket) => {
    seen.push(`CONNECT ${request.url}`);
    const [host = "", port = ""] = (request.url ?? "").split(":");
    const onward = connectTcp({ host, port: Number(port) }, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  const { url } = await listen(proxy);
  const settings = { proxy: url, tls: { ca: certificates().ca } };
  const { client } = new TestWorld(undefined, { settings });
  expect((await client.get(`${target.url}/x`)).text()).toBe("plain");
  expect((await client.get(`${secure.url}/y`)).text()).toBe("tunnelled");
  client.close();
  expect(seen).toEqual([`GET ${target.url}/x`, `CONNECT 127.0.0.1:${secure.port}`]);
});
