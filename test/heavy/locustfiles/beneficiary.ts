// After CMSgov/beneficiary-fhir-data without its certificates: an abstract base, an argument of its own, tags, limits
// at the end.
import { events, FastHttpUser, SequentialTaskSet, StopUser, tag, task } from "swarmgate";

events.initCommandLineParser.addListener(({ parser }) => {
  parser.addArgument("--fail-limit", { type: "float", default: 0.9 });
});

abstract class BfdUser extends FastHttpUser {
  static override abstract = true;

  override async onStart() {
    await this.client.get("/healthz", { name: "arriving" });
  }
}

export class HighVolumeUser extends BfdUser {
  @task
  static Records = class extends SequentialTaskSet<FastHttpUser> {
    @tag("coverage") @task async coverage() {
      await this.client.get("/products/7", { name: "coverage by id" });
    }

    @tag("coverage", "contract") @task async contract() {
      await this.client.get("/products", { params: { page: 2 }, name: "contract" });
    }

    @tag("coverage", "slow") @task async explanation() {
      await this.client.get("/slow", { name: "left out by -E" });
    }

    @tag("eob") @task async unknown() {
      await this.client.get("/nowhere", { name: "left out by -T" });
    }

    @tag("coverage") @task async refused() {
      await this.client.get("/account", { name: "coverage without a login" });
    }

    @tag("coverage") @task async done() {
      throw new StopUser("all records read");
    }
  };
}

events.quitting.addListener(({ environment }) => {
  const limit = Number(environment.parsedOptions.failLimit);
  environment.processExitCode = environment.stats.total.failRatio > limit ? 22 : 0;
});
