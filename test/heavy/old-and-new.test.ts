import { execFile } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { everythingLocustfile, projectSettings } from "../support/everything-locustfile.ts";
import { projectWithPackage } from "../support/packed.ts";
import { openShop, type ShopProcess } from "../support/shop-process.ts";

/** Packages with compilers and Nodes of several ages, as `.ci/run` installs them; unset, this suite is left out. */
const ages = process.env.AGES;
let project: string;
let shop: ShopProcess;

/** Every two of these settings meet in one of them. */
const projects = [
  { module: "nodenext", experimentalDecorators: false, types: [] },
  { module: "nodenext", experimentalDecorators: true, types: ["node"] },
  { module: "bundler", experimentalDecorators: false, types: ["node"] },
  { module: "bundler", experimentalDecorators: true, types: [] },
] as const;

/** Never rejects: a program that fails is what some of these tests are about. */
function run(
  command: string,
  argv: readonly string[],
  path?: string,
): Promise<{ code: number; out: string; error: string }> {
  const env = path === undefined ? process.env : { ...process.env, PATH: `${path}:${process.env.PATH}` };
  return new Promise((resolve) => {
    execFile(command, [...argv], { cwd: project, env }, (failure, out, error) =>
      resolve({ code: failure ? Number(failure.code ?? 1) : 0, out, error }),
    );
  });
}

const installed = (kind: RegExp) =>
  ages === undefined ? [] : readdirSync(join(ages, "node_modules")).filter((name) => kind.test(name));

describe.skipIf(ages === undefined)("compilers and Nodes, old and new", () => {
  const folder = (name: string) => join(ages as string, "node_modules", name);

  beforeAll(async () => {
    [project, shop] = await Promise.all([projectWithPackage(), openShop()]);
    writeFileSync(
      join(project, "shop.ts"),
      readFileSync(new URL("../../examples/shop/locustfile.ts", import.meta.url)),
    );
    writeFileSync(join(project, "everything.ts"), everythingLocustfile);
    writeFileSync(
      join(project, "buffer.ts"),
      `import type { HttpResponse } from "swarmgate";\nexport const hex = (res: HttpResponse): string => res.bytes().toString("hex");\n`,
    );
  });
  afterAll(async () => {
    await shop.close();
    rmSync(project, { recursive: true, force: true });
  });

  test("they are there", () => {
    expect(installed(/^ts/)).toEqual(["ts54", "ts56", "ts59", "ts60", "ts70"]);
    expect(installed(/^node\d/)).toEqual(["node20", "node22"]);
  });

  test.each(installed(/^ts/))("%s finds no fault in the types, with Node's and without", async (compiler) => {
    for (const { module, experimentalDecorators, types } of projects) {
      const settings = projectSettings({ module, experimentalDecorators, types });
      const files = ["everything.ts", ...(types.length > 0 ? ["buffer.ts"] : [])];
      const compilerOptions = { ...settings.compilerOptions, typeRoots: [folder("@types")] };
      writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
      const said = await run(process.execPath, [join(folder(compiler), "bin/tsc"), "-p", "."]);
      expect({ module, experimentalDecorators, types, ...said }).toMatchObject({ code: 0, out: "" });
    }
  });

  test("Node 20 ends in one sentence, Node 22 runs a locustfile with `using`, both by npx", async () => {
    const argv = ["swarmgate", "-f", "shop.ts", "-H", shop.url, "-u", "2", "-t", "2s", "--headless"];
    const old = await run("npx", argv, join(folder("node20"), "bin"));
    expect(old).toMatchObject({ code: 2, out: "" });
    expect(old.error).toMatch(/swarmgate needs Node\.js 22\.19 or newer; this is Node\.js 20\./);
    const newer = await run("npx", argv, join(folder("node22"), "bin"));
    expect(newer).toMatchObject({ code: 0 });
    expect(newer.error).toMatch(/^GET +\/search +[1-9]\d* +0\(0\.00%\)/m);
  });
});
