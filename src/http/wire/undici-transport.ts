import { isIP } from "node:net";
import type { Readable } from "node:stream";
import { connect as connectTls } from "node:tls";
import { type buildConnector, Client, type Dispatcher, ProxyAgent } from "undici";
import { clearTimeout, setTimeout } from "../../base/own-time.ts";
import { ExchangeError } from "../cause.ts";
import { piecesOf, type Upload } from "../upload.ts";
import { secureContextOf } from "./connect.ts";
import { refusalOfName } from "./guarded-lookup.ts";
import { crossed } from "./kept-connection.ts";
import { promisedLength } from "./request-head.ts";
import {
  type Address,
  type Carried,
  type ConnectTiming,
  Notable,
  notableHeaders,
  type Transport,
} from "./transport.ts";
import type { WireContext } from "./wire.ts";

/** Requests one HTTP/2 connection carries at once; servers rarely allow more. */
const streamsPerConnection = 100;

/** HTTP/2 connections and proxies, by undici. The ordinary HTTP/1.1 connection is `Wire`. */
export class UndiciTransport implements Transport {
  readonly origin: string;
  readonly #dispatcher: Dispatcher;
  readonly #clock: WireContext["clock"];
  readonly #carrying = new Map<Carried, Carriage>();
  #lastConnect: ConnectTiming | undefined;
  /** With a proxy, which resolves the target's name itself: what we know of that name; null once it is known. */
  #refusal: Promise<ExchangeError | undefined> | null = null;

  constructor(world: WireContext, address: Address, proxy: string | undefined) {
    this.origin = address.origin;
    this.#clock = world.clock;
    const { tls } = world;
    if (proxy !== undefined) {
      const { servername, insecure } = tls;
      const requestTls = {
        secureContext: secureContextOf(tls),
        rejectUnauthorized: insecure !== true,
        allowH2: false,
        ...(servername === undefined ? {} : { servername }),
      };
      const proxyTls = { lookup: world.lookup };
      this.#dispatcher = new ProxyAgent({ uri: proxy, requestTls, proxyTls, allowH2: false });
      if (isIP(address.hostname) === 0) this.#refusal = refusalOfName(world.lookup, address.hostname);
    } else {
      this.#dispatcher = new Client(address.origin, {
        allowH2: true,
        connect: this.#connector(world, address),
        pipelining: 1,
        headersTimeout: 0,
        bodyTimeout: 0,
      });
    }
  }

  get free(): boolean {
    return this.#carrying.size < streamsPerConnection;
  }

  get waiting(): number {
    return this.#carrying.size;
  }

  send(request: Carried): void {
    const carriage: Carriage = new Carriage(request, {
      takeConnect: () => {
        const timing = this.#lastConnect;
        this.#lastConnect = undefined;
        return timing;
      },
      over: () => this.#carrying.delete(request),
      again: () => this.#dispatch(carriage),
      now: () => this.#clock.now(),
    });
    this.#carrying.set(request, carriage);
    if (this.#refusal) void this.#sendUnlessRefused(carriage, this.#refusal);
    else this.#dispatch(carriage);
  }

  async #sendUnlessRefused(carriage: Carriage, asked: Promise<ExchangeError | undefined>): Promise<void> {
    const refusal = await asked;
    if (refusal) carriage.abort(refusal);
    else this.#refusal = null;
    if (!carriage.over) this.#dispatch(carriage);
  }

  #dispatch(carriage: Carriage): void {
    const { request } = carriage;
    const { upload, headers } = request;
    const { flat, host } = headers;
    // undici counts a body of pieces by this header, and sends it in chunks without one.
    const length = upload?.length !== undefined && headers.contentLength === undefined ? `${upload.length}` : undefined;
    this.#dispatcher.dispatch(
      {
        origin: this.origin,
        path: request.path,
        method: request.method,
        headers: [
          ...(host === undefined ? [] : ["host", host]),
          ...flat,
          ...(length === undefined ? [] : ["content-length", length]),
        ],
        body: upload ? (countedPieces(request, upload) as unknown as Readable) : (request.body ?? null),
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      carriage,
    );
  }

  abort(request: Carried, error: Error): void {
    this.#carrying.get(request)?.abort(error);
  }

  pause(request: Carried): void {
    this.#carrying.get(request)?.controller?.pause();
  }

  resume(request: Carried): void {
    this.#carrying.get(request)?.controller?.resume();
  }

  close(): void {
    for (const carriage of [...this.#carrying.values()]) {
      carriage.abort(new ExchangeError("interrupted", "its user was stopped before the answer came"));
    }
    this.#dispatcher.destroy().catch(() => undefined);
  }

  /** Like undici's own, but shares the certificates' context and notes when each step was over. */
  #connector(world: WireContext, { hostname: host, port }: Address): buildConnector.connector {
    return (_, callback) => {
      const timing = { startMs: world.clock.now(), lookupMs: 0, connectMs: 0, tlsMs: 0 };
      const servername = world.tls.servername ?? (isIP(host) === 0 ? host : undefined);
      const socket = connectTls({
        host,
        port,
        lookup: world.lookup,
        ...(servername === undefined ? {} : { servername }),
        secureContext: secureContextOf(world.tls),
        rejectUnauthorized: world.tls.insecure !== true,
        ALPNProtocols: ["h2", "http/1.1"],
      });
      world.sockets.open++;
      const failed = (error: Error) => {
        clearTimeout(limit);
        callback(error, null);
      };
      const limit = setTimeout(() => {
        const text = `timed out: no connection within ${world.connectTimeoutMs / 1000} s`;
        socket.destroy(new ExchangeError("timeout", text));
      }, world.connectTimeoutMs);
      socket.setNoDelay(true);
      if (isIP(host) === 0) {
        socket.once("lookup", () => {
          timing.lookupMs = world.clock.now();
        });
      }
      socket.once("connect", () => {
        timing.connectMs = world.clock.now();
      });
      socket.once("error", failed);
      socket.once("secureConnect", () => {
        clearTimeout(limit);
        timing.tlsMs = world.clock.now();
        this.#lastConnect = timing;
        socket.off("error", failed);
        callback(null, socket);
      });
      socket.once("close", () => {
        world.sockets.open--;
      });
    };
  }
}

interface CarriageHooks {
  /** The timing of the newest connection, if nobody took it yet. */
  takeConnect(): ConnectTiming | undefined;
  /** Sends the request once more. */
  again(): void;
  over(): void;
  now(): number;
}

/** What undici says when the other side closed the connection. */
const closedCodes = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]);

/** An iterable and no stream, though undici's types know streams only: one that breaks off hangs its HTTP/2 session. */
async function* countedPieces(request: Carried, upload: Upload): AsyncGenerator<Buffer> {
  for await (const bytes of piecesOf(upload, promisedLength(request))) {
    request.onUploaded(bytes.length);
    yield bytes;
  }
}

/** Tells one request's story in our words. */
class Carriage implements Dispatcher.DispatchHandler {
  readonly request: Carried;
  readonly #hooks: CarriageHooks;
  controller: Dispatcher.DispatchController | undefined;
  over = false;
  #firstByte = false;
  #onKept = false;
  #sentMs = 0;
  #repeated = false;

  constructor(request: Carried, hooks: CarriageHooks) {
    this.request = request;
    this.#hooks = hooks;
  }

  abort(error: Error): void {
    if (this.over) return;
    this.#end();
    this.controller?.abort(error);
    this.request.onError(error);
  }

  #end(): void {
    this.over = true;
    this.#hooks.over();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.over) {
      controller.abort(new ExchangeError("interrupted", "no longer wanted"));
      return;
    }
    this.controller = controller;
    const connect = this.#hooks.takeConnect();
    this.#onKept = connect === undefined;
    this.#sentMs = this.#hooks.now();
    this.request.onStart(this.#sentMs, connect);
  }

  onRequestSent(): void {
    if (!this.over) this.request.onSent();
  }

  onResponseStarted(): void {
    if (this.over || this.#firstByte) return;
    this.#firstByte = true;
    this.request.onFirstByte();
  }

  onResponseStart(_: unknown, status: number, headers: Record<string, string | string[] | undefined>): void {
    if (this.over || status < 200) return;
    this.onResponseStarted();
    let notable = 0;
    for (const name in headers) notable |= notableHeaders[name] ?? 0;
    if (headers.location === "") notable &= ~Notable.location;
    this.request.onHead(status, headers, notable);
  }

  onResponseData(_: unknown, chunk: Buffer): void {
    // undici reuses its memory for what it hands over.
    if (!this.over) this.request.onData(Buffer.from(chunk));
  }

  onResponseEnd(): void {
    if (this.over) return;
    this.#end();
    this.request.onEnd(this.#hooks.now());
  }

  onResponseError(_: unknown, error: Error): void {
    if (this.over) return;
    if (this.#mayRepeat(error)) {
      this.#repeated = true;
      this.request.onRepeat(this.#hooks.now());
      this.#hooks.again();
      return;
    }
    this.#end();
    this.request.onError(error);
  }

  /** As `KeptConnection` has it for our own connections. */
  #mayRepeat(error: Error & { code?: string }): boolean {
    const { request } = this;
    if (this.#repeated || !this.#onKept || this.#firstByte || !closedCodes.has(error.code ?? "")) return false;
    return crossed(request, { writtenMs: this.#sentMs, closedMs: this.#hooks.now() });
  }
}
