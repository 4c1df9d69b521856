import type { Carried } from "./transport.ts";

/** Idle for so long, milliseconds, a kept connection may have been closed by a server that nobody has heard yet. */
const quietMs = 20;
/** A close that comes later than this after writing, milliseconds, is the server's answer to the request. */
const crossedWithinMs = 50;

/** Methods that may be sent twice (RFC 9110, 9.2.2). */
const idempotent = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** Whether a request that was written and met a close may be sent once more: twice then does what once does. */
export function crossed(
  { method }: Carried,
  { writtenMs, closedMs }: { writtenMs: number; closedMs: number },
): boolean {
  return idempotent.has(method) && closedMs - writtenMs <= crossedWithinMs;
}

/**
 * What a connection that was kept after an answer may be trusted with. A server may close it at any moment, also while
 * the next request is on its way, and a client should mend that by itself (RFC 9112, 9.3.1 and 9.5).
 */
export class KeptConnection {
  /** When the last answer on it was complete; −1 while it had none. */
  #idleSinceMs = -1;
  /** When the request under way was written. */
  #writtenMs = 0;
  /** This server closed a connection at once, without saying so. */
  #closesAtOnce = false;

  /** A connection that carried nothing yet. */
  fresh(): void {
    this.#idleSinceMs = -1;
  }

  answered(nowMs: number): void {
    this.#idleSinceMs = nowMs;
  }

  written(nowMs: number): void {
    this.#writtenMs = nowMs;
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
  mayRepeat(request: Carried, { begun, nowMs }: { begun: boolean; nowMs: number }): boolean {
    return this.wasUsed && !begun && crossed(request, { writtenMs: this.#writtenMs, closedMs: nowMs });
  }
}
