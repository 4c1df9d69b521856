import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseServerTiming } from "../../src/http/answer/server-timing.ts";
import { causeOf } from "../../src/http/cause.ts";
import { readHead } from "../../src/http/wire/answer-head.ts";
import { ChunkedBody } from "../../src/http/wire/chunked.ts";
import { Notable } from "../../src/http/wire/transport.ts";

/** A head without its last empty line. */
function parseHead(text: string) {
  const bytes = Buffer.from(`${text}\r\n\r\n`, "latin1");
  return readHead(bytes, { at: 0, end: bytes.length }, false);
}

test("a chunked body is read whole, however it is cut into chunks and reads", () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 8 }),
      fc.array(fc.nat(30), { minLength: 1, maxLength: 20 }),
      fc.boolean(),
      (chunks, cuts, upper) => {
        const size = (n: number) => (upper ? n.toString(16).toUpperCase() : n.toString(16));
        const wire = Buffer.concat([
          ...chunks.flatMap((chunk) => [
            Buffer.from(`${size(chunk.length)}\r\n`),
            Buffer.from(chunk),
            Buffer.from("\r\n"),
          ]),
          Buffer.from("0\r\n\r\nnext"),
        ]);
        const body = new ChunkedBody();
        const read: Buffer[] = [];
        let from = 0;
        let stop = -1;
        for (let i = 0; stop < 0; i++) {
          const to = Math.min(wire.length, from + 1 + (cuts[i % cuts.length] as number));
          stop = body.read(wire, { at: from, end: to }, (a, b) => read.push(Buffer.from(wire.subarray(a, b))));
          from = to;
        }
        expect(Buffer.concat(read).equals(Buffer.concat(chunks))).toBe(true);
        expect(wire.subarray(stop).toString()).toBe("next");
      },
    ),
  );
});

test.each(["g\r\n", "\r\n", "5\r\nhelloX", "5 \r\nhello\r\n0\r\n\rX", "ffffffffffffff\r\n"])(
  "%j is not a chunked body",
  (text) => {
    const bytes = Buffer.from(text);
    expect(() => new ChunkedBody().read(bytes, { at: 0, end: bytes.length }, () => undefined)).toThrow(SyntaxError);
  },
);

describe("an answer's head", () => {
  test("is read for what ends its body and for what we act on, whatever the case", () => {
    const head = parseHead(
      "HTTP/1.1 200 OK\r\nDate: x\r\nCONTENT-LENGTH:  12 \r\nSet-Cookie: a=1\r\nContent-Encoding: gzip\r\nServer-Timing: x;dur=1",
    );
    expect(head).toMatchObject({ status: 200, contentLength: 12, chunked: false, keepAlive: true });
    expect(head?.notable).toBe(Notable.setCookie | Notable.contentEncoding | Notable.serverTiming);
  });

  test.each([
    ["HTTP/1.1 200 OK", true],
    ["HTTP/1.1 200 OK\r\nConnection: Close", false],
    ["HTTP/1.0 200 OK", false],
    ["HTTP/1.0 200 OK\r\nconnection: Keep-Alive", true],
    ["HTTP/1.1 200", true],
  ])("%j keeps the connection: %s", (text, keepAlive) => {
    expect(parseHead(text)?.keepAlive).toBe(keepAlive);
  });

  test("a chunked body has no length, whatever else is said", () => {
    expect(parseHead("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: gzip, chunked")).toMatchObject({
      contentLength: -1,
      chunked: true,
    });
  });

  test.each(["HTTP/2 200 OK", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 -20 X", "ICY 200 OK", ""])(
    "%j is none",
    (text) => expect(() => parseHead(text)).toThrow(SyntaxError),
  );
});

test.each([
  ["db;dur=53.2", [["db", 53.2]]],
  [
    'a;desc="x;dur=9";dur=1, b;dur="2"',
    [
      ["a", 1],
      ["b", 2],
    ],
  ],
  ["miss, hit;desc=x", []],
  ["a;dur=-1, b;dur=x, c;DUR=3", [["c", 3]]],
  ["", []],
])("Server-Timing %j", (header, metrics) => {
  expect(parseServerTiming(header)).toEqual(metrics);
});

test.each([
  ["ENOTFOUND", "dns"],
  ["EAI_AGAIN", "dns"],
  ["ECONNREFUSED", "connect"],
  ["EHOSTUNREACH", "connect"],
  ["EMFILE", "connect"],
  ["ETIMEDOUT", "timeout"],
  ["ECONNRESET", "reset"],
  ["EPIPE", "reset"],
  ["CERT_HAS_EXPIRED", "tls"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "tls"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "tls"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "tls"],
  ["ERR_HTTP2_STREAM_ERROR", "protocol"],
  ["HPE_INVALID_CONSTANT", "protocol"],
])("an error with code %s is a failure of kind %s", (code, kind) => {
  const error = Object.assign(new Error("text"), { code });
  expect(causeOf(error)).toMatchObject({ kind, message: expect.stringContaining(code) });
  expect(causeOf(Object.assign(new AggregateError([error], ""), { code }))).toMatchObject({ kind });
});
