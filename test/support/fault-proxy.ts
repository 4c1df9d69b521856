import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** One thing that goes wrong on purpose. What is not given passes through unharmed. */
export interface Fault {
  /** Against `METHOD /path?query`. */
  readonly match: RegExp;
  /** How often; for ever if not given. */
  readonly times?: number;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, or as it is if a string or bytes. */
  readonly body?: unknown;
  readonly delayMs?: number;
  /** `before`: the socket is closed and the target never hears of it; `after`: the target did it, the answer is lost. */
  readonly drop?: "before" | "after";
}

export interface Seen {
  readonly method: string;
  /** With query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** What the client was told; 0 for a dropped socket. */
  status: number;
  /** True if a fault answered. */
  faulted: boolean;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface FaultProxyOptions {
  /** Answers in the target's place; undefined lets the request through. */
  readonly answer?: (seen: Seen) => Reply | undefined;
  /** May change what the target answered. */
  readonly mend?: (seen: Seen, reply: Reply & { readonly body: Buffer }) => Reply;
  /** Sees every exchange that no fault touched. */
  readonly observe?: (seen: Seen, reply: Reply) => void;
}

/** A proxy in front of a real or emulated HTTP service that misbehaves on request, and remembers what it was asked. */
export class FaultProxy {
  readonly requests: Seen[] = [];
  #faults: { fault: Fault; left: number }[] = [];
  #target: URL | undefined;
  readonly #options: FaultProxyOptions;
  readonly #server = createServer((req, res) => {
    this.#handle(req, res).catch((error: unknown) => {
      // The proxy's own fault, not one of those it was told to make: no status of the protocol says that.
      if (!res.headersSent) res.writeHead(599, { "content-type": "text/plain" });
      res.end(String(error));
    });
  });

  constructor(options: FaultProxyOptions = {}) {
    this.#options = options;
  }

  async listen(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, "127.0.0.1", done));
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  pointAt(target: string): void {
    this.#target = new URL(target);
  }

  fail(fault: Fault): void {
    this.#faults.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
  }

  heal(): void {
    this.#faults = [];
  }

  /** Requests whose `METHOD /path` matches. */
  seen(pattern: RegExp): Seen[] {
    return this.requests.filter((seen) => pattern.test(`${seen.method} ${seen.path}`));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((done) => this.#server.close(() => done()));
  }

  async #handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const seen: Seen = {
      method: req.method ?? "GET",
      path: req.url ?? "/",
      headers: req.headers,
      body: body.toString("utf8"),
      status: 0,
      faulted: false,
    };
    this.requests.push(seen);
    const armed = this.#faults.find(({ fault, left }) => left > 0 && fault.match.test(`${seen.method} ${seen.path}`));
    if (armed !== undefined) {
      armed.left--;
      seen.faulted = true;
      const { fault } = armed;
      if (fault.delayMs !== undefined) await sleep(fault.delayMs);
      if (fault.drop === "after") await this.#reply(seen, body);
      if (fault.drop !== undefined) {
        res.socket?.destroy();
        return;
      }
      if (fault.status !== undefined) return send(res, seen, { ...fault, status: fault.status });
    }
    const reply = await this.#reply(seen, body);
    if (!seen.faulted) this.#options.observe?.(seen, reply);
    send(res, seen, reply);
  }

  async #reply(seen: Seen, body: Buffer): Promise<Reply> {
    const own = this.#options.answer?.(seen);
    if (own !== undefined) return own;
    const reply = await this.#forward(seen, body);
    return this.#options.mend?.(seen, reply) ?? reply;
  }

  #forward(seen: Seen, body: Buffer): Promise<Reply & { readonly body: Buffer }> {
    const target = this.#target;
    if (target === undefined) return Promise.resolve({ status: 503, body: Buffer.from("no target") });
    const { host: _, ...headers } = seen.headers;
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        {
          hostname: target.hostname,
          port: target.port,
          method: seen.method,
          path: seen.path,
          headers: { ...headers, host: target.host },
          agent: false,
        },
        (incoming) => {
          const parts: Buffer[] = [];
          incoming.on("data", (part: Buffer) => parts.push(part));
          incoming.on("error", reject);
          incoming.on("end", () => {
            const kept: Record<string, string> = {};
            for (const [name, value] of Object.entries(incoming.headers)) {
              if (value === undefined || /^(connection|transfer-encoding|content-length|keep-alive)$/.test(name))
                continue;
              kept[name] = Array.isArray(value) ? value.join(", ") : value;
            }
            resolve({ status: incoming.statusCode ?? 502, headers: kept, body: Buffer.concat(parts) });
          });
        },
      );
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }
}

function send(res: ServerResponse, seen: Seen, reply: Reply): void {
  seen.status = reply.status;
  const raw = reply.body;
  const plain = raw === undefined || typeof raw === "string" || Buffer.isBuffer(raw);
  const bytes = plain ? raw : JSON.stringify(raw);
  const type: Record<string, string> = plain ? {} : { "content-type": "application/json; charset=utf-8" };
  res.writeHead(reply.status, { ...type, ...reply.headers });
  res.end(bytes);
}
