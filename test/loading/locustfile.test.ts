import { afterEach, expect, test, vi } from "vitest";
import { userPlace } from "../../src/base/user-place.ts";
import { FixtureDirectory } from "../support/load-fixture.ts";

// Each fixture is loaded in a process of its own.
vi.setConfig({ testTimeout: 30_000 });

let directory: FixtureDirectory | undefined;
afterEach(() => directory?.remove());

function fixture(files: Record<string, string>): FixtureDirectory {
  directory = new FixtureDirectory(files);
  return directory;
}

const user = (name: string) => `import { HttpUser } from "swarmgate";\nexport class ${name} extends HttpUser {}\n`;

test("a TypeScript locustfile with decorators loads in the main thread and in a worker thread", async () => {
  const { users, decorated, worker, stderr } = await fixture({
    "locustfile.ts": `
      import { HttpUser, task, type Unknown } from "swarmgate";
      export class Shopper extends HttpUser {
        accessor basket = 0;
        @task(4) async home() { await this.client.get("/home"); }
        @task async item() { using held = { [Symbol.dispose]() {} }; }
      }`,
  }).load();
  expect(users).toEqual(["Shopper"]);
  expect(decorated).toEqual(["standard home", "standard item"]);
  expect(worker).toMatchObject({ users, decorated });
  expect(stderr).toBe("");
});

test("decorators are called the old way where the tsconfig says experimentalDecorators", async () => {
  const { decorated } = await fixture({
    "base.json": `{ "compilerOptions": { "experimentalDecorators": true } }`,
    "tsconfig.json": `{ "extends": "./base.json", /* as people write it */ "compilerOptions": { "target": "es2022", } }`,
    "load/locustfile.ts": `
      import { HttpUser, task } from "swarmgate";
      export class Shopper extends HttpUser { @task(4) async home() {} @task async item() {} }`,
  }).load("load/locustfile.ts");
  expect(decorated).toEqual(["legacy Shopper.home", "legacy Shopper.item"]);
});

test("a tsconfig that extends a package that is not installed still says how decorators are called", async () => {
  const { decorated } = await fixture({
    "tsconfig.json": `{ "extends": "@tsconfig/node24", "compilerOptions": { "experimentalDecorators": true } }`,
    "locustfile.ts": `
      import { HttpUser, task } from "swarmgate";
      export class Shopper extends HttpUser { @task async home() {} }`,
  }).load();
  expect(decorated).toEqual(["legacy Shopper.home"]);
});

test("a tsconfig path for swarmgate, there for the editor's sake, is not followed", async () => {
  const { users, files } = await fixture({
    "tsconfig.json": `{ "compilerOptions": { "paths": { "swarmgate": ["./vendor/swarmgate.ts"] } } }`,
    "vendor/swarmgate.ts": "export class HttpUser {}",
    "locustfile.ts": user("Shopper"),
  }).load();
  expect(users).toEqual(["Shopper"]);
  expect(files).toEqual(["locustfile.ts"]);
});

test("enums, namespaces, parameter properties and type-only imports without the word type are compiled", async () => {
  const { told } = await fixture({
    "types.ts": "export interface Basket { items: number }\nexport type Id = string;\n",
    "locustfile.ts": `
      import { HttpUser } from "swarmgate";
      import { Basket, Id } from "./types";
      enum Colour { Red = 3, Green }
      const enum Size { Small = 7 }
      namespace Numbers { export const four = 4; }
      class Point { constructor(private readonly x: number, readonly y = 2) {} get sum() { return this.x + this.y; } }
      export class Shopper extends HttpUser {
        declare note: Id;
        static told = [Colour.Green, Size.Small, Numbers.four, new Point(1).sum, {} as Basket satisfies object];
      }`,
  }).load();
  expect(told).toEqual([[4, 7, 4, 3, {}]]);
});

test("imports without extension, of a folder, of .js that is .ts, by tsconfig paths and of JSON are found", async () => {
  const { told, worker, files } = await fixture({
    "tsconfig.json": `{ "compilerOptions": { "baseUrl": "src", "paths": { "@lib/*": ["lib/*"] } } }`,
    "src/lib/deep.ts": "export const deep = 1;",
    "src/by-base-url.ts": "export const based = 2;",
    "helpers/index.ts": `export { plain } from "./plain";`,
    "helpers/plain.ts": "export const plain: number = 3;",
    "other.ts": "export const other = 4 as const;",
    "module.mts": "export const m: number = 5;",
    "script.js": "export const script = 6;",
    "data.json": `{ "users": ["kubilay"], "default": 1 }`,
    "lazy.ts": "export enum Lazy { yes = 7 }",
    "locustfile.ts": `
      import { HttpUser } from "swarmgate";
      import { deep } from "@lib/deep";
      import { based } from "by-base-url";
      import { plain } from "./helpers";
      import { other } from "./other.js";
      import { m } from "./module.mjs";
      import { script } from "./script";
      import data, { users } from "./data.json";
      import same from "./data.json" with { type: "json" };
      const name = "./la" + "zy";
      export class Shopper extends HttpUser {
        static async told() {
          const { Lazy } = await import(name);
          return [deep, based, plain, other, m, script, data.users, users, same.users, Lazy.yes];
        }
      }`,
  }).load();
  expect(told).toEqual([[1, 2, 3, 4, 5, 6, ["kubilay"], ["kubilay"], ["kubilay"], 7]]);
  expect(files).toContain("deep.ts");
  // The file that nobody could foresee was compiled while the main thread ran; the worker gets it as well.
  expect(worker.told).toEqual(told);
});

test("what CommonJS files find in scope is there in TypeScript too", async () => {
  const { told } = await fixture({
    "users.csv": "kubilay,secret",
    "old.cjs": "module.exports = { old: 1 };",
    "locustfile.ts": `
      import { readFileSync } from "node:fs";
      import { join } from "node:path";
      import { HttpUser } from "swarmgate";
      const { old } = require("./old.cjs");
      const csv = readFileSync(join(__dirname, "users.csv"), "utf8");
      export class Shopper extends HttpUser { static told = [csv, old, __filename.endsWith("locustfile.ts")]; }`,
  }).load();
  expect(told).toEqual([["kubilay,secret", 1, true]]);
});

test("packages beside the locustfile load, ESM and CommonJS, and find the same engine", async () => {
  const { told } = await fixture({
    "package.json": `{ "type": "commonjs" }`,
    "node_modules/cjs-plugin/package.json": `{ "name": "cjs-plugin", "main": "index.js" }`,
    "node_modules/cjs-plugin/index.js": `const { HttpUser } = require("swarmgate"); exports.base = HttpUser;`,
    "node_modules/esm-plugin/package.json": `{ "name": "esm-plugin", "type": "module", "exports": "./index.js" }`,
    "node_modules/esm-plugin/index.js": `import { HttpUser } from "swarmgate"; export class Plugged extends HttpUser {}`,
    "locustfile.ts": `
      import { HttpUser } from "swarmgate";
      import { base } from "cjs-plugin";
      import { Plugged } from "esm-plugin";
      export class Shopper extends Plugged { static told = [base === HttpUser, Shopper.prototype instanceof HttpUser]; }`,
  }).load();
  expect(told).toEqual([[true, true]]);
});

test("a JavaScript module loads without the compiler, whatever package.json says of .js", async () => {
  const { users, stderr } = await fixture({
    "package.json": `{ "type": "commonjs" }`,
    "locustfile.js": user("Shopper"),
  }).load();
  expect(users).toEqual(["Shopper"]);
  expect(stderr).toBe("");
});

test("JavaScript may have decorators, and may be CommonJS", async () => {
  const files = {
    "decorated.mjs": `
      import { HttpUser, task } from "swarmgate";
      export class Decorated extends HttpUser {
        @task(2) async home() {}
      }`,
    "common.js": `const { HttpUser } = require("swarmgate"); module.exports = { Common: class Common extends HttpUser {} };`,
  };
  const { users, decorated } = await fixture(files).load("decorated.mjs", "common.js");
  expect(users).toEqual(["Common", "Decorated"]);
  expect(decorated).toEqual(["standard home"]);
});

test("without a name the first of locustfile.ts .mts .js .mjs is taken", async () => {
  const some = fixture({ "locustfile.mjs": user("Mjs"), "locustfile.js": user("Js") });
  expect((await some.load()).users).toEqual(["Js"]);
  some.write({ "locustfile.mts": user("Mts") });
  expect((await some.load()).users).toEqual(["Mts"]);
  some.write({ "locustfile.ts": user("Ts") });
  expect((await some.load()).users).toEqual(["Ts"]);
});

test("a directory is read deep, without _ names, hidden names, tests, types and packages", async () => {
  const { users } = await fixture({
    "load/a.ts": user("A"),
    "load/deep/b.mjs": user("B"),
    "load/_base.ts": user("Base"),
    "load/_lib/c.ts": user("C"),
    "load/.hidden/d.ts": user("D"),
    "load/a.test.ts": user("Test"),
    "load/a.d.ts": "export {};",
    "load/node_modules/e/index.js": user("E"),
    "load/readme.md": "# not code",
  }).load("load");
  expect(users).toEqual(["A", "B"]);
});

test("abstract classes are left out, their children are not; shapes are found; a class met twice is one class", async () => {
  const { users, shapes } = await fixture({
    "base.ts": `import { HttpUser } from "swarmgate"; export class Base extends HttpUser { static abstract = true; }`,
    "one.ts": `export { Base } from "./base"; import { Base } from "./base"; export class One extends Base {} export default One;`,
    "two.ts": `export { One } from "./one"; import { LoadTestShape } from "swarmgate"; export class Wave extends LoadTestShape {}`,
  }).load("one.ts", "two.ts");
  expect(users).toEqual(["One"]);
  expect(shapes).toEqual(["Wave"]);
});

test("what only a worker thread imports, by a name made up while running, is loaded there", async () => {
  const { worker, stderr } = await fixture({
    "package.json": `{ "type": "commonjs" }`,
    "only-there.ts": "export const answer: number = 42;",
    "locustfile.ts": `
      import { isMainThread } from "node:worker_threads";
      import { HttpUser } from "swarmgate";
      export class Shopper extends HttpUser {
        static async told() {
          if (isMainThread) return 0;
          return (await import("./only-" + "there")).answer;
        }
      }`,
  }).load();
  expect(worker.told).toEqual([42]);
  expect(stderr).toBe("");
});

test("what a task throws later carries the user's own line, in every thread", async () => {
  const { told, worker } = await fixture({
    "locustfile.ts": `
      import { HttpUser, task } from "swarmgate";
      interface Taken { away: number }
      enum Also { taken, away }
      export class Shopper extends HttpUser {
        @task async home() {
          await null;
          throw new Error("later");
        }
        static told() { return new Shopper().home().catch((error) => error.stack); }
      }`,
  }).load();
  expect(userPlace(String(told[0]))).toMatchObject({ line: 8, column: 17 });
  expect(userPlace(String(worker.told[0]))).toMatchObject({ line: 8, column: 17 });
});

test("the hash follows every source of the user's own, and nothing else", async () => {
  const files = { "locustfile.ts": `import "./helper";\n${user("Shopper")}`, "helper.ts": "export const a = 1;\n" };
  const here = fixture(files);
  const before = (await here.load()).hash;
  const elsewhere = new FixtureDirectory({ ...files, "README.md": "# other", "unused.ts": "export {};" });
  expect((await elsewhere.load()).hash).toBe(before);
  elsewhere.remove();
  here.write({ "helper.ts": "export const a = 2;\n" });
  expect((await here.load()).hash).not.toBe(before);
});
