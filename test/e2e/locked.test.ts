import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startShop } from "../../src/demo/shop.ts";
import { decodeResult } from "../../src/stats/document/result-document.ts";
import { type Said, scratch } from "../cli/at-terminal.ts";
import { swarmgate } from "../support/built-cli.ts";
import { cleanUpActionRuns, runAction } from "../support/run-action.ts";

/** `permissions: locked`: what a locustfile can do then, what it cannot, and what it is told. */

let shop: Awaited<ReturnType<typeof startShop>>;
beforeAll(async () => {
  shop = await startShop({});
});
afterAll(async () => {
  await shop.close();
  cleanUpActionRuns();
});

const locustfile = (task: string, above = "") => `
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { HttpUser, constant, task } from "swarmgate";
import { word } from "./lib/words";
${above}
export class Shopper extends HttpUser {
  override waitTime = constant(0.05);
  @task async home() {
    ${task}
    await this.client.get("/", { name: word });
  }
}
`;
const beside = {
  "lib/words.ts": "export const word: string = 'home';\n",
  "data.csv": "a,b\n",
  ".git/config": "token\n",
};

function run(argv: readonly string[], source: string, files: Readonly<Record<string, string>> = {}): Promise<Said> {
  const words = ["run", "--headless", "-H", shop.url, "-u", "2", "-r", "10", "-o", "out/r.json"];
  return swarmgate([...words, ...argv], { files: { "locustfile.ts": source, ...beside, ...files } });
}
const resultOf = ({ directory }: Said) => decodeResult(readFileSync(join(directory, "out/r.json"), "utf8"), "r.json");
const locked = ["--permissions", "locked"];

describe("a locked locustfile", () => {
  test("reads its imports and its data, and measures every request, in one process or in several", async () => {
    for (const threads of ["1", "2"]) {
      const before = shop.log().total.received;
      const said = await run(
        [...locked, "-t", "1500ms", "--threads", threads],
        locustfile("", `if (readFileSync("data.csv", "utf8") !== "a,b\\n") throw new Error("not read");`),
      );
      expect(said.code, said.error).toBe(0);
      const { summary, meta, trouble } = resultOf(said);
      expect(summary.allRequests).toBe(shop.log().total.received - before);
      expect(summary.allRequests).toBeGreaterThan(10);
      expect(meta.threads).toBe(Number(threads));
      expect(trouble.exceptions).toEqual([]);
    }
  });

  test("sends exactly as many requests as asked, whatever the number of threads", async () => {
    const before = shop.log().total.received;
    const said = await run([...locked, "-n", "37", "--threads", "2"], locustfile(""));
    expect(said.code, said.error).toBe(0);
    expect(shop.log().total.received - before).toBe(37);
  });

  const outside = scratchPath();
  test.each([
    ["start a process true", "allow-child-process", `execFileSync("true");`],
    ["start a process true", "allow-child-process", `spawn("true").on("error", () => {});`],
    ["start a thread", "allow-worker", `new Worker("", { eval: true }).unref();`],
    [`write ${outside}`, `allow-fs-write=${outside}`, `writeFileSync("${outside}", "x");`],
    ["read /etc/hostname", "allow-fs-read=/etc/hostname", `readFileSync("/etc/hostname");`],
  ])("cannot %s, is told the line %s, and can with it", async (what, line, code) => {
    const told = `\`permissions: locked\` does not let a locustfile ${what}; to allow it, add the line \`${line}\` below`;
    const atLoad = await run([...locked, "-t", "1s"], locustfile("", code));
    expect(atLoad).toMatchObject({ code: 2 });
    expect(atLoad.error).toContain(told);
    expect(atLoad.error).toMatch(/locustfile\.ts:7:\d+/);
    const inTask = await run([...locked, "-t", "1s"], locustfile(code));
    expect(
      resultOf(inTask)
        .trouble.exceptions.map(({ message }) => message)
        .join(),
    ).toContain(told);
    const allowed = await run([...locked, "--permissions", line, "-t", "1s"], locustfile(code, code));
    expect(allowed.code, allowed.error).toBe(0);
    expect(resultOf(allowed).trouble.exceptions).toEqual([]);
  });

  test("cannot load an addon, use the inspector, or read the job's token in .git and in its parent's environment", async () => {
    const attempts = `
      const { Session } = await import("node:inspector");
      const tries = {
        addon: () => process.dlopen({ exports: {} } as never, "/x.node"),
        inspector: () => new Session().connect(),
        git: () => readFileSync(".git/config"),
        listing: () => existsSync(".git"),
        environ: () => readFileSync(\`/proc/\${process.ppid}/environ\`),
        workspace: () => writeFileSync("package.json", "{}"),
      };
      for (const [name, act] of Object.entries(tries)) {
        try { act(); console.log("CAN", name); } catch (error) { console.log("CANNOT", name, (error as { code: string }).code); }
      }`;
    const said = await run([...locked, "-t", "300ms"], locustfile("", attempts));
    expect(said.code, said.error).toBe(0);
    expect(said.out).not.toContain("CAN ");
    for (const name of ["addon", "inspector", "git", "listing", "environ", "workspace"]) {
      expect(said.out).toMatch(new RegExp(`CANNOT ${name} ERR_(ACCESS_DENIED|DLOPEN_DISABLED)`));
    }
  });

  test("cannot import from outside the checkout, and is told the line", async () => {
    const elsewhere = scratch({ "helper.ts": "export const word = 'x';\n" });
    const source = locustfile("").replace("./lib/words", join(elsewhere, "helper"));
    const said = await run([...locked, "-t", "1s"], source);
    expect(said).toMatchObject({ code: 2 });
    expect(said.error).toMatch(/locustfile\.ts:6:\d+/);
    const allowed = await run([...locked, "--permissions", `allow-fs-read=${elsewhere}`, "-t", "300ms"], source);
    expect(allowed.code, allowed.error).toBe(0);
  });

  test("imports packages, though they are linked from elsewhere", async () => {
    const packages = scratch({ "words/package.json": '{"name":"words","type":"module","exports":"./i.js"}' });
    writeFileSync(join(packages, "words/i.js"), "export const word = 'x';\n");
    const source = locustfile("").replace("./lib/words", "words");
    const directory = scratch({ "locustfile.ts": source });
    symlinkSync(packages, join(directory, "node_modules"));
    const argv = ["run", "--headless", "-H", shop.url, "-t", "300ms", ...locked];
    const said = await swarmgate(argv, { directory });
    expect(said.code, said.error).toBe(0);
  });

  test("is inspected under the same rules", async () => {
    const said = await run([...locked, "--list"], locustfile("", `execFileSync("true");`));
    expect(said).toMatchObject({ code: 2 });
    expect(said.error).toContain("allow-child-process");
    const fine = await run([...locked, "--list"], locustfile(""));
    expect(fine.out).toContain("Shopper");
  });
});

describe("the setting", () => {
  test.each([
    [["--permissions", "lock"], /"lock" is none of locked.*did you mean "locked"/],
    [["--permissions", "allow-worker"], /begin with the line locked/],
    [[...locked, "--permissions", "allow-fs-read="], /names no path/],
  ])("refuses %j", async (argv, message) => {
    const said = await run([...argv, "-t", "1s"], locustfile(""));
    expect(said).toMatchObject({ code: 2 });
    expect(said.error).toMatch(message);
  });

  test("is no key of a configuration file: a pull request would bring its own", async () => {
    const yaml = await run(["-t", "1s", "--config", "swarmgate.yml"], locustfile(""), {
      "swarmgate.yml": "version: 1\npermissions: locked\n",
    });
    expect(yaml).toMatchObject({ code: 2 });
    expect(yaml.error).toContain("permissions");
    const conf = await run([...locked, "-t", "300ms"], locustfile("", `execFileSync("true");`), {
      "locust.conf": "permissions = allow-child-process\n",
    });
    expect(conf).toMatchObject({ code: 2 });
  });
});

describe("the built action", () => {
  const inputs = { users: "2", "run-time": "1s", warmup: "0", "baseline-store": "none", "upload-artifact": "false" };
  const act = (source: string, more: Readonly<Record<string, string>>) =>
    runAction({
      eventName: "push",
      files: { "locustfile.ts": source, ...beside },
      inputs: { host: shop.url, ...inputs, ...more },
    });

  test("says in one line whose rights a locustfile has, and nothing of it where it is locked", async () => {
    const open = await act(locustfile(""), {});
    expect(open.log.match(/rights of a `run:` step/g)).toHaveLength(1);
    const shut = await act(locustfile(""), { permissions: "locked" });
    expect(shut.exitCode, shut.log).not.toBe(2);
    expect(Number(shut.outputs.requests), shut.log).toBeGreaterThan(0);
    expect(shut.log).not.toContain("rights of a");
  });

  test("lets a locked locustfile write none of the runner's files, wherever they are", async () => {
    const files = join(scratch(), "commands");
    mkdirSync(files);
    const path = join(files, "env");
    writeFileSync(path, "");
    const outcome = await act(locustfile("", `writeFileSync("${path}", "BASH_ENV=/tmp/x\\n");`), {
      permissions: "locked",
    });
    expect(outcome.exitCode).toBe(2);
    expect(outcome.annotations[0]?.message).toContain(`allow-fs-write=${path}`);
    expect(readFileSync(path, "utf8")).toBe("");
  });
});

function scratchPath(): string {
  const path = join(tmpdir(), `swarmgate-outside-${process.pid}`);
  return existsSync(path) ? `${path}-2` : path;
}
