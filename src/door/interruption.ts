/** SIGINT and SIGTERM as something that can be waited for. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Which signal came, if one did. */
  readonly name: () => "SIGINT" | "SIGTERM" | null;
  readonly release: () => void;
}

/**
 * Turns the first signal into an abort, so that users stop and the partial result is written; a second one ends the
 * process at once, as people expect of a second Ctrl-C.
 */
export function onInterruption(): Interruption {
  const controller = new AbortController();
  let name: "SIGINT" | "SIGTERM" | null = null;
  const heed = (signal: "SIGINT" | "SIGTERM") => () => {
    // A runner that cancels sends SIGINT and 7.5 s later SIGTERM: the second of another kind is no impatience.
    if (name === signal) process.exit(signal === "SIGINT" ? 130 : 143);
    name ??= signal;
    controller.abort();
  };
  const listeners = { SIGINT: heed("SIGINT"), SIGTERM: heed("SIGTERM") };
  process.on("SIGINT", listeners.SIGINT);
  process.on("SIGTERM", listeners.SIGTERM);
  return {
    signal: controller.signal,
    name: () => name,
    release: () => {
      process.off("SIGINT", listeners.SIGINT);
      process.off("SIGTERM", listeners.SIGTERM);
    },
  };
}
