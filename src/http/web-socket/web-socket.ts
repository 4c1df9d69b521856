import { clearTimeout, setTimeout } from "../../base/own-time.ts";
import type { Failure, FailureKind } from "../../stats/failures.ts";
import { StopUser } from "../../user/exceptions.ts";
import type { Activity, UserRuntime } from "../../user/runtime.ts";
import { ExchangeError } from "../cause.ts";
import { absolute } from "../request/plan.ts";
import { defaultTimeoutMs } from "../settings.ts";
import { guardedLookup } from "../wire/guarded-lookup.ts";
import type { openWebSocket } from "./open-web-socket.ts";

type Socket = ReturnType<typeof openWebSocket>;

/** How a step is counted: its name (the path if absent) and its limit. */
export interface WebSocketStep {
  readonly name?: string | undefined;
  /** SECONDS. Default 60. */
  readonly timeout?: number | undefined;
}

interface Message {
  readonly data: string | Buffer;
  readonly atMs: number;
}

/**
 * One user's WebSocket. Each step is one sample: `WSC` the handshake, `WSS` a message sent (counted, not timed: it is
 * handed to the system at once), `WSR` a message received, timed from the last message sent that nothing came back
 * for yet, else from the call. What fails is counted and thrown.
 */
export class WebSocketClient {
  readonly #runtime: UserRuntime;
  #socket: Socket | undefined;
  #path = "";
  #inbox: Message[] = [];
  #lastSendMs: number | undefined;
  #closed: ExchangeError | undefined;
  /** Told when anything happens that a waiting step may be waiting for. */
  #wake: (() => void) | undefined;

  constructor(runtime: UserRuntime) {
    this.#runtime = runtime;
    runtime.signal.addEventListener("abort", () => this.#break("interrupted", "its user was stopped"), { once: true });
  }

  get connected(): boolean {
    return this.#socket?.readyState === openState;
  }

  /** Opens the connection to `url`, relative to the user's host; `http:` means `ws:`. */
  async connect(
    url: string,
    options: WebSocketStep & { readonly protocols?: string[]; readonly headers?: Record<string, string> } = {},
  ): Promise<void> {
    const target = new URL(/^wss?:\/\//i.test(url) ? url : absolute(url, httpBase(this.#runtime.host)));
    target.protocol = target.protocol.replace("http", "ws");
    this.#path = `${target.pathname}${target.search}`;
    await this.#step("WSC", options, async () => {
      const forbidden = this.#runtime.guard.forbids(target);
      if (forbidden !== undefined) throw new ExchangeError("forbidden-host", forbidden);
      this.close();
      this.#closed = undefined;
      const extra = Object.fromEntries(this.#runtime.extraHeaders?.(target) ?? []);
      const headers = { ...extra, ...options.headers };
      const { openWebSocket } = await import("./open-web-socket.ts");
      const lookup = guardedLookup(this.#runtime.guard, {
        refused: (refusal) => this.#break("forbidden-host", refusal),
      });
      this.#listen(openWebSocket(target, { protocols: options.protocols ?? [], headers, lookup }));
      await this.#until(() => this.connected, options.timeout);
      return { bytesIn: 0, bytesOut: 0 };
    });
  }

  /** Sends one message. */
  async send(data: string | Uint8Array, options: WebSocketStep = {}): Promise<void> {
    await this.#step("WSS", options, async () => {
      if (!this.#socket || !this.connected) throw this.#closed ?? new ExchangeError("connect", "not connected");
      this.#socket.send(data);
      this.#lastSendMs ??= this.#runtime.clock.now();
      return { bytesIn: 0, bytesOut: Buffer.byteLength(data), untimed: true };
    });
  }

  /** The next message: text, or a Buffer if it is binary. */
  async receive(options: WebSocketStep = {}): Promise<string | Buffer> {
    let message: Message | undefined;
    await this.#step("WSR", options, async (startMs) => {
      const fromMs = this.#lastSendMs ?? startMs;
      if (this.#inbox.length === 0) await this.#until(() => this.#inbox.length > 0, options.timeout);
      message = this.#inbox.shift() as Message;
      this.#lastSendMs = undefined;
      // One that came before anybody asked has waited for us, not we for it.
      return { bytesIn: Buffer.byteLength(message.data), bytesOut: 0, fromMs, toMs: Math.max(fromMs, message.atMs) };
    });
    return (message as Message | undefined)?.data ?? "";
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#inbox = [];
    this.#lastSendMs = undefined;
    socket?.close();
  }

  #listen(socket: Socket): void {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    const mine = () => this.#socket === socket;
    let opened = false;
    socket.addEventListener("open", () => {
      opened = true;
      this.#wake?.();
    });
    socket.addEventListener("message", ({ data }: { data: string | ArrayBuffer }) => {
      if (!mine()) return;
      this.#inbox.push({ data: typeof data === "string" ? data : Buffer.from(data), atMs: this.#runtime.clock.now() });
      this.#wake?.();
    });
    socket.addEventListener("close", ({ code, reason }) => {
      if (mine()) this.#break("reset", `closed by the server (${code}${reason ? ` ${reason}` : ""})`);
    });
    socket.addEventListener("error", () => {
      if (mine() && !opened) this.#break("connect", "the WebSocket could not be opened");
    });
  }

  #break(kind: FailureKind, message: string): void {
    this.#closed ??= new ExchangeError(kind, message);
    if (kind === "interrupted") this.#socket?.close();
    this.#wake?.();
  }

  /** Resolves once `ready`; rejects when the connection breaks or time is up. */
  #until(ready: () => boolean, timeout: number | undefined): Promise<void> {
    const limitMs = timeout === undefined ? defaultTimeoutMs : timeout * 1000;
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.#wake = undefined;
        settle();
      };
      const timer = setTimeout(() => {
        finish(() => reject(new ExchangeError("timeout", `timed out after ${limitMs / 1000} s`)));
      }, limitMs);
      this.#wake = () => {
        const closed = this.#closed;
        if (ready()) finish(resolve);
        else if (closed) finish(() => reject(closed));
      };
      this.#wake();
    });
  }

  async #step(
    method: string,
    { name = this.#path, timeout }: WebSocketStep,
    run: (startMs: number) => Promise<{
      bytesIn: number;
      bytesOut: number;
      untimed?: boolean;
      fromMs?: number;
      toMs?: number;
    }>,
  ): Promise<void> {
    const runtime = this.#runtime;
    if (runtime.signal.aborted) throw new StopUser("the user was stopped");
    if (method !== "WSR") {
      const admitted = runtime.guard.admit();
      if (!(admitted === true || (await admitted))) throw new StopUser("the run's requests are used up");
    }
    const startMs = runtime.clock.now();
    const timeoutMs = timeout === undefined ? defaultTimeoutMs : timeout * 1000;
    const intendedMs = runtime.witness.takeIntendedStart() ?? startMs;
    const activity: Activity = {
      kind: "in-flight",
      label: `${method} ${name}`,
      settle: () => undefined,
      request: { startMs, endpoint: { method, name }, timeoutMs, received: 0, noticed: 0 },
    };
    runtime.witness.begin(activity);
    let failure: Failure | undefined;
    let error: unknown;
    let outcome: Awaited<ReturnType<typeof run>> = { bytesIn: 0, bytesOut: 0 };
    try {
      outcome = await run(startMs);
    } catch (thrown) {
      error = thrown;
      failure =
        thrown instanceof ExchangeError
          ? { kind: thrown.kind, message: thrown.message }
          : { kind: "connect", message: thrown instanceof Error ? thrown.message : String(thrown) };
    }
    runtime.witness.end(activity);
    const { bytesIn, bytesOut, untimed, fromMs = intendedMs, toMs = runtime.clock.now() } = outcome;
    const latencyMs = untimed ? null : Math.max(0, toMs - fromMs);
    const endpoint = { method, name };
    runtime.report(
      { arm: runtime.arm, endpoint, intendedMs: fromMs, startMs, latencyMs, status: 0, bytesIn, bytesOut, failure },
      { exception: error },
    );
    if (error !== undefined) throw error;
  }
}

/** `WebSocket.OPEN`: the class itself is loaded when the first connection is opened. */
const openState = 1;

const httpBase = (host: string | undefined) => host?.replace(/^ws/i, "http");
