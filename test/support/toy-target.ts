import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a request met; the path is without the query. */
export interface Asked {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly atMs: number;
}

/**
 * Answers load in three hundred milliseconds and whether it is ready at once, or as it is told to. A generator is saturated once its event loop is late by a
 * quarter of the median: what a busy machine does to it must stay below that.
 */
export class ToyTarget {
  readonly asked: Asked[] = [];
  /** Says what to answer instead of a plain 200; undefined for the plain one. */
  behave: (asked: Asked, res: ServerResponse) => boolean | undefined = () => undefined;
  delayMs = 300;
  readonly #server = createServer((req, res) => {
    const asked = { path: (req.url ?? "/").split("?")[0] ?? "/", headers: req.headers, atMs: Date.now() };
    this.asked.push(asked);
    if (this.behave(asked, res) === true) return;
    const delayMs = asked.path.startsWith("/load") ? this.delayMs : 0;
    setTimeout(() => res.writeHead(200, { "content-type": "text/plain" }).end("here"), delayMs);
  });
  #port = 0;

  async open(port = 0): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(port, "127.0.0.1", done));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  /** Requests that were load: they say so. */
  get load(): Asked[] {
    return this.asked.filter(({ path }) => path.startsWith("/load"));
  }

  forget(): void {
    this.asked.length = 0;
    this.behave = () => undefined;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((done) => this.#server.close(() => done()));
  }
}
