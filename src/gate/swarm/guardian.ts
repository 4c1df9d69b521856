import { spawn } from "node:child_process";

/** Nobody's variables; all it uses is built into the shell. */
const script = 'read -r _ || for group; do kill -9 "-$group"; done';

/**
 * Sees to it that load-generating processes end with this one, whatever either is doing: a child stuck in a loop does
 * not notice that its parent was killed. It holds the reading end of a pipe; when this process is gone, by whatever
 * signal, it kills their groups, and with them what they started. Windows does so by itself.
 */
export function guard(pids: readonly (number | undefined)[]): { readonly release: () => void } {
  const groups = pids.flatMap((pid) => (pid === undefined ? [] : [String(pid)]));
  if (process.platform === "win32" || groups.length === 0) return { release: () => undefined };
  const guardian = spawn("/bin/sh", ["-c", script, "sh", ...groups], {
    env: {},
    stdio: ["pipe", "ignore", "ignore"],
    // Ctrl-C is for the others.
    detached: true,
  });
  // Without a shell there is none; and what befalls the pipe of one that is gone is no news.
  guardian.on("error", () => undefined);
  guardian.stdin.on("error", () => undefined);
  guardian.unref();
  (guardian.stdin as { unref?: () => void }).unref?.();
  return { release: () => void guardian.stdin.end("\n") };
}
