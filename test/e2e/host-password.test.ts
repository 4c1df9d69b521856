import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cleanUpActionRuns, runAction } from "../support/run-action.ts";
import { locustfile, told } from "../support/stage.ts";
import { ToyTarget } from "../support/toy-target.ts";

const target = new ToyTarget();
const password = "correct-horse";
const expected = `Basic ${Buffer.from(`ci:${password}`).toString("base64")}`;

beforeAll(async () => {
  await target.open();
});
afterAll(async () => {
  await target.close();
  cleanUpActionRuns();
});

it("a password in host lets probe and load in, and stands nowhere", async () => {
  target.behave = ({ headers }, res) => {
    if (headers.authorization === expected) return undefined;
    res.writeHead(401, { "www-authenticate": "Basic" }).end();
    return true;
  };
  const failing = locustfile.replace("async home() {", `async home() { console.log(this.host);`);
  const outcome = await runAction({
    files: { "locustfile.ts": failing },
    inputs: {
      host: `http://ci:${password}@127.0.0.1:${target.port}`,
      users: "2",
      "run-time": "2s",
      warmup: "0",
      "baseline-store": "none",
      "upload-artifact": "false",
    },
  });
  expect(outcome.exitCode, told(outcome)).toBe(0);
  expect(target.load.length).toBeGreaterThan(0);
  expect(target.load.every(({ headers }) => headers.authorization === expected)).toBe(true);
  const documents = filesOf(join(outcome.runnerTemp, "swarmgate")).map((path) => readFileSync(path, "utf8"));
  expect(documents.length).toBeGreaterThan(5);
  const everything = [outcome.log, outcome.stderr, outcome.summary, JSON.stringify(outcome.outputs), ...documents].join(
    "\n",
  );
  expect(everything).not.toContain(password);
  expect(everything).not.toContain(expected.slice("Basic ".length));
});

it("a URL that is wrong is quoted without its password", async () => {
  const outcome = await runAction({
    files: { "locustfile.ts": locustfile },
    inputs: { host: `ci:${password}@127.0.0.1:${target.port}` },
  });
  expect(outcome.exitCode).toBe(2);
  expect(outcome.log + outcome.summary + JSON.stringify(outcome.annotations)).not.toContain(password);
});

function filesOf(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesOf(path) : [path];
  });
}
