import { gauge, type Reading } from "./gauge.ts";
import { generators, swarmgate } from "./generators.ts";
import type { Nginx } from "./nginx.ts";
import { median, spread } from "./numbers.ts";
import { cores, pinned } from "./pinned.ts";

export interface SpeedOptions {
  readonly nginx: Nginx;
  readonly directory: string;
  readonly rounds: number;
  readonly seconds: number;
  /** Names to measure beside ourselves; all if empty. */
  readonly only: readonly string[];
  readonly tell: (line: string) => void;
}

const users = 64;
const ours = "swarmgate";

/** Readings by generator, one of each round. Rounds are interleaved, so that a busy minute meets all alike. */
export type Readings = ReadonlyMap<string, readonly Reading[]>;

export async function measureSpeed(options: SpeedOptions): Promise<Readings> {
  const readings = new Map<string, Reading[]>();
  for (let round = 1; round <= options.rounds; round++) {
    for (const generator of generators) {
      const { name } = generator;
      const wanted = options.only.length === 0 || name === ours || options.only.includes(name);
      const command = generator.command({ ...options, url: options.nginx.url, users, seconds: options.seconds + 30 });
      if (!wanted || !command) continue;
      const reading = await gauge(pinned(1, command), options);
      readings.set(name, [...(readings.get(name) ?? []), reading]);
      options.tell(
        `round ${round}: ${name} ${reading.perSecond.toFixed(0)}/s, ${reading.cpuUs.toFixed(1)} µs of CPU each`,
      );
    }
  }
  return readings;
}

/** `name | requests/s | CPU each | ours over it, by round | bound | met`, as texts. */
export function speedRows(readings: Readings, versions: ReadonlyMap<string, string>): string[][] {
  const own = readings.get(ours) ?? [];
  return [...generators].map(({ name, bound }) => {
    const found = readings.get(name);
    if (!found) return [name, "not measured", "–", "–", boundText(bound), "–"];
    const label = `${name} ${versions.get(name) ?? ""}`.trim();
    const perSecond = median(found.map((each) => each.perSecond));
    const cpu = median(found.map((each) => each.cpuUs));
    const ratios = found.map((each, round) => (own[round]?.perSecond ?? Number.NaN) / each.perSecond);
    const numbers = [Math.round(perSecond).toLocaleString("en"), `${cpu.toFixed(1)} µs`];
    if (name === ours) return [label, ...numbers, "1", "–", "–"];
    return [label, ...numbers, spread(ratios), boundText(bound), metText(bound, median(ratios))];
  });
}

/** How far wrk is from itself in the same minutes: no ratio is known better than this. */
export function noise(readings: Readings): string {
  const [first, second] = [readings.get("wrk") ?? [], readings.get("wrk again") ?? []];
  return spread(second.map((each, round) => each.perSecond / (first[round]?.perSecond ?? Number.NaN)));
}

const boundText = (bound: number | undefined) => (bound === undefined ? "–" : `≥ ${bound}`);
const metText = (bound: number | undefined, ratio: number) =>
  bound === undefined ? "–" : ratio >= bound ? "met" : "not met";

/**
 * Two threads beside one. With two free cores besides the target's the rates are compared; with fewer the threads
 * would only take the target's core, so what is compared is the CPU time a request costs: threads that neither wait
 * for each other nor share work cost the same.
 */
export async function twoThreads(options: SpeedOptions): Promise<string[]> {
  const { nginx, rounds } = options;
  const enough = cores >= 3;
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const order = { ...options, url: nginx.url, users, seconds: options.seconds + 30 };
    const one = await gauge(pinned(1, swarmgate(order)), options);
    const two = await gauge(pinned(enough ? "1,2" : "0,1", swarmgate(order, 2)), options);
    ratios.push(enough ? two.perSecond / one.perSecond : (2 * one.cpuUs) / two.cpuUs);
  }
  const what = enough ? "two threads on two cores, rate over one's" : "two threads, by CPU time a request (*)";
  return [what, spread(ratios), "≥ 1.7", median(ratios) >= 1.7 ? "met" : "not met"];
}
