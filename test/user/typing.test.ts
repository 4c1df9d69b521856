import { expect, expectTypeOf, test } from "vitest";
import { constant, type HttpClient, HttpUser, TaskSet, task, User } from "../../src/index.ts";
import { Stage } from "./stage.ts";

class Browse extends TaskSet {
  override waitTime = constant(1);
  @task async look() {
    expectTypeOf(this.client).toEqualTypeOf<HttpClient>();
    await this.client.get("/");
  }
}

class Shopper extends HttpUser {
  override tasks = [Browse, async (user: HttpUser) => void user.client];
}

class Worker extends User {
  queue = "jobs";
  @task static Read = class extends TaskSet<Worker> {
    @task next() {
      expectTypeOf(this.user.queue).toEqualTypeOf<string>();
    }
  };
}

test("a task set knows the type of its user: an HTTP user unless it says whose it is", () => {
  expect([Shopper, Worker].map(({ name }) => name)).toEqual(["Shopper", "Worker"]);
  expect(new Browse(new Shopper(new Stage().runtime({ host: "http://127.0.0.1:9" })) as never).client).toBeDefined();
});
