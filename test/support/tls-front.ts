import { type IncomingMessage, request } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { certificates } from "../http/support/servers.ts";

/** HTTPS with a certificate of a private authority before a plain HTTP server on loopback. */
export interface TlsFront {
  readonly url: string;
  /** What was asked through it: `GET /path`. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** @param behind the plain server's URL */
export async function tlsFront(behind: string): Promise<TlsFront> {
  const { cert, key } = certificates();
  const { hostname, port } = new URL(behind);
  const asked: string[] = [];
  const server = createServer({ cert, key }, (req, res) => {
    asked.push(`${req.method} ${req.url}`);
    const { method, url: path, headers } = req;
    const onward = request({ hostname, port, method, path, headers }, (answer: IncomingMessage) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    onward.on("error", () => res.writeHead(502).end());
    req.pipe(onward);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}
