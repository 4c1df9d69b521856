// After Lindeneg/funkallero: the same recipe on an API that keeps its promises.
import { constant, events, HttpUser, task } from "swarmgate";

export class ApiUser extends HttpUser {
  override waitTime = constant(0.01);

  @task(3) async list() {
    await this.client.get("/products");
  }

  @task async one() {
    await this.client.get("/products/7");
  }
}

events.quitting.addListener(({ environment }) => {
  const { failRatio, avgResponseTime } = environment.stats.total;
  const p95 = environment.stats.total.getResponseTimePercentile(0.95);
  environment.processExitCode = failRatio > 0.01 || avgResponseTime > 2000 || p95 > 8000 ? 1 : 0;
});
