import { connect as connectTcp, isIP, type LookupFunction, type Socket } from "node:net";
import { connect as connectTls, createSecureContext, type SecureContext } from "node:tls";
import type { Clock } from "../../base/clock.ts";
import type { PemOrDer, TlsSettings } from "../settings.ts";
import type { Address, ConnectTiming } from "./transport.ts";

/** Bytes just read; `owned` unless the buffer is used again for the next read. */
export type BytesListener = (buffer: Buffer, end: number, owned: boolean) => void;

/**
 * All plain sockets of a thread read into this one buffer: its bytes are dealt with before the next read can happen.
 * A buffer for each of 10,000 users would be 640 MB.
 */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

const contexts = new WeakMap<TlsSettings, SecureContext>();

/** One context for all connections with these settings: reading certificates takes milliseconds. */
export function secureContextOf(tls: TlsSettings): SecureContext {
  let context = contexts.get(tls);
  if (!context) {
    const { ca, cert, key, pfx, passphrase } = tls;
    context = createSecureContext({
      ...(ca === undefined ? {} : { ca: forNode(ca) }),
      ...(cert === undefined ? {} : { cert: forNode(cert) }),
      ...(key === undefined ? {} : { key: forNode(key) }),
      ...(pfx === undefined ? {} : { pfx: forNode(pfx) }),
      ...(passphrase === undefined ? {} : { passphrase }),
    });
    contexts.set(tls, context);
  }
  return context;
}

/** Node's types ask for Buffers where the locustfile's, which do without Node's, say Uint8Array. */
function forNode(value: PemOrDer | readonly PemOrDer[]): (string | Buffer)[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map((one: PemOrDer) =>
    one instanceof Uint8Array ? Buffer.from(one.buffer, one.byteOffset, one.byteLength) : one,
  );
}

export const noTls: TlsSettings = {};

/** Opens a connection, noting when each step was over. The caller listens to `error` and `close`. */
export function openSocket(
  address: Address,
  options: {
    readonly tls: TlsSettings;
    readonly clock: Clock;
    readonly lookup: LookupFunction;
    readonly session: Buffer | undefined;
    readonly onBytes: BytesListener;
    readonly onReady: (timing: ConnectTiming) => void;
    readonly onSession: (session: Buffer) => void;
  },
): Socket {
  const { clock, lookup, onBytes } = options;
  const timing: ConnectTiming = { startMs: clock.now(), lookupMs: 0, connectMs: 0, tlsMs: 0 };
  const { hostname: host, port } = address;
  let socket: Socket;
  if (address.secure) {
    const servername = options.tls.servername ?? (isIP(host) === 0 ? host : undefined);
    const secure = connectTls({
      host,
      port,
      lookup,
      ...(servername === undefined ? {} : { servername }),
      ...(options.session ? { session: options.session } : {}),
      secureContext: secureContextOf(options.tls),
      rejectUnauthorized: options.tls.insecure !== true,
      ALPNProtocols: ["http/1.1"],
    });
    secure.on("session", options.onSession);
    secure.once("secureConnect", () => {
      timing.tlsMs = clock.now();
      options.onReady(timing);
    });
    secure.on("data", (chunk: Buffer) => onBytes(chunk, chunk.length, true));
    socket = secure;
  } else {
    const onread = {
      buffer: readBuffer,
      callback: (length: number) => {
        onBytes(readBuffer, length, false);
        return true;
      },
    };
    socket = connectTcp({ host, port, lookup, onread });
  }
  if (isIP(host) === 0) {
    socket.once("lookup", () => {
      timing.lookupMs = clock.now();
    });
  }
  socket.once("connect", () => {
    timing.connectMs = clock.now();
    if (!address.secure) options.onReady(timing);
  });
  socket.setNoDelay(true);
  return socket;
}
