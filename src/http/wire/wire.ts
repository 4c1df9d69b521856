import type { LookupFunction, Socket } from "node:net";
import type { Clock } from "../../base/clock.ts";
import { setImmediate } from "../../base/own-time.ts";
import { ExchangeError } from "../cause.ts";
import type { TlsSettings } from "../settings.ts";
import type { Upload } from "../upload.ts";
import type { AnswerHead } from "./answer-head.ts";
import { AnswerReader } from "./answer-reader.ts";
import { openSocket } from "./connect.ts";
import { ConnectDeadline } from "./connect-deadline.ts";
import type { Deadlines } from "./deadlines.ts";
import { KeptConnection } from "./kept-connection.ts";
import { promisedLength, requestHead } from "./request-head.ts";
import type { Address, Carried, ConnectTiming, Transport } from "./transport.ts";
import { UploadWriter } from "./upload-writer.ts";

export interface WireContext {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly tls: TlsSettings;
  readonly connectTimeoutMs: number;
  /** How names become addresses; refuses what the guard forbids. */
  readonly lookup: LookupFunction;
  /** Told of sockets opened and closed. */
  readonly sockets: { open: number };
}

/**
 * One keep-alive HTTP/1.1 connection, carrying one request at a time and opening itself again when the server closed
 * it. Written by hand because a request costs undici 8 µs of CPU before any work of ours, and the whole client 4.5 with
 * this (docs/performance.md). HTTP/2 and proxies go through undici.
 */
export class Wire implements Transport {
  readonly origin: string;
  readonly #world: WireContext;
  readonly #address: Address;
  readonly #answer = new AnswerReader((request, head) => this.#finish(request, head));
  #socket: Socket | undefined;
  readonly #kept: KeptConnection;
  #session: Buffer | undefined;
  /** What writes the body of the request under way, if that goes piece by piece. */
  #uploading: UploadWriter | undefined;
  /** When the server said it would close the idle connection, less a margin; 0 if it did not say. */
  #staleMs = 0;
  /** The request is not written yet: first the socket may say that the server closed it. */
  #listening = false;
  /** The socket is not read from until the reader of a streamed answer has caught up. */
  #heldBack = false;
  /** Requests that wait for the one under way; there is a list only once one had to. */
  #queue: Carried[] | undefined;
  #connecting: ConnectDeadline | undefined;

  constructor(world: WireContext, address: Address) {
    this.#world = world;
    this.#address = address;
    this.origin = address.origin;
    this.#kept = new KeptConnection(world.deadlines);
  }

  get free(): boolean {
    return this.#answer.request === undefined;
  }

  get waiting(): number {
    return (this.#answer.request ? 1 : 0) + (this.#queue?.length ?? 0);
  }

  send(request: Carried): void {
    if (this.#answer.request) {
      this.#queue ??= [];
      this.#queue.push(request);
      return;
    }
    this.#answer.request = request;
    const nowMs = this.#world.clock.now();
    if (this.#staleMs > 0 && nowMs > this.#staleMs) this.#drop();
    const socket = this.#socket;
    if (!socket || socket.destroyed || !socket.writable) this.#connect(request);
    else if (this.#kept.mustListen(nowMs)) this.#listen(request, socket);
    else this.#write(request, { nowMs, connect: undefined });
  }

  /**
   * Writes once the event loop has polled. Timers run before it does, so what a user sends after waiting would be
   * written to a connection whose end lies unread. Twice, as the first may be called in the middle of a poll.
   */
  #listen(request: Carried, socket: Socket): void {
    this.#listening = true;
    const write = () => {
      if (this.#socket !== socket || this.#answer.request !== request) return;
      this.#listening = false;
      this.#write(request, { nowMs: this.#world.clock.now(), connect: undefined });
    };
    setImmediate(() => setImmediate(write));
  }

  abort(request: Carried, error: Error): void {
    if (this.#answer.request === request) {
      this.#fail(error);
      return;
    }
    const at = this.#queue?.indexOf(request) ?? -1;
    if (at < 0) return;
    this.#queue?.splice(at, 1);
    request.onError(error);
  }

  pause(request: Carried): void {
    if (this.#answer.request !== request) return;
    this.#heldBack = true;
    this.#socket?.pause();
  }

  resume(request: Carried): void {
    if (this.#answer.request === request) this.#flow();
  }

  #flow(): void {
    if (!this.#heldBack) return;
    this.#heldBack = false;
    this.#socket?.resume();
  }

  close(): void {
    const queue = this.#queue ?? [];
    this.#queue = undefined;
    const interrupted = new ExchangeError("interrupted", "its user was stopped before the answer came");
    if (this.#answer.request) this.#fail(interrupted);
    else this.#drop();
    for (const request of queue) request.onError(interrupted);
  }

  #connect(request: Carried): void {
    this.#drop();
    let socket: Socket;
    try {
      socket = this.#open();
    } catch (error) {
      // Certificates that cannot be read, say.
      this.#fail(error);
      return;
    }
    this.#socket = socket;
    this.#watch(socket, request);
  }

  #open(): Socket {
    const { clock, lookup, tls } = this.#world;
    const socket: Socket = openSocket(this.#address, {
      tls,
      clock,
      lookup,
      session: this.#session,
      onBytes: (buffer, end, owned) => {
        if (this.#socket === socket) this.#read(buffer, end, owned);
      },
      onReady: (timing) => {
        this.#connecting?.withdraw();
        const { request } = this.#answer;
        if (this.#socket === socket && request) this.#write(request, { nowMs: clock.now(), connect: timing });
      },
      onSession: (session) => {
        this.#session = session;
      },
    });
    return socket;
  }

  #watch(socket: Socket, request: Carried): void {
    const { clock, deadlines, sockets, connectTimeoutMs } = this.#world;
    sockets.open++;
    let failed: unknown;
    socket.on("error", (error) => {
      failed = error;
      // With its socket gone a wait for "close" would let other events come first.
      if (this.#socket === socket) this.#lost(error);
    });
    socket.on("end", () => {
      if (this.#socket === socket && !this.#answer.endsHere()) this.#lost(new ExchangeError("reset", closedEarly));
    });
    socket.on("close", () => {
      sockets.open--;
      if (this.#socket === socket) this.#lost(failed ?? new ExchangeError("reset", closedEarly));
    });
    this.#connecting = new ConnectDeadline(deadlines, () => {
      if (this.#socket !== socket || this.#answer.request !== request) return;
      this.#fail(new ExchangeError("timeout", `timed out: no connection within ${connectTimeoutMs / 1000} s`));
    });
    deadlines.begin(this.#connecting, { timeoutMs: connectTimeoutMs, nowMs: clock.now() });
  }

  #write(request: Carried, start: { nowMs: number; connect: ConnectTiming | undefined }): void {
    const socket = this.#socket as Socket;
    const { body, upload } = request;
    this.#answer.sent();
    this.#kept.written(start.nowMs);
    const head = requestHead(request);
    if (body) {
      socket.cork();
      socket.write(head, "latin1");
      socket.write(body);
      socket.uncork();
    } else socket.write(head, "latin1");
    if (socket.errored && this.#kept.wasUsed) {
      // The kernel took nothing of it: the connection was reset before.
      this.#connect(request);
      return;
    }
    request.onStart(start.nowMs, start.connect);
    if (upload) this.#upload(request, socket, upload);
    else request.onSent();
  }

  #upload(request: Carried, socket: Socket, upload: Upload): void {
    const length = promisedLength(request);
    const writer = new UploadWriter(socket, { upload, length, written: (bytes) => request.onUploaded(bytes) });
    this.#uploading = writer;
    const mine = () => this.#socket === socket && this.#answer.request === request;
    writer.run().then(
      () => mine() && request.onSent(),
      (error: unknown) => mine() && this.#fail(error),
    );
  }

  #read(buffer: Buffer, end: number, owned: boolean): void {
    const { request } = this.#answer;
    if (!request || this.#listening) {
      // Bytes nobody asked for: whatever they are, the next answer could not be told apart from them.
      this.#lost(new ExchangeError("reset", closedEarly));
      return;
    }
    try {
      const left = this.#answer.read(buffer, end, owned);
      // More than the answer came.
      if (left > 0 && !this.#answer.request) this.#drop();
    } catch (error) {
      if (this.#answer.request !== request) throw error;
      this.#fail(new ExchangeError("protocol", `not HTTP: ${error instanceof Error ? error.message : String(error)}`));
    }
  }

  /** The answer is complete. The connection is ready for the next request before anybody is told. */
  #finish(request: Carried, head: AnswerHead): void {
    const keepAlive = head.keepAlive && this.#socket?.writableLength === 0 && this.#uploading?.done !== false;
    const nowMs = this.#world.clock.now();
    this.#staleMs = head.idleMs < 0 ? 0 : nowMs + Math.max(1, head.idleMs - idleMarginMs);
    // The read that made the reader of this answer fall behind may be the one that ended it.
    if (keepAlive) {
      this.#uploading = undefined;
      this.#flow();
      this.#kept.answered(nowMs);
    } else this.#drop();
    request.onEnd(nowMs);
    if (this.#queue) this.#next();
  }

  #next(): void {
    if (this.#answer.request) return;
    const request = this.#queue?.shift();
    if (request) this.send(request);
  }

  #fail(error: unknown): void {
    const request = this.#answer.request;
    this.#answer.forget();
    this.#drop();
    request?.onError(error);
    if (this.#queue) this.#next();
  }

  /** The connection is gone, and what it carried with it unless that can be sent again. */
  #lost(error: unknown): void {
    const { request } = this.#answer;
    const nowMs = this.#world.clock.now();
    this.#kept.closed(nowMs, request !== undefined && !this.#listening);
    if (!request) this.#drop();
    else if (this.#listening) this.#connect(request);
    else if (this.#kept.mayRepeat(request, { begun: this.#answer.begun })) {
      request.onRepeat(nowMs);
      this.#connect(request);
    } else this.#fail(error);
  }

  #drop(): void {
    this.#uploading?.stop();
    this.#uploading = undefined;
    this.#connecting?.withdraw();
    this.#connecting = undefined;
    this.#heldBack = this.#listening = false;
    this.#kept.fresh();
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.destroy();
  }
}

/** A request must not meet the server's closing half-way. */
const idleMarginMs = 1000;
const closedEarly = "connection closed by the server before the answer was complete";
