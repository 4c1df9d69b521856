import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A server on a port of its own, closed when the test is over. `connections` counts what was ever opened. */
export interface Running {
  readonly url: string;
  readonly port: number;
  readonly connections: number;
}

export async function listen(server: Server | TcpServer, scheme = "http"): Promise<Running> {
  let connections = 0;
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => server.close(closed));
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    port,
    get connections() {
      return connections;
    },
  };
}

export function serve(listener: RequestListener): Promise<Running> {
  return listen(createServer({ keepAliveTimeout: 60_000 }, listener));
}

/** A server that answers every read with these bytes, whatever was asked; `undefined` closes instead. */
export function serveRaw(answer: (socket: Socket, request: string) => void): Promise<Running> {
  return listen(
    createTcpServer((socket) => {
      socket.on("error", () => undefined);
      socket.on("data", (data) => answer(socket, data.toString("latin1")));
    }),
  );
}

/** The body of what a server received. */
export async function bodyOf(request: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

export interface Certificates {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly clientCert: Buffer;
  readonly clientKey: Buffer;
}

let made: Certificates | undefined;

/** A certificate authority, a server's certificate for localhost and 127.0.0.1, and a client's; made once. */
export function certificates(): Certificates {
  if (made) return made;
  const dir = mkdtempSync(join(tmpdir(), "swarmgate-tls-"));
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: dir, stdio: "ignore" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Test CA");
  for (const [name, extra] of [
    ["server", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
    ["client", "extendedKeyUsage=clientAuth"],
  ] as const) {
    const subject = ["-subj", `/CN=${name}`, "-addext", extra];
    const by = ["-CA", "ca.pem", "-CAkey", "ca.key"];
    openssl("req", "-x509", ...key, "-keyout", `${name}.key`, "-out", `${name}.pem`, "-days", "2", ...subject, ...by);
  }
  const read = (name: string) => readFileSync(join(dir, name));
  made = {
    ca: read("ca.pem"),
    cert: read("server.pem"),
    key: read("server.key"),
    clientCert: read("client.pem"),
    clientKey: read("client.key"),
  };
  return made;
}
