import type { Phases } from "../../stats/sample.ts";
import type { ConnectTiming } from "../wire/transport.ts";

/** Notes when the steps of one exchange were over, on the run's clock; phases add up over its redirects. */
export class PhaseClock {
  #hopStartMs: number;
  #sentMs = 0;
  #firstByteMs = 0;
  // −1: did not happen.
  #blocked = -1;
  #dns = -1;
  #connect = -1;
  #tls = -1;
  #firstByte = -1;
  #download = -1;

  constructor(startMs: number) {
    this.#hopStartMs = startMs;
  }

  /** A redirect is followed. */
  hop(nowMs: number): void {
    this.#hopStartMs = nowMs;
  }

  /** About to be written, on a connection that was there or was made for it. */
  started(nowMs: number, connect: ConnectTiming | undefined): void {
    if (connect && connect.startMs >= this.#hopStartMs) {
      this.#blocked = plus(this.#blocked, connect.startMs - this.#hopStartMs);
      if (connect.lookupMs > 0) this.#dns = plus(this.#dns, connect.lookupMs - connect.startMs);
      this.#connect = plus(this.#connect, connect.connectMs - (connect.lookupMs || connect.startMs));
      if (connect.tlsMs > 0) this.#tls = plus(this.#tls, connect.tlsMs - connect.connectMs);
    } else {
      this.#blocked = plus(this.#blocked, nowMs - this.#hopStartMs);
    }
    this.#sentMs = nowMs;
    this.#firstByteMs = 0;
  }

  /** The hop begins again on another connection; what the first one took was waiting for this one. */
  again(nowMs: number): void {
    this.#blocked = plus(this.#blocked, nowMs - this.#sentMs);
    this.#hopStartMs = nowMs;
  }

  sent(nowMs: number): void {
    this.#sentMs = nowMs;
  }

  firstByte(nowMs: number): void {
    this.#firstByteMs = nowMs;
    this.#firstByte = plus(this.#firstByte, Math.max(0, nowMs - this.#sentMs));
  }

  ended(nowMs: number): void {
    if (this.#firstByteMs > 0) this.#download = plus(this.#download, nowMs - this.#firstByteMs);
  }

  /** Where the time went. Of a kept-alive request only three things happened, so that is the common shape. */
  phases(): Phases | undefined {
    if (this.#firstByte < 0 && this.#blocked < 0) return undefined;
    if (this.#connect < 0 && this.#download >= 0) {
      return { blocked: this.#blocked, firstByte: this.#firstByte, download: this.#download };
    }
    return {
      ...(this.#blocked >= 0 && { blocked: this.#blocked }),
      ...(this.#dns >= 0 && { dns: this.#dns }),
      ...(this.#connect >= 0 && { connect: this.#connect }),
      ...(this.#tls >= 0 && { tls: this.#tls }),
      ...(this.#firstByte >= 0 && { firstByte: this.#firstByte }),
      ...(this.#download >= 0 && { download: this.#download }),
    };
  }
}

function plus(sum: number, ms: number): number {
  return sum < 0 ? ms : sum + ms;
}
