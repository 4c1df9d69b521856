import fc from "fast-check";
import { expect, test } from "vitest";
import { unzipFile } from "../../src/baseline/unzip.ts";
import { zipOf } from "./support/zip.ts";

const zip = zipOf([
  { name: "other.txt", text: "other" },
  { name: "baseline.json", text: "x".repeat(10_000) },
  { name: "stored.txt", text: "stored", method: 0 },
]);

test("one file comes out, deflated or stored", () => {
  expect(unzipFile(zip, { name: "baseline.json", limitBytes: 10_000 })?.length).toBe(10_000);
  expect(unzipFile(zip, { name: "stored.txt", limitBytes: 100 })?.toString()).toBe("stored");
  expect(unzipFile(zip, { name: "none", limitBytes: 100 })).toBeUndefined();
});

test("a file that would unpack to more than is allowed is refused", () => {
  expect(() => unzipFile(zip, { name: "baseline.json", limitBytes: 9999 })).toThrow(RangeError);
  expect(() => unzipFile(zip, { name: "stored.txt", limitBytes: 5 })).toThrow(RangeError);
});

test("whatever the bytes, it is a file, none, or a RangeError", () => {
  fc.assert(
    fc.property(fc.nat(zip.length - 1), fc.nat(255), (at, byte) => {
      const broken = Buffer.from(zip);
      broken[at] = byte;
      try {
        unzipFile(broken, { name: "baseline.json", limitBytes: 20_000 });
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
  );
  expect(() => unzipFile(Buffer.from("no archive"), { name: "x", limitBytes: 1 })).toThrow("not a zip archive");
});
