import type { MasterMessage, WorkerMessage } from "../protocol/messages.ts";

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

/** The other end: the master as a worker sees it. */
export interface MasterLink {
  send(message: WorkerMessage): void;
  onMessage(listener: (message: MasterMessage) => void): void;
  close(): void;
}
