import type { HeaderList } from "../header-list.ts";
import type { Upload } from "../upload.ts";

/** Where a request goes, taken from its URL once. */
export interface Address {
  /** `http://127.0.0.1:8080` */
  readonly origin: string;
  readonly secure: boolean;
  /** Without the brackets of an IPv6 address. */
  readonly hostname: string;
  readonly port: number;
  /** Value of the `host` header. */
  readonly host: string;
}

/** Response headers as they came: lines of text, or a record with lower-case names. */
export type RawHeaders = string | Readonly<Record<string, string | string[] | undefined>>;

/** Bits telling which of the headers we act on are there, so that the rest is never taken apart. */
export const Notable = { setCookie: 1, contentEncoding: 2, location: 4, serverTiming: 8, twoFramings: 16 } as const;

export const notableHeaders: Readonly<Record<string, number>> = {
  "set-cookie": Notable.setCookie,
  "content-encoding": Notable.contentEncoding,
  location: Notable.location,
  "server-timing": Notable.serverTiming,
};

/** When the steps of making a connection were over, on the run's clock; 0 for a step that was not needed. */
export interface ConnectTiming {
  startMs: number;
  lookupMs: number;
  connectMs: number;
  tlsMs: number;
}

/** One request on its way, told of each step by the connection that carries it. Ends with `onEnd` or `onError`, once. */
export interface Carried {
  readonly method: string;
  readonly address: Address;
  readonly path: string;
  readonly headers: HeaderList;
  readonly body: Buffer | undefined;
  /** A body that is sent piece by piece, in place of `body`. */
  readonly upload: Upload | undefined;
  /** The body is handed over in pieces as it comes, and may be held back. */
  readonly stream: boolean;
  /** Writing began at `nowMs`; with the connection's timing if it was made for this request. */
  onStart(nowMs: number, connect: ConnectTiming | undefined): void;
  /** So many bytes more of the upload were handed to the connection. */
  onUploaded(bytes: number): void;
  /** Its last byte was. */
  onSent(): void;
  /** The server closed the connection as the request came: it is sent once more, on a fresh one. */
  onRepeat(nowMs: number): void;
  onFirstByte(): void;
  onHead(status: number, headers: RawHeaders, notable: number): void;
  /** `chunk` is the listener's to keep. */
  onData(chunk: Buffer): void;
  onEnd(nowMs: number): void;
  onError(error: unknown): void;
}

/** A connection (or what stands for several) to one origin. */
export interface Transport {
  readonly origin: string;
  /** Whether another request can start now without waiting for one that is under way. */
  readonly free: boolean;
  /** Requests under way and waiting. */
  readonly waiting: number;
  send(request: Carried): void;
  /** Ends a request that this transport carries: `onError(error)` is called before this returns. */
  abort(request: Carried, error: Error): void;
  pause(request: Carried): void;
  resume(request: Carried): void;
  /** Closes at once; requests under way end with an error. */
  close(): void;
}
