import { Session } from "node:inspector";
import { setTimeout } from "../../base/own-time.ts";
import { type HaltedFrame, haltedAt, type ParsedScript } from "../../base/stack-place.ts";

/** How long threads are given to say where they are. */
const patienceMs = 2000;

interface FromWorker {
  readonly method?: string;
  readonly params: ParsedScript & { readonly scriptId: string; readonly callFrames: readonly HaltedFrame[] };
}

/**
 * The lines of user code that threads of this process are at, `file:line:column`: each is halted for a moment, which
 * works in a loop too. By the inspector inside the process: no port is opened. Empty where nothing is found.
 */
export async function placesOfThreads(): Promise<readonly string[]> {
  const session = new Session();
  const threads = new Map<string, Map<string, ParsedScript>>();
  const places = new Set<string>();
  const send = (sessionId: string, method: string, id: number) =>
    session.post("NodeWorker.sendMessageToWorker", { sessionId, message: JSON.stringify({ id, method }) });
  session.on("NodeWorker.attachedToWorker", ({ params: { sessionId } }) => {
    threads.set(sessionId, new Map());
    send(sessionId, "Debugger.enable", 1);
    send(sessionId, "Debugger.pause", 2);
  });
  session.on("NodeWorker.receivedMessageFromWorker", ({ params: { sessionId, message } }) => {
    const scripts = threads.get(sessionId);
    const { method, params } = JSON.parse(message) as FromWorker;
    if (method === "Debugger.scriptParsed") scripts?.set(params.scriptId, params);
    if (method !== "Debugger.paused" || !scripts) return;
    const place = haltedAt(params.callFrames, scripts);
    if (place !== undefined) places.add(place);
    // One that stays halted could not be ended.
    send(sessionId, "Debugger.disable", 3);
  });
  try {
    session.connect();
    session.post("NodeWorker.enable", { waitForDebuggerOnStart: false });
    await new Promise((resolve) => setTimeout(resolve, patienceMs));
    for (const sessionId of threads.keys()) send(sessionId, "Debugger.disable", 4);
    session.post("NodeWorker.disable");
    session.disconnect();
  } catch {
    // A process without an inspector.
  }
  return [...places];
}
