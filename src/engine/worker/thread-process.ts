import type { MasterMessage, WorkerMessage } from "../../protocol/messages.ts";
import { RateCap } from "../limits/rate-cap.ts";
import { RequestBudget } from "../limits/request-budget.ts";
import type { SeparateStart } from "../node/separate-threads.ts";
import { runThread } from "./thread.ts";

/** What a thread's process is told. */
export type ToThread =
  | { readonly type: "start"; readonly start: SeparateStart }
  | { readonly type: "message"; readonly message: MasterMessage };

// A load-generating thread as a process of its own, for runs that may start no threads. What the master says before
// the locustfile is loaded waits for it.
const early: MasterMessage[] = [];
let hear: ((message: MasterMessage) => void) | undefined;

function send(message: WorkerMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send) process.send(message, () => resolve());
    else resolve();
  });
}

let sent: Promise<unknown> = Promise.resolve();

process.on("message", (message) => {
  const said = message as ToThread;
  if (said.type === "start") void run(said.start);
  else if (hear) hear(said.message);
  else early.push(said.message);
});

// Whoever started us is gone. A signal is for it to hear; SIGINT stays Node's, which says what a stuck loop is at.
process.once("disconnect", () => process.exit(1));
process.on("SIGTERM", () => undefined);

async function run(start: SeparateStart): Promise<void> {
  const { requests, maxRate } = start.plan;
  const budget = requests === null ? undefined : RequestBudget.of(requests).buffer;
  const places = maxRate === null ? undefined : RateCap.places();
  await runThread(
    { ...start, budget, places },
    {
      send: (message) => {
        sent = Promise.all([sent, send(message)]);
      },
      onMessage(listener) {
        hear = listener;
        for (const message of early.splice(0)) listener(message);
      },
      close: () => undefined,
    },
  );
  await sent;
  process.exit();
}
