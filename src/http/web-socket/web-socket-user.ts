import type { UserRuntime } from "../../user/runtime.ts";
import { User } from "../../user/user.ts";
import { WebSocketClient } from "./web-socket.ts";

/** A user that speaks WebSocket through `this.client`: `connect`, `send`, `receive`, each a sample. */
export class WebSocketUser extends User {
  static override abstract: boolean = true;
  readonly client: WebSocketClient;

  constructor(runtime: UserRuntime) {
    super(runtime);
    this.client = new WebSocketClient(runtime);
  }

  override [Symbol.dispose](): void {
    this.client.close();
    super[Symbol.dispose]();
  }
}
