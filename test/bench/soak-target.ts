import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const page = JSON.stringify(Array.from({ length: 400 }, (_, id) => ({ id, name: `thing ${id}`, price: id * 1.25 })));

/** A target that counts what reaches it, by method and path. */
export async function countedTarget() {
  const requests = new Map<string, number>();
  const server = createServer((request, response) => {
    const name = `${request.method} ${request.url}`;
    requests.set(name, (requests.get(name) ?? 0) + 1);
    request.resume().once("end", async () => {
      if (request.url === "/slow") await sleep(50 + ((requests.get(name) ?? 0) % 16) * 10);
      const status = request.url === "/missing" ? 404 : 200;
      response.writeHead(status, { "content-type": "application/json" });
      response.end(request.url === "/page" ? page : '{"ok":true}');
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests, close: () => void server.close() };
}
