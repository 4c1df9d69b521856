import type { WorkerNode } from "../engine/node/node.ts";
import { encodeMessage } from "../protocol/codec.ts";
import type { Bare, MasterMessage, WorkerMessage } from "../protocol/messages.ts";
import type { ZmtpConnection } from "./zmtp-connection.ts";

/** A worker at the other end of a connection, as the master sees it. */
export class RemoteNode implements WorkerNode {
  readonly id: string;
  readonly #connection: ZmtpConnection;
  #listener: ((message: WorkerMessage) => void) | undefined;
  #lost: (reason: string) => void = () => {};
  #closing = false;

  constructor(id: string, connection: ZmtpConnection) {
    this.id = id;
    this.#connection = connection;
  }

  send(message: MasterMessage): void {
    this.#connection.send(encodeMessage(message));
  }

  /** A message of this worker came in. As Locust's master does, every heartbeat is answered with one. */
  take(message: WorkerMessage): void {
    if (message.type === "heartbeat") this.#answer({ type: "heartbeat", data: null });
    this.#listener?.(message);
  }

  /** The connection ended. */
  left(reason: string): void {
    if (!this.#closing) this.#lost(reason);
  }

  onMessage(listener: (message: WorkerMessage) => void): void {
    this.#listener = listener;
  }

  onLost(listener: (reason: string) => void): void {
    this.#lost = listener;
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#connection.close();
  }

  #answer(message: Bare<MasterMessage>): void {
    this.send({ ...message, node_id: this.id });
  }
}
