// After onyx-dot-app/onyx: an abstract base, four classes with weights 70, 20, 8 and 2, constant, a streamed answer
// read line by line with milestones told as requests, a shape only if asked for, a timeout per request, headers of the
// session, the figures of the run exported for Prometheus.
import { createServer } from "node:http";
import { constant, events, HttpUser, stages, task } from "swarmgate";

abstract class ChatUser extends HttpUser {
  static override abstract = true;
  override waitTime = constant(0.01);
  abstract readonly lines: number;

  override onStart() {
    this.client.headers.set("authorization", `Bearer user-${this.index}`);
  }

  @task async chat() {
    const startedMs = performance.now();
    const milestone = (name: string) =>
      events.request.fire({ requestType: "MILESTONE", name, responseTime: performance.now() - startedMs });
    using res = await this.client.get("/feed", {
      params: { lines: this.lines, ms: 0 },
      name: `chat of ${this.constructor.name}`,
      stream: true,
      timeout: 5,
      catchResponse: true,
    });
    let seen = 0;
    for await (const line of res.lines()) {
      if (line !== "" && ++seen === 1) await milestone("first line");
    }
    if (seen === this.lines) await milestone("complete");
    else res.failure(`${seen} of ${this.lines} lines`);
  }
}

export class SmallTalk extends ChatUser {
  static override weight = 70;
  readonly lines = 2;
}

export class Question extends ChatUser {
  static override weight = 20;
  readonly lines = 3;
}

export class Search extends ChatUser {
  static override weight = 8;
  readonly lines = 4;
}

export class Report extends ChatUser {
  static override weight = 2;
  readonly lines = 5;
}

export const Load =
  process.env.LOCUST_LOAD_SHAPE === "steps"
    ? stages([
        { duration: 1, users: 25, spawnRate: 100 },
        { duration: 2, users: 50, spawnRate: 100 },
      ])
    : undefined;

events.init.addListener(({ environment, runner }) => {
  if (runner.role !== "master") return;
  const exporter = createServer((_, response) => {
    const { total } = environment.stats;
    response.end(`locust_requests ${total.numRequests}\nlocust_failures ${total.numFailures}\n`);
  });
  exporter.listen(0, "127.0.0.1");
  events.quitting.addListener(async () => {
    const address = exporter.address();
    if (address !== null && typeof address === "object") {
      console.log(await (await fetch(`http://127.0.0.1:${address.port}/metrics`)).text());
    }
    exporter.closeAllConnections();
    exporter.close();
  });
});
