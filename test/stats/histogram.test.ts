import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { describe, expect, it } from "vitest";
import { binBounds, binIndex, Histogram } from "../../src/stats/histogram.ts";

const durationsMs = fc.array(fc.double({ min: 0, max: 3_600_000, noNaN: true }), { maxLength: 200 });

function of(valuesMs: readonly number[], digits: 2 | 3 = 3): Histogram {
  const histogram = new Histogram(digits);
  for (const ms of valuesMs) histogram.record(ms);
  return histogram;
}

describe("the layout", () => {
  it("has the bins of HdrHistogram with two digits", () => {
    for (const [v, index, lowUs, highUs] of [
      [0, 0, 0, 1],
      [255, 255, 255, 256],
      [256, 256, 256, 258],
      [1000, 506, 1000, 1004],
      [30_000, 1130, 29_952, 30_080],
      [123_456, 1393, 123_392, 123_904],
      [60_000_000, 2532, 59_768_832, 60_030_976],
    ] as const) {
      expect(binIndex(v, 2)).toBe(index);
      expect(binBounds(index, 2)).toEqual({ lowUs, highUs });
    }
  });

  it("puts every value into a bin that contains it, at most 0.1 % wide", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_600_000_000 }), (us) => {
        const { lowUs, highUs } = binBounds(binIndex(us));
        return lowUs <= us && us < highUs && (highUs - lowUs === 1 || (highUs - lowUs) / lowUs <= 0.001);
      }),
    );
  });
});

describe("a quantile", () => {
  it("is linear inside its bin", () => {
    const histogram = of([0.1, 0.2, 0.3, 1, 1, 5, 10], 2);
    expect(histogram.quantile(0.5) * 1000).toBeCloseTo(1001, 6);
    expect(histogram.quantile(0.95) * 1000).toBeCloseTo(10_025.6, 6);
    expect(histogram.above(1)).toBe(4);
    expect(histogram.above(1.002)).toBe(3);
  });

  it("lies within 0.1 % of the nearest-rank value, or 1.5 µs: half for rounding, one for the bin", () => {
    fc.assert(
      fc.property(
        durationsMs.filter((v) => v.length > 0),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (values, ratio) => {
          const rank = [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(ratio * values.length) - 1)] as number;
          expect(Math.abs(of(values).quantile(ratio) - rank)).toBeLessThanOrEqual(rank * 0.001 + 0.0015 + 1e-9);
        },
      ),
    );
  });

  it("of nothing is not a number", () => {
    expect(new Histogram().quantile(0.5)).toBeNaN();
  });
});

describe("the encoding", () => {
  it("reads back to the same counts", () => {
    fc.assert(
      fc.property(durationsMs, fc.constantFrom(2 as const, 3 as const), (values, digits) => {
        const histogram = of(values, digits);
        expect(Histogram.decode(histogram.encode()).counts).toEqual(
          new Map([...histogram.counts].sort(([a], [b]) => a - b)),
        );
      }),
      { numRuns: 50 },
    );
  });

  it("holds the same counts in the same bins as hdr-histogram-js, in memory and in either one's text", () => {
    fc.assert(
      fc.property(durationsMs, fc.constantFrom(2 as const, 3 as const), (values, digits) => {
        const ours = of(values, digits);
        const theirs = build({
          bitBucketSize: 64,
          lowestDiscernibleValue: 1,
          highestTrackableValue: 3_600_000_000,
          numberOfSignificantValueDigits: digits,
        });
        for (const ms of values) theirs.recordValue(Math.round(ms * 1000));
        const sorted = (histogram: Histogram) => [...histogram.bins()];
        expect(sorted(Histogram.decode(encodeIntoCompressedBase64(theirs)))).toEqual(sorted(ours));
        const reread = decodeFromCompressedBase64(ours.encode(), 64);
        expect(reread.totalCount).toBe(theirs.totalCount);
        for (const percent of [0, 10, 50, 95, 99, 100]) {
          expect(reread.getValueAtPercentile(percent)).toBe(theirs.getValueAtPercentile(percent));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("is what any HDR tool writes and reads", () => {
    const theirs = build({ bitBucketSize: 64, numberOfSignificantValueDigits: 3 });
    for (const us of [1, 900, 20_000, 20_001, 1_500_000]) theirs.recordValue(us);
    const ours = of([0.001, 0.9, 20, 20.001, 1500]);
    expect(decodeFromCompressedBase64(ours.encode(), 64).totalCount).toBe(5);
    expect(decodeFromCompressedBase64(ours.encode(), 64).getValueAtPercentile(100)).toBe(
      theirs.getValueAtPercentile(100),
    );
    expect(ours.encode()).toMatch(/^HISTFAAA/);
  });

  it("refuses what is no histogram, and what would unpack to more than it may", () => {
    expect(() => Histogram.decode("HISTFAAA")).toThrow(RangeError);
    expect(() => Histogram.decode("not base64 at all")).toThrow("not a compressed V2 histogram");
    const bomb = Buffer.concat([
      Buffer.from([0x1c, 0x84, 0x93, 0x14, 0, 0, 0, 0]),
      deflateSync(Buffer.alloc(40_000_000)),
    ]);
    expect(() => Histogram.decode(bomb.toString("base64"))).toThrow(RangeError);
  });

  it("never turns a flipped byte into an error of another kind", () => {
    const good = Buffer.from(of([1, 2, 3, 500]).encode(), "base64");
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bad = Buffer.from(good);
        bad[at] = (bad[at] as number) ^ flip;
        try {
          Histogram.decode(bad.toString("base64"));
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});

describe("adding", () => {
  it("is associative and commutative, and nothing is lost going to fewer digits", () => {
    fc.assert(
      fc.property(durationsMs, durationsMs, (a, b) => {
        expect(sorted(of(a).merge(of(b)))).toEqual(sorted(of(b).merge(of(a))));
        expect(sorted(of([...a, ...b]).coarser(2))).toEqual(sorted(of(a, 2).merge(of(b))));
      }),
    );
  });

  it("refuses coarse counts where fine ones are kept", () => {
    expect(() => of([1], 3).merge(of([1], 2))).toThrow(RangeError);
  });
});

function sorted(histogram: Histogram): [number, number][] {
  return [...histogram.counts].sort(([a], [b]) => a - b);
}
