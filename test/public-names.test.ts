import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { examplesOf, publicNames } from "./support/public-names.ts";

const names = publicNames("src/index.ts");

/** A fragment stands where most of them are written: in a task of a user. */
function moduleOf(example: string): string {
  if (/^import /m.test(example)) return example;
  const inside = example.replace(/^/gm, "    ");
  return `import { HttpUser, task } from "swarmgate";\n\nexport class Example extends HttpUser {\n  @task async example() {\n${inside}\n  }\n}\n`;
}

describe("what a locustfile may import", () => {
  test("everything is described, with its members", () => {
    expect(names.length).toBeGreaterThan(100);
    const bare = names.filter(({ doc }) => doc.replace(/@example[\s\S]*/, "").trim().length < 12);
    expect(bare.map(({ name, place }) => `${name} (${place})`)).toEqual([]);
  });

  test("every export has an example, and so has every method of the client", () => {
    const wanted = names.filter(
      ({ name, isMember }) => !isMember || /^HttpClient\.(?!cookies|requestName|close)/.test(name),
    );
    const without = wanted.filter(({ doc }) => examplesOf(doc).length === 0);
    expect(without.map(({ name, place }) => `${name} (${place})`)).toEqual([]);
  });

  test("every example compiles as it stands", async () => {
    const root = process.cwd();
    const folder = mkdtempSync(join(tmpdir(), "public-names-"));
    try {
      for (const [at, { name, doc }] of names.entries()) {
        for (const [index, example] of examplesOf(doc).entries()) {
          writeFileSync(join(folder, `${name}-${at}-${index}.mts`), moduleOf(example));
        }
      }
      writeFileSync(
        join(folder, "tsconfig.json"),
        JSON.stringify({
          extends: join(root, "tsconfig.json"),
          compilerOptions: {
            noUnusedLocals: false,
            noUnusedParameters: false,
            typeRoots: [join(root, "node_modules/@types")],
            paths: { swarmgate: [join(root, "src/index.ts")] },
          },
          include: ["*.mts"],
          exclude: [],
        }),
      );
      const tsc = "node_modules/typescript/bin/tsc";
      const { stdout } = await promisify(execFile)(process.execPath, [tsc, "-p", folder, "--pretty", "false"]).catch(
        (error: { stdout?: string }) => ({ stdout: error.stdout ?? String(error) }),
      );
      expect(stdout).toBe("");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
