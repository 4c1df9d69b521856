import { constant, HttpUser, stages, task } from "swarmgate";

export class Visitor extends HttpUser {
  override waitTime = constant(0.1);

  @task async home() {
    await this.client.get("/");
  }
}

/** Warm up, work, a peak, and down again; `duration` is counted from the start of the test. */
export const Load = stages([
  { duration: 1, users: 2, spawnRate: 10 },
  { duration: 2, users: 5, spawnRate: 10 },
  { duration: 3, users: 10, spawnRate: 100 },
  { duration: 4, users: 2, spawnRate: 100 },
]);
