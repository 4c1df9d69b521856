import { defaultCompareSettings as settings } from "../../src/verdict/settings.ts";
import { judgeStored } from "../../src/verdict/stored/stored-baseline.ts";
import { rateText } from "./proportion.ts";
import { drawStored, type RunNoise, type StoredSetting } from "./stored-noise.ts";

/** How often each thing happened in so many draws of one setting. */
interface Rates {
  readonly n: number;
  readonly red: number;
  /** An endpoint that did change was red. */
  readonly found: number;
  /** An endpoint that did not change was red. */
  readonly blamed: number;
  /** Not red, and the run undecided. */
  readonly undecided: number;
}

function ratesOf(setting: StoredSetting, { n, seed }: { n: number; seed: string }): Rates {
  const rates = { n, red: 0, found: 0, blamed: 0, undecided: 0 };
  for (let i = 0; i < n; i++) {
    const comparisons = judgeStored({ ...drawStored(setting, `${seed} ${i}`), settings });
    const red = comparisons.filter(({ outcome }) => outcome === "regressed");
    const slower = (name: string) => (setting.factors?.[Number(name.slice(2))] ?? 1) > 1;
    if (red.length > 0) rates.red++;
    else if (comparisons.some(({ outcome }) => outcome === "inconclusive")) rates.undecided++;
    if (red.some(({ endpoint }) => endpoint !== null && slower(endpoint.name))) rates.found++;
    if (red.some(({ endpoint }) => endpoint !== null && !slower(endpoint.name))) rates.blamed++;
  }
  return rates;
}

const usual: RunNoise = { sd: 0.05, correlation: 0.77, jobShare: 0.3, uneven: 0.3 };
const setting: StoredSetting = { noise: usual, endpoints: 10, runs: 10, passes: 1 };
const pastRuns = [1, 2, 3, 5, 10, 20] as const;
const changed = (count: number, factor: number) => Array.from({ length: count }, () => factor);

/**
 * The stored baseline on runs that are levels alone: endpoints of 10 to 80 ms with noise of their own, which share a
 * part of it (`correlation`), of which a part belongs to the job and all of its passes. p50 and p95 are judged, as by
 * default. Prints every rate with its 95 % interval.
 * @param rows only what contains this text
 */
export function printStoredRates({ n, seed, rows }: { n: number; seed: string; rows: string }): void {
  const show = (name: string, asked: StoredSetting) => {
    if (!name.includes(rows)) return;
    const { red, found, blamed, undecided } = ratesOf(asked, { n, seed: `${seed} ${name}` });
    const [a, b, c, d] = [red, found, blamed, undecided].map((count) => rateText(count, n));
    console.log(`  ${name.padEnd(66)} ${a} ${b} ${c} ${d}`);
  };
  console.log(`\nStored baseline, levels of runs, ${n} draws a row, 95 % intervals of each rate`);
  console.log(
    `  ${"".padEnd(66)} ${"red".padEnd(19)} ${"changed one red".padEnd(19)} ${"another red".padEnd(19)} undecided`,
  );
  for (const passes of [1, 3]) {
    for (const endpoints of [4, 10]) {
      for (const sd of [0.05, 0.1, 0.2]) {
        for (const correlation of [0.1, 0.4, 0.8]) {
          for (const runs of pastRuns) {
            const noise = { ...usual, sd, correlation };
            const name = `A/A, ${passes} ${passes === 1 ? "pass" : "passes"}, ${endpoints} endpoints, noise ${100 * sd} %, correlation ${correlation}, N ${runs}`;
            show(name, { noise, endpoints, runs, passes });
          }
        }
      }
    }
  }
  for (const jobShare of [0, 0.3, 0.6]) {
    for (const passes of [1, 3]) {
      for (const sd of [0.05, 0.1]) {
        const name = (what: string) =>
          `${what}, ${passes} ${passes === 1 ? "pass" : "passes"}, noise ${100 * sd} % (${100 * jobShare} % of the job's)`;
        const asked = { ...setting, passes, noise: { ...usual, sd, jobShare } };
        show(name("A/A of ten"), asked);
        show(name("+20 % on one of ten"), { ...asked, factors: [1, 1, 1, 1, 1.2] });
      }
    }
  }
  for (const factor of [0.5, 0.85]) {
    for (const count of [1, 3, 6, 9]) {
      for (const sd of [0.05, 0.1]) {
        const name = `${count} of ten ${Math.round(100 * (1 - factor))} % faster, noise ${100 * sd} %`;
        show(name, { ...setting, noise: { ...usual, sd }, factors: changed(count, factor) });
      }
    }
  }
  for (const factor of [1.2, 1.5]) {
    show(`all ten +${Math.round(100 * (factor - 1))} %, noise 5 %`, { ...setting, factors: changed(10, factor) });
  }
}
