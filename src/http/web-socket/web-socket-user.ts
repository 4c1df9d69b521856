import type { UserRuntime } from "../../user/runtime.ts";
import { User } from "../../user/user.ts";
import { WebSocketClient } from "./web-socket.ts";

/**
 * A user that speaks WebSocket through `this.client`: `connect`, `send`, `receive`, each a sample.
 * @example
 * ```ts
 * import { WebSocketUser, task } from "swarmgate";
 *
 * export class Listener extends WebSocketUser {
 *   override async onStart() {
 *     await this.client.connect("/live");
 *   }
 *   @task async ping() {
 *     await this.client.send("ping");
 *   }
 * }
 * ```
 */
export class WebSocketUser extends User {
  static override abstract: boolean = true;
  /** This user's own socket. */
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
