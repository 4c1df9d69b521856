import { blockMs } from "../../stats/snapshot.ts";
import { median } from "../statistics/screen.ts";
import { type JudgedTime, medians } from "./judged-time.ts";
import type { Trouble } from "./trouble.ts";

const parts = 20;
const fewestInPart = 5;
const shortestMs = 20_000;
/** Against the second half of the run. */
const coldLevel = 1.5;
const warmLevel = 1.15;
/** Nothing after the warming up may be past this, or it is no start but restlessness. */
const restless = 1.35;
/** A part may be slower than the one before by noise. */
const waver = 1.1;

/**
 * A target that is slow at first and warms up: caches, pools, a just-in-time compiler. Of several passes the first one
 * tells: a pass that was slower than those after it is no start.
 */
export function coldStart({ courses, passes }: JudgedTime): Trouble | null {
  const [stretch] = passes;
  const judgedMs = stretch ? (stretch.to - stretch.from) * blockMs : 0;
  if (!stretch || judgedMs < shortestMs) return null;
  const relative = courses.flatMap((course) => {
    const levels = medians(course, { parts, least: fewestInPart, stretch });
    const later = levels.slice(parts / 2).filter((level) => level !== null);
    if (later.length < parts / 4) return [];
    const usual = median(later);
    return [levels.map((level) => (level === null ? null : level / usual))];
  });
  const levels = Array.from({ length: parts }, (_, i) => median(relative.flatMap((one) => one[i] ?? [])));
  const [first = Number.NaN] = levels;
  const warm = levels.findIndex((level) => level <= warmLevel);
  if (!(first >= coldLevel) || warm < 1 || warm > parts / 2) return null;
  const cooling = levels.slice(1, warm).every((level, i) => level <= waver * (levels[i] as number));
  if (!cooling || levels.slice(warm).some((level) => level > restless)) return null;
  const lastedMs = (warm * judgedMs) / parts;
  return { kind: "cold-start", endpoint: null, factor: first, lastedMs };
}
