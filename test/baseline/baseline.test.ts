import { readFileSync, writeFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../src/base/random.ts";
import { addRecord, type Baseline, emptyBaseline, mergeBaselines } from "../../src/baseline/baseline.ts";
import { decodeBaseline, encodeBaseline } from "../../src/baseline/document.ts";
import { invalidate, listRuns, pin, reset } from "../../src/baseline/housekeeping.ts";
import { baselineJsonSchema } from "../../src/baseline/json-schema.ts";
import { recordOf } from "../../src/baseline/record.ts";
import { usable } from "../../src/baseline/usable.ts";
import { Histogram } from "../../src/stats/histogram.ts";
import { type RunResult, resultSchemaVersion } from "../../src/stats/run-result.ts";
import { summarize } from "../../src/stats/summary.ts";
import { blocksOf, times } from "../slo/support/traffic.ts";
import { essence, machine, profile, recordNumber, records } from "./support/records.ts";

const baselineOf = (count: number): Baseline => ({ ...emptyBaseline("api"), records: records(count) });
const ids = ({ records: kept }: Pick<Baseline, "records">) => kept.map(({ id }) => Number.parseInt(id, 16));
const current = { measurement: 1, profile, machine, locustfileHash: "abc" };

describe("a run as a record", () => {
  const blocks = blocksOf(
    { latenciesMs: times(80, 20) },
    { latenciesMs: times(10, 1), failure: "status" },
    { latenciesMs: times(10, 5000), failure: "timeout" },
    { latenciesMs: times(50, 1), arm: "base" },
    { latenciesMs: times(50, 1), block: 1, phase: "warm-up" },
  );
  const result: RunResult = {
    schema: resultSchemaVersion,
    meta: {
      name: "api",
      engine: "swarmgate 0.1.0",
      measurement: 1,
      seed: "s",
      startedAt: "2026-11-21T10:00:00.000Z",
      endedAt: "2026-11-21T10:01:00.000Z",
      host: "http://x",
      baseHost: null,
      commit: "c0ffee",
      baseCommit: null,
      locustfile: "locustfile.ts",
      locustfileHash: "abc",
      profile,
      machine,
      threads: 1,
    },
    blocks,
    summary: summarize(blocks),
    trouble: {
      deadInOnStart: 0,
      peakUsers: 10,
      targetUsers: 10,
      killed: 0,
      retiredPairs: 0,
      missingAwaits: [],
      exceptions: [],
      forbiddenHosts: [],
      processExitCode: null,
    },
    warnings: [],
    interrupted: false,
  };

  test("keeps the judged requests of the head: counts, and latencies of successes and timeouts", () => {
    const record = recordOf(result);
    expect(record.endpoints).toMatchObject([{ requests: 100, failures: 20, timeouts: 10 }]);
    expect(record.endpoints[0]?.latencies.digits).toBe(2);
    expect(record.endpoints[0]?.latencies.count).toBe(90);
    expect(record).toMatchObject({ commit: "c0ffee", profile, machine, pinned: false, invalidated: null });
  });

  test("has an id of its own, the same every time", () => {
    const other = { ...result, meta: { ...result.meta, startedAt: "2026-11-21T10:05:00.000Z" } };
    expect(recordOf(result).id).toBe(recordOf(result).id);
    expect(recordOf(other).id).not.toBe(recordOf(result).id);
  });
});

describe("adding", () => {
  test("the oldest run goes when there are more than are kept", () => {
    let baseline = emptyBaseline("api");
    for (const record of records(7)) baseline = addRecord(baseline, { record, keep: 5 });
    expect(ids(baseline)).toEqual([2, 3, 4, 5, 6]);
  });

  test("a pinned run stays whatever its age", () => {
    let baseline = pin(baselineOf(3), { run: recordNumber(0).id, at: "2026-02-01T00:00:00Z" });
    for (const record of records(9).slice(3)) baseline = addRecord(baseline, { record, keep: 3 });
    expect(ids(baseline)).toEqual([0, 6, 7, 8]);
  });

  test("the same run twice is one run", () => {
    const baseline = addRecord(baselineOf(3), { record: recordNumber(2), keep: 20 });
    expect(ids(baseline)).toEqual([0, 1, 2]);
  });

  test("merging is associative, commutative and idempotent", () => {
    const mark = fc.record({
      pinned: fc.boolean(),
      invalidated: fc.option(fc.constantFrom("a", "b")),
      markedAt: fc.constantFrom("", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
    });
    const some = fc
      .tuple(
        fc.array(fc.tuple(fc.nat(5), mark), { maxLength: 6 }),
        fc.option(fc.constantFrom("2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z")),
      )
      .map(
        ([list, window]): Baseline => ({
          ...emptyBaseline("api"),
          window,
          records: [...new Map(list.map(([n, marks]) => [n, recordNumber(n, marks)])).values()],
        }),
      );
    fc.assert(
      fc.property(some, some, some, (a, b, c) => {
        const merged = essence(mergeBaselines(mergeBaselines(a, b), c));
        expect(essence(mergeBaselines(a, mergeBaselines(b, c)))).toEqual(merged);
        expect(essence(mergeBaselines(mergeBaselines(c, b), a))).toEqual(merged);
        expect(essence(mergeBaselines(mergeBaselines(a, a), mergeBaselines(b, c)))).toEqual(merged);
      }),
      { numRuns: 50 },
    );
  });
});

describe("the document", () => {
  test("reads back what was written", () => {
    const baseline = reset(pin(baselineOf(3), { run: recordNumber(1).id, at: "2026-02-01T00:00:00Z" }), {
      at: "2026-01-03T00:00:00.000Z",
    });
    const read = decodeBaseline(encodeBaseline(baseline));
    expect(read.is === "found" && essence(read.baseline)).toEqual(essence(baseline));
  });

  test("an endpoint of which every request failed has no latencies, and reads back so", () => {
    const none = {
      endpoint: { method: "GET", name: "/" },
      requests: 9,
      failures: 9,
      timeouts: 0,
      latencies: new Histogram(2),
    };
    const read = decodeBaseline(
      encodeBaseline({ ...emptyBaseline("api"), records: [recordNumber(0, { endpoints: [none] })] }),
    );
    expect(read).toMatchObject({ is: "found", baseline: { records: [{ endpoints: [{ requests: 9, failures: 9 }] }] } });
    expect(read.is === "found" && read.baseline.records[0]?.endpoints[0]?.latencies.count).toBe(0);
  });

  test("twenty runs of ten endpoints and 6000 requests each take at most 300 KB", () => {
    const random = Random.from("size");
    const endpoints = Array.from({ length: 10 }, (_, n) => {
      const latencies = new Histogram(2);
      for (let i = 0; i < 6000; i++) {
        const slow = random.float() < 0.03 ? 10 : 1;
        const normal = Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
        latencies.record(30 * slow * Math.exp(0.35 * normal));
      }
      return {
        endpoint: { method: "GET", name: `/catalogue/section-${n}/{id}` },
        requests: 6000,
        failures: 12,
        timeouts: 1,
        latencies,
      };
    });
    const baseline = { ...emptyBaseline("api"), records: records(20).map((record) => ({ ...record, endpoints })) };
    expect(encodeBaseline(baseline).length).toBeLessThanOrEqual(300_000);
  });

  test("a newer one is told by its number, a broken one by what is wrong", () => {
    const good = encodeBaseline(baselineOf(1));
    expect(decodeBaseline(good.replace('"schema":1', '"schema":7'))).toEqual({ is: "newer", schema: 7 });
    expect(decodeBaseline("{")).toEqual({ is: "unreadable", why: "it is not JSON" });
    expect(decodeBaseline("null")).toMatchObject({ is: "unreadable" });
    expect(decodeBaseline(good.replace('"requests":50', '"requests":-1'))).toMatchObject({
      is: "unreadable",
      why: "it is not a baseline (at records.0.endpoints.0.requests)",
    });
    expect(decodeBaseline(good.replace(/HISTFAAA[^"]*/, "HISTFAAAAAAA"))).toMatchObject({ is: "unreadable" });
  });

  test("has a published JSON Schema, which is up to date and accepts what is written", () => {
    const file = "schema/baseline.schema.json";
    const current = baselineJsonSchema();
    if (process.env.GOLDEN === "write") writeFileSync(file, `${JSON.stringify(current, null, 2)}\n`);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(current);
    const validate = new Ajv2020({ strict: false }).compile(current);
    const pinned = pin(baselineOf(3), { run: recordNumber(1).id, at: "2026-02-01T00:00:00Z" });
    expect(validate(JSON.parse(encodeBaseline(pinned)))).toBe(true);
  });

  test("no text makes the reader throw", () => {
    const good = encodeBaseline(baselineOf(2));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.string({ maxLength: 3 }), (at, text) => {
        decodeBaseline(good.slice(0, at) + text + good.slice(at + 1));
      }),
    );
  });
});

describe("which runs are compared with", () => {
  test("those of the same profile and measurement, and why not the others", () => {
    const baseline = {
      ...emptyBaseline("api"),
      records: [
        recordNumber(0, { invalidated: "the target was broken" }),
        recordNumber(1, { measurement: 2 }),
        recordNumber(2, { profile: { ...profile, users: 50 } }),
        recordNumber(3),
      ],
    };
    const { records: kept, leftOut, incomparable, warnings } = usable(baseline, current);
    expect(ids({ records: kept })).toEqual([3]);
    expect(leftOut.map(({ why }) => why)).toEqual(["invalidated", "other-measurement", "other-profile"]);
    expect([incomparable, warnings]).toEqual([null, []]);
  });

  test("with none left the reason is told", () => {
    const { incomparable } = usable(baselineOf(3), { ...current, profile: { ...profile, users: 11 } });
    expect(incomparable).toMatchObject({ why: "other-profile" });
    expect(usable(emptyBaseline("api"), current)).toMatchObject({ records: [], incomparable: null });
  });

  test("the order of classes and tags is no other profile", () => {
    const of = (userClasses: string[]) => ({ ...profile, userClasses });
    const baseline = { ...emptyBaseline("api"), records: [recordNumber(0, { profile: of(["A", "B"]) })] };
    expect(usable(baseline, { ...current, profile: of(["B", "A"]) }).records).toHaveLength(1);
  });

  test("a new window leaves out what was before it, except what is pinned", () => {
    const at = "2026-02-01T00:00:00Z";
    const baseline = reset(pin(baselineOf(5), { run: recordNumber(1).id, at }), { at: recordNumber(3).startedAt });
    expect(ids({ records: usable(baseline, current).records })).toEqual([1, 3, 4]);
  });

  test("other machines are taken in with a warning until there are enough of the same", () => {
    const other = { ...machine, cpuModel: "Xeon 8370C" };
    const mixed = (same: number): Baseline => ({
      ...emptyBaseline("api"),
      records: [recordNumber(0, { machine: other }), ...records(same + 1).slice(1)],
    });
    expect(usable(mixed(7), current).records).toHaveLength(8);
    expect(usable(mixed(7), current).warnings[0]?.text).toContain("1 of 8 stored runs come from another machine");
    expect(usable(mixed(8), current).records).toHaveLength(8);
    expect(usable(mixed(8), current)).toMatchObject({ leftOut: [{ why: "other-machine" }], warnings: [] });
  });

  test("another locustfile is told and still judged", () => {
    const { records: kept, warnings } = usable(baselineOf(2), { ...current, locustfileHash: "other" });
    expect(kept).toHaveLength(2);
    expect(warnings.map(({ text }) => text)).toEqual(["2 of 2 stored runs used another version of the locustfile"]);
  });
});

describe("housekeeping", () => {
  const at = "2026-02-01T00:00:00Z";

  test("a run is found by the beginning of its commit or id", () => {
    const { commit, id } = recordNumber(2);
    for (const run of [commit?.slice(0, 8) ?? "", id]) {
      expect(listRuns(invalidate(baselineOf(3), { run, at, reason: "cold cache" }))).toMatchObject([
        { state: "invalidated", reason: "cold cache", id },
        { state: "compared" },
        { state: "compared" },
      ]);
    }
  });

  test("what was pinned or invalidated can be taken back", () => {
    const run = recordNumber(0).id;
    const twice = pin(pin(baselineOf(1), { run, at }), { run, at, pinned: false });
    expect(listRuns(twice)).toMatchObject([{ state: "compared" }]);
    const back = invalidate(invalidate(baselineOf(1), { run, at, reason: "x" }), { run, at, reason: null });
    expect(listRuns(back)).toMatchObject([{ state: "compared", reason: null }]);
  });

  test("a run nobody stored is refused and the stored ones are named", () => {
    expect(() => pin(baselineOf(1), { run: "ffffffff", at })).toThrow(
      expect.objectContaining({ code: "baseline-run-unknown", hint: expect.stringContaining("000000000000") }),
    );
    expect(() => pin(baselineOf(3), { run: "0000000", at })).toThrow(
      expect.objectContaining({ code: "baseline-run-ambiguous" }),
    );
  });
});
