import type { Socket } from "node:net";
import { messageOf } from "../base/errors.ts";
import {
  type Command,
  decodeCommand,
  encodeCommand,
  errorCommand,
  type Properties,
  pingCommand,
  pongFor,
  readError,
  readProperties,
  readyCommand,
} from "./zmtp-command.ts";
import { encodeFrame, type Frame, FrameReader, ZmtpError } from "./zmtp-frame.ts";
import { encodeGreeting, greetingBytes, greetingFault } from "./zmtp-greeting.ts";

/** What one connection may take of our memory and time. */
export interface ZmtpLimits {
  /** Bytes of one message. */
  readonly messageBytes: number;
  /** Bytes that wait to be sent to a peer that does not read. */
  readonly backlogBytes: number;
  readonly handshakeMs: number;
  /** A peer that was asked again and again and said nothing for so long is gone. */
  readonly silentMs: number;
}

const standardLimits: ZmtpLimits = {
  messageBytes: 32 * 1024 * 1024,
  backlogBytes: 64 * 1024 * 1024,
  handshakeMs: 10_000,
  silentMs: 20_000,
};

export interface ZmtpOptions {
  readonly socketType: "ROUTER" | "DEALER";
  /** What the peer calls us; 1 to 255 bytes. */
  readonly identity?: string;
  /** What else we say of ourselves; names begin with `X-`. */
  readonly about?: Readonly<Record<string, string>>;
  readonly limits?: Partial<ZmtpLimits>;
}

/** What a peer said of itself. */
export interface ZmtpPeer {
  readonly identity: string;
  readonly properties: Properties;
}

/** Until the peer has said who it is, and in all its commands, frames are small. */
const commandBytes = 8192;
const keepAliveMs = 30_000;
/** How often a peer is asked before it counts as gone. */
const beatsOfSilence = 4;
/** Locust's messages have one part. */
const mostParts = 16;

/**
 * One ZMTP 3.0 connection over a socket of TCP, mechanism NULL: greetings, READY, then messages. What breaks the
 * protocol or a limit ends the connection and nothing else; `onClose` says why.
 */
export class ZmtpConnection {
  readonly #socket: Socket;
  readonly #options: ZmtpOptions;
  readonly #limits: ZmtpLimits;
  readonly #reader = new FrameReader({ limitBytes: commandBytes });
  readonly #handshake: NodeJS.Timeout;
  #phase: "greeting" | "ready" | "open" | "closed" = "greeting";
  #heartbeat: NodeJS.Timeout | undefined;
  #heard = true;
  #unanswered = 0;
  #reason = "";
  #parts: Buffer[] = [];
  #partBytes = 0;
  #opened: (peer: ZmtpPeer) => void = () => {};
  #message: (parts: readonly Buffer[]) => void = () => {};
  #closed: (reason: string) => void = () => {};

  constructor(socket: Socket, options: ZmtpOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#limits = { ...standardLimits, ...options.limits };
    this.#handshake = setTimeout(() => this.#end("did not finish the handshake in time"), this.#limits.handshakeMs);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveMs);
    socket.on("data", (chunk) => this.#take(chunk));
    socket.on("error", (error) => this.#end(messageOf(error)));
    socket.on("close", () => this.#end("the connection was closed"));
    socket.write(encodeGreeting());
  }

  onOpen(listener: (peer: ZmtpPeer) => void): void {
    this.#opened = listener;
  }

  /** What a listener throws ends the connection: the peer sent what nobody can understand. */
  onMessage(listener: (parts: readonly Buffer[]) => void): void {
    this.#message = listener;
  }

  /** Called once; also after `close`, and for a connection that has ended already. */
  onClose(listener: (reason: string) => void): void {
    this.#closed = listener;
    if (this.#phase === "closed") queueMicrotask(() => listener(this.#reason));
  }

  /** Sends one message; what cannot be sent any more is dropped. */
  send(...parts: readonly Uint8Array[]): void {
    if (this.#phase !== "open") return;
    for (const [index, body] of parts.entries()) {
      this.#write({ command: false, more: index < parts.length - 1, body: Buffer.from(body) });
    }
    if (this.#socket.writableLength > this.#limits.backlogBytes) this.#end("does not read what it is sent");
  }

  /** Ends the connection once everything was sent; resolves when it is gone. */
  async close(): Promise<void> {
    const gone = this.#socket.closed
      ? Promise.resolve()
      : new Promise<void>((resolve) => this.#socket.once("close", () => resolve()));
    if (this.#phase !== "closed") {
      this.#socket.end();
      this.#end("closed here", { gently: true });
    }
    await gone;
  }

  /** Refuses the peer, telling it why. */
  refuse(reason: string): void {
    if (this.#phase === "closed") return;
    this.#command(errorCommand(reason));
    this.#socket.end();
    this.#end(reason, { gently: true });
  }

  #take(chunk: Buffer): void {
    if (this.#phase === "closed") return;
    this.#heard = true;
    try {
      this.#reader.push(chunk);
      if (this.#phase === "greeting" && !this.#greeted()) return;
      for (let frame = this.#reader.next(); frame; frame = this.#isClosed ? undefined : this.#reader.next()) {
        if (frame.command && frame.body.length > commandBytes) throw new ZmtpError("sent a long command");
        if (frame.command) this.#obey(decodeCommand(frame.body));
        else this.#collect(frame);
      }
    } catch (error) {
      this.#end(error instanceof ZmtpError ? error.message : `sent what cannot be understood: ${messageOf(error)}`);
    }
  }

  get #isClosed(): boolean {
    return this.#phase === "closed";
  }

  #greeted(): boolean {
    const fault = greetingFault(this.#reader.waiting.subarray(0, greetingBytes));
    if (fault) throw new ZmtpError(fault);
    if (!this.#reader.takeBytes(greetingBytes)) return false;
    const { socketType, identity, about } = this.#options;
    this.#phase = "ready";
    this.#command(readyCommand({ "Socket-Type": socketType, ...(identity && { Identity: identity }), ...about }));
    return true;
  }

  #obey({ name, data }: Command): void {
    if (name === "ERROR") throw new ZmtpError(`refused us: ${readError(data)}`);
    if (this.#phase === "ready") {
      if (name !== "READY") throw new ZmtpError(`said ${JSON.stringify(name)} before READY`);
      this.#open(readProperties(data));
    } else if (name === "PING") this.#command(pongFor(data));
    else if (name === "READY") throw new ZmtpError("said READY twice");
  }

  #open(properties: Properties): void {
    const type = properties.get("socket-type")?.toString("latin1") ?? "";
    const wanted = this.#options.socketType === "ROUTER" ? "DEALER" : "ROUTER";
    if (type !== wanted) throw new ZmtpError(`is a ${JSON.stringify(type)}, not a ${wanted}`);
    clearTimeout(this.#handshake);
    this.#phase = "open";
    this.#heartbeat = setInterval(() => this.#beat(), this.#limits.silentMs / beatsOfSilence);
    this.#reader.limitBytes = this.#limits.messageBytes;
    this.#opened({ identity: properties.get("identity")?.toString("utf8") ?? "", properties });
  }

  #beat(): void {
    this.#unanswered = this.#heard ? 0 : this.#unanswered + 1;
    this.#heard = false;
    if (this.#unanswered >= beatsOfSilence) this.#end(`silent for ${this.#limits.silentMs / 1000} s`);
    else this.#command(pingCommand({ ttlMs: this.#limits.silentMs }));
  }

  #collect({ more, body }: Frame): void {
    if (this.#phase !== "open") throw new ZmtpError("sent a message before READY");
    this.#partBytes += body.length;
    if (this.#parts.push(body) > mostParts || this.#partBytes > this.#limits.messageBytes) {
      throw new ZmtpError(`a message has more than ${mostParts} parts or ${this.#limits.messageBytes} bytes`);
    }
    if (more) return;
    const parts = this.#parts;
    this.#parts = [];
    this.#partBytes = 0;
    this.#message(parts);
  }

  #command(command: Command): void {
    this.#write({ command: true, more: false, body: encodeCommand(command) });
  }

  #write(frame: Frame): void {
    if (this.#socket.writable) this.#socket.write(encodeFrame(frame));
  }

  #end(reason: string, { gently = false } = {}): void {
    if (this.#phase === "closed") return;
    this.#phase = "closed";
    this.#reason = reason;
    clearTimeout(this.#handshake);
    clearInterval(this.#heartbeat);
    this.#parts = [];
    if (!gently) this.#socket.destroy();
    else {
      // A peer that never closes its side must not hold ours.
      const overdue = setTimeout(() => this.#socket.destroy(), 1000);
      this.#socket.once("close", () => clearTimeout(overdue));
      this.#socket.resume();
    }
    this.#closed(reason);
  }
}
