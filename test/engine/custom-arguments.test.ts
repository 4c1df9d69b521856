import { expect, test } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import { CustomArguments, readCustomArguments } from "../../src/engine/custom-arguments.ts";
import type { ArgumentParser } from "../../src/user/environment.ts";
import { EventHook } from "../../src/user/events.ts";

function parser(): CustomArguments {
  const parser = new CustomArguments();
  parser.addArgument("--api-key", "-k", { default: "none" });
  parser.addArgument("--batch", { type: "int", default: 10, envVar: "LOCUST_BATCH" });
  parser.addArgument("--rate", { type: Number });
  parser.addArgument("--dry", { action: "store_true" });
  parser.addArgument("--region", { choices: ["eu", "us"], dest: "where_to" });
  return parser;
}

function read(line: string, environment = {}) {
  return parser().read({ words: line.split(" ").filter(Boolean), environment });
}

test("S27: a locustfile's own arguments have defaults, and names in camelCase", () => {
  expect(read("")).toEqual({ apiKey: "none", batch: 10, rate: null, dry: false, whereTo: null });
});

test("arguments are read by their flag, short or long, with a space or an equals sign, into their type", () => {
  expect(read("-k abc --batch=20 --rate 0.5 --dry --region eu")).toEqual({
    apiKey: "abc",
    batch: 20,
    rate: 0.5,
    dry: true,
    whereTo: "eu",
  });
  expect(read("--dry=no --api-key=a=b")).toMatchObject({ dry: false, apiKey: "a=b" });
});

test("a variable stands in for an argument that was not given", () => {
  expect(read("", { LOCUST_BATCH: "7" }).batch).toBe(7);
  expect(read("--batch 8", { LOCUST_BATCH: "7" }).batch).toBe(8);
});

test("values that cannot be are told together, each with its flag", () => {
  expect(() => read("--batch 1.5 --rate fast --region mars --dry=perhaps --api-key")).toThrow(
    expect.objectContaining({
      code: "custom-argument",
      exitCode: 2,
      problems: ["--batch", "--rate", "--region", "--dry", "--api-key"].map((where) =>
        expect.objectContaining({ where }),
      ),
    }),
  );
});

test("a word nobody knows is a usage error that names it and not its value", () => {
  const bad = () => read("--userz 5 --batch 3");
  expect(bad).toThrow(UsageError);
  expect(bad).toThrow(
    expect.objectContaining({ code: "unknown-option", problems: [expect.objectContaining({ where: "--userz" })] }),
  );
});

test("arguments are asked for by the event, and a listener that throws is told", async () => {
  const asked = new EventHook<{ readonly parser: ArgumentParser }>();
  const sources = { words: ["--size", "3"], environment: {} };
  asked.addListener(({ parser }) => parser.addArgument("--size", { type: "int" }));
  expect(await readCustomArguments(asked, sources)).toEqual({ size: 3 });
  asked.addListener(({ parser }) => parser.addArgument("size"));
  await expect(readCustomArguments(asked, sources)).rejects.toMatchObject({ code: "custom-argument" });
});
