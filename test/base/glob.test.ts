import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { matchesGlob } from "../../src/base/glob.ts";
import { AllowedHosts } from "../../src/engine/limits/allowed-hosts.ts";
import { allowedEnvironment } from "../../src/gate/swarm/swarm-child.ts";

const hostile = `${"*a".repeat(60)}b`;
const long = "a".repeat(20_000);

test("no glob takes long, wherever it comes from", () => {
  const startMs = performance.now();
  expect(matchesGlob(hostile, long)).toBe(false);
  expect(matchesGlob(hostile.replaceAll("a", "?"), long, { questionMark: true })).toBe(false);
  expect(new AllowedHosts([hostile]).forbids(new URL(`http://${"a".repeat(240)}.com`))).toMatch(/not among/);
  expect(allowedEnvironment({ [long]: "1" }, [hostile])).toEqual({});
  // Backtracking, the second alone would outlast the machine.
  expect(performance.now() - startMs).toBeLessThan(2000);
});

test("agrees with the pattern it stands for", () => {
  const glob = fc.string({ unit: fc.constantFrom("a", "b", "*", "?", "."), maxLength: 7 });
  const text = fc.string({ unit: fc.constantFrom("a", "b", "A", ".", "?"), maxLength: 7 });
  fc.assert(
    fc.property(glob, text, fc.boolean(), fc.boolean(), (written, given, questionMark, ignoreCase) => {
      const source = written
        .replace(/[.?]/g, (mark) => (mark === "?" && questionMark ? "[^]" : `\\${mark}`))
        .replaceAll("*", "[^]*");
      const pattern = new RegExp(`^${source}$`, ignoreCase ? "i" : "");
      return matchesGlob(written, given, { questionMark, ignoreCase }) === pattern.test(given);
    }),
    { numRuns: 2000 },
  );
});

test("nobody turns a glob into a regular expression of his own", () => {
  const own = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith("assets.ts"))
    .filter((file) => /["'`]\.\*["'`]/.test(readFileSync(join("src", file), "utf8")));
  expect(own).toEqual([]);
});
