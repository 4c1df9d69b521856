import { systemClock } from "./base/clock.ts";
import { machineTemporary } from "./door/temporary.ts";
import { sweep } from "./service/sweep.ts";

// The action's step after the job: of a run that was cancelled or killed it ends what that could not.
try {
  const lines = await sweep({
    temporary: machineTemporary(process.env),
    env: process.env,
    nowMs: systemClock.now(),
  });
  for (const line of lines) process.stdout.write(`swarmgate: ${line}\n`);
} catch (error) {
  process.stdout.write(`swarmgate: what a run has left behind could not be ended: ${String(error)}\n`);
}
