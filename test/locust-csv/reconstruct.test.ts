import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deal, latenciesOf } from "../../src/locust-csv/reconstruct.ts";
import { locustBucket } from "../../src/report/locust/locust-numbers.ts";
import { EndpointStats } from "../../src/stats/endpoint-stats.ts";
import { Histogram } from "../../src/stats/histogram.ts";
import { percentileMs, shownPercentiles } from "../../src/stats/summary.ts";

const ratios = shownPercentiles.filter((ratio) => ratio < 1);

/** What Locust states of latencies: reference rounding, value at index floor(n·p). */
function stated(latencies: readonly number[]) {
  const sorted = latencies.map(locustBucket).sort((a, b) => a - b);
  return ratios.map((ratio) => ({
    ratio,
    ms: sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * ratio))] as number,
    roundingMs: 0.5,
  }));
}

const latencies = fc.array(fc.double({ min: 0.6, max: 30_000, noNaN: true }), { minLength: 1, maxLength: 400 });

describe("latencies reconstructed from percentiles", () => {
  it("are as many as there were, rise, and lie between the extremes", () => {
    fc.assert(
      fc.property(latencies, fc.integer({ min: 1, max: 64 }), (seen, pieces) => {
        const [minMs, maxMs] = [Math.min(...seen), Math.max(...seen)];
        const got = latenciesOf({ count: seen.length, minMs, maxMs, percentiles: stated(seen), pieces });
        expect(got.reduce((sum, { count }) => sum + count, 0)).toBe(seen.length);
        expect(got.every(({ count }) => count > 0)).toBe(true);
        expect(got[0]?.ms).toBe(minMs);
        expect(got.at(-1)?.ms).toBe(maxMs);
        for (const [i, { ms }] of got.entries()) expect(ms).toBeGreaterThanOrEqual(got[i - 1]?.ms ?? 0);
      }),
    );
  });

  it("give every stated percentile back by their histogram alone, to its bin and the extremes", () => {
    fc.assert(
      fc.property(latencies, (seen) => {
        const [minMs, maxMs] = [Math.min(...seen), Math.max(...seen)];
        const percentiles = stated(seen);
        const histogram = new Histogram();
        for (const { ms, count } of latenciesOf({ count: seen.length, minMs, maxMs, percentiles, pieces: 64 })) {
          histogram.record(ms, count);
        }
        let taken = 0;
        for (const { ratio, ms } of percentiles) {
          const rank = Math.round(ratio * seen.length * 1e6) / 1e6;
          const own = Math.ceil(rank) - 1;
          // With few requests two percentiles may claim one of them; the extremes are exact and claimed by none.
          const isFree = own > taken && own < seen.length - 1;
          taken = Math.floor(rank);
          if (!isFree) continue;
          const wanted = Math.min(maxMs, Math.max(minMs, ms));
          expect(Math.abs(histogram.quantile(ratio) - wanted)).toBeLessThanOrEqual(0.002 + wanted * 0.002);
        }
      }),
    );
  });

  it("with the statement beside them give it back exactly, and only where they are whole", () => {
    fc.assert(
      fc.property(latencies, (seen) => {
        const [minMs, maxMs] = [Math.min(...seen), Math.max(...seen)];
        const percentiles = stated(seen);
        const sumMs = seen.reduce((sum, ms) => sum + ms, 0);
        const parts = [new EndpointStats(), new EndpointStats()] as const;
        parts[1].stated = [{ count: seen.length, sumMs, rps: null, percentiles }];
        const all = latenciesOf({ count: seen.length, minMs, maxMs, percentiles, pieces: 64 });
        for (const [i, { ms, count }] of all.entries()) {
          const part = parts[i % 2 === 0 ? 0 : 1];
          part.requests += count;
          part.success.record(ms, count);
          part.latencySumMs += (sumMs * count) / seen.length;
          part.minMs = Math.min(part.minMs, ms);
          part.maxMs = Math.max(part.maxMs, ms);
        }
        const whole = new EndpointStats().merge(parts[0]).merge(parts[1]);
        for (const { ratio, ms } of percentiles) expect(percentileMs(whole, ratio)).toBe(ms);
        const more = new EndpointStats().merge(whole);
        more.record({ ...sample, latencyMs: maxMs });
        for (const { ratio } of percentiles) {
          expect(percentileMs(more, ratio)).toBe(Math.min(maxMs, Math.max(minMs, more.latencies.quantile(ratio))));
        }
      }),
    );
  });
});

const sample = {
  arm: "head",
  endpoint: { method: "GET", name: "/" },
  intendedMs: 0,
  startMs: 0,
  latencyMs: 1,
  status: 200,
  bytesIn: 0,
  bytesOut: 0,
} as const;

it("latencies dealt out to moments are each given once, the slow ones to the slow moments", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ ms: fc.integer({ min: 1, max: 50 }), count: fc.integer({ min: 1, max: 9 }) }), {
        minLength: 1,
        maxLength: 30,
      }),
      (parts) => {
        const rising = [...parts].sort((a, b) => a.ms - b.ms);
        const ranked = parts.map((part, slot) => ({ ...part, slot }));
        const got = new Map<number, number>();
        const sums = new Map<number, number>();
        deal(rising, ranked, (slot, { ms, count }) => {
          got.set(slot, (got.get(slot) ?? 0) + count);
          sums.set(slot, (sums.get(slot) ?? 0) + ms * count);
        });
        for (const { slot, count, ms } of ranked) {
          expect(got.get(slot)).toBe(count);
          // Ranked by what they are, they get just that back.
          expect(sums.get(slot)).toBe(ms * count);
        }
      },
    ),
  );
});
