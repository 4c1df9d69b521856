import { expect, it } from "vitest";
import { cleanData, cleanJson, Redactor, redacted } from "../../src/base/redact.ts";

const redactor = new Redactor(["12345678", "s3cret-value"]);

it("cleans every text of a document, keys too, and leaves its numbers alone", () => {
  const data = { count: 12345678, "s3cret-value": ["a s3cret-value b", null, { deep: "12345678" }] };
  expect(cleanData(redactor, data)).toEqual({
    count: 12345678,
    [redacted]: [`a ${redacted} b`, null, { deep: redacted }],
  });
});

it("gives a document without secrets back as it was, byte for byte", () => {
  const json = '{ "a" : 1.0 }';
  expect(cleanJson(redactor, json)).toBe(json);
  expect(JSON.parse(cleanJson(redactor, '{"count":12345678,"name":"12345678"}'))).toEqual({
    count: 12345678,
    name: redacted,
  });
});
