import { ExitCode, GateError } from "../base/errors.ts";
import type { RunResult } from "../stats/run-result.ts";

/** How the client says that a request has nowhere to go. */
const nowhere = /^(?:GateError: )?no host to send /;

/**
 * A run that sent nothing since nobody said where to: `host` is empty and the classes have none. That is a setting to
 * be made, not a fault of the locustfile.
 * @throws GateError `host-missing`
 */
export function refuseWithoutHost({ summary, trouble, meta }: Pick<RunResult, "summary" | "trouble" | "meta">): void {
  const { exceptions } = trouble;
  if (meta.host !== null || summary.allRequests > 0 || exceptions.length === 0) return;
  if (!exceptions.every(({ message }) => nowhere.test(message))) return;
  throw new GateError("host-missing", `host is empty, and ${exceptions[0]?.task ?? "the locustfile"} sends to a path`, {
    exitCode: ExitCode.usage,
    place: "host",
    hint: "name the target with `host`; where another step gives it, look whether its output is empty",
  });
}
