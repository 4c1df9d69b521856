// After Nachete-000/BTC2023_WP_Project: the exit code decided when the run ends, by hand (in swarmgate: `slo`).
import { events, HttpUser, task } from "swarmgate";

export class WordPressUser extends HttpUser {
  @task async front() {
    await this.client.get("/");
  }

  @task async unreliable() {
    await this.client.get("/flaky");
  }
}

events.quitting.addListener(({ environment }) => {
  const { total } = environment.stats;
  if (total.failRatio > 0.01) environment.processExitCode = 11;
  else if (total.avgResponseTime > 200) environment.processExitCode = 12;
  else if (total.getResponseTimePercentile(0.95) > 800) environment.processExitCode = 13;
  else environment.processExitCode = 0;
});
