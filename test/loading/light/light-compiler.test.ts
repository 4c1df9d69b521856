import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { transformSync } from "@babel/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadCompiler } from "../../../src/loading/compile.ts";
import { type LightCompile, loadLightCompiler } from "../../../src/loading/light/light-compiler.ts";

const root = resolve(import.meta.dirname, "../../..");
const directory = mkdtempSync(join(tmpdir(), "light-"));
let light: LightCompile;
let full: LightCompile;

beforeAll(async () => {
  light = await loadLightCompiler();
  full = await loadCompiler();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const source = (code: string, file = join(directory, "locustfile.ts")) => ({
  file,
  code,
  legacyDecorators: false,
  root: directory,
});

/** The program alone: without comments, empty statements, layout. */
function normal(js: string): string {
  const visitor = { EmptyStatement: (path: { remove(): void }) => path.remove() };
  const code = transformSync(js.replace(/^\/\/# sourceMapping.*$/gm, ""), {
    babelrc: false,
    configFile: false,
    comments: false,
    retainLines: false,
    plugins: [() => ({ visitor })],
  })?.code;
  return (code ?? "").replace(/^export \{\};?$/m, "").trim();
}

const ordinary = globSync("src/{user,http}/*.ts", { cwd: root });

test("what it makes of ordinary TypeScript is what the whole compiler makes of it", () => {
  let plain = 0;
  for (const file of ordinary) {
    const code = readFileSync(join(root, file), "utf8");
    const made = light(source(code, join(root, file)));
    if (!made) continue;
    plain++;
    const known = full(source(code, join(root, file)));
    expect(normal(made.js), file).toBe(normal(known?.js ?? ""));
    expect([...made.imports].sort(), file).toEqual([...(known?.imports ?? [])].sort());
  }
  expect(plain).toBeGreaterThan(ordinary.length * 0.9);
});

test("types in every place where an ordinary file has them are gone", () => {
  const code = `
    import { Late, type Early, used } from "./other";
    import type { Whole } from "./types";
    import Default, { Gone } from "./more";
    interface Shape { area: number }
    export type Id = string | number;
    export interface Basket<T> extends Shape { items: T[] }
    declare const injected: string;
    declare module "x" { export const y: number }
    export abstract class Base<T extends object = {}> implements Whole, Early {
      private readonly one = 1
      protected static two?: number;
      three!: Map<string, Gone>;
      readonly ["four"]: number = 4;
      [key: string]: unknown;
      #five: T | undefined;
      constructor(public_: number, optional?: string, ...rest: readonly number[]) { void [public_, optional, rest]; }
      async get<K extends keyof T>(key: K, how: { deep: boolean } = { deep: true }): Promise<T[K] | undefined> { return undefined; }
    }
    function over(x: string): string
    function over(x: number): number
    function over(x: unknown) { return x }
    const arrow = async <T,>(x: T, { a, b }: { a: number; b?: Id }): Promise<T> => (x as unknown as T);
    const checked = { a: used!.b?.c! } satisfies object as const;
    let later!: Late;
    for (const each of [] as string[]) later = new Map<string, Array<number>>(each as never) as never;
    function isText(x: unknown): x is string { return typeof x === "string" }
    export default class extends Default<string> { override toString() { return ""; } }
    export { arrow, checked, isText, over };`;
  const made = light(source(code));
  expect(normal(made?.js ?? "")).toBe(normal(full(source(code))?.js ?? ""));
  expect(made?.imports).toEqual(["./other", "./more"]);
});

test.each([
  ["an enum", "export enum Colour { Red }"],
  ["a namespace", "export namespace Numbers { export const four = 4; }"],
  ["a parameter property", "export class P { constructor(private x: number) {} }"],
  ["an auto-accessor", "export class P { accessor x = 1; }"],
  ["somebody else's decorator", 'import { mine } from "./mine"; export class P { @mine x() {} }'],
  ["our decorator on a private method", 'import { task } from "swarmgate"; export class P { @task #x() {} }'],
  ["our decorator with a function in it", 'import { tag } from "swarmgate"; export class P { @tag(() => 1) x() {} }'],
  ["a CommonJS name", 'const fs = require("node:fs"); export { fs };'],
  ["an import by a computed name", "export const load = (name: string) => import(name);"],
  ["a type assertion in angle brackets", "export const x = <string>y;"],
  ["a statement that ends with its type", "const x = y as string\n;[1].map(String)\nconst z = y as string\n(x)"],
  ["a name that is an import here and a variable there", 'import { T } from "x"; export const f = (T: T) => T;'],
  ["a type exported by a list", "interface T {} export { T };"],
  ["a syntax error", "export class {"],
])("%s is left to the whole compiler", (_, code) => {
  expect(light(source(code))).toBeUndefined();
});

test("decorators called the old way are left to the whole compiler", () => {
  expect(light({ ...source("export const x = 1;"), legacyDecorators: true })).toBeUndefined();
});

test("our decorators are called as the standard has them", async () => {
  writeFileSync(
    join(directory, "recorder.mjs"),
    `export const calls = [];
    const key = Symbol.metadata ?? Symbol.for("Symbol.metadata");
    const note = (label) => (target, { kind, name, static: isStatic, private: isPrivate, metadata }) => {
      metadata.seen = [...(metadata.seen ?? []), label];
      calls.push([label, typeof target, kind, name, isStatic, isPrivate, [...metadata.seen]]);
    };
    export const tag = (...names) => (calls.push(["evaluated", ...names]), note("tag " + names));
    export const task = (...args) => args.length === 2 ? note("task")(...args) : note("task " + args);
    export const own = (owner) => Object.hasOwn(owner, key) ? owner[key].seen : undefined;`,
  );
  const code = `
    import { calls, own, tag, task as job } from "swarmgate";
    const weights = { two: 2 } as const;
    @tag("class", "both") export class Base {
      static before = 1
      @job async first(): Promise<void> {}
      @tag("a") @job(weights.two) private second() {}
      @job(3)
      static Inner = class { @job deep() {} };
      @job get lazy() { return class {}; }
      @job static shared() {}
    }
    @tag("child")
    class Child extends Base { @job(4) third() {} }
    class Bare extends Base {}
    export const told = [calls, own(Base), own(Child), own(Bare), Base.name, own(Base.Inner)];`;
  const told = async (made: ReturnType<LightCompile>, name: string) => {
    const file = join(directory, name);
    writeFileSync(join(directory, "locustfile.ts"), code);
    writeFileSync(file, (made?.js ?? "").replace('"swarmgate"', `"./recorder.mjs?${name}"`));
    return ((await import(pathToFileURL(file).href)) as { told: unknown[] }).told;
  };
  const byLight = await told(light(source(code)), "light.mjs");
  const byFull = await told(full(source(code)), "full.mjs");
  const sorted = (calls: unknown) => (calls as unknown[]).map((each) => JSON.stringify(each)).sort();
  expect(byLight.slice(1, 5).map(sortedIfList)).toEqual(byFull.slice(1, 5).map(sortedIfList));
  expect(sorted((byLight[0] as unknown[][]).map((each) => each.slice(0, 6)))).toEqual(
    sorted((byFull[0] as unknown[][]).map((each) => each.slice(0, 6))),
  );
});

const sortedIfList = (value: unknown) => (Array.isArray(value) ? [...value].sort() : value);

test("a place in the new text is found in the old one, to the column", async () => {
  const { SourceMap } = await import("node:module");
  const code = [
    'import { HttpUser, type Unused, task } from "swarmgate";',
    "export class Shopper<T> extends HttpUser {",
    '  @task(4) private async home(x?: T) { fails(); await this.client.get("/"); }',
    "}",
  ].join("\n");
  const js = light(source(code))?.js ?? "";
  const payload = JSON.parse(Buffer.from(/base64,(.*)/.exec(js)?.[1] ?? "", "base64").toString());
  const map = new SourceMap(payload);
  const lines = js.split("\n");
  for (const word of ["Shopper", "fails", "await", "client", "task(4)"]) {
    const line = lines.findIndex((text) => text.includes(word) && !text.startsWith("import"));
    const found = map.findEntry(line, (lines[line] as string).indexOf(word));
    const original = code.split("\n").findIndex((text) => text.includes(word) && !text.startsWith("import"));
    expect(found, word).toMatchObject({
      originalLine: original,
      originalColumn: code.split("\n")[original]?.indexOf(word),
    });
  }
});
