import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";

/** What becomes of a request; by path. */
type Behaviour = (response: ServerResponse, socket: Socket, request: IncomingMessage) => void;

const head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";
const gzipBomb = gzipSync(Buffer.alloc(160 * 1024 * 1024));
const brotliBomb = brotliCompressSync(Buffer.alloc(160 * 1024 * 1024), { params: { 1: 4 } });

let diesAtMs: number | undefined;

/** Writes for ever, as fast as it is read. */
function pour(socket: Socket, chunk: Buffer): void {
  const more = () => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on("drain", more);
  more();
}

const behaviours: Readonly<Record<string, Behaviour>> = {
  "/": (response) => void response.end("here"),
  // Slow, so that a late event loop on a busy machine is small beside it.
  "/ok": (response) => void setTimeout(() => response.end("ok"), 400),
  "/status-500": (response) => void response.writeHead(500).end("no"),
  "/hang": () => undefined,
  // Well for five seconds from its first request on, and then silent for good.
  "/dies": (response) => {
    diesAtMs ??= performance.now() + 5000;
    if (performance.now() < diesAtMs) setTimeout(() => response.end("ok"), 100);
  },
  "/hang-in-body": (_, socket) => void socket.write(`${head}Content-Length: 100\r\n\r\nhalf`),
  "/crawl": (_, socket) => {
    socket.write(`${head}Content-Length: 100000\r\n\r\n`);
    const timer = setInterval(() => socket.write("x"), 200);
    socket.once("close", () => clearInterval(timer));
  },
  "/reset": (_, socket) => void socket.resetAndDestroy(),
  "/reset-in-body": (_, socket) => {
    socket.write(`${head}Content-Length: 100\r\n\r\nhalf`);
    setTimeout(() => socket.resetAndDestroy(), 20);
  },
  "/close": (_, socket) => void socket.destroy(),
  "/short": (_, socket) => void socket.end(`${head}Content-Length: 100\r\n\r\nshort`),
  "/long": (_, socket) => void socket.end(`${head}Content-Length: 4\r\n\r\nlonger than it says`),
  "/two-lengths": (_, socket) => void socket.end(`${head}Content-Length: 4\r\nContent-Length: 5\r\n\r\nfour!`),
  "/negative-length": (_, socket) => void socket.end(`${head}Content-Length: -1\r\n\r\nfour`),
  "/chunk-lies": (_, socket) => void socket.end(`${head}Transfer-Encoding: chunked\r\n\r\nffffffff\r\nshort`),
  "/chunk-nonsense": (_, socket) => void socket.end(`${head}Transfer-Encoding: chunked\r\n\r\nzz\r\nno\r\n`),
  "/endless": (_, socket) => {
    socket.write(`${head}\r\n`);
    pour(socket, Buffer.alloc(65_536, "x"));
  },
  "/endless-chunks": (_, socket) => {
    socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
    pour(socket, Buffer.from(`10000\r\n${"x".repeat(65_536)}\r\n`));
  },
  "/endless-head": (_, socket) => {
    socket.write("HTTP/1.1 200 OK\r\n");
    pour(socket, Buffer.from(`X-More: ${"x".repeat(1000)}\r\n`.repeat(50)));
  },
  "/endless-interim": (_, socket) => pour(socket, Buffer.from("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(500))),
  "/gzip-bomb": (response) => void response.writeHead(200, { "content-encoding": "gzip" }).end(gzipBomb),
  "/brotli-bomb": (response) => void response.writeHead(200, { "content-encoding": "br" }).end(brotliBomb),
  "/gzip-garbage": (response) => void response.writeHead(200, { "content-encoding": "gzip" }).end("not gzip"),
  "/gzip-cut": (response) => {
    const cut = gzipSync("x".repeat(10_000)).subarray(0, 20);
    response.writeHead(200, { "content-encoding": "gzip" }).end(cut);
  },
  "/not-http": (_, socket) => void socket.end("SSH-2.0-OpenSSH_9.6\r\n"),
  "/binary": (_, socket) => void socket.end(Buffer.from(Array.from({ length: 512 }, (_, i) => i % 256))),
  "/status-999": (_, socket) => void socket.end("HTTP/1.1 999 What\r\nContent-Length: 2\r\n\r\nok"),
  "/loop": (response) => void response.writeHead(302, { location: "/loop" }).end(),
  "/redirect-nowhere": (response) => void response.writeHead(302, { location: "http://[::bad" }).end(),
  "/redirect-file": (response) => void response.writeHead(302, { location: "file:///etc/passwd" }).end(),
  "/redirect-metadata": (response) => void response.writeHead(302, { location: "http://169.254.169.254/latest" }).end(),
  "/commands": (response) =>
    void response
      .writeHead(500)
      .end("::set-output name=passed::true\n::add-mask::a\n##[error]forged\n::stop-commands::x"),
};

/** A target on loopback whose answer depends on the path: most are wrong, each in its own way. */
export class BadTarget {
  readonly url: string;
  /** Requests by path. */
  readonly asked = new Map<string, number>();
  readonly #server: ReturnType<typeof createServer>;
  readonly #sockets: Set<Socket>;

  private constructor(parts: { server: ReturnType<typeof createServer>; sockets: Set<Socket>; url: string }) {
    this.url = parts.url;
    this.#server = parts.server;
    this.#sockets = parts.sockets;
  }

  static async open(): Promise<BadTarget> {
    const sockets = new Set<Socket>();
    let target: BadTarget | undefined;
    const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      request.resume();
      const path = (request.url ?? "/").split("?")[0] as string;
      target?.asked.set(path, (target.asked.get(path) ?? 0) + 1);
      const behave = behaviours[path] ?? ((other: ServerResponse) => void other.writeHead(404).end("no such path"));
      if (request.socket) behave(response, request.socket, request);
    });
    server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined).once("close", () => sockets.delete(socket));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    target = new BadTarget({ server, sockets, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    return target;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((done) => this.#server.close(() => done()));
  }
}
