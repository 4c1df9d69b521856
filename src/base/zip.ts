import { crc32, inflateRawSync } from "node:zlib";

/** What a zip from a stranger may be at most. */
export interface ZipLimits {
  /** Of the one file that is read, inflated. */
  readonly fileBytes: number;
  readonly entries: number;
}

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly offset: number;
}

const endSignature = 0x06054b50;
const endBytes = 22;
const longestComment = 0xffff;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;

/**
 * One file out of a zip in memory. The archive is taken for hostile: every entry must be a regular file or a folder
 * with a plain relative name, the wanted one must be there once, and it is inflated no further than allowed. No other
 * entry is inflated and nothing is written. Throws an Error that says what is wrong. Format: PKWARE's APPNOTE, 4.3.
 */
export function readZippedFile(zip: Buffer, wanted: string, limits: ZipLimits): Buffer {
  const matching = centralDirectory(zip, limits).filter((entry) => entry.name === wanted);
  const [entry] = matching;
  if (entry === undefined) throw new Error(`there is no ${wanted} in it`);
  if (matching.length > 1) throw new Error(`${wanted} is in it more than once`);
  if (entry.bytes > limits.fileBytes) throw new Error(`${wanted} is larger than ${limits.fileBytes} bytes`);
  const data = inflated(packed(zip, entry), { entry, limits });
  if (data.length !== entry.bytes || crc32(data) !== entry.crc) throw new Error(`${wanted} in it is damaged`);
  return data;
}

function inflated(bytes: Buffer, { entry, limits }: { readonly entry: Entry; readonly limits: ZipLimits }): Buffer {
  if (entry.method === 0) return bytes;
  if (entry.method !== 8) throw new Error(`${entry.name} is packed in an unknown way (${entry.method})`);
  try {
    return inflateRawSync(bytes, { maxOutputLength: limits.fileBytes });
  } catch (error) {
    const bomb = error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
    throw new Error(bomb ? `${entry.name} is larger than it says` : `${entry.name} in it is damaged`, { cause: error });
  }
}

function packed(zip: Buffer, entry: Entry): Buffer {
  const at = entry.offset;
  if (at + 30 > zip.length || zip.readUInt32LE(at) !== localSignature) throw new Error("it is no zip file");
  const from = at + 30 + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28);
  if (from + entry.packedBytes > zip.length) throw new Error(`${entry.name} in it is cut off`);
  return zip.subarray(from, from + entry.packedBytes);
}

function centralDirectory(zip: Buffer, limits: ZipLimits): Entry[] {
  const end = findEnd(zip);
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  if (count > limits.entries) throw new Error(`there are more than ${limits.entries} files in it`);
  const out: Entry[] = [];
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || zip.readUInt32LE(at) !== centralSignature) throw new Error("it is no zip file");
    const nameEnd = at + 46 + zip.readUInt16LE(at + 28);
    if (nameEnd > end) throw new Error("it is no zip file");
    const entry: Entry = {
      name: zip.toString("utf8", at + 46, nameEnd),
      method: zip.readUInt16LE(at + 10),
      crc: zip.readUInt32LE(at + 16),
      packedBytes: zip.readUInt32LE(at + 20),
      bytes: zip.readUInt32LE(at + 24),
      offset: zip.readUInt32LE(at + 42),
    };
    const encrypted = (zip.readUInt16LE(at + 8) & 1) === 1;
    refuseUnlessPlain({ name: entry.name, encrypted, madeBy: zip[at + 5] ?? 0, attributes: zip.readUInt32LE(at + 38) });
    out.push(entry);
    at = nameEnd + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return out;
}

function findEnd(zip: Buffer): number {
  const lowest = Math.max(0, zip.length - endBytes - longestComment);
  for (let at = zip.length - endBytes; at >= lowest; at--) if (zip.readUInt32LE(at) === endSignature) return at;
  throw new Error("it is no zip file");
}

const unix = 3;
const typeBits = 0o170000;
const regularFile = 0o100000;
const directory = 0o040000;

function refuseUnlessPlain(entry: {
  readonly name: string;
  readonly encrypted: boolean;
  readonly madeBy: number;
  readonly attributes: number;
}): void {
  const { name, encrypted, madeBy, attributes } = entry;
  const shown = JSON.stringify(name.slice(0, 80));
  if (encrypted) throw new Error(`${shown} in it is encrypted`);
  const parts = name.replace(/\/$/, "").split("/");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const odd = name.length > 1000 || /[\\:\u0000-\u001f]/.test(name) || parts.some((part) => /^\.{0,2}$/.test(part));
  if (odd) throw new Error(`it holds a file with an unsafe name (${shown})`);
  const type = madeBy === unix ? (attributes >>> 16) & typeBits : 0;
  if (type !== 0 && type !== regularFile && type !== directory) throw new Error(`${shown} in it is no regular file`);
}
