import { isTlsCode, tlsWords } from "../base/tls-words.ts";
import type { FailureKind } from "../stats/failures.ts";

/** Ends a request from our own side, with its kind of failure already known. */
export class ExchangeError extends Error {
  override readonly name = "ExchangeError";
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** An answer with more decoded bytes than `maxBodyBytes` allows. */
export function tooLarge(mostBytes: number): ExchangeError {
  const size = mostBytes % 1024 ** 2 === 0 ? `${mostBytes / 1024 ** 2} MiB` : `${mostBytes} bytes`;
  return new ExchangeError("protocol", `the body is larger than maxBodyBytes (${size})`);
}

const connectCodes: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  EHOSTUNREACH: "host unreachable",
  ENETUNREACH: "network unreachable",
  EADDRNOTAVAIL: "no local port left for another connection",
  EACCES: "connection not permitted",
  EMFILE: "too many open files on this machine: raise `ulimit -n`",
  ENFILE: "too many open files on this machine",
  ENOBUFS: "no socket buffers left on this machine",
};
const resetCodes = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED", "UND_ERR_SOCKET", "ERR_STREAM_PREMATURE_CLOSE"]);
const dnsCodes = new Set(["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA", "EAI_NONAME", "ENODATA", "ESERVFAIL"]);
const timeoutCodes = new Set([
  "ETIMEDOUT",
  "ESOCKETTIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
]);
const protocolCode = /^(?:HPE_|Z_|ERR_(?:HTTP2|BROTLI|ZSTD|BUFFER_TOO_LARGE)|ZSTD_|UND_ERR_(?:HEADERS_OVERFLOW|RES_))/;

/** Which kind of failure an error of the connection is, and in which words. */
export function causeOf(error: unknown): { kind: FailureKind; message: string } {
  if (error instanceof ExchangeError) return { kind: error.kind, message: error.message };
  const { code = "", hostname, address, port, message } = describe(error);
  const where = hostname ?? (address ? `${address}${port ? `:${port}` : ""}` : "");
  if (dnsCodes.has(code)) return { kind: "dns", message: `host name not resolved${of(where)} (${code})` };
  const refused = connectCodes[code];
  if (refused) return { kind: "connect", message: `${refused}${of(where)} (${code})` };
  if (timeoutCodes.has(code)) return { kind: "timeout", message: `timed out (${code})` };
  if (/before secure TLS connection/.test(message)) {
    return { kind: "tls", message: "connection closed during the TLS handshake" };
  }
  if (resetCodes.has(code)) return { kind: "reset", message: `connection reset by the server (${code})` };
  if (isTlsCode(code)) return { kind: "tls", message: tlsWords({ code, message }) };
  if (protocolCode.test(code)) return { kind: "protocol", message: `${message} (${code})` };
  return { kind: "connect", message: code ? `${message} (${code})` : message };
}

const of = (where: string) => (where ? `: ${where}` : "");

interface SystemError {
  code?: string;
  hostname?: string;
  address?: string;
  port?: number;
  message: string;
}

/** Node tries several addresses of one name and tells of all failures at once; the first that has a code stands for them. */
function describe(error: unknown): SystemError {
  if (!(error instanceof Error)) return { message: String(error) };
  if (error instanceof AggregateError) {
    const first = error.errors.find((one): one is Error => one instanceof Error && "code" in one);
    if (first) return first;
  }
  return error;
}
