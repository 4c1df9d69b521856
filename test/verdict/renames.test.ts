import { expect, test } from "vitest";
import type { Endpoint } from "../../src/stats/endpoint.ts";
import { likelyRenames } from "../../src/verdict/renames.ts";

const of = (label: string, share: number): { endpoint: Endpoint; share: number } => {
  const [method = "", name = ""] = label.split(" ");
  return { endpoint: { method, name }, share };
};
const found = (missing: readonly string[], appeared: readonly string[], shares: Record<string, number> = {}) =>
  likelyRenames(
    missing.map((label) => of(label, shares[label] ?? 0.2)),
    appeared.map((label) => of(label, shares[label] ?? 0.2)),
  ).map(({ from, to }) => `${from.name} → ${to.name}`);

test("a path much alike with as much of the traffic is a likely rename, and each is named once", () => {
  expect(found(["GET /search"], ["GET /search-v2", "GET /searches"])).toEqual(["/search → /searches"]);
  expect(found(["GET /users/{id}"], ["GET /users/[id]"])).toEqual(["/users/{id} → /users/[id]"]);
  expect(found(["GET /e"], ["GET /e2"])).toEqual(["/e → /e2"]);
  expect(found(["GET /api/cart", "GET /api/items"], ["GET /v2/api/items", "GET /v2/api/cart"])).toHaveLength(2);
});

test("another method, another path and another share of the traffic are none", () => {
  expect(found(["GET /search"], ["POST /search"])).toEqual([]);
  expect(found(["GET /search"], ["GET /checkout/done"])).toEqual([]);
  expect(found(["GET /search"], ["GET /search-v2"], { "GET /search-v2": 0.02 })).toEqual([]);
});
