import { systemClock } from "./base/clock.ts";
import { beginAnew, takeOver } from "./door/own-process.ts";
import { machineTemporary } from "./door/temporary.ts";
import { sweep, sweepEnvironment } from "./service/sweep.ts";

// The action's step after the job: of a run that was cancelled or killed it ends what that could not. It needs no token,
// and what a service has left running could read those it was started with: it begins anew without them.
const handed = takeOver(process.argv);
const env = handed ?? sweepEnvironment(process.env);
if (handed === null) beginAnew(env, { main: process.argv[1] as string });
process.on("SIGUSR1", () => undefined);
try {
  const lines = await sweep({ temporary: machineTemporary(env), env, nowMs: systemClock.now() });
  for (const line of lines) process.stdout.write(`swarmgate: ${line}\n`);
} catch (error) {
  process.stdout.write(`swarmgate: what a run has left behind could not be ended: ${String(error)}\n`);
}
