import { expect, test } from "vitest";
import { Redactor } from "../../src/base/redact.ts";
import { decodeResult, encodeResult } from "../../src/stats/document/result-document.ts";
import { cellKey } from "../../src/stats/endpoint.ts";
import { Recorder } from "../../src/stats/recorder.ts";
import type { Sample } from "../../src/stats/sample.ts";
import { summarize } from "../../src/stats/summary.ts";
import { makeResult } from "../support/make-result.ts";

const none = new Redactor([]);
const home = cellKey("head", { method: "GET", name: "/" });

function sampleAt(startMs: number, changes: Partial<Sample> = {}): Sample {
  return {
    arm: "head",
    endpoint: { method: "GET", name: "/" },
    intendedMs: startMs,
    startMs,
    latencyMs: 10,
    status: 200,
    bytesIn: 1,
    bytesOut: 0,
    ...changes,
  };
}

test("a sample belongs to the block it started in, however late it comes", () => {
  const recorder = new Recorder({ startedAtMs: 1000, redactor: none });
  recorder.record(sampleAt(1000));
  recorder.record(sampleAt(1499.9));
  recorder.record(sampleAt(1500));
  const first = recorder.close({ untilBlock: 1, users: new Map([["U", 1]]) });
  expect(first.map(({ block, cells }) => [block, cells.get(home)?.requests])).toEqual([[0, 2]]);
  recorder.record(sampleAt(1200, { latencyMs: 900 }));
  const second = recorder.close({ untilBlock: 2, users: new Map([["U", 1]]) });
  expect(second.map(({ block, users, cells }) => [block, users.size, cells.get(home)?.requests])).toEqual([
    [0, 0, 1],
    [1, 1, 1],
  ]);
});

test("what was handed over is not written to any more", () => {
  const recorder = new Recorder({ startedAtMs: 0, redactor: none });
  recorder.record(sampleAt(0));
  const [part] = recorder.close({ untilBlock: 1, users: new Map() });
  recorder.record(sampleAt(1));
  expect(part?.cells.get(home)?.requests).toBe(1);
  expect(recorder.closeAll().map(({ cells }) => cells.get(home)?.requests)).toEqual([1]);
  expect(recorder.closeAll()).toEqual([]);
});

test("a block in which nothing happened is told all the same, with its users", () => {
  const recorder = new Recorder({ startedAtMs: 0, redactor: none });
  const parts = recorder.close({ untilBlock: 4, users: new Map([["U", 3]]) });
  expect(parts).toMatchObject([{ block: 3, users: new Map([["U", 3]]) }]);
});

test("endpoints beyond the limit are counted under one name, and told", () => {
  const recorder = new Recorder({ startedAtMs: 0, redactor: none, endpoints: 2 });
  for (let i = 0; i < 10; i++) recorder.record(sampleAt(0, { endpoint: { method: "GET", name: `/item/${i}` } }));
  recorder.record(sampleAt(0, { endpoint: { method: "GET", name: "/item/0" } }));
  const [part] = recorder.close({ untilBlock: 1, users: new Map() });
  const other = cellKey("head", { method: "", name: "(other)" });
  expect(part?.cells.size).toBe(3);
  expect(part?.cells.get(other)?.requests).toBe(8);
  expect(recorder.overflowed).toBe(8);
});

test("the two arms are counted apart", () => {
  const recorder = new Recorder({ startedAtMs: 0, redactor: none });
  recorder.record(sampleAt(0));
  recorder.record(sampleAt(0, { arm: "base" }));
  expect(recorder.closeAll()[0]?.cells.size).toBe(2);
});

test("failures are grouped with their samples, and no secret stays in them", () => {
  const recorder = new Recorder({ startedAtMs: 0, redactor: new Redactor(["hunter2hunter2"]) });
  const sample = {
    request: "GET /?key=hunter2hunter2",
    status: 500,
    headers: [["x-echo", "hunter2hunter2"]] as const,
    body: "token hunter2hunter2 is bad",
    atMs: 5,
  };
  for (let i = 0; i < 5; i++) {
    recorder.record(
      sampleAt(i, {
        status: 500,
        failure: { kind: "status", message: `500 for hunter2hunter2 no ${1000 + i}`, sample },
      }),
    );
  }
  const groups = [...(recorder.closeAll()[0]?.failures.groups.values() ?? [])];
  expect(groups).toMatchObject([{ count: 5, kind: "status", firstMs: 0, lastMs: 4 }]);
  expect(groups[0]?.samples).toHaveLength(3);
  expect(JSON.stringify(groups)).not.toContain("hunter2");
});

test("whatever a locustfile and a target say is kept short enough to be read again", () => {
  const recorder = new Recorder({ startedAtMs: 0, redactor: none });
  const long = "x".repeat(9000);
  const sample = {
    request: `GET /${long}`,
    status: 500,
    headers: Array.from({ length: 300 }, (_, i) => [`h${i}${long}`, long] as const),
    body: long,
    atMs: 1,
  };
  for (let i = 0; i < 3; i++) {
    const failure = { kind: "check", message: long, sample } as const;
    recorder.record(sampleAt(0, { endpoint: { method: long, name: `/?q=${long}${i}` }, failure }));
  }
  const [part] = recorder.closeAll();
  if (!part) throw new Error("nothing was recorded");
  // Alike as far as they are kept: one endpoint.
  expect([...part.cells.keys()]).toHaveLength(1);
  expect(recorder.cutNames).toBe(3);
  const result = makeResult({ behaviours: [], phases: [["steady", 1]] });
  const blocks = [{ ...part, phase: "steady" as const }];
  const read = decodeResult(encodeResult({ ...result, blocks, summary: summarize(blocks) }), "result.json");
  const [endpoint] = read.summary.endpoints;
  expect(endpoint?.requests).toBe(3);
  expect(endpoint?.endpoint.name).toMatch(/^\/\?q=x{995}…$/);
  expect(read.summary.failures[0]?.samples[0]?.headers).toHaveLength(200);
});
