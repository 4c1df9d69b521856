// After near/nearcore: a User with a client of its own (remote procedure calls), requests of its own types told with
// environment.events.request.fire, between and constantThroughput, onStart, data shared by the users of a worker.
import { between, constantThroughput, task, User } from "swarmgate";

/** One per worker thread, as module state is. */
const accounts = new Map<number, number>();

abstract class NearUser extends User {
  static override abstract = true;

  override async onStart() {
    accounts.set(this.index, 0);
    await this.call("create_account", "/healthz");
  }

  async call(method: string, path: string): Promise<unknown> {
    const startedMs = performance.now();
    let text = "";
    let exception: unknown;
    try {
      const answer = await fetch(this.host + path, { signal: AbortSignal.timeout(5000) });
      text = await answer.text();
      if (!answer.ok) throw new Error(`RPC failed with ${answer.status}`);
    } catch (error) {
      exception = error;
    }
    await this.environment.events.request.fire({
      requestType: "near-rpc",
      name: method,
      responseTime: performance.now() - startedMs,
      responseLength: text.length,
      exception,
    });
    return exception === undefined ? JSON.parse(text) : undefined;
  }
}

export class TransferUser extends NearUser {
  override waitTime = constantThroughput(50);

  @task async transfer() {
    const to = this.random.pick([...accounts.keys()]);
    await this.call("send_tx", "/products/1");
    accounts.set(to, (accounts.get(to) ?? 0) + 1);
  }
}

export class CongestionUser extends NearUser {
  override waitTime = between(0.005, 0.02);

  @task async burn() {
    await this.call("call_function", "/flaky");
  }
}
