import { expect, test } from "vitest";
import { ManualClock } from "../../src/base/clock.ts";
import { GateError } from "../../src/base/errors.ts";
import type { BaselineStore, Loaded } from "../../src/baseline/store.ts";
import { gateConfig } from "../../src/config/gate-config.ts";
import type { GateContext } from "../../src/gate/gate-context.ts";
import { loadBaseline } from "../../src/gate/load-baseline.ts";

const config = gateConfig({
  layers: [{ values: new Map([["host", "http://a.test"]]), spell: (setting) => setting }],
  file: null,
  defaults: {},
  promiseByDefault: true,
});

/** What the gate does with an answer of a store: why there is nothing to compare with, or the error it ends with. */
async function told(loaded: Loaded, kind: BaselineStore["kind"] = "artifact"): Promise<string> {
  const unsaved = { is: "unsaved", reason: "failed", why: "not asked" } as const;
  const store: BaselineStore = {
    kind,
    load: async () => loaded,
    save: async () => unsaved,
    change: async () => unsaved,
  };
  const world = { store, clock: new ManualClock(0) } as unknown as GateContext;
  try {
    const { wanted, whyNot } = await loadBaseline(config, world);
    return `${wanted ? "wanted" : "unasked"}: ${whyNot}`;
  } catch (error) {
    if (!(error instanceof GateError)) throw error;
    return `${error.code} ${error.exitCode}: ${error.message} -> ${error.hint}`;
  }
}

test("absent, expired, forbidden, unreadable and newer are five different answers", async () => {
  expect(await told({ is: "absent", why: "none was stored" })).toBe("wanted: none was stored");
  expect(await told({ is: "expired", why: "it has expired" })).toBe("wanted: it has expired");
  expect(await told({ is: "forbidden", why: "not listed", remedy: "grant actions: read" })).toBe(
    "wanted: not listed; grant actions: read",
  );
  expect(await told({ is: "unreadable", why: "cut short" }, "file")).toMatch(
    /^baseline-unreadable 2: cut short -> restore it from where it is kept/,
  );
  expect(await told({ is: "newer", why: "schema 99" }, "file")).toMatch(
    /^baseline-newer 2: schema 99 -> use the version of swarmgate that wrote it, or another baseline-path/,
  );
});

test("a service that is down is told apart from a document that is spoilt: it ends no run", async () => {
  for (const kind of ["artifact", "cache", "branch"] as const) {
    expect(await told({ is: "unreadable", why: "502", unreachable: true }, kind)).toBe("wanted: 502");
    expect(await told({ is: "unreadable", why: "cut short" }, kind)).toMatch(
      /^baseline-unreadable 2: .*if the service was down, run this again/,
    );
  }
});

test("a store that never answers is given up", async () => {
  const clock = new ManualClock(0);
  const store = { kind: "artifact", load: () => new Promise(() => undefined) } as unknown as BaselineStore;
  const reading = loadBaseline(config, { store, clock } as unknown as GateContext);
  await clock.advance(30_000);
  expect(await reading).toMatchObject({
    wanted: true,
    unreachable: true,
    whyNot: expect.stringMatching(/did not answer/),
  });
});
