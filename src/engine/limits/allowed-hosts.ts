import { forbiddenAddress, forbiddenHost } from "../../base/forbidden-addresses.ts";

import { matchesGlob } from "../../base/glob.ts";

/**
 * Where requests may go. Cloud metadata services are never a target: a locustfile from a pull request could read the
 * machine's credentials there.
 */
export class AllowedHosts {
  readonly #globs: readonly string[] | null;
  readonly #verdicts = new Map<string, string | undefined>();

  /** @param globs of host names (`*.preview.example.com`, `localhost:8080`); null allows every host but metadata. */
  constructor(globs: readonly string[] | null) {
    this.#globs = globs === null ? null : globs.map((glob) => glob.trim());
  }

  /** Undefined if `url` may be reached; otherwise why not, one sentence. */
  forbids(url: URL): string | undefined {
    const { host } = url;
    if (this.#verdicts.has(host)) return this.#verdicts.get(host);
    const verdict = this.#judge(url);
    // A locustfile that invents hosts must not fill the memory.
    if (this.#verdicts.size < 1000) this.#verdicts.set(host, verdict);
    return verdict;
  }

  #judge(url: URL): string | undefined {
    const name = url.hostname.replace(/\.$/, "").toLowerCase();
    const forbidden = forbiddenHost(name);
    if (forbidden !== undefined) return `${name} is ${forbidden}, never a target`;
    if (this.#globs === null) return undefined;
    const port = url.port || (url.protocol === "https:" ? "443" : "80");
    const written = [name, `${name}:${port}`, name.replace(/^\[|\]$/g, "")];
    if (this.#globs.some((glob) => written.some((text) => matchesGlob(glob, text, asHosts)))) return undefined;
    return `${url.host} is not among the allowed hosts`;
  }
}

/** Why a name may not be connected to at an address it resolved to: a name of one's own may lead to metadata too. */
export function forbidsAddress(resolved: { readonly hostname: string; readonly address: string }): string | undefined {
  const { hostname, address } = resolved;
  const forbidden = forbiddenAddress(address);
  return forbidden && `${hostname} resolves to ${address}, ${forbidden}, never a target`;
}

/** The host a refusal of `forbids` is about: every such sentence begins with it. */
export function refusedHost(refusal: string): string {
  return refusal.split(" ", 1)[0] as string;
}

/** Host names have no case, and no question mark of their own. */
const asHosts = { questionMark: true, ignoreCase: true };
