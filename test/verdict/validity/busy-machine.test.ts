import { describe, expect, test } from "vitest";
import { MachineWatch, pressureMs } from "../../../src/engine/master/machine-health.ts";
import type { MachineHealth, ThreadHealth } from "../../../src/stats/health.ts";
import type { RunResult } from "../../../src/stats/run-result.ts";
import { busyMachine, machineWasBusy } from "../../../src/verdict/validity/busy-machine.ts";
import { isSaturatedForGood, saturation, strainOf } from "../../../src/verdict/validity/saturation.ts";
import { invalidities } from "../../../src/verdict/validity/validity.ts";
import { blockOf, calm, resultOf, sample } from "../runs.ts";

/** A generator with next to nothing to do: 5 users and 22 requests/s. */
const idle: ThreadHealth = { ...calm, utilization: 0.05, cpu: 0.03, delayP90Ms: 0.3 };
const quiet: MachineHealth = { cpu: 0.3, steal: 0, memoryBytes: 1e8, ownCpu: 0.02, pressure: 0.01, runnable: 1 };
const remote = "https://shop.example.com";

function run(
  thread: Partial<ThreadHealth>,
  machine: Partial<MachineHealth> | null,
  { host = remote, arrivalRate = null as number | null } = {},
): RunResult {
  const blocks = Array.from({ length: 40 }, (_, block) => {
    const one = blockOf(block, [sample()], { health: [{ ...idle, ...thread }] });
    return machine ? { ...one, health: { ...one.health, machine: { ...quiet, ...machine } } } : one;
  });
  const result = resultOf(blocks);
  return { ...result, meta: { ...result.meta, host, profile: { ...result.meta.profile, arrivalRate } } };
}

const codesOf = (result: RunResult) => invalidities(result).map(({ code }) => code);
const late = { delayP99Ms: 5.9, delayMaxMs: 9 };

describe("saturated is the generator's own doing", () => {
  test.each([
    ["busy all the time", { utilization: 0.95, cpu: 0.95 }],
    ["late by code of its own", { ...late, utilization: 0.4, cpu: 0.38 }],
  ])("%s", (_, thread) => {
    for (const machine of [{}, null, { cpu: 0.99, ownCpu: 0.6, pressure: 0.5 }]) {
      expect(codesOf(run(thread, machine))).toEqual(["saturated"]);
    }
  });

  test.each([
    ["other guests of the host", { steal: 0.2 }, remote],
    ["a queue for the cores", { runnable: 9, cpu: 0.8 }, remote],
    ["pressure", { pressure: 0.6, cpu: 0.9 }, remote],
    ["the target on the same cores", { pressure: 0.6, cpu: 0.99 }, "http://127.0.0.1:8080"],
    ["something that nobody can name", {}, remote],
  ])("and not %s, which make a run invalid only where it bent what is judged", (_, machine, host) => {
    const now = run(late, machine, { host });
    expect(saturation(now)).toBeNull();
    expect(codesOf(now)).toEqual([]);
    const [warning] = [machineWasBusy(now)];
    expect(warning?.message).toContain("5.9 ms");
    expect(warning?.message).toContain("at most 5 % busy");
    expect(warning?.message).not.toMatch(/fewer users/);
    const bent = run({ ...late, delayP90Ms: 5.5 }, machine, { host });
    expect(codesOf(bent)).toEqual([host === remote ? "machine-busy" : "cores-shared"]);
    expect(machineWasBusy(bent)).toBeNull();
  });

  test("each has its own words and remedy", () => {
    const bent = { ...late, delayP90Ms: 6 };
    const steal = busyMachine(run(bent, { steal: 0.18 }));
    expect(steal?.message).toContain("other guests of the host took up to 18 % of its time");
    expect(steal?.remedy).toContain("one load test at a time");
    const shared = busyMachine(run(bent, { pressure: 0.42, cpu: 0.97 }, { host: "http://localhost:3000" }));
    expect(shared?.message).toContain("the target runs on the same machine");
    expect(shared?.message).toContain("something waited for a core in up to 42 % of the time");
    expect(shared?.remedy).toContain("cores or a machine of its own");
    // Stolen time is nothing that a target on this machine took.
    expect(busyMachine(run(bent, { steal: 0.18 }, { host: "http://localhost:3000" }))?.code).toBe("machine-busy");
    const unknown = busyMachine(run(bent, null));
    expect(unknown?.message).toContain("nothing says what else used the machine");
  });

  test("older documents, which say only how late one turn in a hundred was, are judged by that", () => {
    const { delayP90Ms: _, ...old } = idle;
    const blocks = Array.from({ length: 40 }, (_, block) =>
      blockOf(block, [sample()], { health: [{ ...old, ...late }] }),
    );
    expect(codesOf(resultOf(blocks))).toEqual(["machine-busy"]);
  });

  test("a few late blocks are no news", () => {
    const blocks = Array.from({ length: 40 }, (_, block) =>
      blockOf(block, [sample()], { health: [block < 8 ? { ...idle, ...late } : idle] }),
    );
    expect(machineWasBusy(resultOf(blocks))).toBeNull();
    expect(strainOf(resultOf(blocks))).toMatchObject({ saturated: 0, delayed: 8, bent: 0 });
  });
});

describe("late starts of the open model", () => {
  /** 10 users, 20 iterations/s, one request each: answered in 100 ms, from the tenth second on in two seconds. */
  const open = (slowFrom: number, users = 10) => {
    const blocks = Array.from({ length: 40 }, (_, block) => {
      const isSlow = block >= slowFrom;
      const latencyMs = isSlow ? 2000 : 100;
      const samples = Array.from({ length: isSlow ? 3 : 10 }, () => sample({ latencyMs }));
      return blockOf(block, samples, { health: [{ ...idle, lateStarts: isSlow ? 7 : 0 }] });
    });
    const result = resultOf(blocks, { trouble: { peakUsers: users, targetUsers: users } });
    return { ...result, meta: { ...result.meta, profile: { ...result.meta.profile, arrivalRate: 20 } } };
  };

  test("are the target's doing where the users were enough as long as it answered as usual", () => {
    expect(saturation(open(20))).toBeNull();
    expect(codesOf(open(20))).toEqual([]);
  });

  test("are for want of users where there were too few from the start, or hardly enough", () => {
    expect(saturation(open(0))?.remedy).toContain("Raise `users`");
    expect(saturation(open(20, 2))?.remedy).toContain("Raise `users`");
  });

  test("are nothing beside a target that is gone", () => {
    const silent = open(0).blocks.map((block) => ({
      ...block,
      liveness: { head: { answers: 0, inFlight: 10, youngestMs: 100, patienceMs: 3000 } },
    }));
    expect(saturation({ ...open(0), blocks: silent })).toBeNull();
  });

  test("end no run early: whose doing they are is seen when it is judged", () => {
    const { blocks } = open(0);
    expect(isSaturatedForGood({ blocks, arrivalRate: 20, medianMs: 100 }, { limitMs: 20_000 })).toBe(false);
  });
});

test("the machine says how long something waited for a core, how many wanted one, and what we took", () => {
  const stats = [
    "cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 1 1 1 1\ncpu1 1 1 1 1\nprocs_running 3\n",
    "cpu  150 0 150 900 0 0 0 0 0 0\ncpu0 1 1 1 1\ncpu1 1 1 1 1\nprocs_running 7\n",
  ];
  const pressures = [
    "some avg10=0.00 avg60=0.00 avg300=0.00 total=1000\nfull total=5\n",
    "some avg10=1 total=201000\n",
  ];
  const times = [0, 0, 500, 500];
  const cpus = [10, 260];
  const watch = new MachineWatch({
    procStat: () => stats.shift(),
    procPressure: () => pressures.shift(),
    memoryBytes: () => 5,
    cpuMs: () => cpus.shift() ?? 0,
    nowMs: () => times.shift() ?? 0,
  });
  expect(watch.take()).toEqual({ cpu: 0.5, steal: 0, memoryBytes: 5, ownCpu: 0.25, pressure: 0.4, runnable: 7 });
  expect(pressureMs(undefined)).toBeUndefined();
});
