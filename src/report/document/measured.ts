import type { RunResult } from "../../stats/run-result.ts";
import { type Block, blockMs, type Phase } from "../../stats/snapshot.ts";
import { clipText, sizeOrNull, tidySize, whole } from "./clip.ts";
import { totalOf, type WindowCell, windowBlocks } from "./distribution.ts";
import type { Report } from "./report.ts";
import { bounds } from "./report-schema.ts";

type Measured = Report["measured"];

const phases: readonly Phase[] = ["ramp", "warm-up", "steady", "extension", "confirmation", "tail"];

/** How a run was measured: the load, the machine, what was left out, and how the generator fared. */
export function measuredOf(result: RunResult, options: { warmup: string; cells: readonly WindowCell[] }): Measured {
  const { meta, trouble, summary } = result;
  const { profile, machine } = meta;
  const name = (text: string) => clipText(text, bounds.name);
  return {
    engine: name(meta.engine),
    seed: name(meta.seed),
    locustfile: name(meta.locustfile),
    host: meta.host === null ? null : name(hostOnly(meta.host)),
    baseHost: meta.baseHost === null ? null : name(hostOnly(meta.baseHost)),
    users: whole(profile.users),
    spawnRate: tidySize(profile.spawnRate),
    runTimeMs: sizeOrNull(profile.runTimeMs),
    requests: profile.requests === null ? null : whole(profile.requests),
    arrivalRate: sizeOrNull(profile.arrivalRate),
    shape: profile.shape === null ? null : name(profile.shape),
    userClasses: profile.userClasses.slice(0, bounds.list).map(name),
    threads: whole(meta.threads),
    peakUsers: whole(trouble.peakUsers),
    deadInOnStart: whole(trouble.deadInOnStart),
    killedUsers: whole(trouble.killed),
    retiredPairs: whole(trouble.retiredPairs),
    windowMs: tidySize(summary.windowMs),
    warmup: clipText(options.warmup, 40),
    phases: phasesOf(result),
    allRequests: whole(summary.allRequests),
    machine: {
      cpuModel: name(machine.cpuModel),
      cores: whole(machine.cores),
      memoryBytes: whole(machine.memoryBytes),
      os: clipText(machine.os, 80),
      node: clipText(machine.node, 40),
    },
    health: healthOf(windowBlocks(result)),
    statuses: [...totalOf(options.cells, "head").statuses]
      .filter(([status]) => Number.isInteger(status) && status >= 0 && status <= 999)
      .sort(([a], [b]) => a - b)
      .slice(0, bounds.list)
      .map(([status, count]) => [status, whole(count)]),
  };
}

/** Scheme, host and port; what is left of a host that is no URL never has a user, path or query. */
function hostOnly(host: string): string {
  return URL.canParse(host) ? new URL(host).origin : host.replace(/^[^/]*@/, "").replace(/[/?#].*$/, "");
}

function phasesOf({ blocks, summary }: RunResult): Measured["phases"] {
  return phases.flatMap((phase) => {
    const own = blocks.filter((block) => block.phase === phase);
    if (own.length === 0) return [];
    let requests = 0;
    for (const block of own) for (const stats of block.cells.values()) requests += stats.requests;
    const judged = requests > 0 && summary.leftOut[phase] === undefined;
    return [{ phase, ms: own.length * blockMs, requests: whole(requests), judged }];
  });
}

function healthOf(blocks: readonly Block[]): Measured["health"] {
  const threads = blocks.flatMap(({ health }) => health.threads);
  const machines = blocks.flatMap(({ health }) => (health.machine ? [health.machine] : []));
  if (threads.length === 0 && machines.length === 0) return null;
  const most = <T>(list: readonly T[], value: (item: T) => number) =>
    list.reduce((sum, item) => Math.max(sum, tidySize(value(item))), 0);
  const ofMachines = (value: (machine: (typeof machines)[number]) => number) =>
    machines.length === 0 ? null : most(machines, value);
  const memory = ofMachines(({ memoryBytes }) => memoryBytes);
  return {
    delayP99Ms: most(threads, ({ delayP99Ms }) => delayP99Ms),
    delayMaxMs: most(threads, ({ delayMaxMs }) => delayMaxMs),
    utilizationMax: most(threads, ({ utilization }) => utilization),
    threadCpuMax: most(threads, ({ cpu }) => cpu),
    machineCpuMax: ofMachines(({ cpu }) => cpu),
    stealMax: ofMachines(({ steal }) => steal),
    memoryMaxBytes: memory === null ? null : whole(memory),
    lateStarts: whole(threads.reduce((sum, { lateStarts }) => sum + lateStarts, 0)),
    openSocketsMax: whole(
      blocks.reduce(
        (top, { health }) =>
          Math.max(
            top,
            health.threads.reduce((sum, t) => sum + t.openSockets, 0),
          ),
        0,
      ),
    ),
  };
}
