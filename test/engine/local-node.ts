import type { Clock } from "../../src/base/clock.ts";
import { Redactor } from "../../src/base/redact.ts";
import type { WorkerNode } from "../../src/engine/node/node.ts";
import { TroubleLog } from "../../src/engine/worker/trouble-log.ts";
import type { RunningUser } from "../../src/engine/worker/user-pool.ts";
import { WorkerRunner } from "../../src/engine/worker/worker.ts";
import type { MasterMessage, WorkerMessage } from "../../src/protocol/messages.ts";
import type { Recorder } from "../../src/stats/recorder.ts";

export interface LocalNode extends WorkerNode {
  /** Indexes of the users that run here, by class. */
  readonly running: Map<number, string>;
  /** Cuts the connection, as a thread that dies does. */
  die(): void;
}

/**
 * A real worker in the same thread: messages cross as structured clones, as over a port. Its users send one request
 * every 100 ms that takes 10 ms; with `stubborn` they do not stop until they are killed.
 */
export function localNode(id: string, { clock, stubborn = false }: { clock: Clock; stubborn?: boolean }): LocalNode {
  let toMaster: (message: WorkerMessage) => void = () => {};
  let toWorker: (message: MasterMessage) => void = () => {};
  let lost: (reason: string) => void = () => {};
  let alive = true;
  const running = new Map<number, string>();
  const redactor = new Redactor([]);
  const nothing = async () => {};
  const worker = new WorkerRunner({
    id,
    version: "test",
    link: {
      send: (message) => {
        const copy = structuredClone(message);
        queueMicrotask(() => alive && toMaster(copy));
      },
      onMessage: (listener) => {
        toWorker = listener;
      },
      close: () => {},
    },
    clock,
    redactor,
    trouble: new TroubleLog(redactor),
    hooks: {
      ready: nothing,
      testStart: nothing,
      spawningComplete: nothing,
      testStopping: nothing,
      testStop: nothing,
      quitting: nothing,
      custom: nothing,
      closed: () => undefined,
      heartbeat: () => {},
    },
    throttled: () => 0,
    startUser: ({ index, className, signal }, { recorder }) => {
      running.set(index, className);
      const stop = new AbortController();
      const stopped = stubborn ? signal : AbortSignal.any([signal, stop.signal]);
      const done = live(recorder, { clock, stopped }).then(() => void running.delete(index));
      return { done, stop: () => stop.abort() } satisfies RunningUser;
    },
  });
  void worker.begin();
  return {
    id,
    running,
    send: (message) => {
      const copy = structuredClone(message);
      queueMicrotask(() => alive && toWorker(copy));
    },
    onMessage: (listener) => {
      toMaster = listener;
    },
    onLost: (listener) => {
      lost = listener;
    },
    close: nothing,
    die() {
      alive = false;
      lost("killed by the test");
    },
  };
}

async function live(recorder: Recorder, { clock, stopped }: { clock: Clock; stopped: AbortSignal }): Promise<void> {
  while (!stopped.aborted) {
    const startMs = clock.now();
    recorder.record({
      arm: "head",
      endpoint: { method: "GET", name: "/" },
      intendedMs: startMs,
      startMs,
      latencyMs: 10,
      status: 200,
      bytesIn: 0,
      bytesOut: 0,
    });
    await clock.sleep(100, stopped);
  }
}
