import fc from "fast-check";
import { expect, test } from "vitest";
import { matchesGlob } from "../../src/base/glob.ts";
import { escapeGlob, matchesEndpoint, nearestLabels } from "../../src/slo/glob.ts";

const get = (name: string) => ({ method: "GET", name });

test("a star stands for any characters, slashes too", () => {
  expect(matchesEndpoint("GET /item/*", get("/item/1/reviews"))).toBe(true);
  expect(matchesEndpoint("GET /item/*", get("/items"))).toBe(false);
  expect(matchesEndpoint("*", get("/"))).toBe(true);
});

test("a glob without a method is held against the name", () => {
  expect(matchesEndpoint("/item/{id}", get("/item/{id}"))).toBe(true);
  expect(matchesEndpoint("checkout flow", { method: "", name: "checkout flow" })).toBe(true);
});

test("question marks, brackets and braces stand for themselves", () => {
  expect(matchesEndpoint("GET /search?q=[a]", get("/search?q=[a]"))).toBe(true);
  expect(matchesEndpoint("GET /a?c", get("/abc"))).toBe(false);
});

test("an escaped text matches itself and nothing else", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "*", "\\", "/"), maxLength: 8 });
  fc.assert(
    fc.property(text, text, (written, other) => matchesGlob(escapeGlob(written), other) === (written === other)),
  );
  fc.assert(fc.property(text, (written) => matchesGlob(escapeGlob(written), written)));
});

test("many stars against a long name do not take for ever", () => {
  expect(matchesGlob(`${"*a".repeat(500)}b`, "a".repeat(5000))).toBe(false);
});

test("the nearest names come first", () => {
  expect(nearestLabels("GET /chekout", [get("/home"), get("/checkout"), get("/items")], 2)).toEqual([
    "GET /checkout",
    "GET /home",
  ]);
});
