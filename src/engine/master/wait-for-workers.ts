import type { Clock } from "../../base/clock.ts";
import { ExitCode, GateError } from "../../base/errors.ts";
import type { NodeSource } from "../node/node.ts";
import type { WorkerRegistry } from "./worker-registry.ts";

/** A thread that has not loaded the locustfile by then never will. */
const connectMs = 60_000;

export interface WaitForWorkersOptions {
  readonly clock: Clock;
  /** Where workers come from by themselves; without it those of the registry are all there are. */
  readonly joining: NodeSource | undefined;
  /** Whether nobody needs to come any more. */
  readonly isOver: () => boolean;
}

/** Waits until those who are to run the users are ready; gives what is wrong if they are not in time. */
export async function waitForWorkers(
  registry: WorkerRegistry,
  { clock, joining, isOver }: WaitForWorkersOptions,
): Promise<GateError | undefined> {
  const missing = () =>
    !isOver() && (joining ? registry.count("ready") < joining.expected : registry.some("connecting"));
  const patienceMs = joining ? (joining.maxWaitMs ?? Number.POSITIVE_INFINITY) : connectMs;
  await registry.waitWhile(missing, { untilMs: clock.now() + patienceMs });
  if (!missing()) return undefined;
  const message = joining
    ? `${registry.count("ready")} of ${joining.expected} workers were ready in time`
    : "not every load-generating thread started within a minute";
  const hint = joining
    ? "Raise --expect-workers-max-wait, or see why the others did not come."
    : "Is the locustfile doing long work while it loads?";
  return new GateError("workers-missing", message, { exitCode: ExitCode.ownFault, hint });
}
