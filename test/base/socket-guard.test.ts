import http from "node:http";
import net, { type AddressInfo, type LookupFunction } from "node:net";
import tls from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Destination, guardSockets } from "../../src/base/socket-guard.ts";

/** This thread's own sockets, guarded for the whole file. */
const seen: Destination[] = [];
guardSockets({ connects: (to) => void seen.push(to) });

let server: http.Server;
let port = 0;
beforeAll(async () => {
  server = http.createServer((_, response) => response.end("here")).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

const failureOf = (socket: net.Socket) =>
  new Promise<NodeJS.ErrnoException | "connected">((resolve) => {
    socket.once("error", resolve);
    socket.once("connect", () => {
      socket.destroy();
      resolve("connected");
    });
  });

const metadata = "169.254.169.254";
const leadsThere: LookupFunction = (_name, { all }, callback) =>
  all
    ? callback(null, [
        { address: "127.0.0.1", family: 4 },
        { address: metadata, family: 4 },
      ])
    : callback(null, metadata, 4);

describe("nothing connects to a metadata address", () => {
  test.each([
    ["net.connect(options)", () => net.connect({ host: metadata, port: 80 })],
    ["net.connect(port, host)", () => net.connect(80, "::ffff:168.63.129.16")],
    ["new Socket().connect(port, host)", () => new net.Socket().connect(80, "100.100.100.200")],
    ["new Socket().connect(options)", () => new net.Socket().connect({ port: 80, host: "fd00:ec2::23" })],
    ["a name of one", () => net.connect({ host: "metadata.google.internal", port: 80 })],
    ["a name that leads there", () => net.connect({ host: "shop.example", port: 80, lookup: leadsThere })],
    ["tls.connect", () => tls.connect({ host: "192.0.0.192", port: 443 })],
    ["tls.connect by a name", () => tls.connect({ host: "shop.example", port: 443, lookup: leadsThere })],
    ["port 53 of no name server", () => net.connect({ host: metadata, port: 53 })],
  ] as const)("%s", async (_how, connect) => {
    expect(await failureOf(connect())).toMatchObject({ code: "FORBIDDEN_ADDRESS", message: /never a target/ });
  });

  test("fetch and http.get", async () => {
    const error: unknown = await fetch(`http://${metadata}/latest/meta-data`).catch((thrown: unknown) => thrown);
    expect((error as Error).cause).toMatchObject({ code: "FORBIDDEN_ADDRESS" });
    const got = new Promise((resolve) => http.get(`http://${metadata}/`).once("error", resolve));
    expect(await got).toMatchObject({ code: "FORBIDDEN_ADDRESS" });
  });
});

describe("all else connects as ever, and is seen", () => {
  test.each([
    ["net.connect(options)", () => net.connect({ host: "127.0.0.1", port })],
    ["net.connect(port)", () => net.connect(port, "127.0.0.1")],
    ["new Socket().connect(port, host)", () => new net.Socket().connect(port, "127.0.0.1")],
    ["a name", () => net.connect({ host: "localhost", port })],
    ["a name, all its addresses", () => net.connect({ host: "localhost", port, autoSelectFamily: true })],
    ["a port as text", () => net.connect({ host: "localhost", port: String(port) as unknown as number })],
  ] as const)("%s", async (_how, connect) => {
    seen.length = 0;
    expect(await failureOf(connect())).toBe("connected");
    expect(seen.at(0)?.port).toBe(port);
  });

  test("fetch, with a listener of connect too", async () => {
    expect(await (await fetch(`http://localhost:${port}/`)).text()).toBe("here");
    const heard = await new Promise((resolve) => {
      const socket = net.connect(port, "localhost", () => resolve("connected"));
      socket.once("connect", () => socket.destroy());
    });
    expect(heard).toBe("connected");
  });

  test("wrong arguments are Node's to refuse", () => {
    expect(() => net.connect({ host: "127.0.0.1", port: 70_000 })).toThrow(RangeError);
    expect(() => new net.Socket().connect({} as never)).toThrow(TypeError);
  });
});
