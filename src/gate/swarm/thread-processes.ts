import type { ChildProcess } from "node:child_process";
import type { SeparateStart } from "../../engine/node/separate-threads.ts";
import type { ToThread } from "../../engine/worker/thread-process.ts";
import type { MasterMessage, WorkerMessage } from "../../protocol/messages.ts";
import type { ToSwarm } from "./swarm-channel.ts";

/**
 * The load-generating threads of a locked run, each a process under the same permissions: the process that leads them
 * may start none, so they are started here, and what the two say to each other is passed on.
 */
export class ThreadProcesses {
  readonly #children: readonly ChildProcess[];
  #ended = false;

  constructor(options: {
    readonly count: number;
    readonly start: () => ChildProcess;
    readonly toSwarm: (message: ToSwarm) => void;
  }) {
    this.#children = Array.from({ length: options.count }, (_, thread) => {
      const child = options.start();
      const left = (reason: string) => {
        if (!this.#ended) options.toSwarm({ type: "thread-left", thread, reason });
      };
      child.on("message", (message) =>
        options.toSwarm({ type: "thread-said", thread, message: message as WorkerMessage }),
      );
      child.once("error", ({ message }) => left(message));
      child.once("exit", (code, signal) =>
        left(signal ? `its process ended by ${signal}` : `its process ended with ${code}`),
      );
      return child;
    });
  }

  get children(): readonly ChildProcess[] {
    return this.#children;
  }

  begin(start: SeparateStart): void {
    this.#send(start.thread, { type: "start", start });
  }

  send(thread: number, message: MasterMessage): void {
    this.#send(thread, { type: "message", message });
  }

  /** The run is over: whoever is still there has nothing left to do. */
  end(): void {
    this.#ended = true;
    for (const child of this.#children) child.kill("SIGKILL");
  }

  #send(thread: number, message: ToThread): void {
    const child = this.#children[thread];
    if (child?.connected) child.send(message, () => undefined);
  }
}
