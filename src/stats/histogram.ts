import { inflateSync } from "node:zlib";
import type { DecodingBudget } from "./decoding-budget.ts";
import { decodeCounts, encodeCounts, v2Compressed } from "./histogram-text.ts";

/** Significant decimal digits a histogram keeps: 3 while measuring (error ≤ 0.1 %), 2 in a stored baseline (≤ 0.8 %). */
export type Digits = 2 | 3;

/** The largest value kept, one hour; longer ones are counted as this. */
export const highestUs = 3_600_000_000;

interface Layout {
  /** Values below this are exact to a microsecond. */
  readonly subBuckets: number;
  readonly half: number;
  /** 31 less log2(half): from a value's leading zeros to the exponent of its bucket. */
  readonly shift: number;
}

const layouts: Record<Digits, Layout> = {
  2: { subBuckets: 256, half: 128, shift: 31 - 7 },
  3: { subBuckets: 2048, half: 1024, shift: 31 - 10 },
};

/** A bin of the HDR layout: counts of values from `lowUs` (included) to `highUs` (excluded), in microseconds. */
export interface Bin {
  readonly lowUs: number;
  readonly highUs: number;
  readonly count: number;
}

/** The index of the bin a whole number of microseconds falls into. */
export function binIndex(valueUs: number, digits: Digits = 3): number {
  const { subBuckets, half, shift } = layouts[digits];
  if (valueUs < subBuckets) return valueUs;
  const exponent = shift - Math.clz32(valueUs);
  return exponent * half + (valueUs >>> exponent);
}

/** The bounds of bin `index`, in microseconds. */
export function binBounds(index: number, digits: Digits = 3): { lowUs: number; highUs: number } {
  const { subBuckets, half } = layouts[digits];
  if (index < subBuckets) return { lowUs: index, highUs: index + 1 };
  const exponent = Math.floor(index / half) - 1;
  const width = 2 ** exponent;
  const lowUs = (index - exponent * half) * width;
  return { lowUs, highUs: lowUs + width };
}

/**
 * How often each duration was seen, in the layout of HdrHistogram (Gil Tene), from 1 µs to 1 h.
 *
 * The counts stand in a map by bin, not in the layout's full array: a block holds some dozens of distinct values
 * where the array would take 90 KB, and a map crosses a thread's channel as it is. Documents carry
 * HdrHistogram's V2 compressed form, which other tools read.
 */
export class Histogram {
  readonly digits: Digits;
  readonly #counts: Map<number, number>;
  #total = 0;
  #sorted: number[] | undefined;

  constructor(digits: Digits = 3, counts: ReadonlyMap<number, number> = new Map()) {
    this.digits = digits;
    this.#counts = new Map(counts);
    for (const count of counts.values()) this.#total += count;
  }

  get count(): number {
    return this.#total;
  }

  /** The counts by bin index: what crosses a channel, and what `new Histogram(digits, counts)` takes back. */
  get counts(): ReadonlyMap<number, number> {
    return this.#counts;
  }

  /** All durations added up, each taken to be in the middle of its bin; milliseconds. */
  get sumMs(): number {
    let sum = 0;
    for (const [index, count] of this.#counts) {
      const { lowUs, highUs } = binBounds(index, this.digits);
      sum += count * (lowUs + highUs);
    }
    // Divided once: a sum of whole numbers is the same in whatever order the bins stand.
    return sum / 2000;
  }

  /** Counts one duration, 0 or more; measured at about 60 ns. */
  record(ms: number, count = 1): void {
    const us = ms >= 3_600_000 ? highestUs : ms > 0 ? Math.round(ms * 1000) : 0;
    this.#put(binIndex(us, this.digits), count);
  }

  #put(index: number, count: number): void {
    const before = this.#counts.get(index);
    if (before === undefined) this.#sorted = undefined;
    this.#counts.set(index, (before ?? 0) + count);
    this.#total += count;
  }

  /** Adds `other` into this one. A finer histogram may be added to a coarser one, never the other way round. */
  merge(other: Histogram): this {
    if (other.digits < this.digits)
      throw new RangeError(`cannot add ${other.digits}-digit counts to ${this.digits} digits`);
    for (const [index, count] of other.#counts) {
      // Bins of fewer digits are unions of bins of more, so the low end decides.
      const own = other.digits === this.digits ? index : binIndex(binBounds(index, other.digits).lowUs, this.digits);
      this.#put(own, count);
    }
    return this;
  }

  /** The same counts with fewer digits. */
  coarser(digits: Digits): Histogram {
    return new Histogram(digits).merge(this);
  }

  /** Bins that hold something, in rising order. */
  *bins(): Generator<Bin> {
    for (const index of this.#indexes()) {
      yield { ...binBounds(index, this.digits), count: this.#counts.get(index) as number };
    }
  }

  #indexes(): number[] {
    this.#sorted ??= [...this.#counts.keys()].sort((a, b) => a - b);
    return this.#sorted;
  }

  /**
   * The one definition of a percentile in this program (docs/statistics.md#what-is-compared): the first bin where the
   * running count reaches `ratio` × n, linear inside the bin. Milliseconds; NaN while empty.
   * @param ratio 0 to 1, so 0.95 for p95
   */
  quantile(ratio: number): number {
    const wanted = ratio * this.#total;
    let below = 0;
    for (const index of this.#indexes()) {
      const count = this.#counts.get(index) as number;
      if (below + count >= wanted) {
        const { lowUs, highUs } = binBounds(index, this.digits);
        return (lowUs + (Math.max(0, wanted - below) / count) * (highUs - lowUs)) / 1000;
      }
      below += count;
    }
    return Number.NaN;
  }

  /** How many values lie above `ms`: whole bins above it, and the linear share of the bin that contains it. */
  above(ms: number): number {
    const us = ms * 1000;
    let sum = 0;
    for (const [index, count] of this.#counts) {
      const { lowUs, highUs } = binBounds(index, this.digits);
      if (lowUs >= us) sum += count;
      else if (highUs > us) sum += (count * (highUs - us)) / (highUs - lowUs);
    }
    return sum;
  }

  /** HdrHistogram's V2 compressed encoding, base64: `HISTFAAA…`; any HDR tool reads it. Unit: microseconds. */
  encode(): string {
    const indexes = this.#indexes();
    const highest = Math.max(2, binBounds(indexes.at(-1) ?? 0, this.digits).highUs);
    return encodeCounts({ digits: this.digits, highestUs: highest, indexes, counts: this.#counts });
  }

  /**
   * Reads `encode()`'s text. The text may come from a stranger: its size is bounded before anything is unpacked.
   * Throws RangeError on anything but a V2 histogram of 2 or 3 digits in microseconds.
   * @param budget of the document it stands in; charged before the counts are read
   */
  static decode(text: string, budget?: DecodingBudget): Histogram {
    const packed = Buffer.from(text, "base64");
    if (text.length > 65_536 || packed.length < 10 || packed.readInt32BE(0) !== v2Compressed) {
      throw new RangeError("not a compressed V2 histogram");
    }
    let raw: Buffer;
    try {
      const maxOutputLength = Math.max(1, Math.min(262_144, budget?.leftBytes ?? Number.POSITIVE_INFINITY));
      raw = inflateSync(packed.subarray(8), { maxOutputLength });
    } catch (cause) {
      if (budget && budget.leftBytes < 262_144 && isTooLarge(cause)) throw budget.exceeded();
      throw new RangeError("a histogram that does not unpack", { cause });
    }
    budget?.take(raw.length);
    const digits = raw.length >= 40 ? raw.readInt32BE(12) : 0;
    if ((digits !== 2 && digits !== 3) || raw.readBigInt64BE(16) !== 1n) {
      throw new RangeError("a histogram of other digits or units; 2 or 3 digits in microseconds expected");
    }
    if (raw.readBigInt64BE(24) > BigInt(4 * highestUs)) throw new RangeError("a histogram of values beyond an hour");
    // Other writers round the top of their range up to a whole bucket.
    return new Histogram(digits, decodeCounts(raw, { bins: binIndex(0xffff_ffff, digits) }));
  }
}

function isTooLarge(cause: unknown): boolean {
  return (cause as NodeJS.ErrnoException | null)?.code === "ERR_BUFFER_TOO_LARGE";
}
