import { createClient } from "redis";
import { events, task, User } from "swarmgate";

events.initCommandLineParser.addListener(({ parser }) => {
  parser.addArgument("--redis-url", { default: "redis://127.0.0.1:6379", envVar: "LOCUST_REDIS_URL" });
});

export class Cache extends User {
  readonly #redis = createClient({ url: String(this.environment.parsedOptions.redisUrl) });

  override async onStart() {
    // Without a listener an error of the connection would end the process.
    this.#redis.on("error", () => undefined);
    await this.#redis.connect();
  }

  override onStop() {
    this.#redis.destroy();
  }

  @task(3) async read() {
    await events.request.measure("REDIS", "get", () => this.#redis.get(`product:${this.random.int(1, 120)}`));
  }

  @task(1) async write() {
    await events.request.measure("REDIS", "incr", () => this.#redis.incr("visits"));
  }

  @task(1) async wrongType() {
    await events.request.measure("REDIS", "lpush on a number", () => this.#redis.lPush("visits", "x"));
  }
}
