import type { Clock } from "../../base/clock.ts";
import type { GateError } from "../../base/errors.ts";
import { failureFromWire } from "../../protocol/failure-wire.ts";
import type { StatsData, WorkerMessage } from "../../protocol/messages.ts";
import type { MasterLog } from "./log.ts";
import type { MasterHooks } from "./options.ts";
import type { SnapshotStore } from "./snapshot-store.ts";

/** Where the news of workers goes. */
interface Addressees {
  readonly clock: Clock;
  readonly hooks: MasterHooks;
  readonly snapshots: SnapshotStore;
  readonly log: MasterLog;
  /** How many users run now, in all workers. */
  readonly users: () => number;
  readonly endTest: () => void;
  readonly moreUsers: (count: number) => void;
  readonly failed: (error: GateError) => void;
}

/** Hands on what workers say; who is there and in what state is the registry's to know. */
export class MasterInbox {
  readonly #to: Addressees;

  constructor(addressees: Addressees) {
    this.#to = addressees;
  }

  take(nodeId: string, message: WorkerMessage): void {
    const { hooks, log, clock, users } = this.#to;
    switch (message.type) {
      case "client_ready":
        hooks.workerConnect(nodeId);
        break;
      case "stats":
        this.#takeStats(nodeId, message.data);
        break;
      case "spawning_complete":
        log.usersSeen(users());
        break;
      case "exception":
        log.exception(message.data, { atMs: clock.now() });
        break;
      case "end_test":
        this.#to.endTest();
        break;
      case "more_users":
        this.#to.moreUsers(message.data.count);
        break;
      case "exit_code":
        log.exitCode(message.data, { own: false });
        break;
      case "failed":
        this.#to.failed(failureFromWire(message.data));
        break;
      case "custom":
        hooks.custom({ ...message.data, nodeId });
        break;
      case "heartbeat":
        hooks.heartbeat(nodeId);
        break;
      case "spawning":
      case "client_stopped":
      case "quit":
        break;
    }
  }

  #takeStats(nodeId: string, data: StatsData): void {
    const { log, snapshots, hooks, users } = this.#to;
    if (data.trouble) log.trouble(data.trouble);
    snapshots.take(data);
    log.usersSeen(users());
    hooks.workerReport(nodeId, data);
  }
}
