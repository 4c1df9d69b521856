import { expect, test } from "vitest";
import { Redactor } from "../../src/base/redact.ts";
import { aimedAt, gateConfig } from "../../src/config/gate-config.ts";
import type { GateContext } from "../../src/gate/gate-context.ts";
import { loadOrder, noExtras } from "../../src/gate/load.ts";

function config(inputs: Record<string, string>) {
  return gateConfig({
    layers: [{ values: new Map(Object.entries(inputs)), spell: (name) => name }],
    file: null,
    defaults: {},
    promiseByDefault: true,
  });
}

const world = {
  directory: "/",
  origin: { commit: null, baseCommit: null },
  machine: { cores: 2 },
  environment: {},
} as GateContext;
const url = "https://ci:p%40ssw0rd-1@shop.test:8443/app";

test("user and password are taken out of a target's URL, and given to the load alone", () => {
  const read = config({ host: url, "base-host": "http://ci:other-secret@base.test" });
  expect(read.settings).toMatchObject({ host: "https://shop.test:8443/app", "base-host": "http://base.test" });
  const { plan } = loadOrder({ config: read, world, extras: noExtras, directory: "/" });
  expect(plan).toMatchObject({ host: url, baseHost: "http://ci:other-secret@base.test" });
  expect(JSON.stringify(read.settings)).not.toMatch(/ssw0rd|other-secret/);
});

test("they are hidden in every form, the token of the header too", () => {
  const redactor = new Redactor(config({ host: url }).secrets);
  const token = Buffer.from("ci:p@ssw0rd-1").toString("base64");
  const said = redactor.clean(`${url} p@ssw0rd-1 p%40ssw0rd-1 Basic ${token}`);
  expect(said).not.toMatch(/ssw0rd/);
  expect(said).not.toContain(token);
});

test("a short password is hidden beside its user's name, and that is said", () => {
  const read = config({ host: "http://admin:hunter2@shop.test" });
  expect(read.notices).toEqual([expect.stringMatching(/host: its password is shorter than 8/)]);
  expect(new Redactor(read.secrets).clean("at http://admin:hunter2@shop.test")).not.toContain("hunter2");
});

test("a deployment's URL is no other", () => {
  const read = aimedAt(config({}), { host: url });
  expect(read.settings.host).toBe("https://shop.test:8443/app");
  expect(read.secrets).toContain("p@ssw0rd-1");
  // What is found later does not undo what was found before.
  expect(aimedAt(read, { "base-host": "http://base.test" }).userinfo.host).toBe("ci:p%40ssw0rd-1");
});
