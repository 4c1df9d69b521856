import { expect, test } from "vitest";
import { runCommand } from "../../../src/cli/options/run-arguments.ts";
import { readCommandLine } from "../../../src/cli/read-run.ts";
import { scratch, swarmgate } from "../at-terminal.ts";

/** The number of users that a command line with these sources asks for. */
async function users(sources: {
  home?: string;
  conf?: string;
  pyproject?: string;
  named?: Record<string, string>;
  env?: Record<string, string>;
  argv?: string[];
}): Promise<number> {
  const files = {
    ...(sources.conf && { "locust.conf": sources.conf }),
    ...(sources.pyproject && { "pyproject.toml": sources.pyproject }),
    ...sources.named,
  };
  const [named] = Object.keys(sources.named ?? {});
  const asked = await readCommandLine([...(sources.argv ?? []), ...(named ? ["--config", named] : [])], {
    env: sources.env ?? {},
    directory: scratch(files),
    home: scratch(sources.home ? { ".locust.conf": sources.home } : {}),
    out: () => {},
    error: () => {},
    columns: null,
    script: "swarmgate",
    keyboard: null,
  });
  return asked.config.settings.users;
}

const home = "users = 2";
const conf = "users = 3";
const pyproject = "[tool.locust]\nusers = 4\n";
const env = { LOCUST_USERS: "7" };

test.each([
  ["nothing", {}, 1],
  ["~/.locust.conf", { home }, 2],
  ["./locust.conf over it", { home, conf }, 3],
  ["pyproject.toml over that", { home, conf, pyproject }, 4],
  ["--config over that", { home, conf, pyproject, named: { "my.conf": "users: 5" } }, 5],
  ["--config of TOML", { conf, named: { "my.toml": "users = 6" } }, 6],
  ["--config of our own", { named: { "gate.yml": "version: 1\nload: { users: 8 }\n" } }, 8],
  ["our own under locust.conf", { conf, named: { "gate.yml": "version: 1\nload: { users: 8 }\n" } }, 3],
  ["LOCUST_USERS over all files", { home, conf, pyproject, named: { "my.conf": "users 5" }, env }, 7],
  ["the flag over everything", { home, conf, pyproject, env, argv: ["-u", "9"] }, 9],
])("users come from %s", async (_, sources, wanted) => {
  expect(await users(sources)).toBe(wanted);
});

test.each([
  [["--no-web"], "--no-web: is now --headless"],
  [["-c", "5"], "-c: is now -u, --users"],
  [["--hatch-rate=2"], "--hatch-rate=2: is now --spawn-rate"],
  [["--slave"], "--slave: is now --worker"],
  [["-u", "many"], '--users: "many" is not a whole number'],
  [["-t", "1h30"], '--run-time: "1h30" is neither "forever" nor a duration'],
  [["-H", "shop.test"], '--host: "shop.test" has no scheme: "http://" or "https://" is missing'],
  [["-r", "0"], '--spawn-rate: "0" is not a number above 0'],
  [["-L", "LOUD"], '--loglevel: "LOUD" is none of DEBUG, INFO'],
  [["--exit-code-on-error", "red"], '--exit-code-on-error: "red" is not a whole number from 0 to 255'],
  [["--users"], "argument missing"],
  [["--master", "--worker"], "--worker: a process is either --master or --worker"],
  [["--master", "-n", "5"], "--requests: not with --master: workers do not count together"],
  [["--master", "--expect-workers", "0"], '--expect-workers: "0" is not a whole number from 1 to 1000'],
  [["--worker", "--master-port", "x"], '--master-port: "x" is not a whole number from 1 to 65535'],
  [["--otel"], "--otel: OpenTelemetry is not built yet"],
  [["--config", "gone.conf"], "there is no configuration file at gone.conf"],
  [["--config-users", "{]"], "--config-users"],
  [["--slo", "p95 <"], "--slo"],
])("%j is answered before anything runs", async (argv, told) => {
  const { code, error } = await swarmgate(["run", ...argv]);
  expect(code).toBe(2);
  expect(error).toContain(told);
});

test.each([
  ["load: { requests: 1000 }", "requests"],
  ["load: { arrival-rate: 50 }", "arrival-rate"],
  ["guard: { max-rate: 100/s }", "max-rate"],
])("%s in a configuration file is no more a master's than the option", async (line, name) => {
  const files = { "swarmgate.yml": `version: 1\n${line}\n` };
  const { code, error } = await swarmgate(["run", "--master", "--config", "swarmgate.yml"], { files });
  expect(code).toBe(2);
  expect(error).toContain(`--${name}: not with --master`);
});

test("what an error quotes is no command to the runner", async () => {
  const { code, error } = await swarmgate(["run", "--config", "a\n::error::b.conf"]);
  expect(code).toBe(2);
  expect(error).toContain("::error::b.conf");
  expect(error).not.toMatch(/^\s*::/m);
});

test("several problems are told together, each by its source", async () => {
  const { error } = await swarmgate(["-u", "x", "-t", "y"], { env: { LOCUST_SPAWN_RATE: "z" } });
  expect(error).toContain("swarmgate: --users: ");
  expect(error).toContain("swarmgate: --run-time: ");
  expect(error).toContain("swarmgate: LOCUST_SPAWN_RATE: ");
});

test("a configuration file that cannot be read is told with its line", async () => {
  const { code, error } = await swarmgate(["--list"], { files: { "locust.conf": "users = 3\n= what\n" } });
  expect(code).toBe(2);
  expect(error).toContain("locust.conf:2:1: ");
});

test("help fits into 80 columns and names every command and option", async () => {
  for (const argv of [
    ["--help"],
    ["help", "run"],
    ["run", "--help"],
    ["judge", "-h"],
    ["baseline", "--help"],
    ["init", "--help"],
  ]) {
    const { code, out } = await swarmgate(argv);
    expect(code).toBe(0);
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  }
  const { out } = await swarmgate(["--help"]);
  for (const name of ["run", "demo", "judge", "compare", "report", "merge", "baseline", "init"])
    expect(out).toMatch(new RegExp(`^ {2}${name} `, "m"));
  const options = (await swarmgate(["run", "--help"])).out;
  for (const option of runCommand().options.filter(({ hidden }) => !hidden)) expect(options).toContain(option.long);
  expect((await swarmgate(["--version"])).out).toMatch(/^swarmgate \d+\.\d+\.\d+(-source)?\n$/);
});
