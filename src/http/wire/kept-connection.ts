import { setImmediate } from "../../base/own-time.ts";
import type { Deadlines, Expiring } from "./deadlines.ts";
import type { Carried } from "./transport.ts";

/** Idle for so long, milliseconds, a kept connection may have been closed by a server that nobody has heard yet. */
const quietMs = 20;
/** A close that comes later than this after writing, milliseconds, is the server's answer to the request. */
const crossedWithinMs = 50;

/** Methods that may be sent twice (RFC 9110, 9.2.2). */
const idempotent = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** Whether a request that was written and met a close may be sent once more, by the time between the two. */
export function crossed(
  { method, upload }: Carried,
  { writtenMs, closedMs }: { writtenMs: number; closedMs: number },
): boolean {
  return idempotent.has(method) && upload?.once !== true && closedMs - writtenMs <= crossedWithinMs;
}

/**
 * What a connection that was kept after an answer may be trusted with. A server may close it at any moment, also while
 * the next request is on its way, and a client should mend that by itself (RFC 9112, 9.3.1 and 9.5).
 */
export class KeptConnection implements Expiring {
  deadlineMs = 0;
  queue: Expiring["queue"];
  earlier: Expiring | undefined;
  later: Expiring | undefined;
  readonly #deadlines: Deadlines;
  /** When the last answer on it was complete; −1 while it had none. */
  #idleSinceMs = -1;
  /** When the request under way was written. */
  #writtenMs = 0;
  /** No close was heard in time. */
  #late = false;
  /** This server closed a connection at once, without saying so. */
  #closesAtOnce = false;

  constructor(deadlines: Deadlines) {
    this.#deadlines = deadlines;
  }

  /** A connection that carried nothing yet. */
  fresh(): void {
    this.#idleSinceMs = -1;
  }

  answered(nowMs: number): void {
    this.#idleSinceMs = nowMs;
  }

  written(nowMs: number): void {
    this.#writtenMs = nowMs;
    if (!this.wasUsed) return;
    this.#late = false;
    this.#deadlines.withdraw(this);
    this.#deadlines.begin(this, { timeoutMs: crossedWithinMs, nowMs });
  }

  /**
   * A close that is unread now, because this thread or its machine stood still, came in time: it is late only once the
   * event loop has polled.
   */
  expire(): void {
    const writtenMs = this.#writtenMs;
    if (this.#idleSinceMs >= writtenMs) return;
    setImmediate(() => {
      if (this.#writtenMs === writtenMs) this.#late = true;
    });
  }

  /** The server closed it; `met` if a request was under way. */
  closed(nowMs: number, met: boolean): void {
    if (this.#idleSinceMs >= 0 && (met || nowMs - this.#idleSinceMs < quietMs)) this.#closesAtOnce = true;
  }

  /** Whether what the socket has to say must be heard before the next request is written. */
  mustListen(nowMs: number): boolean {
    return this.#closesAtOnce || nowMs - this.#idleSinceMs >= quietMs;
  }

  /** Whether it carried an answer before the request under way. */
  get wasUsed(): boolean {
    return this.#idleSinceMs >= 0;
  }

  /** Whether a request that met the close of this connection is sent once more. `begun`: some of its answer came. */
  mayRepeat({ method }: Carried, { begun }: { begun: boolean }): boolean {
    return this.wasUsed && !begun && !this.#late && idempotent.has(method);
  }
}
