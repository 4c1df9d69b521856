import { deflateSync } from "node:zlib";

/** Cookies of HdrHistogram's V2 forms, with its mark for variable-length counts. */
const v2Base = 0x1c849303;
const v2 = v2Base | 0x10;
export const v2Compressed = 0x1c849314;

const headBytes = 40;
/** Of the packed form: cookie and length. */
const outerBytes = 8;

/**
 * HdrHistogram's V2 compressed form in base64, as the library would write it (github.com/HdrHistogram, `encode.md`):
 * a head of 40 bytes, then counts in the order of their bins, each a ZigZag LEB128 number, a run of empty bins one
 * negative number. Written here, because a document holds thousands of small histograms: the library takes the whole
 * array of bins and a full-size compressor for each, two to three times the CPU (docs/performance.md).
 * @param indexes bins that hold something, rising
 */
export function encodeCounts({
  digits,
  highestUs,
  indexes,
  counts,
}: {
  readonly digits: number;
  readonly highestUs: number;
  readonly indexes: readonly number[];
  readonly counts: ReadonlyMap<number, number>;
}): string {
  // A count and a run take at most 9 bytes each.
  const raw = Buffer.alloc(headBytes + indexes.length * 18 + 9);
  raw.writeInt32BE(v2, 0);
  raw.writeInt32BE(1, 8);
  raw.writeInt32BE(digits, 12);
  raw.writeBigInt64BE(1n, 16);
  raw.writeBigInt64BE(BigInt(highestUs), 24);
  raw.writeBigInt64BE(1n, 32);
  let at = headBytes;
  let next = 0;
  for (const index of indexes) {
    const empty = index - next;
    // One empty bin is a nought, more are a run.
    if (empty > 0) at = putNumber(raw, at, empty === 1 ? 0 : empty * 2 - 1);
    at = putNumber(raw, at, (counts.get(index) ?? 0) * 2);
    next = index + 1;
  }
  // The form has no word for a histogram without bins but one empty bin.
  if (indexes.length === 0) at = putNumber(raw, at, 0);
  raw.writeInt32BE(at - headBytes, 4);
  // A window of 1 KiB and the smallest tables: the text grows by a few bytes, the compressor's setting up shrinks.
  const packed = deflateSync(raw.subarray(0, at), { windowBits: 10, memLevel: 3 });
  const out = Buffer.allocUnsafe(outerBytes + packed.length);
  out.writeInt32BE(v2Compressed, 0);
  out.writeInt32BE(packed.length, 4);
  packed.copy(out, outerBytes);
  return out.toString("base64");
}

/** LEB128 of a number that ZigZag made positive. Above 2^53 nothing is counted, so eight bytes always do. */
function putNumber(raw: Buffer, from: number, value: number): number {
  let at = from;
  let left = value;
  while (left >= 128) {
    raw[at++] = (left % 128) | 0x80;
    left = Math.floor(left / 128);
  }
  raw[at++] = left;
  return at;
}

/**
 * Counts by bin of what `encodeCounts` packed, unpacked but not trusted: `raw` is the V2 form with its head read.
 * Throws RangeError on anything but whole counts in bins below `bins`.
 */
export function decodeCounts(raw: Buffer, { bins }: { readonly bins: number }): Map<number, number> {
  const end = headBytes + raw.readInt32BE(4);
  if ((raw.readInt32BE(0) & ~0xf0) !== v2Base || end > raw.length || end < headBytes) {
    throw new RangeError("not a V2 histogram");
  }
  const counts = new Map<number, number>();
  let index = 0;
  for (let at = headBytes; at < end; ) {
    let value = 0;
    let scale = 1;
    let byte = 0x80;
    for (let length = 0; byte >= 0x80; length++) {
      if (at >= end || length > 7) throw new RangeError("a histogram with an impossible count");
      byte = raw[at++] as number;
      value += (byte & 0x7f) * scale;
      scale *= 128;
    }
    if (!Number.isSafeInteger(value)) throw new RangeError("a histogram with an impossible count");
    // ZigZag: odd is negative, and a negative number a run of empty bins.
    if (value % 2 === 1) index += (value + 1) / 2;
    else if (value === 0) index++;
    else counts.set(index++, value / 2);
    if (index > bins) throw new RangeError("a histogram of values beyond an hour");
  }
  return counts;
}
