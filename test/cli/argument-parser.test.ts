import { expect, test } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import { OwnArguments } from "../../src/user/arguments/argument-parser.ts";

function parser(): OwnArguments {
  const parser = new OwnArguments({ taken: ["--users"] });
  parser.addArgument("--api-key", "-k", { default: "none" });
  parser.addArgument("--batch", { type: "int", default: 10, envVar: "LOCUST_BATCH" });
  parser.addArgument("--rate", { type: Number });
  parser.addArgument("--dry", { action: "store_true" });
  parser.addArgument("--region", { choices: ["eu", "us"], dest: "where_to" });
  return parser;
}

function read(line: string, environment = {}) {
  return parser().read({ words: line.split(" ").filter(Boolean), env: environment, conf: [] }).values;
}

test("a locustfile's own arguments have defaults, and names in camelCase", () => {
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
      problems: ["--api-key", "--batch", "--rate", "--dry", "--region"].map((where) =>
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

function define(add: (parser: OwnArguments) => void, words: string[]) {
  const parser = new OwnArguments({ taken: ["--users"] });
  add(parser);
  return parser.read({ words, env: {}, conf: [] });
}

test.each<[string, Record<string, unknown>, string[], unknown]>([
  ["a text", {}, ["--x", "5"], "5"],
  ["the type of the default", { default: 1 }, ["--x=5"], 5],
  ["a negative number", { type: "float" }, ["--x", "-1.5"], -1.5],
  ["a boolean as text", { type: Boolean }, ["--x", "no"], false],
  ["a function", { type: (text: string) => text.length }, ["--x", "four"], 4],
  ["parseInt, called with the text alone", { type: Number.parseInt }, ["--x", "12"], 12],
  ["the last of several", {}, ["--x", "1", "--x", "2"], "2"],
  ["a list by nargs", { nargs: "+", type: "int" }, ["--x", "1", "2"], [1, 2]],
  ["a list by append", { action: "append" }, ["--x", "1", "--x", "2"], ["1", "2"]],
  ["a flag that says no", { action: "store_false" }, ["--x"], false],
  ["a flag not given", { action: "storeFalse" }, [], true],
  ["a flag taken back", { action: "store_true" }, ["--x=no"], false],
  ["a boolean on its own", { type: "boolean" }, ["--x"], true],
  ["nothing", {}, [], null],
])("addArgument reads %s", (_, options, words, value) => {
  expect(define((parser) => parser.addArgument("--x", options), words).values).toEqual({ x: value });
});

test.each<[Record<string, unknown>, string[], string]>([
  [{ type: "int" }, ["--x", "many"], '--x: "many" is not a whole number'],
  [{ choices: ["a", "b"] }, ["--x", "c"], '--x: "c" is none of a, b'],
  [{ required: true }, [], "--x: is required"],
  [{}, ["--x"], "--x: needs a value"],
  [{ action: "store_true" }, ["--x=perhaps"], '--x: "perhaps" is neither true nor false'],
])("addArgument(%j) with %j says %s", (options, words, told) => {
  expect(() => define((parser) => parser.addArgument("--x", options), words)).toThrow(told);
});

test.each([
  [["x"], {}],
  [["--users"], {}],
  [["--x"], { type: "colour" }],
  [["--x"], { action: "count" }],
])("addArgument(%j, %j) makes no sense and is refused", (flags, options) => {
  expect(() => define((parser) => parser.addArgument(...flags, options), [])).toThrowError(/addArgument\(/);
});
