// After CMSgov/beneficiary-fhir-data: an abstract base, arguments of its own, listeners of init, testStart and
// quitting, limits and a comparison with a stored baseline at the end (built into swarmgate: see `slo` and
// `baseline-store`; here as they did it, by hand), a shape whose run time counts after the ramp, tags, a client
// certificate, runner.quit().
import { existsSync, readFileSync } from "node:fs";
import { events, HttpUser, LoadTestShape, tag, task } from "swarmgate";

events.initCommandLineParser.addListener(({ parser }) => {
  parser.addArgument("--client-cert-path", { help: "PEM with a certificate and its key" });
  parser.addArgument("--ca-path", { help: "PEM of the authority that signed the server's" });
  parser.addArgument("--baseline-path", { help: "JSON of an earlier run" });
  parser.addArgument("--slowdown-limit", { type: "float", default: 1.5 });
});

abstract class BfdUser extends HttpUser {
  static override abstract = true;
}

events.init.addListener(({ environment }) => {
  const { clientCertPath, caPath } = environment.parsedOptions as Record<string, string>;
  if (!clientCertPath || !caPath) return void environment.runner.quit();
  const pem = readFileSync(clientCertPath, "utf8");
  BfdUser.http = { tls: { cert: pem, key: pem, ca: readFileSync(caPath, "utf8") } };
});

events.testStart.addListener(({ environment: { parsedOptions, runner } }) => {
  if (runner.role === "master") console.log(`beneficiaries from ${parsedOptions.host}`);
});

export class HighVolumeUser extends BfdUser {
  @tag("coverage") @task async coverage() {
    await this.client.get(`/products/${this.index + 1}`, { name: "coverage by id" });
  }

  @tag("coverage", "contract") @task async contract() {
    await this.client.get("/products", { params: { page: 2 }, name: "contract" });
  }

  @tag("eob") @task async explanation() {
    throw new Error("left out by the tags of this run");
  }
}

/** The run time counts from when all users are there. */
export class RampThenRun extends LoadTestShape {
  override useCommonOptions = true;
  #fullAt: number | undefined;

  override tick() {
    const { numUsers, spawnRate, runTime } = this.environment!.parsedOptions as Record<string, number>;
    const users = numUsers ?? 1;
    if (this.getCurrentUserCount() >= users) this.#fullAt ??= this.getRunTime();
    if (this.#fullAt !== undefined && this.getRunTime() - this.#fullAt > (runTime ?? 1)) return null;
    return [users, spawnRate ?? 1] as const;
  }
}

events.quitting.addListener(({ environment }) => {
  const { runner, stats, parsedOptions } = environment;
  if (runner.role !== "master") return;
  const path = String(parsedOptions.baselinePath);
  if (stats.total.failRatio > 0) environment.processExitCode = 1;
  else if (!existsSync(path)) environment.processExitCode = 0;
  else {
    const { avgMs } = JSON.parse(readFileSync(path, "utf8")) as { avgMs: number };
    const slowdown = stats.total.avgResponseTime / avgMs;
    console.log(`slowdown ${slowdown > Number(parsedOptions.slowdownLimit) ? "over" : "within"} the limit`);
    environment.processExitCode = slowdown > Number(parsedOptions.slowdownLimit) ? 22 : 0;
  }
});
