import { execFile } from "node:child_process";
import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));

/** An empty project with the packed package installed in it, as `npm install swarmgate` would: nothing comes along. */
export async function projectWithPackage(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "swarmgate-package-"));
  await run("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", directory], { cwd: root });
  const tarball = (await readdir(directory)).find((name) => name.endsWith(".tgz")) as string;
  await writeFile(join(directory, "package.json"), JSON.stringify({ private: true }));
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", "--ignore-scripts", tarball], {
    cwd: directory,
  });
  return directory;
}
