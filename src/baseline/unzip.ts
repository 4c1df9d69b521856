import { inflateRawSync } from "node:zlib";

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const localSignature = 0x04034b50;

/**
 * One file out of a zip archive (PKWARE's APPNOTE 4.3), stored or deflated; undefined if it is not in it. The archive
 * may come from a stranger: nothing is written to disk, and no more than `limitBytes` is unpacked.
 * Throws RangeError on an archive that is not one, is larger, or has more than 1000 entries.
 */
export function unzipFile(
  zip: Buffer,
  { name, limitBytes }: { readonly name: string; readonly limitBytes: number },
): Buffer | undefined {
  const end = findEnd(zip);
  const entries = zip.readUInt16LE(end + 10);
  if (entries > 1000) throw new RangeError("a zip archive of more than 1000 files");
  let at = zip.readUInt32LE(end + 16);
  for (let n = 0; n < entries; n++) {
    if (zip.readUInt32LE(at) !== entrySignature) throw new RangeError("a zip archive whose directory is broken");
    const nameLength = zip.readUInt16LE(at + 28);
    if (zip.toString("utf8", at + 46, at + 46 + nameLength) === name) return unpack(zip, { at, limitBytes });
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return undefined;
}

/** The end record stands last, before a comment of at most 64 KiB. */
function findEnd(zip: Buffer): number {
  for (let at = zip.length - 22; at >= Math.max(0, zip.length - 22 - 65_535); at--) {
    if (zip.readUInt32LE(at) === endSignature) return at;
  }
  throw new RangeError("not a zip archive");
}

function unpack(zip: Buffer, { at, limitBytes }: { at: number; limitBytes: number }): Buffer {
  const method = zip.readUInt16LE(at + 10);
  const packedBytes = zip.readUInt32LE(at + 20);
  const local = zip.readUInt32LE(at + 42);
  if (zip.readUInt32LE(local) !== localSignature) throw new RangeError("a zip archive whose file is not where it says");
  // The local header's own lengths count: its extra field differs from the directory's.
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const packed = zip.subarray(start, start + packedBytes);
  if (method === 0 && packed.length <= limitBytes) return packed;
  if (method !== 8) throw new RangeError("a zip archive that is too large or packed in an unknown way");
  try {
    return inflateRawSync(packed, { maxOutputLength: limitBytes });
  } catch (cause) {
    throw new RangeError("a file in a zip archive that does not unpack, or is too large", { cause });
  }
}
