import type { Socket } from "node:net";
import type { Clock } from "../base/clock.ts";
import { type AnswerHead, maxHeadBytes, parseHead } from "./answer-head.ts";
import { ExchangeError } from "./cause.ts";
import { ChunkedBody } from "./chunked.ts";
import { openSocket } from "./connect.ts";
import type { Deadlines, Expiring } from "./deadlines.ts";
import type { TlsSettings } from "./settings.ts";
import type { Address, Carried, ConnectTiming, Transport } from "./transport.ts";

export interface WireWorld {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly tls: TlsSettings;
  readonly connectTimeoutMs: number;
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
  readonly #world: WireWorld;
  readonly #address: Address;
  #socket: Socket | undefined;
  #session: Buffer | undefined;
  /** When the server said it would close the idle connection, less a margin; 0 if it did not say. */
  #staleMs = 0;
  #current: Carried | undefined;
  /** Requests that wait for the one under way; there is a list only once one had to. */
  #queue: Carried[] | undefined;
  #connecting: ConnectDeadline | undefined;

  // Where in the answer we are.
  #awaitingFirstByte = false;
  /** A head whose end has not come yet. */
  #partialHead: Buffer | undefined;
  #head: AnswerHead | undefined;
  /** Bytes of a body of known length still to come; −1 until the connection closes. */
  #left = 0;
  #chunked: ChunkedBody | undefined;

  constructor(world: WireWorld, address: Address) {
    this.#world = world;
    this.#address = address;
    this.origin = address.origin;
  }

  get free(): boolean {
    return this.#current === undefined;
  }

  get waiting(): number {
    return (this.#current ? 1 : 0) + (this.#queue?.length ?? 0);
  }

  send(request: Carried): void {
    if (this.#current) {
      this.#queue ??= [];
      this.#queue.push(request);
      return;
    }
    this.#current = request;
    if (this.#staleMs > 0 && this.#world.clock.now() > this.#staleMs) this.#drop();
    if (this.#socket && !this.#socket.destroyed && this.#socket.writable) this.#write(request, undefined);
    else this.#connect(request);
  }

  abort(request: Carried, error: Error): void {
    if (this.#current === request) {
      this.#fail(error);
      return;
    }
    const at = this.#queue?.indexOf(request) ?? -1;
    if (at < 0) return;
    this.#queue?.splice(at, 1);
    request.onError(error);
  }

  pause(request: Carried): void {
    if (this.#current === request) this.#socket?.pause();
  }

  resume(request: Carried): void {
    if (this.#current === request) this.#socket?.resume();
  }

  close(): void {
    const queue = this.#queue ?? [];
    this.#queue = undefined;
    const interrupted = new ExchangeError("interrupted", "its user was stopped before the answer came");
    if (this.#current) this.#fail(interrupted);
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
    const { clock, tls } = this.#world;
    const socket: Socket = openSocket(this.#address, {
      tls,
      clock,
      session: this.#session,
      onBytes: (buffer, end, owned) => {
        if (this.#socket === socket) this.#read(buffer, end, owned);
      },
      onReady: (timing) => {
        this.#connecting?.withdraw();
        if (this.#socket === socket && this.#current) this.#write(this.#current, timing);
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
      if (this.#socket === socket) this.#ended();
    });
    socket.on("close", () => {
      sockets.open--;
      if (this.#socket === socket) this.#lost(failed ?? new ExchangeError("reset", closedEarly));
    });
    this.#connecting = new ConnectDeadline(deadlines, () => {
      if (this.#socket !== socket || this.#current !== request) return;
      this.#fail(new ExchangeError("timeout", `timed out: no connection within ${connectTimeoutMs / 1000} s`));
    });
    deadlines.begin(this.#connecting, { timeoutMs: connectTimeoutMs, nowMs: clock.now() });
  }

  #write(request: Carried, connect: ConnectTiming | undefined): void {
    const socket = this.#socket as Socket;
    const { method, path, body } = request;
    this.#awaitingFirstByte = true;
    request.onStart(connect);
    let head = `${method} ${path} HTTP/1.1\r\nhost: ${this.#address.host}\r\n${request.headers.text}`;
    if (body) {
      head += `content-length: ${body.length}\r\n\r\n`;
      socket.cork();
      socket.write(head, "latin1");
      socket.write(body);
      socket.uncork();
    } else {
      // RFC 9110 8.6: methods that define a body say so when they have none.
      head += method === "POST" || method === "PUT" || method === "PATCH" ? "content-length: 0\r\n\r\n" : "\r\n";
      socket.write(head, "latin1");
    }
    request.onSent();
  }

  #read(buffer: Buffer, end: number, owned: boolean): void {
    const request = this.#current;
    if (!request) {
      // Bytes nobody asked for: whatever they are, the next answer could not be told apart from them.
      this.#drop();
      return;
    }
    if (this.#awaitingFirstByte) {
      this.#awaitingFirstByte = false;
      request.onFirstByte();
    }
    try {
      let at = 0;
      let from = buffer;
      let to = end;
      let mine = owned;
      while (at < to && this.#current === request) {
        if (this.#head) {
          at = this.#readBody(request, from, at, to, mine);
          continue;
        }
        if (this.#partialHead) {
          from = Buffer.concat([this.#partialHead, from.subarray(at, to)]);
          at = 0;
          to = from.length;
          mine = true;
          this.#partialHead = undefined;
        }
        at = this.#readHead(request, from, at, to);
      }
      // More than the answer came.
      if (at < to && this.#current !== request && this.#current === undefined) this.#drop();
    } catch (error) {
      if (this.#current !== request) throw error;
      this.#fail(new ExchangeError("protocol", `not HTTP: ${error instanceof Error ? error.message : String(error)}`));
    }
  }

  /** Reads a head that begins at `at`; returns where it ended, or `end` if it goes on. */
  #readHead(request: Carried, buffer: Buffer, at: number, end: number): number {
    let text = buffer.toString("latin1", at, Math.min(end, at + 4096));
    let length = text.indexOf("\r\n\r\n");
    if (length < 0 && end - at > 4096) {
      text = buffer.toString("latin1", at, Math.min(end, at + maxHeadBytes));
      length = text.indexOf("\r\n\r\n");
    }
    if (length < 0) {
      if (!"HTTP/1.".startsWith(text.slice(0, 7))) throw new SyntaxError("the answer is not HTTP");
      if (end - at >= maxHeadBytes) throw new SyntaxError("the answer's head is over 64 KiB");
      this.#partialHead = Buffer.from(buffer.subarray(at, end));
      return end;
    }
    const head = parseHead(text.slice(0, length));
    const bodyAt = at + length + 4;
    if (head.status < 200) {
      if (head.status === 101) throw new SyntaxError("the server switched protocols unasked");
      return bodyAt;
    }
    this.#head = head;
    const empty = request.method === "HEAD" || head.status === 204 || head.status === 304;
    this.#left = empty ? 0 : head.contentLength;
    if (head.chunked && !empty) this.#chunked = new ChunkedBody();
    request.onHead(head.status, head.headers, head.notable);
    if (this.#current === request && this.#left === 0) this.#finish(request);
    return bodyAt;
  }

  /** Reads of the body what is there; returns where it stopped. */
  #readBody(request: Carried, buffer: Buffer, at: number, end: number, owned: boolean): number {
    if (this.#chunked) {
      const stop = this.#chunked.read(buffer, { at, end }, (from, to) => give(request, buffer, from, to, owned));
      if (stop < 0) return end;
      if (this.#current === request) this.#finish(request);
      return stop;
    }
    const to = this.#left < 0 ? end : Math.min(end, at + this.#left);
    if (this.#left > 0) this.#left -= to - at;
    give(request, buffer, at, to, owned);
    if (this.#left === 0 && this.#current === request) this.#finish(request);
    return to;
  }

  /** The answer is complete. The connection is ready for the next request before anybody is told. */
  #finish(request: Carried): void {
    const head = this.#head as AnswerHead;
    const keepAlive = head.keepAlive && this.#socket?.writableLength === 0;
    this.#staleMs = head.idleMs < 0 ? 0 : this.#world.clock.now() + Math.max(1, head.idleMs - idleMarginMs);
    this.#reset();
    if (!keepAlive) this.#drop();
    request.onEnd();
    if (this.#queue) this.#next();
  }

  #next(): void {
    if (this.#current) return;
    const request = this.#queue?.shift();
    if (request) this.send(request);
  }

  #reset(): void {
    this.#current = undefined;
    this.#head = undefined;
    this.#chunked = undefined;
    this.#partialHead = undefined;
  }

  #fail(error: unknown): void {
    const request = this.#current;
    this.#reset();
    this.#drop();
    request?.onError(error);
    if (this.#queue) this.#next();
  }

  /** The server sent its last byte. */
  #ended(): void {
    const request = this.#current;
    if (request && this.#head && this.#left < 0 && !this.#chunked) {
      this.#head.keepAlive = false;
      this.#finish(request);
    } else {
      this.#lost(new ExchangeError("reset", closedEarly));
    }
  }

  #lost(error: unknown): void {
    if (this.#current) this.#fail(error);
    else this.#drop();
  }

  #drop(): void {
    this.#connecting?.withdraw();
    this.#connecting = undefined;
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.destroy();
  }
}

/** A request must not meet the server's closing half-way. */
const idleMarginMs = 1000;
const closedEarly = "connection closed by the server before the answer was complete";

/** A read buffer that will be used again is copied from; answers are small as a rule, and the copy is pooled. */
function give(request: Carried, buffer: Buffer, from: number, to: number, owned: boolean): void {
  const part = buffer.subarray(from, to);
  request.onData(owned ? part : Buffer.from(part));
}

class ConnectDeadline implements Expiring {
  deadlineMs = 0;
  queue: Expiring["queue"];
  earlier: Expiring | undefined;
  later: Expiring | undefined;
  readonly expire: () => void;
  readonly #deadlines: Deadlines;

  constructor(deadlines: Deadlines, expire: () => void) {
    this.#deadlines = deadlines;
    this.expire = expire;
  }

  withdraw(): void {
    this.#deadlines.withdraw(this);
  }
}
