import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readZippedFile } from "../../src/base/zip.ts";
import { makeZip, type ZipEntry } from "../support/make-zip.ts";

const report: ZipEntry = { name: "report.json", data: '{"schema":1}' };

test("one file comes out, deflated or stored, whatever lies beside it", () => {
  const zip = makeZip([
    { name: "other.txt", data: "other" },
    { name: "folder/", data: "", mode: 0o040755, stored: true },
    { name: "deflated", data: "x".repeat(10_000) },
    { name: "stored", data: "kept", stored: true },
  ]);
  const limits = { fileBytes: 10_000, entries: 4 };
  expect(readZippedFile(zip, "deflated", limits)).toHaveLength(10_000);
  expect(readZippedFile(zip, "stored", limits).toString()).toBe("kept");
  expect(() => readZippedFile(zip, "deflated", { ...limits, fileBytes: 9999 })).toThrow("larger than 9999");
  expect(() => readZippedFile(zip, "stored", { ...limits, fileBytes: 3 })).toThrow("larger than 3");
  expect(() => readZippedFile(Buffer.from("no archive"), "stored", limits)).toThrow("it is no zip file");
});

describe("a hostile zip", () => {
  const limits = { fileBytes: 1_048_576, entries: 50 };
  const read = (entries: readonly ZipEntry[]) => readZippedFile(makeZip(entries), "report.json", limits).toString();

  test.each<[string, ZipEntry[], string]>([
    ["goes up", [report, { name: "../../.bashrc", data: "x" }], "unsafe name"],
    ["is absolute", [report, { name: "/etc/passwd", data: "x" }], "unsafe name"],
    ["has backslashes", [report, { name: "..\\x", data: "x" }], "unsafe name"],
    ["has a drive", [report, { name: "C:x", data: "x" }], "unsafe name"],
    ["has a NUL", [report, { name: "report.json\u0000.exe", data: "x" }], "unsafe name"],
    ["is a symbolic link", [{ ...report, mode: 0o120777 }], "no regular file"],
    ["has a link beside it", [report, { name: "x", data: "/etc", mode: 0o120777 }], "no regular file"],
    ["has a device", [report, { name: "x", data: "", mode: 0o060644 }], "no regular file"],
    ["has it twice", [report, report], "more than once"],
    ["does not have it", [{ name: "Report.json", data: "x" }], "no report.json"],
    ["is encrypted", [{ ...report, flags: 1 }], "encrypted"],
    ["has too many", Array.from({ length: 51 }, (_, i) => ({ name: `f${i}`, data: "" })), "more than 50"],
    ["says it is larger", [{ name: "report.json", data: "x", claimedBytes: 2 ** 31 }], "larger than 1048576"],
    ["is a bomb", [{ name: "report.json", data: Buffer.alloc(200_000_000), claimedBytes: 9 }], "larger than it says"],
    ["says it is smaller", [{ name: "report.json", data: "xxxx", claimedBytes: 3 }], "damaged"],
  ])("that %s is refused", (_, entries, why) => {
    expect(() => read(entries)).toThrow(why);
  });

  test("of random bytes never does more than throw", () => {
    const good = makeZip([report]);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 8 }),
        fc.nat(good.length),
        (edits, cut) => {
          const bytes = Buffer.from(good);
          for (const [at, value] of edits) bytes[at] = value;
          for (const zip of [bytes, bytes.subarray(0, cut)]) {
            try {
              expect(readZippedFile(zip, "report.json", limits).toString()).toBe('{"schema":1}');
            } catch (error) {
              expect(error).toBeInstanceOf(Error);
              expect((error as Error).message).not.toMatch(/out of range|ERR_/);
            }
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
