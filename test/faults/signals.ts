import type { ActionRun } from "../support/run-action.ts";
import type { Ended, FaultCase, FaultFamily } from "./fault-case.ts";
import { childrenOf, commandOf, type FaultStage, visiting } from "./stage.ts";

const codes = { SIGINT: 130, SIGTERM: 143 } as const;
type Signal = keyof typeof codes;

/** Sends a signal once the log holds some words. */
function once(words: RegExp, signal: Signal): Pick<ActionRun, "onOutput"> {
  let sent = false;
  let seen = "";
  return {
    onOutput: (text, send) => {
      seen += text;
      if (sent || !words.test(seen)) return;
      sent = true;
      send(signal);
    },
  };
}

const long = { "run-time": "40s" };
const stuckAtLoad = `console.log("LOADING");\nawait new Promise((resolve) => setTimeout(resolve, 30_000));\n${visiting("/ok")}`;

function inPhase(
  phase: string,
  words: RegExp,
  run: (stage: FaultStage, how: ActionRun) => Promise<Ended>,
): FaultCase[] {
  return (Object.keys(codes) as Signal[]).map((signal) => ({
    name: `${signal} ${phase} ends with ${codes[signal]}`,
    run: (stage) => run(stage, once(words, signal)),
    exit: codes[signal],
    withinS: 20,
  }));
}

/** Pauses the load-generating process once the run is under way, then sends the door a signal. */
async function paused(stage: FaultStage, signal: Signal, via: "action" | "command line"): Promise<Ended> {
  let pid = 0;
  let sent = false;
  const onStart = (started: number) => {
    pid = started;
  };
  const pause = (text: string) => {
    if (sent || !/RUNNING/.test(text)) return;
    sent = true;
    for (const child of childrenOf(pid)) if (commandOf(child).includes("swarm")) process.kill(child, "SIGSTOP");
    setTimeout(() => process.kill(pid, signal), 300);
  };
  const locustfile = `${visiting("/ok")}import { events } from "swarmgate";\nevents.spawningComplete.addListener(() => console.log("RUNNING"));\n`;
  if (via === "action") return await stage.act({ locustfile, inputs: long, onStart, onOutput: pause });
  return await stage.load(["-t", "40s"], { locustfile, onStart, onOutput: pause });
}

export const signals: FaultFamily = {
  name: "signals in every phase",
  cases: [
    ...inPhase("while the target is waited for", /waiting|ready/i, (stage, how) =>
      stage.act({ ...how, inputs: { host: "http://127.0.0.1:9", "wait-timeout": "60s" } }),
    ),
    ...inPhase("while the locustfile loads", /LOADING/, (stage, how) => stage.act({ ...how, locustfile: stuckAtLoad })),
    ...inPhase("while users run", /users.*req|requests/i, (stage, how) => stage.act({ ...how, inputs: long })),
    ...inPhase("while users are blocked", /users.*req|requests/i, (stage, how) =>
      stage.act({ ...how, inputs: long, locustfile: visiting("/ok", "/hang") }),
    ),
    ...(["SIGINT", "SIGTERM"] as const).flatMap((signal) =>
      (["action", "command line"] as const).map(
        (via): FaultCase => ({
          name: `${signal} while the load-generating process is paused ends the ${via} with ${codes[signal]}`,
          run: (stage) => paused(stage, signal, via),
          exit: codes[signal],
          says: [/did not stop in time/],
          withinS: 20,
        }),
      ),
    ),
    {
      name: "a user in an endless loop does not outlive an interrupted run",
      run: (stage) =>
        stage.act({
          ...once(/users.*req|requests|SPINNING/i, "SIGINT"),
          inputs: { ...long, users: "1" },
          locustfile:
            'import { User, task } from "swarmgate";\nexport class Spinner extends User {\n  @task async spin() { console.log("SPINNING"); await new Promise((r) => setTimeout(r, 100)); for (;;); }\n}\n',
        }),
      exit: 130,
      withinS: 20,
    },
  ],
};
