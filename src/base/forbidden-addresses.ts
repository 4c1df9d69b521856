import { isIPv4, isIPv6 } from "node:net";

/** A range of addresses, and whose it is. */
interface Range {
  /** `a.b.c.d/n`, or groups of IPv6 with `/n`. */
  readonly range: string;
  readonly whose: string;
}

/**
 * Where machines ask for their own credentials, and what is never beyond the own link. Sources: link-local RFC 3927 and
 * RFC 4291 section 2.5.6 (in it 169.254.169.254 of AWS, Azure, Google, Oracle, IBM, DigitalOcean, OpenStack, 169.254.170.2
 * and .23 of ECS and EKS, 169.254.42.42 of Scaleway); fd00:ec2::/32 docs.aws.amazon.com/AWSEC2 "Instance metadata" and
 * docs.aws.amazon.com/eks "Pod Identity"; fd20:ce::254 cloud.google.com/compute/docs/metadata; 168.63.129.16
 * learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16; 100.100.100.200
 * alibabacloud.com/help/ecs "instance metadata"; 192.0.0.192 docs.oracle.com/cloud-classic; fd00:42::42
 * scaleway.com/docs "metadata"; fd00:a9fe:a9fe::1 techdocs.akamai.com "Metadata service".
 */
const ranges: readonly Range[] = [
  { range: "169.254.0.0/16", whose: "link-local, most clouds'" },
  { range: "fe80::/10", whose: "link-local" },
  { range: "fd00:ec2::/32", whose: "AWS" },
  { range: "fd20:ce::254/128", whose: "Google" },
  { range: "168.63.129.16/32", whose: "Azure" },
  { range: "100.100.100.200/32", whose: "Alibaba" },
  { range: "192.0.0.192/32", whose: "Oracle" },
  { range: "fd00:42::42/128", whose: "Scaleway" },
  { range: "fd00:a9fe:a9fe::1/128", whose: "Akamai" },
];

/** Their names, of the same sources; a name server of another network may know them too. */
const names: ReadonlySet<string> = new Set([
  "metadata",
  "metadata.google.internal",
  "instance-data",
  "instance-data.ec2.internal",
  "metadata.tencentyun.com",
  "api.metadata.cloud.ibm.com",
  "metadata.platformequinix.com",
]);

const parsed = ranges.map(({ range }) => {
  const [address = "", bits = ""] = range.split("/");
  const groups = groupsOf(address) as readonly number[];
  // Of an IPv4 range only the last two groups count.
  return { groups, bits: isIPv4(address) ? 96 + Number(bits) : Number(bits) };
});

const what = "a cloud metadata address";

/**
 * What kind of address nobody may connect to from here; undefined for all others and for what is no address. IPv4 inside
 * IPv6 counts as what it is: mapped, compatible (RFC 4291), translated (RFC 6052, RFC 8215) and 6to4 (RFC 3056).
 */
export function forbiddenAddress(address: string): string | undefined {
  const groups = groupsOf(address);
  if (!groups) return undefined;
  const forms = [groups, ...embedded(groups)];
  return parsed.some((range) => forms.some((form) => isWithin(form, range))) ? what : undefined;
}

/** The same for a host's name, as `URL.hostname` writes it: an address in brackets, a name. */
export function forbiddenHost(hostname: string): string | undefined {
  const name = hostname.replace(/\.$/, "").toLowerCase();
  if (names.has(name)) return what;
  return forbiddenAddress(name.replace(/^\[|\]$/g, ""));
}

/** Eight numbers of 16 bits; IPv4 as if it were mapped. */
function groupsOf(given: string): readonly number[] | undefined {
  const address = given.replace(/%.*$/, "");
  if (isIPv4(address)) {
    const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
    return mapped(a * 256 + b, c * 256 + d);
  }
  if (!isIPv6(address)) return undefined;
  // The parser of URLs turns dotted ends into groups and knows every other way to write one.
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const numbers = (text: string | undefined) =>
    text ? text.split(":").map((group) => Number.parseInt(group, 16)) : [];
  const [before, after] = [numbers(head), numbers(tail)];
  return [...before, ...new Array(8 - before.length - after.length).fill(0), ...after];
}

function mapped(high: number, low: number): number[] {
  return [0, 0, 0, 0, 0, 0xffff, high, low];
}

/** The IPv4 addresses that an IPv6 one may lead to. */
function embedded(groups: readonly number[]): (readonly number[])[] {
  const [a = 0, b = 0, c = 0, , , , g = 0, h = 0] = groups;
  const start = groups.slice(0, 6).join();
  if (start === "0,0,0,0,0,0" || start === "0,0,0,0,65535,0") return [mapped(g, h)];
  if (a === 0x64 && b === 0xff9b) return [mapped(g, h)];
  return a === 0x2002 ? [mapped(b, c)] : [];
}

function isWithin(
  groups: readonly number[],
  range: { readonly groups: readonly number[]; readonly bits: number },
): boolean {
  return groups.every((group, i) => {
    const kept = Math.min(16, Math.max(0, range.bits - 16 * i));
    const mask = (0xffff << (16 - kept)) & 0xffff;
    return (group & mask) === ((range.groups[i] ?? 0) & mask);
  });
}
