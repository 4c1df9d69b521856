import { Readable } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { linesOf, longestLine } from "../../../src/gate/swarm/lines-of.ts";

async function linesIn(chunks: readonly Buffer[]): Promise<string[]> {
  const lines: string[] = [];
  await linesOf(Readable.from(chunks), (line) => lines.push(line));
  return lines;
}

test("lines come whole, wherever the stream was cut", async () => {
  const text = fc.array(fc.string({ unit: "binary" }).map((line) => line.replaceAll(/[\r\n]/g, "")));
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat(40), { minLength: 1 }), async (lines, sizes) => {
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""), "utf8");
      const chunks: Buffer[] = [];
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const size = 1 + (sizes[turn % sizes.length] as number);
        chunks.push(bytes.subarray(at, at + size));
        at += size;
      }
      expect(await linesIn(chunks)).toEqual(lines.map((line) => Buffer.from(line, "utf8").toString("utf8")));
    }),
  );
});

test("what nothing ends is a line too, and a carriage return is none of it", async () => {
  expect(await linesIn([Buffer.from("a\r\nb\n\nc")])).toEqual(["a", "b", "", "c"]);
});

test("a line without end is cut, and how much of it is missing stands there", async () => {
  const chunks = Array.from({ length: 100 }, () => Buffer.alloc(10_000, "x"));
  const [line, next] = await linesIn([...chunks, Buffer.from("\nnext\n")]);
  expect(line).toBe(`${"x".repeat(longestLine)}… (${1_000_000 - longestLine} more characters)`);
  expect(next).toBe("next");
});
