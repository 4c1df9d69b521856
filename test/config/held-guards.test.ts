import { expect, test } from "vitest";
import { gateConfig } from "../../src/config/gate-config.ts";
import type { GateContext } from "../../src/gate/gate-context.ts";
import { loadOrder, noExtras } from "../../src/gate/load.ts";
import { parseConfiguration } from "../../src/slo/configuration.ts";

function config(file: string, inputs: Record<string, string> = {}, fileMayRaise = false) {
  return gateConfig({
    layers: [{ values: new Map(Object.entries({ host: "http://shop:8080", ...inputs })), spell: (name) => name }],
    file: parseConfiguration(`version: 1\n${file}`, "swarmgate.yml"),
    defaults: {},
    promiseByDefault: true,
    fileMayRaise,
  });
}

const world = {
  directory: "/",
  origin: { commit: null, baseCommit: null },
  machine: { cores: 2 },
  environment: {},
} as GateContext;
const hosts = (read: ReturnType<typeof config>) =>
  loadOrder({ config: read, world, extras: noExtras, directory: "/" }).plan.allowedHosts;

test("a file lowers the workflow's caps and raises none", () => {
  expect(config("guard: { max-users: 50, max-rate: 10/s }", { "max-users": "200" }).settings).toMatchObject({
    "max-users": 50,
    "max-rate": 10,
  });
  expect(config("guard: { max-users: 900 }", { "max-users": "200" }).settings["max-users"]).toBe(200);
});

test("where the workflow says nothing its defaults hold, and the file's wish is answered with what to do", () => {
  const read = config("guard: { max-users: 1000000, max-rate: 900000/s }");
  expect(read.settings).toMatchObject({ "max-users": 1000, "max-rate": 5000 });
  expect(read.notices).toEqual([
    expect.stringMatching(/max-users.*1000000.*1000 holds.*input max-users/),
    expect.stringMatching(/max-rate.*900000.*5000 holds.*input max-rate/),
  ]);
  expect(() => config("load: { users: 3000 }\nguard: { max-users: 5000 }")).toThrow(/raise max-users in the workflow/);
});

test("a file adds no host", () => {
  const read = config('guard: { allowed-hosts: ["*"] }');
  expect(hosts(read)).toEqual(["shop"]);
  expect(hosts(config("guard: { allowed-hosts: [shop, login] }", { "allowed-hosts": "shop *.shop" }))).toEqual([
    "shop",
    "*.shop",
  ]);
  expect(config("guard: { allowed-hosts: [shop, login] }").notices).toEqual([
    expect.stringMatching(/login of the configuration file cannot be reached.*input allowed-hosts/),
  ]);
  expect(() => config("guard: { allowed-hosts: [other] }")).toThrow(/shop:8080 is not among the allowed hosts/);
});

test("whoever runs the command has written the file, so it counts as it stands", () => {
  const read = config('guard: { allowed-hosts: ["*"], max-users: 5000 }', {}, true);
  expect(read.settings["max-users"]).toBe(5000);
  expect(hosts(read)).toEqual(["*"]);
  expect(read.held).toEqual([]);
});
