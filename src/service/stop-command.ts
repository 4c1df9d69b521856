import { setTimeout as sleep } from "node:timers/promises";
import { composeDown, usesCompose } from "./compose.ts";
import { endProcesses } from "./end-processes.ts";
import { type CommandOrder, startCommand } from "./shell-command.ts";

/** What ends a service beside its processes: the command that was given, or what Compose needs. Null: nothing. */
export function stopOf({ stop, start }: { readonly stop: string | null; readonly start: string }): string | null {
  return stop ?? (usesCompose(start) ? composeDown : null);
}

/** Runs `stop`, for so long at most; what it started is ended with it. Gives what went wrong, or null. */
export async function runStop(
  order: CommandOrder,
  { limitMs, mark }: { readonly limitMs: number; readonly mark: string },
): Promise<string | null> {
  const { id, ended } = startCommand(order);
  const over = new AbortController();
  const late = sleep(limitMs, null, { signal: over.signal }).catch(() => null);
  const end = await Promise.race([ended, late]);
  over.abort();
  if (end === null) {
    // Only what `stop` itself started: the service is ended after it.
    if (id !== null) await endProcesses({ leaders: [id], mark: `${mark}-stop` }, { graceMs: 0 });
    return `\`stop\` was not done after ${limitMs / 1000} s`;
  }
  return end.exitCode === 0 ? null : `\`stop\` ended with ${end.signal ?? `exit code ${end.exitCode}`}`;
}
