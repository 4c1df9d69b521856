import { matchesGlob } from "../base/glob.ts";

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
    if (isMetadataHost(name)) return `${name} is a cloud metadata address, never a target`;
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
  if (!isMetadataHost(asHostname(address))) return undefined;
  return `${hostname} resolves to ${address}, a cloud metadata address, never a target`;
}

/** An address as `URL.hostname` writes it, its zone (`fe80::1%eth0`) left out. */
function asHostname(address: string): string {
  if (!address.includes(":")) return address;
  const bare = `http://[${address.replace(/%.*$/, "")}]`;
  return URL.canParse(bare) ? new URL(bare).hostname : address;
}

/** The host a refusal of `forbids` is about: every such sentence begins with it. */
export function refusedHost(refusal: string): string {
  return refusal.split(" ", 1)[0] as string;
}

/** Host names have no case, and no question mark of their own. */
const asHosts = { questionMark: true, ignoreCase: true };

const metadataNames = new Set([
  "metadata.google.internal",
  "metadata",
  "instance-data",
  "instance-data.ec2.internal",
  "100.100.100.200", // Alibaba Cloud
  "192.0.0.192", // Oracle Cloud
  "168.63.129.16", // Azure's wire server
]);

/**
 * Whether a host name or address, as `URL.hostname` writes it, is link-local (169.254.0.0/16, fe80::/10, also inside
 * IPv6) or a metadata service by name. `URL` has already turned `0xA9FEA9FE`, `2852039166` and the like into dots.
 */
export function isMetadataHost(hostname: string): boolean {
  if (metadataNames.has(hostname) || hostname.startsWith("169.254.")) return true;
  if (!hostname.startsWith("[")) return false;
  const address = hostname.slice(1, -1);
  if (/^fe[89ab][0-9a-f]:/.test(address)) return true;
  // fd00:ec2::254 is Amazon's, fd20:ce::254 Google's.
  if (address === "fd00:ec2::254" || address === "fd20:ce::254") return true;
  // ::ffff:a9fe:… and 64:ff9b::a9fe:… hold 169.254.0.0/16.
  return /^(?:::ffff|64:ff9b:):(?:0:)?a9fe:/.test(address);
}
