import { expect, test } from "vitest";
import { ManualClock } from "../../../src/base/clock.ts";
import { AllowedHosts, refusedHost } from "../../../src/engine/limits/allowed-hosts.ts";
import { RateCap } from "../../../src/engine/limits/rate-cap.ts";
import { RequestBudget } from "../../../src/engine/limits/request-budget.ts";
import { ThreadGuard } from "../../../src/engine/limits/traffic-guard.ts";

test.each([
  ["http://localhost:8080/x", ["localhost"], true],
  ["http://localhost:8080/x", ["localhost:8080"], true],
  ["http://localhost:8081/x", ["localhost:8080"], false],
  ["https://a.preview.example.com/", ["*.preview.example.com"], true],
  ["https://preview.example.com/", ["*.preview.example.com"], false],
  ["https://a.preview.example.com.evil.test/", ["*.preview.example.com"], false],
  ["https://EXAMPLE.com./", ["example.com"], true],
  ["https://example.com/", ["example.com:443"], true],
  ["http://[::1]:8080/", ["::1"], true],
  ["http://evil@localhost/", ["evil"], false],
  ["http://other.test/", [], false],
])("%s with %o allowed: %s", (url, globs, allowed) => {
  expect(new AllowedHosts(globs).forbids(new URL(url)) === undefined).toBe(allowed);
});

test.each([
  "http://169.254.169.254/latest/meta-data/",
  "http://0xA9FEA9FE/",
  "http://2852039166/",
  "http://[fe80::1]/",
  "http://[fd00:ec2::254]/",
  "http://[::ffff:169.254.169.254]/",
  "http://[64:ff9b::169.254.169.254]/",
  "http://metadata.google.internal./computeMetadata/v1/",
  "http://100.100.100.200/",
])("%s is never a target, whatever is allowed", (url) => {
  expect(new AllowedHosts(null).forbids(new URL(url))).toMatch(/metadata/);
  expect(new AllowedHosts(["*"]).forbids(new URL(url))).toMatch(/metadata/);
});

test.each([
  ["169.254.169.254", true],
  ["fe80::1%eth0", true],
  ["fd00:ec2::254", true],
  ["fd00:0ec2:0:0:0:0:0:254", true],
  ["::ffff:169.254.169.254", true],
  ["168.63.129.16", true],
  ["127.0.0.1", false],
  ["::1", false],
  ["10.0.0.1", false],
])("a name of one's own that resolves to %s is refused: %s", (address, forbidden) => {
  const guard = new ThreadGuard({ hosts: new AllowedHosts(null) });
  const refusal = guard.forbidsAddress({ hostname: "shop.example", address });
  expect(refusal).toBe(
    forbidden ? `shop.example resolves to ${address}, a cloud metadata address, never a target` : undefined,
  );
  if (refusal) expect(refusedHost(refusal)).toBe("shop.example");
});

test("a budget lets through exactly so many requests, in whatever thread they are asked for", () => {
  const budget = RequestBudget.of(3);
  const elsewhere = RequestBudget.shared(budget.buffer);
  expect([budget.take(), elsewhere.take(), budget.take(), elsewhere.take(), budget.take()]).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
  expect(elsewhere.usedUp).toBe(true);
});

test("a rate cap spreads requests evenly and counts those it held", async () => {
  const clock = new ManualClock(1000);
  const cap = new RateCap({ clock, perSecond: 10, burstMs: 0 });
  const startedMs: number[] = [];
  for (let i = 0; i < 5; i++) void Promise.resolve(cap.take()).then(() => startedMs.push(clock.now()));
  await clock.advance(1000);
  expect(startedMs).toEqual([1000, 1100, 1200, 1300, 1400]);
  expect(cap.throttled).toBe(4);
});

test("a rate cap is one for all threads, however unevenly they ask", async () => {
  const clock = new ManualClock(1000);
  const shared = RateCap.places();
  const [busy, idle] = [0, 1].map(() => new RateCap({ clock, perSecond: 10, burstMs: 0, shared }));
  const startedMs: number[] = [];
  const ask = (cap: RateCap | undefined) => void Promise.resolve(cap?.take()).then(() => startedMs.push(clock.now()));
  for (let i = 0; i < 4; i++) ask(busy);
  ask(idle);
  ask(busy);
  await clock.advance(1000);
  expect(startedMs).toEqual([1000, 1100, 1200, 1300, 1400, 1500]);
  expect([busy?.throttled, idle?.throttled]).toEqual([4, 1]);
});

test("a request that the cap holds is only counted against the budget when it may start", async () => {
  const clock = new ManualClock(0);
  const budget = RequestBudget.of(1);
  const cap = new RateCap({ clock, perSecond: 1, burstMs: 0 });
  const guard = new ThreadGuard({ hosts: new AllowedHosts(null), cap, budget });
  expect(guard.admit()).toBe(true);
  const second = guard.admit();
  await clock.advance(1000);
  expect(await second).toBe(false);
});
