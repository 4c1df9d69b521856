import { version } from "../base/version.ts";

/** A certificate or a key: PEM text, or DER bytes. */
export type PemOrDer = string | Uint8Array;

/** How TLS is spoken with the targets. Certificates and keys are PEM text or DER bytes. */
export interface TlsSettings {
  /** Accept any certificate. */
  readonly insecure?: boolean;
  /** Certificate authorities trusted instead of the built-in ones. */
  readonly ca?: PemOrDer | readonly PemOrDer[];
  /** Client certificate, its key, and the key's passphrase. */
  readonly cert?: PemOrDer | readonly PemOrDer[];
  readonly key?: PemOrDer | readonly PemOrDer[];
  readonly pfx?: PemOrDer | readonly PemOrDer[];
  readonly passphrase?: string;
  /** Name asked for and checked instead of the URL's. */
  readonly servername?: string;
}

/**
 * What a run, or a user class, says about all of its requests. Every field has a default; the whole may be left out.
 * @example
 * ```ts
 * import { HttpUser, type HttpSettings, task } from "swarmgate";
 *
 * const http: HttpSettings = { http2: true, tls: { insecure: true }, connectTimeoutMs: 2000 };
 *
 * export class Visitor extends HttpUser {
 *   static override http = http;
 *   @task async home() {
 *     await this.client.get("/");
 *   }
 * }
 * ```
 */
export interface HttpSettings {
  /** Certificates, keys and authorities; the built-in authorities are trusted by default. */
  readonly tls?: TlsSettings;
  /** Offer HTTP/2 to `https:` targets (HTTP/1.1 where they do not speak it). Default false. */
  readonly http2?: boolean;
  /** URL of a proxy for all requests; its host must be among the allowed ones too. Never taken from the environment. */
  readonly proxy?: string;
  /** One pool of connections for all users of a thread, in place of connections of each user's own. Default false. */
  readonly sharedPool?: boolean;
  /** Connections in a shared pool, per origin. Default 64. */
  readonly poolSize?: number;
  /** Most connections one user opens to one origin; more than one is opened only for requests made at once. Default 10. */
  readonly connectionsPerUser?: number;
  /**
   * Decoded bytes an answer may have; a larger one fails and its connection is dropped. Default 64 MiB for answers that
   * are read whole, none for streamed ones.
   */
  readonly maxBodyBytes?: number;
  /** The header of that name. Default `swarmgate/` and the version. */
  readonly userAgent?: string;
  /** How long a request may take in all, milliseconds. Default 60,000. */
  readonly timeoutMs?: number;
  /** How long a connection may take to be made, milliseconds. Default 10,000. */
  readonly connectTimeoutMs?: number;
}

/** Milliseconds a request may take in all unless it says otherwise; Locust has no limit and can hang for ever. */
export const defaultTimeoutMs = 60_000;
export const defaultConnectTimeoutMs = 10_000;
export const defaultConnectionsPerUser = 10;
export const defaultPoolSize = 64;
/** As `requests`. */
export const maxRedirects = 30;
export const defaultUserAgent = `swarmgate/${version}`;
export const noSettings: HttpSettings = {};
