import { binBounds, binIndex, type Histogram } from "../../stats/histogram.ts";

/** Digits of everything that is compared: bins at most 0.8 % wide, far finer than what a run can tell. */
const digits = 2;

/**
 * A finished histogram as two flat arrays: bins that hold something, and how many values lie in them and below.
 * The score test asks it the same question some hundred thousand times a look.
 */
export class Counts {
  /** Bin indexes, rising. */
  readonly bins: Int32Array;
  /** Values in this bin and all below it. */
  readonly running: Float64Array;
  readonly total: number;

  private constructor(bins: Int32Array, running: Float64Array) {
    this.bins = bins;
    this.running = running;
    this.total = running.at(-1) ?? 0;
  }

  /** Any number of histograms added up. */
  static of(...histograms: readonly Histogram[]): Counts {
    const sum = new Map<number, number>();
    for (const histogram of histograms) {
      const { counts } = histogram.digits === digits ? histogram : histogram.coarser(digits);
      for (const [bin, count] of counts) sum.set(bin, (sum.get(bin) ?? 0) + count);
    }
    return Counts.#from(sum);
  }

  /** Any number of counts added up. */
  static sum(parts: Iterable<Counts>): Counts {
    const sum = new Map<number, number>();
    for (const { bins, running } of parts) {
      let below = 0;
      for (let i = 0; i < bins.length; i++) {
        const bin = bins[i] as number;
        const upTo = running[i] as number;
        sum.set(bin, (sum.get(bin) ?? 0) + upTo - below);
        below = upTo;
      }
    }
    return Counts.#from(sum);
  }

  static #from(sum: ReadonlyMap<number, number>): Counts {
    const bins = Int32Array.from(sum.keys()).sort();
    const running = new Float64Array(bins.length);
    let total = 0;
    for (let i = 0; i < bins.length; i++) {
      total += sum.get(bins[i] as number) as number;
      running[i] = total;
    }
    return new Counts(bins, running);
  }

  /** As `Histogram.above`, in microseconds: whole bins above, and the linear share of the bin that contains `us`. */
  above(us: number): number {
    const bin = binIndex(Math.floor(us), digits);
    let low = 0;
    let high = this.bins.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.bins[middle] as number) < bin) low = middle + 1;
      else high = middle;
    }
    const below = low === 0 ? 0 : (this.running[low - 1] as number);
    if (this.bins[low] !== bin) return this.total - below;
    const count = (this.running[low] as number) - below;
    const { lowUs, highUs } = binBounds(bin, digits);
    return this.total - below - (count * (us - lowUs)) / (highUs - lowUs);
  }

  /** As `Histogram.quantile`, in microseconds; NaN while empty. */
  quantile(ratio: number): number {
    const wanted = ratio * this.total;
    let low = 0;
    let high = this.bins.length;
    if (high === 0) return Number.NaN;
    while (low < high - 1) {
      const middle = (low + high - 1) >> 1;
      if ((this.running[middle] as number) >= wanted) high = middle + 1;
      else low = middle + 1;
    }
    const below = low === 0 ? 0 : (this.running[low - 1] as number);
    const { lowUs, highUs } = binBounds(this.bins[low] as number, digits);
    const count = (this.running[low] as number) - below;
    return lowUs + (Math.max(0, wanted - below) / count) * (highUs - lowUs);
  }
}
