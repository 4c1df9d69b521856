import { setTimeout as sleep } from "node:timers/promises";
import { type Belonging, membersOf } from "./members.ts";

const pollMs = 50;
/** Processes may start others while they are ended: all that are there are ended again, so many times. */
const mostRounds = 40;

/**
 * Ends every process of an arm: asks with SIGTERM, and ends with SIGKILL what is still there after `graceMs`.
 * Gives what could not be ended, of another user perhaps.
 */
export async function endProcesses(belonging: Belonging, { graceMs }: { readonly graceMs: number }): Promise<number[]> {
  let left = membersOf(belonging);
  for (const { pid } of left) send(pid, "SIGTERM");
  for (let waitedMs = 0; left.length > 0 && waitedMs < graceMs; waitedMs += pollMs) {
    await sleep(pollMs);
    left = membersOf(belonging);
  }
  for (let round = 0; left.length > 0 && round < mostRounds; round++) {
    for (const { pid } of left) send(pid, "SIGKILL");
    await sleep(pollMs);
    left = membersOf(belonging);
  }
  return left.map(({ pid }) => pid);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself, or is another user's.
  }
}
