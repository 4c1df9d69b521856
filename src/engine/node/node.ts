import type { MasterMessage, WorkerMessage } from "../../protocol/messages.ts";

/** A worker as the master sees it: a thread of ours, another machine, Locust itself. Only the carrier differs. */
export interface WorkerNode {
  /** `host_rest`: nodes of one host share what stands before the first underscore. */
  readonly id: string;
  send(message: MasterMessage): void;
  onMessage(listener: (message: WorkerMessage) => void): void;
  /** The node is gone and will say no more; at most once, and not after `close`. */
  onLost(listener: (reason: string) => void): void;
  /** Ends the connection and whatever was started for it; resolves when it is gone. */
  close(): Promise<void>;
}

/** Where workers come from that are not there from the start, and may come at any time. */
export interface NodeSource {
  /** How many are to be ready before the test starts. */
  readonly expected: number;
  /** How long they are waited for, milliseconds; null for ever. */
  readonly maxWaitMs: number | null;
  /** Told of every worker that joins, those that did so before too. One listener. */
  onNode(listener: (node: WorkerNode) => void): void;
}

/** The other end: the master as a worker sees it. */
export interface MasterLink {
  send(message: WorkerMessage): void;
  onMessage(listener: (message: MasterMessage) => void): void;
  close(): void;
}
