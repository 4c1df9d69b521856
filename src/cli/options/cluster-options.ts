import { type Problem, UsageError } from "../../base/errors.ts";
import type { SettingName } from "../../config/settings.ts";
import type { ClusterOrder } from "../../gate/swarm/swarm-channel.ts";
import { type Layer, lookUp } from "./layers.ts";

const defaultPort = "5557";

/** What only one machine can keep count of, or what a master does not do itself. */
const notOfMasters: readonly (readonly [option: string, why: string])[] = [
  ["requests", "workers do not count together"],
  ["iterations", "workers do not count together"],
  ["arrival-rate", "workers do not count together"],
  ["max-rate", "each worker keeps a rate of its own: give it to them"],
  ["processes", "a master runs no users itself: give it to the workers"],
  ["threads", "a master runs no users itself: give it to the workers"],
  ["base-host", "side by side is for one machine"],
  ["shard", "a shard is a run of its own"],
];

/** Those a configuration file may ask for, too. */
const countedSettings = ["requests", "arrival-rate", "max-rate"] as const satisfies readonly SettingName[];

/** `--master` and `--worker` and what belongs to them; null for a run of one machine. Throws UsageError. */
export function clusterOrder(
  layers: readonly Layer[],
  { mode, given }: { mode: string; given: ReadonlySet<SettingName> },
): ClusterOrder | null {
  const says = (name: string) => lookUp(layers, name);
  const problems: Problem[] = [];
  const spelled = (name: string) => layers.find(({ values }) => values.has(name))?.spell(name) ?? `--${name}`;
  const wrong = (name: string, message: string) => void problems.push({ where: spelled(name), message });
  const whole = (name: string, standard: string, { least, most }: { least: number; most: number }) => {
    const text = says(name) ?? standard;
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(number >= least && number <= most)) {
      wrong(name, `${JSON.stringify(text)} is not a whole number from ${least} to ${most}`);
    }
    return number;
  };
  const port = (name: string, least: number) => whole(name, defaultPort, { least, most: 65_535 });
  const [master, worker] = [says("master") !== undefined, says("worker") !== undefined];
  if (master && worker) wrong("worker", "a process is either --master or --worker");
  if ((master || worker) && mode !== "gate") wrong(master ? "master" : "worker", `${mode} is for one machine`);
  let order: ClusterOrder | null = null;
  if (master) {
    for (const [name, why] of notOfMasters) {
      const isGiven = says(name) !== undefined || countedSettings.some((one) => one === name && given.has(one));
      if (isGiven) wrong(name, `not with --master: ${why}`);
    }
    const waitS = whole("expect-workers-max-wait", "0", { least: 0, most: 1_000_000 });
    order = {
      role: "master",
      bind: { host: says("master-bind-host") ?? "*", port: port("master-bind-port", 0) },
      expected: whole("expect-workers", "1", { least: 1, most: 1000 }),
      maxWaitMs: waitS === 0 ? null : waitS * 1000,
    };
  } else if (worker) {
    if (given.has("permissions")) wrong("permissions", "not with --worker: its threads are threads of one process");
    order = { role: "worker", at: { host: says("master-host") ?? "127.0.0.1", port: port("master-port", 1) } };
  }
  if (problems.length > 0) throw new UsageError(problems);
  return order;
}
