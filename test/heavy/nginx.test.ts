import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { decodeResult } from "../../src/stats/document/result-document.ts";
import { type Nginx, startNginx } from "../support/nginx.ts";
import { cleanUpActionRuns, runAction } from "../support/run-action.ts";

let nginx: Nginx;
beforeAll(async () => {
  nginx = await startNginx();
});
afterAll(async () => {
  await nginx.close();
  cleanUpActionRuns();
});

const locustfile = `
import { HttpUser, constant, task } from "swarmgate";
export class Visitor extends HttpUser {
  waitTime = constant(0.02);
  @task(8) async home() { await this.client.get("/"); }
  @task async moved() { await this.client.get("/moved"); }
  @task async missing() { await this.client.get("/missing"); }
}`;

it("the built action loads nginx: every request is in both logs, a 404 is a failure, a redirect is followed", async () => {
  const before = nginx.log().length;
  const outcome = await runAction({
    files: { "locustfile.ts": locustfile },
    inputs: {
      host: nginx.url,
      users: "10",
      "run-time": "5s",
      warmup: "1s",
      slo: 'errors < 1% of "GET /"\nfailures > 0 of "GET /missing"\np95 < 2s',
      // Whether this machine can measure answers of one millisecond is not the question here; the counts are.
      "fail-on": "slo",
      compare: "none",
      "baseline-store": "none",
      comment: "never",
      "upload-artifact": "false",
    },
  });
  const path = outcome.outputs["result-path"] ?? "";
  const result = decodeResult(readFileSync(path, "utf8"), path);
  // The three readiness requests are no part of the test.
  const seen = nginx.log().slice(before + 3);
  const count = (line: string) => seen.filter((each) => each === line).length;
  const ours = (name: string) =>
    result.blocks.reduce((sum, { cells }) => sum + (cells.get(`head\u0000GET\u0000${name}`)?.requests ?? 0), 0);
  expect(ours("/missing")).toBe(count("GET /missing 404"));
  expect(ours("/moved")).toBe(count("GET /moved 302"));
  expect(ours("/") + ours("/moved")).toBe(count("GET / 200"));
  const missing = result.summary.failures.find(({ endpoint }) => endpoint.name === "/missing");
  expect(missing?.samples[0]).toMatchObject({ status: 404, body: "nothing here\n" });
  expect(result.summary.failures).toHaveLength(1);
  expect(outcome.exitCode, outcome.log).toBe(0);
});
