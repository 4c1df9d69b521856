// After GoogleCloudPlatform/distributed-load-testing-using-kubernetes: a TaskSet with weights 1 to 999, a device id
// made in onStart.
import { randomUUID } from "node:crypto";
import { HttpUser, TaskSet, task } from "swarmgate";

class MetricsTaskSet extends TaskSet<HttpUser> {
  #deviceId = "";

  override onStart() {
    this.#deviceId = randomUUID();
  }

  @task(1) async login() {
    await this.client.post("/login", { form: { username: this.#deviceId, password: "device" } });
  }

  @task(999) async postMetrics() {
    await this.client.get("/healthz", { params: { deviceid: this.#deviceId }, name: "/metrics" });
  }
}

export class MetricsLocust extends HttpUser {
  static override tasks = [MetricsTaskSet];
}
