import fc from "fast-check";
import { expect, test } from "vitest";
import {
  decodeCommand,
  encodeCommand,
  errorCommand,
  pingCommand,
  pongFor,
  readError,
  readProperties,
  readyCommand,
} from "../../src/cluster/zmtp-command.ts";
import { encodeFrame, type Frame, FrameReader } from "../../src/cluster/zmtp-frame.ts";
import { encodeGreeting, greetingFault } from "../../src/cluster/zmtp-greeting.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

test("a greeting is the 64 bytes of ZMTP 3.0 with the mechanism NULL", () => {
  const signature = "ff00000000000000007f";
  const version = "0300";
  const mechanism = `4e554c4c${"00".repeat(16)}`;
  expect(hex(encodeGreeting())).toBe(`${signature}${version}${mechanism}${"00".repeat(32)}`);
});

test.each([
  ["HTTP", Buffer.from("GET / HTTP/1.1\r\n"), "does not speak ZMTP"],
  ["ZMTP 2.0", Buffer.from("ff00000000000000017f01", "hex"), "speaks a ZMTP older than 3.0"],
  ["CURVE", Buffer.concat([encodeGreeting().subarray(0, 12), Buffer.from("CURVE".padEnd(20, "\0"))]), "mechanism"],
])("a peer that speaks %s is told from one of ours by its first bytes", (_, bytes, fault) => {
  expect(greetingFault(bytes)).toContain(fault);
});

test("no prefix of a greeting is a fault, nor is that of libzmq, which is 3.1", () => {
  const libzmq = encodeGreeting();
  libzmq[11] = 1;
  for (let length = 0; length <= 64; length++) expect(greetingFault(libzmq.subarray(0, length))).toBeUndefined();
});

test("commands have the bytes that the specification shows", () => {
  const frame = (command: Parameters<typeof encodeCommand>[0]) =>
    hex(encodeFrame({ command: true, more: false, body: encodeCommand(command) }));
  const ready = readyCommand({ "Socket-Type": "DEALER", Identity: "vm_1" });
  const type = `0b${hex(Buffer.from("Socket-Type"))}00000006${hex(Buffer.from("DEALER"))}`;
  const identity = `08${hex(Buffer.from("Identity"))}00000004${hex(Buffer.from("vm_1"))}`;
  expect(frame(ready)).toBe(`042d05${hex(Buffer.from("READY"))}${type}${identity}`);
  expect(frame(errorCommand("no"))).toBe(`040905${hex(Buffer.from("ERROR"))}026e6f`);
  expect(frame(pingCommand({ ttlMs: 20_000 }))).toBe(`040704${hex(Buffer.from("PING"))}00c8`);
  expect(frame(pongFor(Buffer.from("00c8abcd", "hex")))).toBe(`040704${hex(Buffer.from("PONG"))}abcd`);
  expect(readError(errorCommand("no").data)).toBe("no");
});

test("messages have the bytes that the specification shows: short, long, with more to come", () => {
  const frame = (body: Buffer, more = false) => hex(encodeFrame({ command: false, more, body }).subarray(0, 10));
  expect(frame(Buffer.from("ab"))).toBe("00026162");
  expect(frame(Buffer.from("ab"), true)).toBe("01026162");
  expect(frame(Buffer.alloc(255, 1))).toBe("00ff0101010101010101");
  expect(frame(Buffer.alloc(256, 1))).toBe("02000000000000010001");
  expect(frame(Buffer.alloc(256, 1), true)).toBe("03000000000000010001");
});

const frames = fc.array(
  fc.oneof(
    fc.record({ command: fc.constant(false), more: fc.boolean(), body: fc.uint8Array({ maxLength: 600 }) }),
    fc.record({ command: fc.constant(true), more: fc.constant(false), body: fc.uint8Array({ maxLength: 300 }) }),
  ),
  { maxLength: 12 },
);

test("any chunking of the bytes gives the same frames", () => {
  fc.assert(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 700 })), (made, cuts) => {
      const sent: Frame[] = made.map((frame) => ({ ...frame, body: Buffer.from(frame.body) }));
      const bytes = Buffer.concat(sent.map(encodeFrame));
      const reader = new FrameReader({ limitBytes: 600 });
      const got: Frame[] = [];
      let at = 0;
      for (const cut of [...cuts, bytes.length]) {
        // A socket may write over its chunk once we were told of it.
        const chunk = Buffer.from(bytes.subarray(at, at + cut));
        reader.push(chunk);
        chunk.fill(0xee);
        at += cut;
        for (let frame = reader.next(); frame; frame = reader.next()) got.push(frame);
      }
      expect(got).toEqual(sent);
      expect(reader.waiting.length).toBe(0);
    }),
  );
});

test("a frame above the limit is refused by its length alone", () => {
  const reader = new FrameReader({ limitBytes: 1000 });
  const head = Buffer.from("0200000000000003e9", "hex");
  reader.push(head);
  expect(() => reader.next()).toThrow("a frame of 1001 bytes is more than 1000");
  const claims = new FrameReader({ limitBytes: 1000 });
  claims.push(Buffer.from("02ffffffffffffffff", "hex"));
  expect(() => claims.next()).toThrow("more than 1000");
});

test.each([
  ["08", "unknown flags"],
  ["0500", "claims to have more parts"],
])("a frame that begins with %s is refused", (bytes, told) => {
  const reader = new FrameReader({ limitBytes: 1000 });
  reader.push(Buffer.from(bytes, "hex"));
  expect(() => reader.next()).toThrow(told);
});

test("metadata comes back as it was said, and whatever else stands there never does more than throw", () => {
  const { data } = readyCommand({ "Socket-Type": "ROUTER", "X-Swarmgate": "1.2.3" });
  expect([...readProperties(data)].map(([name, value]) => [name, value.toString()])).toEqual([
    ["socket-type", "ROUTER"],
    ["x-swarmgate", "1.2.3"],
  ]);
  for (let length = 1; length < 22; length++) expect(() => readProperties(data.subarray(0, length))).toThrow("cut off");
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      try {
        const read = readProperties(Buffer.from(bytes));
        expect([...read.values()].reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(bytes.length);
      } catch (error) {
        expect(error).toHaveProperty("name", "ZmtpError");
      }
    }),
  );
  expect(() => decodeCommand(Buffer.alloc(0))).toThrow("no name");
  expect(() => decodeCommand(Buffer.from("0541", "hex"))).toThrow("no name");
});
