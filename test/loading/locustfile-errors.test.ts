import { afterEach, expect, test, vi } from "vitest";
import { FixtureDirectory } from "../support/load-fixture.ts";

// Each fixture is loaded in a process of its own.
vi.setConfig({ testTimeout: 30_000 });

let directory: FixtureDirectory | undefined;
afterEach(() => directory?.remove());

async function errorOf(files: Record<string, string>, ...paths: string[]) {
  directory = new FixtureDirectory(files);
  const { error } = await directory.load(...paths);
  if (!error) throw new Error("it loaded");
  return error;
}

const head = `import { HttpUser } from "swarmgate";\n`;

test("no locustfile: says what was looked for", async () => {
  const error = await errorOf({ "readme.md": "" });
  expect(error).toMatchObject({ code: "locustfile-missing", exitCode: 2 });
  expect(error.message).toContain("locustfile.ts, locustfile.mts, locustfile.js, locustfile.mjs, locustfile.py");
});

test("a named file that is not there, and one that cannot be a locustfile", async () => {
  expect(await errorOf({}, "load/test.ts")).toMatchObject({ code: "locustfile-missing", place: "load/test.ts" });
  expect(await errorOf({ "a.yml": "" }, "a.yml")).toMatchObject({ code: "locustfile-unknown-kind", place: "a.yml" });
  expect(await errorOf({ "load/_a.ts": "" }, "load")).toMatchObject({ code: "locustfile-missing", place: "load" });
});

test("a Python locustfile is recognised and answered, by name, by default and in a directory", async () => {
  const error = await errorOf({ "locustfile.py": "from locust import HttpUser" });
  expect(error).toMatchObject({ code: "python-not-yet", place: "locustfile.py", exitCode: 2 });
  expect(error.message).toContain("run by Locust itself");
  expect((await errorOf({ "load/a.py": "" }, "load/a.py")).code).toBe("python-not-yet");
  expect((await errorOf({ "load/a.py": "" }, "load")).code).toBe("python-not-yet");
});

test("a syntax error is told with file, line, column and code frame", async () => {
  const error = await errorOf({ "locustfile.ts": `${head}export class A extends HttpUser {\n  wait = ;\n}\n` });
  expect(error).toMatchObject({ code: "locustfile-syntax", place: "locustfile.ts:3:10", exitCode: 2 });
  expect(error.message).toBe(
    [
      "locustfile.ts:3:10: Unexpected token",
      "",
      `  1 | import { HttpUser } from "swarmgate";`,
      "  2 | export class A extends HttpUser {",
      "> 3 |   wait = ;",
      "    |          ^",
      "  4 | }",
      "  5 |",
    ].join("\n"),
  );
});

test("a syntax error in plain JavaScript, and in an imported file, is told the same way", async () => {
  const broken = `${head}export class A extends HttpUser {\n  wait = ;\n}\n`;
  expect(await errorOf({ "a.js": broken }, "a.js")).toMatchObject({ code: "locustfile-syntax", place: "a.js:3:10" });
  const files = {
    "locustfile.ts": `${head}import "./lib/b";\nexport class A extends HttpUser {}\n`,
    "lib/b.ts": "const = ;",
  };
  expect(await errorOf(files)).toMatchObject({ code: "locustfile-syntax", place: "lib/b.ts:1:7" });
});

test("JSON that is none is told with its place", async () => {
  const error = await errorOf({
    "locustfile.ts": `${head}import users from "./users.json";\nexport class A extends HttpUser { users = users; }\n`,
    "users.json": `{\n  "a": 1,\n}`,
  });
  expect(error).toMatchObject({ code: "locustfile-syntax", place: "users.json:3:1" });
});

test("a throw while loading is told where it was thrown, in the user's own coordinates", async () => {
  const error = await errorOf({
    "locustfile.ts": `${head}import { read } from "./read";\nenum Big { A, B, C }\nread(Big.C);\nexport class A extends HttpUser {}\n`,
    "read.ts": `interface Gone {\n  x: number;\n}\nexport function read(n: number): Gone {\n  throw new RangeError("no row " + n);\n}\n`,
  });
  expect(error).toMatchObject({ code: "locustfile-throws", place: "read.ts:5:9", exitCode: 2 });
  expect(error.message).toContain(`read.ts:5:9: RangeError: no row 2\n`);
  expect(error.message).toContain(`> 5 |   throw new RangeError("no row " + n);\n    |         ^`);
});

test("something thrown that is no error names the locustfile", async () => {
  const error = await errorOf({ "locustfile.ts": `throw "tantrum";` });
  expect(error).toMatchObject({ code: "locustfile-throws", message: "locustfile.ts: tantrum was thrown" });
});

test("a package that is not installed and a file that is not there are told at the import", async () => {
  const missing = await errorOf({ "locustfile.ts": `${head}import pad from "left-pad";\npad();\n` });
  expect(missing).toMatchObject({ code: "locustfile-import", place: "locustfile.ts:2:17" });
  expect(missing.message).toMatch(/cannot find "left-pad"[\s\S]*> 2 \| import pad/);
  expect(missing.hint).toContain("npm ci");
  const own = await errorOf({ "locustfile.mjs": `${head}import { pad } from './lib/pad';\n` });
  expect(own).toMatchObject({ code: "locustfile-import", place: "locustfile.mjs:2:21" });
  const required = await errorOf({ "locustfile.ts": `${head}const pad = require("left-pad");\n` });
  expect(required).toMatchObject({ code: "locustfile-import", place: "locustfile.ts:2:21" });
});

test("a name that swarmgate or a file of the user's does not export is told at the import", async () => {
  const engine = await errorOf({
    "locustfile.ts": `import {\n  HtpUser,\n} from "swarmgate";\nexport class A extends HtpUser {}\n`,
  });
  expect(engine).toMatchObject({ code: "locustfile-import", place: "locustfile.ts:2:3" });
  expect(engine.message).toContain(`"swarmgate" does not export HtpUser`);
  expect(engine.hint).toBe("Did you mean HttpUser?");
  const own = await errorOf({ "locustfile.ts": `import { one } from "./b";\none();`, "b.ts": "export const two = 2;" });
  expect(own).toMatchObject({ code: "locustfile-import", place: "locustfile.ts:1:10" });
});

test("no user class: names the class that lacks export, or says what is missing", async () => {
  const hidden = await errorOf({ "locustfile.ts": `${head}\nclass Shopper extends HttpUser {}\n` });
  expect(hidden).toMatchObject({ code: "no-user-class", place: "locustfile.ts:3:1" });
  expect(hidden.hint).toContain("export class Shopper");
  const abstract = await errorOf({
    "locustfile.ts": `${head}export class A extends HttpUser { static abstract = true; }`,
  });
  expect(abstract.message).toBe("locustfile.ts: every user class is abstract");
});

test("two classes of one name in different files are refused, naming both files", async () => {
  const same = `${head}export class Shopper extends HttpUser {}\n`;
  const error = await errorOf({ "load/a.ts": same, "load/b.ts": same }, "load");
  expect(error).toMatchObject({ code: "duplicate-user-class", exitCode: 2 });
  expect(error.message).toBe("two classes are named Shopper: in load/a.ts and in load/b.ts");
});
