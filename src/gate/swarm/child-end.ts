import type { ChildProcess } from "node:child_process";

/** How long what a process left behind in its pipes may take to arrive once it is gone. */
const drainMs = 1000;

export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Something it started lives on and holds its output. */
  readonly leftSomething: boolean;
}

/**
 * Resolves when a child has ended and everything it said has been heard. A process of its own that it left behind may
 * hold its output for as long as it lives: that is not waited for.
 */
export function childEnded(child: ChildProcess): Promise<ChildEnd> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      const late = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve({ code, signal, leftSomething: true });
      }, drainMs);
      // Its last message and its last lines may still be on their way.
      child.once("close", () => {
        clearTimeout(late);
        resolve({ code, signal, leftSomething: false });
      });
    });
  });
}
