import { markName } from "./command-environment.ts";
import { type ProcessRow, processTable, wasGiven } from "./process-table.ts";

/** A process for good: an id alone is given out again. */
export interface ProcessId {
  readonly pid: number;
  readonly start: string;
}

/** What the processes of one arm are recognised by. */
export interface Belonging {
  /** What the command was started as, leading a process group of its own. */
  readonly leaders: readonly ProcessId[];
  /** The value of SWARMGATE_SERVICE that all of them inherited. */
  readonly mark: string;
}

/**
 * The processes among `table` that belong to an arm: a leader and its group, whoever was given the mark, and the
 * descendants of these. `isMarked` is asked for those alone that are not known otherwise.
 */
export function membersAmong(
  table: readonly ProcessRow[],
  { leaders }: Pick<Belonging, "leaders">,
  isMarked: (pid: number) => boolean,
): ProcessRow[] {
  const living = table.filter(({ isDead }) => !isDead);
  const leads = new Set(
    leaders
      .filter(({ pid, start }) => table.some((row) => row.pid === pid && row.start === start))
      .map(({ pid }) => pid),
  );
  const members = new Set(
    living.filter(({ pid, group }) => leads.has(pid) || leads.has(group) || isMarked(pid)).map(({ pid }) => pid),
  );
  for (let grew = true; grew; ) {
    grew = false;
    for (const { pid, parent } of living) {
      if (members.has(pid) || !members.has(parent)) continue;
      members.add(pid);
      grew = true;
    }
  }
  return living.filter(({ pid }) => members.has(pid));
}

/** The same among the processes there are now. Never this process, whoever started it. */
export function membersOf(belonging: Belonging): ProcessRow[] {
  const variable = `${markName}=${belonging.mark}`;
  return membersAmong(processTable(), belonging, (pid) => wasGiven(pid, variable)).filter(
    ({ pid }) => pid !== process.pid,
  );
}
