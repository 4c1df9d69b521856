import { expect, test } from "vitest";
import { swarmgate } from "../support/built-cli.ts";

const locustfile = `
import { User, events, task, StopTest } from "swarmgate";
events.initCommandLineParser.addListener(({ parser }) => {
  parser.addArgument("--my-tenant", { type: "string", default: "acme", help: "whose data" });
  parser.addArgument("--my-size", "-m", { type: "int", envVar: "MY_SIZE", choices: [1, 2, 3] });
  parser.addArgument("--my-dry-run", { action: "store_true" });
});
let role = "";
events.init.addListener(({ runner }) => { role = runner.role; });
events.testStart.addListener(({ environment: { parsedOptions: p } }) => {
  console.log("OWN", role, JSON.stringify([p.myTenant, p.mySize, p.myDryRun, p.numUsers]));
});
export class Worker extends User {
  @task async work() { throw new StopTest(); }
}
`;
const run = (argv: string[], desk: object = {}) =>
  swarmgate(["-f", "lf.ts", "--headless", ...argv], { files: { "lf.ts": locustfile }, ...desk });
const own = (out: string) => out.split("\n").filter((line) => line.startsWith("OWN"));

test("a locustfile's own arguments reach listeners on the master and in the threads", async () => {
  const { out } = await run(["--my-tenant", "umbrella", "-m=2", "-u", "1", "--my-dry-run", "Worker"]);
  expect(own(out).sort()).toEqual(['OWN master ["umbrella",2,true,1]', 'OWN worker ["umbrella",2,true,1]']);
});

test("they come from LOCUST_* and from configuration files too, and have defaults", async () => {
  const conf = { "lf.ts": locustfile, "locust.conf": "my-tenant = from-file\nmy_dry_run = true\n" };
  const env = { LOCUST_MY_TENANT: "from-env", LOCUST_MY_SIZE: "3" };
  expect(own((await run([], { files: conf })).out)[0]).toBe('OWN master ["from-file",null,true,1]');
  expect(own((await run([], { files: conf, env })).out)[0]).toBe('OWN master ["from-env",null,true,1]');
  expect(own((await run([])).out)[0]).toBe('OWN master ["acme",null,false,1]');
});

test("a word nobody knows is answered with the nearest option, ours or the locustfile's; nothing is sent", async () => {
  const { code, error, out } = await run(["--my-tennant", "x", "--user", "5"]);
  expect(code).toBe(2);
  expect(error).toContain('--my-tennant: there is no such option; did you mean "--my-tenant"?');
  expect(error).toContain('--user: there is no such option; did you mean "--users"?');
  expect(error).toContain("the locustfile's own are --my-tenant, --my-size, -m, --my-dry-run");
  expect(own(out)).toEqual([]);
});

test("a key of a configuration file that nobody knows is named with its file", async () => {
  const { code, error } = await run([], { files: { "lf.ts": locustfile, "locust.conf": "userz = 5\n" } });
  expect(code).toBe(2);
  expect(error).toContain('locust.conf: userz: there is no such option; did you mean "--users"?');
});

test("an argument that is an option already is refused at its place in the locustfile", async () => {
  const clash = locustfile.replace("--my-tenant", "--users");
  const { code, error } = await run([], { files: { "lf.ts": clash } });
  expect(code).toBe(2);
  expect(error).toContain("--users is an option already");
});

test("run --help with a locustfile lists its own arguments below ours, and runs nothing", async () => {
  const files = { "lf.ts": locustfile };
  for (const argv of [
    ["run", "--help", "lf.ts"],
    ["run", "-f", "lf.ts", "-h"],
  ]) {
    const { code, out } = await swarmgate(argv, { files });
    expect(code).toBe(0);
    expect(out).toContain("--spawn-rate");
    expect(out).toContain("The locustfile's own:");
    expect(out).toMatch(/--my-tenant <value> +whose data \(default: "acme"; env: LOCUST_MY_TENANT\)/);
    expect(out).toMatch(/--my-size, -m <value> +\(one of 1, 2, 3; env: MY_SIZE\)/);
    expect(out).toMatch(/--my-dry-run +\(env: LOCUST_MY_DRY_RUN\)/);
    expect(own(out)).toEqual([]);
  }
});
