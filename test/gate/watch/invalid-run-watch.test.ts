import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gateConfig } from "../../../src/config/gate-config.ts";
import type { Progress } from "../../../src/engine/plan/load-plan.ts";
import { noExtras } from "../../../src/gate/load.ts";
import { InvalidRunWatch, invalidRunWatch } from "../../../src/gate/watch/invalid-run-watch.ts";
import type { UserTrouble } from "../../../src/stats/run-result.ts";
import { type Block, blockMs } from "../../../src/stats/snapshot.ts";
import { saturation } from "../../../src/verdict/validity/saturation.ts";
import { blockOf, calm, noTrouble, resultOf, sample } from "../../verdict/runs.ts";

/** Ramp and warm-up of two seconds each, then `runTimeMs` in all. */
function progressAt(elapsedMs: number, changes: Partial<Progress> & { runTimeMs?: number } = {}): Progress {
  const { runTimeMs = 60_000, ...more } = changes;
  return {
    elapsedMs,
    phase: elapsedMs <= 2000 ? "ramp" : elapsedMs <= 4000 ? "warm-up" : "steady",
    users: 10,
    targetUsers: 10,
    requests: 100,
    failures: 0,
    rps: 20,
    failuresPerSecond: 0,
    p50Ms: 20,
    p95Ms: 40,
    leftMs: elapsedMs <= 2000 ? null : runTimeMs + 2000 - elapsedMs,
    health: { threads: [calm] },
    ...more,
  };
}

const threw: UserTrouble = {
  ...noTrouble,
  exceptions: [{ message: "boom", trace: "", task: "Shopper.home", count: 3, firstMs: 0, lastMs: 0 }],
};
const strained = { threads: [{ ...calm, utilization: 0.97 }] };

function watch(changes: Partial<ConstructorParameters<typeof InvalidRunWatch>[0]> = {}) {
  return new InvalidRunWatch({ unsureMs: 1000, beyondMs: 0, arrivalRate: null, forgiven: new Set(), ...changes });
}

/** When the watch says that the run is over, block after block, and why. */
function endOf(
  take: InvalidRunWatch["take"],
  {
    progress = () => ({}),
    trouble = () => noTrouble,
    runTimeMs = 60_000,
  }: {
    progress?: (elapsedMs: number) => Partial<Progress>;
    trouble?: (elapsedMs: number) => UserTrouble;
    runTimeMs?: number;
  } = {},
): { elapsedMs: number; why: string } | null {
  for (let elapsedMs = blockMs; elapsedMs <= runTimeMs + 2000; elapsedMs += blockMs) {
    const why = take(progressAt(elapsedMs, { runTimeMs, ...progress(elapsedMs) }), trouble(elapsedMs));
    if (why !== null) return { elapsedMs, why };
  }
  return null;
}

const of =
  (one: InvalidRunWatch): InvalidRunWatch["take"] =>
  (progress, trouble) =>
    one.take(progress, trouble);

describe("a run whose locustfile is at fault", () => {
  test("goes on until ten seconds were judged, so that the rest of what is wrong is told too", () => {
    const end = endOf(of(watch()), { trouble: () => threw });
    expect(end?.elapsedMs).toBe(4500 + 10_000);
    expect(end?.why).toMatch(/^no longer run can be judged, so this one ends after 15 s: .*boom/);
  });

  test("ends ten seconds after the fault when that comes late, and says so once", () => {
    const late = watch();
    const trouble = (elapsedMs: number) => (elapsedMs < 30_000 ? noTrouble : threw);
    expect(endOf(of(late), { trouble })?.elapsedMs).toBe(40_000);
    expect(late.take(progressAt(40_500), threw)).toBeNull();
  });

  test("never ends in its ramp, in its warm-up, or while it stops", () => {
    for (const phase of ["ramp", "warm-up", "tail"] as const) {
      expect(endOf(of(watch()), { trouble: () => threw, progress: () => ({ phase }) })).toBeNull();
    }
  });

  test("goes on where that makes it not invalid", () => {
    const forgiving = watch({ forgiven: new Set(["uncaught-exceptions"]) });
    expect(endOf(of(forgiving), { trouble: () => threw })).toBeNull();
  });

  test.each([
    ["a missing await", { missingAwaits: [{ task: "a", place: null, count: 1 }] }],
    ["a forbidden host", { forbiddenHosts: [{ host: "b.test", count: 1 }] }],
  ])("%s is as bad as an exception", (_, fault) => {
    expect(endOf(of(watch()), { trouble: () => ({ ...noTrouble, ...fault }) })?.elapsedMs).toBe(14_500);
  });
});

describe("a run whose generator is saturated", () => {
  const health = strained;

  test("ends when more than a fifth of all it may take is lost, and what may be warm-up counts for nothing", () => {
    // All it may take: 62 s. A fifth is 24.8 blocks; the 25th is that of 4.5 s + 1 s + 24 blocks.
    expect(endOf(of(watch()), { progress: () => ({ health }) })?.elapsedMs).toBe(17_500);
    expect(endOf(of(watch({ unsureMs: 8000 })), { progress: () => ({ health }) })?.elapsedMs).toBe(24_500);
    expect(endOf(of(watch({ beyondMs: 60_000 })), { progress: () => ({ health }) })?.elapsedMs).toBe(29_500);
  });

  test("goes on while nobody knows how long it will", () => {
    expect(endOf(of(watch()), { progress: () => ({ health, leftMs: null }) })).toBeNull();
  });

  test("goes on when its delays are small beside what the target takes", () => {
    const late = (delayP99Ms: number) => ({ threads: [{ ...calm, delayP99Ms }] });
    const slow = (delayP99Ms: number) =>
      endOf(of(watch()), { progress: () => ({ p95Ms: 400, health: late(delayP99Ms) }) });
    expect(slow(190)).toBeNull();
    expect(slow(210)?.elapsedMs).toBe(17_500);
  });

  test("is never ended that a calm rest would have saved", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 120, maxLength: 120 }), fc.nat(60), (busy, quietFrom) => {
        const isBusy = (block: number) => block < quietFrom * 2 && (busy[block] ?? false);
        const one = watch();
        const blocks: Block[] = [];
        let ended = false;
        for (let block = 0; block < 120; block++) {
          const threads = [isBusy(block) ? { ...calm, utilization: 0.97 } : calm];
          blocks.push(blockOf(block, [sample()], { health: threads }));
          const at = { phase: "steady" as const, leftMs: (119 - block) * blockMs, health: { threads } };
          ended ||= one.take(progressAt((block + 1) * blockMs, at), noTrouble) !== null;
        }
        if (saturation(resultOf(blocks)) === null) expect(ended).toBe(false);
      }),
    );
  });
});

describe("the watch of a configuration", () => {
  const configOf = (inputs: Readonly<Record<string, string>>) =>
    gateConfig({
      layers: [{ values: new Map(Object.entries({ host: "http://a.test", ...inputs })), spell: (name) => name }],
      file: null,
      defaults: {},
      promiseByDefault: true,
    });
  const endsWith = (inputs: Readonly<Record<string, string>>, extras = noExtras) =>
    endOf(invalidRunWatch(configOf(inputs), { extras, extensionMs: 0 }), { trouble: () => threw }) !== null;

  test("ends a gate's run, and none that is of use all the same", () => {
    expect(endsWith({})).toBe(true);
    expect(endsWith({ mode: "baseline" })).toBe(true);
    expect(endsWith({ "fail-on": "slo,regression" })).toBe(false);
    expect(endsWith({ "fail-on": "none" })).toBe(false);
    expect(endsWith({ "run-time": "forever" })).toBe(false);
    expect(endsWith({}, { ...noExtras, forgiven: new Set(["saturated"]) })).toBe(false);
  });
});
