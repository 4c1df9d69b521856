import { transformSync } from "@babel/core";
import { transform } from "esbuild";
import { tag, task } from "../../src/user/task.ts";
import { MarkovTaskSet, SequentialTaskSet, TaskSet } from "../../src/user/tasks/task-set.ts";
import { transition, transitions } from "../../src/user/tasks/transition.ts";
import { User } from "../../src/user/user.ts";

/** What a locustfile may have been compiled with. */
export const compilers = {
  "standard decorators (esbuild)": (source: string) => esbuild(source, {}),
  "standard decorators (Babel)": async (source: string) => babel(source, "2023-11"),
  "legacy decorators (Babel)": async (source: string) => babel(source, "legacy"),
  "legacy decorators (TypeScript)": (source: string) =>
    esbuild(source, { compilerOptions: { experimentalDecorators: true, useDefineForClassFields: false } }),
  "legacy decorators (TypeScript, defined fields)": (source: string) =>
    esbuild(source, { compilerOptions: { experimentalDecorators: true, useDefineForClassFields: true } }),
};

function babel(source: string, version: "2023-11" | "legacy"): string {
  const done = transformSync(source, {
    filename: "locustfile.ts",
    configFile: false,
    babelrc: false,
    plugins: [
      ["@babel/plugin-transform-typescript", {}],
      ["@babel/plugin-proposal-decorators", { version }],
    ],
  });
  return done?.code ?? "";
}

async function esbuild(source: string, tsconfigRaw: object): Promise<string> {
  const { code } = await transform(source, {
    loader: "ts",
    target: "es2022",
    tsconfigRaw: tsconfigRaw as { compilerOptions?: { experimentalDecorators?: boolean } },
  });
  return code;
}

const scope = { User, TaskSet, SequentialTaskSet, MarkovTaskSet, task, tag, transition, transitions };

/** Compiles `source` and gives the class (or whatever) it calls `name`. */
export async function compileClass(
  compile: (source: string) => Promise<string>,
  { source, name }: { source: string; name: string },
): Promise<unknown> {
  const code = await compile(source);
  return new Function(...Object.keys(scope), `${code}\nreturn ${name};`)(...Object.values(scope));
}
