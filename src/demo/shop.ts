import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { gzipSync } from "node:zlib";
import { type Clock, systemClock } from "../base/clock.ts";
import { Random } from "../base/random.ts";
import { makeCatalogue } from "./catalogue.ts";
import { Database, QueryTimer } from "./database.ts";
import { findRoute, type ShopParts, type ShopSwitches } from "./routes.ts";
import { Sessions } from "./session.ts";
import { type Answer, Refusal, readFields } from "./visit.ts";

export interface ShopOptions {
  /** 0, the default, takes a free one. The shop listens on 127.0.0.1 alone. */
  readonly port?: number;
  readonly seed?: string;
  /** The planted regression: `GET /search` asks once per row. */
  readonly regression?: boolean;
  /** Share of `GET /flaky` that fails with 503, 0 to 1; a quarter by default. */
  readonly flakyRatio?: number;
  /** Share of all other shop requests that fail with 500, 0 to 1; none by default. */
  readonly errorRatio?: number;
  readonly clock?: Clock;
}

/** What became of the requests to one endpoint. */
interface ServedCounts {
  /** Requests that reached the shop. */
  received: number;
  /** Of these, answered in full. */
  answered: number;
  /** Of these, with status 400 or more. */
  failed: number;
}

export interface ShopLog {
  readonly total: ServedCounts;
  /** By `METHOD /path` as the shop's routes are written (`GET /products/{id}`); unknown paths are `GET (unknown)`. */
  readonly endpoints: Readonly<Record<string, ServedCounts>>;
}

export interface Shop {
  /** `http://127.0.0.1:41234`, without a slash at the end. */
  readonly url: string;
  setRegression(on: boolean): void;
  setErrorRatio(ratio: number): void;
  setFlakyRatio(ratio: number): void;
  /** Makes one endpoint, named as in the log, take so many times as long; 1 is its own speed. */
  setSlow(endpoint: string, factor: number): void;
  /** Counts to the last request; the shop's own controls (`/_shop/…`) are not counted. */
  log(): ShopLog;
  close(): Promise<void>;
}

/** Smaller answers are not worth compressing. */
const gzipFromBytes = 600;

/**
 * Opens the sample shop: a small real server to load, deterministic for one seed and one order of requests. It can be
 * worked from outside as well: `GET /_shop/log`, `POST /_shop/switch?regression=true&errorRatio=0.1`, or
 * `?slow=GET%20/search:1.2`.
 */
export async function startShop(options: ShopOptions = {}): Promise<Shop> {
  const { port = 0, seed = "shop", clock = systemClock } = options;
  const database = new Database({ clock, seed, products: makeCatalogue(seed) });
  database.queriesPerRow = options.regression ?? false;
  const switches: ShopSwitches = {
    flakyRatio: options.flakyRatio ?? 0.25,
    errorRatio: options.errorRatio ?? 0,
    slow: new Map(),
  };
  const parts: ShopParts = { database, clock, switches, random: Random.from(seed, "faults") };
  const sessions = new Sessions();
  const counts = new Map<string, ServedCounts>();

  const shop: Shop = {
    get url() {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    setRegression: (on) => {
      database.queriesPerRow = on;
    },
    setErrorRatio: (ratio) => {
      switches.errorRatio = ratio;
    },
    setFlakyRatio: (ratio) => {
      switches.flakyRatio = ratio;
    },
    setSlow: (endpoint, factor) => {
      switches.slow.set(endpoint, factor);
    },
    log: () => logOf(counts),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://shop");
    if (url.pathname.startsWith("/_shop/")) send(request, response, control(shop, request.method ?? "GET", url));
    else void serve(request, response, url);
  });
  // A connection closed by the server just as a request sets out would look like a failure of the shop.
  server.keepAliveTimeout = 120_000;

  async function serve(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const method = request.method ?? "GET";
    const route = findRoute({ method, pathname: url.pathname });
    const count = countOf(counts, route?.endpoint ?? `${method} (unknown)`);
    count.received++;
    response.once("finish", () => {
      count.answered++;
      if (response.statusCode >= 400) count.failed++;
    });
    const timer = new QueryTimer();
    const { session, setCookie } = sessions.open(request.headers.cookie);
    if (setCookie !== undefined) response.setHeader("set-cookie", setCookie);
    let answer: Answer;
    try {
      const fields = await readFields(request);
      if (!route) throw new Refusal(404, "no such page");
      const mayFail = route.endpoint !== "GET /flaky" && switches.errorRatio > 0;
      if (mayFail && parts.random.float() < switches.errorRatio) throw new Refusal(500, "something broke");
      const startMs = clock.now();
      answer = await route.handle({ url, session, timer, parts: route.parts, fields }, parts);
      const more = (switches.slow.get(route.endpoint) ?? 1) - 1;
      if (more > 0) await clock.sleep(more * (clock.now() - startMs));
    } catch (error) {
      if (request.destroyed && !request.complete) return;
      const status = error instanceof Refusal ? error.status : 500;
      answer = { status, json: { error: error instanceof Refusal ? error.message : "the shop itself failed" } };
    }
    if (timer.queries > 0) response.setHeader("server-timing", `db;dur=${timer.ms.toFixed(2)};desc="${timer.queries}"`);
    send(request, response, answer);
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return shop;
}

/** The shop worked over HTTP, for whoever runs it as a process of its own. */
function control(shop: Shop, method: string, url: URL): Answer {
  if (method === "GET" && url.pathname === "/_shop/log") return { json: shop.log() };
  if (method !== "POST" || url.pathname !== "/_shop/switch") return { status: 404, json: { error: "no such control" } };
  const regression = url.searchParams.get("regression");
  if (regression !== null) shop.setRegression(regression === "true");
  const errorRatio = url.searchParams.get("errorRatio");
  if (errorRatio !== null) shop.setErrorRatio(Number(errorRatio));
  const flakyRatio = url.searchParams.get("flakyRatio");
  if (flakyRatio !== null) shop.setFlakyRatio(Number(flakyRatio));
  const slow = url.searchParams.get("slow");
  const [, endpoint, factor] = /^(.+):([\d.]+)$/.exec(slow ?? "") ?? [];
  if (endpoint !== undefined) shop.setSlow(endpoint, Number(factor));
  return { json: { regression, errorRatio, flakyRatio, slow } };
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (answer.lines) {
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    const text = Readable.from(answer.lines).map((line) => `${JSON.stringify(line)}\n`);
    // Whoever stops listening has gone; there is nobody to tell.
    return void pipeline(text, response).catch(() => undefined);
  }
  const isHtml = answer.html !== undefined;
  let body: Buffer<ArrayBufferLike> = Buffer.from(answer.html ?? JSON.stringify(answer.json));
  response.setHeader("content-type", isHtml ? "text/html; charset=utf-8" : "application/json");
  response.setHeader("vary", "accept-encoding");
  if (body.length >= gzipFromBytes && /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""))) {
    body = gzipSync(body, { level: 1 });
    response.setHeader("content-encoding", "gzip");
  }
  response.setHeader("content-length", body.length);
  response.writeHead(answer.status ?? 200, answer.headers);
  response.end(request.method === "HEAD" ? undefined : body);
}

function countOf(counts: Map<string, ServedCounts>, endpoint: string): ServedCounts {
  const known = counts.get(endpoint);
  if (known) return known;
  const fresh = { received: 0, answered: 0, failed: 0 };
  counts.set(endpoint, fresh);
  return fresh;
}

function logOf(counts: ReadonlyMap<string, ServedCounts>): ShopLog {
  const total = { received: 0, answered: 0, failed: 0 };
  for (const { received, answered, failed } of counts.values()) {
    total.received += received;
    total.answered += answered;
    total.failed += failed;
  }
  const endpoints = [...counts].map(([endpoint, count]) => [endpoint, { ...count }] as const);
  return { total, endpoints: Object.fromEntries(endpoints) };
}
