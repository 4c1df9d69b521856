import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What becomes of a request: answered after so many milliseconds, never, or a byte at a time. */
export type Mood = number | "hang" | "crawl";

export interface MoodyTarget {
  readonly url: string;
  /** Requests of the load so far. */
  readonly asked: () => number;
  close(): Promise<void>;
}

/**
 * A server whose mood changes: asked what it is for every request, with the milliseconds since the first one of the
 * load. Those that wait when `hang` is over are answered then. Readiness requests, to `/`, are always answered.
 * @param mood.atMs since the first request to another path than `/`
 */
export async function openMoodyTarget(mood: (at: { atMs: number; path: string }) => Mood): Promise<MoodyTarget> {
  let firstMs: number | undefined;
  let asked = 0;
  const held = new Set<{ readonly path: string; readonly response: ServerResponse }>();
  const atMs = () => performance.now() - (firstMs ?? performance.now());
  const crawling = new Set<ServerResponse>();
  const release = setInterval(() => {
    for (const one of held) {
      if (mood({ atMs: atMs(), path: one.path }) === "hang") continue;
      held.delete(one);
      one.response.end("at last");
    }
    for (const response of crawling) response.write(".");
  }, 200);
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    if (path === "/") return void response.end("ready");
    firstMs ??= performance.now();
    asked++;
    const now = mood({ atMs: atMs(), path });
    if (now === "hang") held.add({ path, response });
    else if (now === "crawl") crawling.add(response.writeHead(200));
    else setTimeout(() => response.end("hello"), now);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    close: async () => {
      clearInterval(release);
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}
