import { readdirSync, readFileSync } from "node:fs";

/** Memory and descriptors of one process at one moment. */
interface Reading {
  readonly atS: number;
  /** Resident set size, MiB. */
  readonly residentMib: number;
  readonly descriptors: number;
}

/** After this many seconds a process should have what it needs. */
const settledS = 300;

/** How a process and those it started fared over time (Linux's /proc). */
export class ProcessCourse {
  readonly readings = new Map<string, Reading[]>();

  /** Reads the process and its descendants; one that has just ended is left out. */
  sample(pid: number, atS: number, name = "door"): void {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      const residentMib = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
      const descriptors = readdirSync(`/proc/${pid}/fd`).length;
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
      if (!Number.isFinite(residentMib)) return;
      const known = this.readings.get(name) ?? [];
      known.push({ atS, residentMib, descriptors });
      this.readings.set(name, known);
      for (const [index, child] of children.entries()) {
        this.sample(Number(child), atS, `${name === "door" ? "load" : name}${index > 0 ? ` ${index + 1}` : ""}`);
      }
    } catch {
      // It ended between two looks.
    }
  }
}

/** A row for each process: memory minute by minute, and how much it grows once settled. */
export function growthRows({ readings }: ProcessCourse): string[] {
  return [...readings].map(([name, course]) => {
    const lastS = course.at(-1)?.atS ?? 0;
    const everyS = Math.max(30, Math.ceil(lastS / 12 / 30) * 30);
    const shown = course.filter(
      ({ atS }, index) => index === 0 || Math.floor(atS / everyS) > Math.floor((course[index - 1]?.atS ?? 0) / everyS),
    );
    const steps = shown.map(({ atS, residentMib }) => `${(atS / 60).toFixed(1)} min ${residentMib.toFixed(0)}`);
    const settled = course.filter(({ atS }) => atS >= Math.min(settledS, lastS / 2) && atS <= lastS - 10);
    const sizes = settled.map(({ residentMib }) => residentMib);
    const range = `${Math.min(...sizes).toFixed(0)} to ${Math.max(...sizes).toFixed(0)} MiB`;
    return `| ${name} | ${steps.join(", ")} MiB | settled: ${range}, ${(slope(settled) * 60).toFixed(2)} MiB a minute |`;
  });
}

/** Descriptors in the first and second half: their most. */
export function descriptorRows({ readings }: ProcessCourse): string[] {
  return [...readings].map(([name, course]) => {
    const middle = (course.at(-1)?.atS ?? 0) / 2;
    const most = (late: boolean) =>
      Math.max(...course.filter(({ atS }) => atS > middle === late).map(({ descriptors }) => descriptors));
    return `| ${name} | descriptors at most ${most(false)} in the first half, ${most(true)} in the second |`;
  });
}

/** Least squares: MiB a second. */
function slope(course: readonly Reading[]): number {
  const n = course.length;
  const meanAt = course.reduce((sum, { atS }) => sum + atS, 0) / n;
  const mean = course.reduce((sum, { residentMib }) => sum + residentMib, 0) / n;
  const above = course.reduce((sum, { atS, residentMib }) => sum + (atS - meanAt) * (residentMib - mean), 0);
  const below = course.reduce((sum, { atS }) => sum + (atS - meanAt) ** 2, 0);
  return below === 0 ? 0 : above / below;
}
