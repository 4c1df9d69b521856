import { HttpUser, task } from "swarmgate";

/** Visitors of the open model: each iteration of a task is somebody new who does not care how busy the shop is. */
export class Visitor extends HttpUser {
  @task(3) async look() {
    await this.client.get("/products");
  }

  @task(1) async waitForIt() {
    await this.client.get("/slow", { params: { ms: 100 }, name: "/slow" });
  }
}
