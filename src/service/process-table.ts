import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** One process as the system lists it. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** When it was started, as the system counts; with the pid it names a process for good. */
  readonly start: string;
  /** Ended, and not yet asked for its exit code by its parent. */
  readonly isDead: boolean;
}

/** A line of `/proc/<pid>/stat` (proc_pid_stat(5)); the name in parentheses may hold anything. */
export function parseStat(text: string): ProcessRow | null {
  const open = text.indexOf(" (");
  const close = text.lastIndexOf(") ");
  if (open < 0 || close < 0) return null;
  const [state = "", parent = "", group = "", ...rest] = text
    .slice(close + 2)
    .trim()
    .split(" ");
  // `rest` begins with field 6; the start is field 22.
  const start = rest[16];
  const pid = Number(text.slice(0, open));
  if (start === undefined || !Number.isInteger(pid)) return null;
  return { pid, parent: Number(parent), group: Number(group), start, isDead: state === "Z" || state === "X" };
}

/** All processes there are to be seen. */
export function processTable(): ProcessRow[] {
  if (process.platform !== "linux") return tableOfPs();
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const row = processRow(Number(name));
    return row === null ? [] : [row];
  });
}

/** One process; null where there is none of that id. */
export function processRow(pid: number): ProcessRow | null {
  if (process.platform !== "linux") return tableOfPs().find((row) => row.pid === pid) ?? null;
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return null;
  }
}

/** Whether a process was given this variable when it began; false where that may not be read. */
export function wasGiven(pid: number, variable: string): boolean {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, "latin1")}`.includes(`\0${variable}\0`);
  } catch {
    return false;
  }
}

/**
 * Tells processes of another machine, boot or container apart, where the same id means another process; empty where
 * that cannot be found out.
 */
export function processSpace(): string {
  try {
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return "";
  }
}

/** `ps` prints the start in seconds: two processes of one id within a second are not told apart. */
function tableOfPs(): ProcessRow[] {
  if (process.platform === "win32") return [];
  const listing = execFileSync("ps", ["-axo", "pid=,ppid=,pgid=,stat=,lstart="], { encoding: "utf8" });
  return listing.split("\n").flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line);
    if (!match) return [];
    const [, pid, parent, group, state = "", start = ""] = match;
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), start, isDead: state.startsWith("Z") }];
  });
}
