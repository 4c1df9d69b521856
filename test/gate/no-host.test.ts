import { expect, test } from "vitest";
import { refuseWithoutHost } from "../../src/gate/no-host.ts";
import { readinessOf } from "../../src/gate/readiness.ts";
import { makeResult } from "../support/make-result.ts";

const sentNothing = (message: string, host: string | null = null) =>
  makeResult({
    behaviours: [],
    meta: { host },
    trouble: { exceptions: [{ message, trace: "", task: "Shopper.home", count: 9, firstMs: 0, lastMs: 1 }] },
  });

test("a run that sent nothing for want of a host ends as a setting to be made, with exit 2", () => {
  expect(() => refuseWithoutHost(sentNothing('no host to send "/" to'))).toThrow(
    expect.objectContaining({ code: "host-missing", exitCode: 2 }),
  );
  expect(() => refuseWithoutHost(sentNothing("x is not a function"))).not.toThrow();
  expect(() => refuseWithoutHost(sentNothing('no host to send "/" to', "http://a.test"))).not.toThrow();
  const sent = makeResult({ behaviours: [{ endpoint: { method: "GET", name: "/" }, rate: 5, medianMs: 9 }] });
  expect(() => refuseWithoutHost(sent)).not.toThrow();
});

test("a target that is up with another version is not to be started", () => {
  const answer = { status: 200, location: null, headers: {}, body: "version 1" };
  const readiness = readinessOf(answer, { url: "http://a.test/", version: "version 2" });
  expect(readiness).toMatchObject({ is: "not-yet", because: "answers, but not as version version 2" });
  expect(readiness.is === "not-yet" && readiness.hint).not.toMatch(/start the target/);
});
