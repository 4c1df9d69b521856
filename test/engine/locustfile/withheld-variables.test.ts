import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { watchWithheld } from "../../../src/engine/locustfile/withheld-variables.ts";

function watched(names: readonly string[], env: Record<string, string>) {
  const said: string[] = [];
  const host: { env: NodeJS.ProcessEnv } = { env };
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  watchWithheld(names, { host, root, warn: (text) => said.push(text) });
  return { host, said };
}

test("a withheld variable is named once, with the place that read it and the remedy", () => {
  const { host, said } = watched(["API_KEY", "OTHER"], { PATH: "/bin" });
  expect([host.env.API_KEY, host.env.API_KEY, host.env.PATH]).toEqual([undefined, undefined, "/bin"]);
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(
    /^test\/engine\/locustfile\/withheld-variables\.test\.ts:\d+:\d+ reads API_KEY, .*--env API_KEY/,
  );
});

test("what is not set anywhere, and what the locustfile set itself, is nobody's affair", () => {
  const { host, said } = watched(["API_KEY"], {});
  host.env.API_KEY = "mine";
  expect(host.env.API_KEY).toBe("mine");
  expect(host.env.NEVER_SET).toBeUndefined();
  expect(Object.keys(host.env)).toEqual(["API_KEY"]);
  expect(said).toEqual([]);
});
