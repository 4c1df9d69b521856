// `node test/bench/histogram.ts`: the histogram of src/stats/ beside hdr-histogram-js, in what each is used for.
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { Random } from "../../src/base/random.ts";
import { Histogram } from "../../src/stats/histogram.ts";

const random = Random.from("histogram");
/** Latencies of a cell: log-normal about 20 ms. */
const latencies = Array.from({ length: 1000 }, () => {
  const normal = Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
  return 20 * Math.exp(0.5 * normal);
});
const few = latencies.slice(0, 50);
const ofTheirs = () =>
  build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 3_600_000_000,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 32,
  });

/** Nanoseconds a call, the median of nine rounds. */
function timed(run: () => unknown, calls: number): number {
  const rounds = Array.from({ length: 9 }, () => {
    const before = process.hrtime.bigint();
    for (let call = 0; call < calls; call++) run();
    return Number(process.hrtime.bigint() - before) / calls;
  });
  return rounds.sort((a, b) => a - b)[4] as number;
}

/** Bytes that each of so many live objects holds. */
function held(make: () => unknown, count: number): number {
  globalThis.gc?.();
  const before = process.memoryUsage();
  const kept = Array.from({ length: count }, make);
  globalThis.gc?.();
  const after = process.memoryUsage();
  const bytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  return kept.length === count ? bytes / count : Number.NaN;
}

function ours(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const ms of values) histogram.record(ms);
  return histogram;
}

function theirs(values: readonly number[]) {
  const histogram = ofTheirs();
  for (const ms of values) histogram.recordValue(Math.round(ms * 1000));
  return histogram;
}

const [a, b] = [ours(latencies), theirs(latencies)];
const [fewOurs, fewTheirs] = [ours(few), theirs(few)];
const text = a.encode();
let next = 0;
const value = () => latencies[next++ % latencies.length] as number;
const rows: (readonly [string, number, number])[] = [
  [
    "record one value, ns",
    timed(() => a.record(value()), 200_000),
    timed(() => b.recordValue(Math.round(value() * 1000)), 200_000),
  ],
  ["one new cell of 50 values, µs", timed(() => ours(few), 500) / 1000, timed(() => theirs(few), 500) / 1000],
  [
    "add a cell of 50 values to another, µs",
    timed(() => ours([]).merge(fewOurs), 500) / 1000,
    timed(() => ofTheirs().add(fewTheirs), 200) / 1000,
  ],
  [
    "p95 of a cell of 50 values, µs",
    timed(() => fewOurs.quantile(0.95), 5000) / 1000,
    timed(() => fewTheirs.getValueAtPercentile(95), 5000) / 1000,
  ],
  [
    "encode 50 values, µs",
    timed(() => ours(few).encode(), 200) / 1000,
    timed(() => encodeIntoCompressedBase64(fewTheirs), 200) / 1000,
  ],
  [
    "decode 1,000 values, µs",
    timed(() => Histogram.decode(text), 200) / 1000,
    timed(() => decodeFromCompressedBase64(text), 200) / 1000,
  ],
  ["a cell of 50 values in memory, bytes", held(() => ours(few), 2000), held(() => theirs(few), 500)],
];
const shown = (number: number) => number.toPrecision(3);
console.log("| | ours | hdr-histogram-js | times |\n| --- | --: | --: | --: |");
for (const [what, own, other] of rows)
  console.log(`| ${what} | ${shown(own)} | ${shown(other)} | ${shown(other / own)} |`);
