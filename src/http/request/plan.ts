import { GateError } from "../../base/errors.ts";
import type { Endpoint } from "../../stats/endpoint.ts";
import type { Address } from "../wire/transport.ts";
import { encodePairs } from "./fields.ts";
import type { QueryParams } from "./options.ts";
import { sentPath } from "./sent-path.ts";

/** All there is to know of one URL before it is requested; made once and kept, since parsing costs more than sending. */
export interface Plan {
  readonly url: URL;
  readonly address: Address;
  /** The credentials that were written in the URL; `url` is without them. */
  readonly auth: readonly [user: string, password: string] | undefined;
  /** Path and query, as sent. */
  readonly path: string;
  /** Path and query, as its endpoint is called. */
  readonly name: string;
  /** By method. */
  readonly endpoints: Map<string, Endpoint>;
  /** Why the guard does not let it be requested; null if it does. */
  readonly forbidden: string | null;
}

/** URLs kept; a locustfile that makes a new URL for every request must not fill the memory. */
const plansKept = 4000;

/** Plans by the URL as the locustfile writes it, under one base URL. */
export class Plans {
  readonly #base: string | undefined;
  readonly #forbids: (url: URL) => string | undefined;
  readonly #plans = new Map<string, Plan>();

  constructor(base: string | undefined, forbids: (url: URL) => string | undefined) {
    this.#base = base;
    this.#forbids = forbids;
  }

  of(target: string): Plan {
    const known = this.#plans.get(target);
    if (known) return known;
    const plan = planFor(new URL(absolute(target, this.#base)), this.#forbids, target);
    if (this.#plans.size >= plansKept) this.#plans.clear();
    this.#plans.set(target, plan);
    return plan;
  }
}

/** @param written the URL as somebody wrote it, where that is known */
export function planFor(url: URL, forbids: (url: URL) => string | undefined, written = url.href): Plan {
  const secure = url.protocol === "https:";
  const auth = takeCredentials(url);
  return {
    url,
    address: {
      origin: url.origin,
      secure,
      hostname: url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
      host: url.host,
    },
    auth,
    path: sentPath(url, written),
    name: `${url.pathname}${url.search}`,
    endpoints: new Map(),
    forbidden: forbids(url) ?? null,
  };
}

/**
 * The full URL of what a locustfile asks for. As in Locust the base URL is put in front, its path included; only
 * `http://` and `https://` URLs stand for themselves.
 */
export function absolute(target: string, base: string | undefined): string {
  if (/^https?:\/\//i.test(target)) return checked(target);
  if (base === undefined || base === "") {
    throw new GateError("host-missing", `no host to send "${target}" to`, {
      hint: 'set `host` on the class or for the run, such as "http://localhost:8080"',
    });
  }
  if (target === "") return checked(base);
  const slash = /^[/?#]/.test(target) ? "" : "/";
  return checked(`${base.replace(/\/+$/, "")}${slash}${target}`);
}

function checked(url: string): string {
  if (URL.canParse(url)) return url;
  throw new GateError("bad-url", `"${url}" is not a URL`, { hint: "a URL looks like http://host:8080/path" });
}

/** A base URL and the credentials that were written in it. Throws a GateError if it is not an http(s) URL. */
export function splitBase(host: string): { base: string; auth: readonly [string, string] | undefined } {
  if (!/^https?:\/\//i.test(host)) {
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(host)?.[1];
    throw new GateError(
      "host-scheme",
      scheme ? `host "${host}": ${scheme}:// is not spoken here` : `host "${host}": http:// is missing`,
      { hint: scheme ? "http:// and https:// are" : `write "http://${host}" or "https://${host}"` },
    );
  }
  const url = new URL(checked(host));
  const auth = takeCredentials(url);
  return { base: auth ? url.href : host, auth };
}

/** Takes user and password out of a URL, so that they stand in no name, report or event. */
function takeCredentials(url: URL): readonly [user: string, password: string] | undefined {
  const { username, password } = url;
  if (username === "" && password === "") return undefined;
  url.username = url.password = "";
  return [unquote(username), unquote(password)];
}

/** As Python's `unquote`: what is no escape stays as it is. */
function unquote(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll("%", ""), "hex").toString());
}

/** `target` with `params` added to its query, encoded as `requests` does. */
export function withParams(target: string, params: QueryParams): string {
  const query = typeof params === "string" ? params.replace(/^\?/, "") : encodePairs(params, "params");
  if (query === "") return target;
  const hash = target.indexOf("#");
  const bare = hash < 0 ? target : target.slice(0, hash);
  return `${bare}${bare.includes("?") ? "&" : "?"}${query}`;
}
