import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeMessage, encodeMessage } from "../../src/protocol/codec.ts";
import { checkShape } from "../../src/protocol/msgpack-shape.ts";
import { checkSnapshotWire } from "../../src/protocol/snapshot-check.ts";
import { fromWire, toWire } from "../../src/protocol/snapshot-wire.ts";
import { cellKey } from "../../src/stats/endpoint.ts";
import { EndpointStats } from "../../src/stats/endpoint-stats.ts";
import { FailureLog } from "../../src/stats/failures.ts";
import type { Snapshot } from "../../src/stats/snapshot.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

test("messages have the bytes that Locust sends: an array of three", () => {
  const ready = encodeMessage({ type: "client_ready", data: "2.46.3", node_id: "vm_39" });
  expect(hex(ready)).toBe(
    `93ac${hex(Buffer.from("client_ready"))}a6${hex(Buffer.from("2.46.3"))}a5${hex(Buffer.from("vm_39"))}`,
  );
  const ack = encodeMessage({ type: "ack", data: { index: 0 }, node_id: "vm_39" });
  expect(hex(ack)).toBe(`93a361636b81a5${hex(Buffer.from("index"))}00a5${hex(Buffer.from("vm_39"))}`);
  expect(decodeMessage(ack)).toEqual({ type: "ack", data: { index: 0 }, node_id: "vm_39" });
});

test("plain data and maps with numbers for keys come back as they were", () => {
  const inner = fc.dictionary(
    fc.string().filter((key) => key !== "__proto__"),
    fc.oneof(
      fc.string(),
      fc.float({ noNaN: true }).map((x) => x + 0),
      fc.boolean(),
    ),
  );
  const data = fc.record({
    plain: inner,
    list: fc.array(fc.maxSafeInteger()),
    map: fc.array(fc.tuple(fc.integer(), fc.oneof(fc.array(fc.nat()), fc.string()))).map((pairs) => new Map(pairs)),
  });
  fc.assert(
    fc.property(data, (sent) => {
      const got = decodeMessage(encodeMessage({ type: "t", data: sent, node_id: "n" })).data as typeof sent;
      expect(got.map).toEqual(sent.map);
      expect(got.list).toEqual(sent.list);
      expect(Object.entries(got.plain)).toEqual(Object.entries(sent.plain));
    }),
  );
});

test("a snapshot crosses a socket whole", () => {
  const stats = new EndpointStats();
  stats.requests = 3;
  stats.success.record(12_345);
  stats.statuses.set(200, 3);
  const snapshot: Snapshot = {
    block: 7,
    users: new Map([["Visitor", 2]]),
    cells: new Map([[cellKey("head", { method: "GET", name: "/" }), stats]]),
    failures: new FailureLog(),
    health: { threads: [] },
  };
  const wire = toWire(snapshot);
  const bytes = encodeMessage({ type: "stats", data: { snapshots: [wire] }, node_id: "n" });
  const { snapshots } = decodeMessage(bytes).data as { snapshots: unknown[] };
  expect(toWire(fromWire(checkSnapshotWire(snapshots[0])))).toEqual(wire);
});

test.each([
  ["an array of 4 billion", "ddffffffff"],
  ["a map of 4 billion", "dfffffffff"],
  ["a string of 4 billion", "dbffffffff"],
  ["arrays of 200 in each other", `dc00c8${"dc00c8".repeat(100)}${"c0".repeat(150)}`],
  ["arrays of one in each other, too many", "91".repeat(1000)],
  ["nothing", ""],
  ["two values", "c0c0"],
  ["a type nobody knows", "c1"],
])("bytes that claim to be %s are refused before room is made for them", (_, bytes) => {
  expect(() => checkShape(Buffer.from(bytes, "hex"), { left: 1000 })).toThrow(RangeError);
});

test("no bytes do more than throw, and what is taken is a message", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        const { type, node_id } = decodeMessage(bytes);
        expect([typeof type, typeof node_id]).toEqual(["string", "string"]);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
    { numRuns: 2000 },
  );
});

const none = { digits: 2, counts: new Map() };
const cell = {
  ...{
    requests: 1,
    failures: 0,
    untimed: 0,
    retried: 0,
    fired: 0,
    bytesIn: 0,
    bytesOut: 0,
    latencySumMs: 1,
    maxMs: 1,
    minMs: 1,
  },
  ...{ statuses: new Map([[200, 1]]), success: none, failure: none, timeout: none },
  ...{ phases: new Map(), serverTiming: new Map() },
};
const failure = {
  ...{ arm: "head", endpoint: { method: "GET", name: "/" }, kind: "status", message: "500" },
  ...{ count: 1, firstMs: 0, lastMs: 0, samples: [] },
};

test("a sound snapshot is taken", () => {
  const sound = { block: 0, users: new Map([["Visitor", 1]]), health: { threads: [] } };
  const whole = { ...sound, cells: new Map([["k", cell]]), failures: [failure] };
  expect(checkSnapshotWire(whole)).toBe(whole);
});

test("a message of too many items is refused before they are made, whatever maps they are in", () => {
  const items = 2_100_000;
  const list = Buffer.concat([Buffer.from([0xdd, 0, 0, 0, 0]), Buffer.alloc(items, 0x80)]);
  list.writeUInt32BE(items, 1);
  expect(() => decodeMessage(list)).toThrow("too many items");
  const half = new Map([[1, new Array(1_100_000).fill(0)]]);
  expect(() => decodeMessage(encodeMessage({ type: "x", data: half, node_id: "n" }))).not.toThrow();
  const both = encodeMessage({ type: "x", data: [half, half], node_id: "n" });
  expect(() => decodeMessage(both)).toThrow("too many items");
});

test.each([
  [{ block: -1 }, "a block's number"],
  [{ block: 1e9 }, "a block's number"],
  [{ users: { Visitor: 1 } }, "a map"],
  [{ users: new Map([["Visitor", Number.NaN]]) }, "a number of users"],
  [{ cells: new Map([["k", { requests: "5" }]]) }, "a cell"],
  [{ users: new Map([["Visitor", 1.5]]) }, "a number of users"],
  [{ cells: new Map([["k", { ...cell, requests: 0.5 }]]) }, "a cell"],
  [{ cells: new Map([["k", { ...cell, statuses: new Map([[1001, 1]]) }]]) }, "a cell"],
  [{ cells: new Map([["k", { ...cell, success: { digits: 2, counts: new Map([[2 ** 31, 1]]) } }]]) }, "a cell"],
  [{ failures: [{ endpoint: {} }] }, "a failure"],
  [{ failures: [{ ...failure, kind: "mood" }] }, "a failure"],
  [{ failures: [{ ...failure, message: "x".repeat(1001) }] }, "a failure"],
  [{ health: { threads: [{}] } }, "health"],
])("a snapshot with %j is nobody's measurement", (changes, what) => {
  const sound = { block: 0, users: new Map(), cells: new Map(), failures: [], health: { threads: [] } };
  expect(() => checkSnapshotWire({ ...sound, ...changes })).toThrow(what);
});
