import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where nektos/act is, if it is installed: `$ACT`, the path, or where `go install` puts it. */
export function findAct(): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), process.env.GOBIN ?? "", join(homedir(), "go", "bin")];
  return [process.env.ACT ?? "", ...folders.map((folder) => (folder === "" ? "" : join(folder, "act")))].find(
    (path) => path !== "" && existsSync(path),
  );
}

export interface ActRun {
  readonly eventName: string;
  readonly event: object;
  /** A file of `workflows/`, and what of it is another service here. */
  readonly workflow: string;
  readonly adapt?: readonly (readonly [RegExp | string, string])[];
  readonly files: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

export interface ActOutcome {
  readonly green: boolean;
  readonly log: string;
}

/** The persona's workflow as it is pasted. */
function workflowText(name: string): string {
  return readFileSync(join(root, "examples/workflows", name), "utf8");
}

/** Actions that have nothing to do here: what they would fetch is there already. */
const idle = ["actions/checkout", "actions/upload-artifact"];

/**
 * Runs a workflow with nektos/act on this machine (no containers), with the built action in the place of the
 * published one, in a repository made for it. Services are up before; run times are short.
 */
export async function runWorkflow(act: string, run: ActRun): Promise<ActOutcome> {
  const folder = mkdtempSync(join(tmpdir(), "swarmgate-act-"));
  try {
    const action = join(folder, "action");
    const noop = join(folder, "noop");
    const repository = join(folder, "repository");
    mkdirSync(action);
    cpSync(join(root, "action.yml"), join(action, "action.yml"));
    cpSync(join(root, "dist"), join(action, "dist"), { recursive: true });
    write(noop, { "action.yml": "name: idle\nruns: { using: node24, main: main.js }\n", "main.js": "" });
    let text = adapted(workflowText(run.workflow), run.adapt ?? []);
    const called = /uses: platform\/workflows\/(\S+)@v3/.exec(text)?.[1];
    if (called !== undefined) text = text.replace(/uses: platform\/workflows\/\S+/, `uses: ./${called}`);
    write(repository, {
      [`.github/workflows/${run.workflow}`]: text,
      ...(called !== undefined && { [called]: adapted(workflowText("reusable.yml"), run.adapt ?? []) }),
      ...run.files,
    });
    write(folder, { "event.json": JSON.stringify(run.event) });
    commit(repository);
    const places = [...text.matchAll(/uses: ([\w-]+\/[\w-]+)@(\S+)/g), ...usesOf(called, run)].map(
      ([, name = "", ref = ""]) => `${name}@${ref}=${idle.includes(name) ? noop : action}`,
    );
    const flags = [
      run.eventName,
      ...["-W", `.github/workflows/${run.workflow}`, "-e", join(folder, "event.json")],
      ...["-P", "ubuntu-latest=-self-hosted", "-P", "self-hosted=-self-hosted"],
      ...["--pull=false", "--no-cache-server", "--action-offline-mode"],
      ...[...new Set(places)].flatMap((place) => ["--local-repository", place]),
      ...Object.entries(run.secrets).flatMap(([name, value]) => ["-s", `${name}=${value}`]),
      ...Object.entries(run.env).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ];
    return await execute(act, flags, { cwd: repository, home: join(folder, "home") });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function usesOf(called: string | undefined, run: ActRun): RegExpMatchArray[] {
  if (called === undefined) return [];
  return [...adapted(workflowText("reusable.yml"), run.adapt ?? []).matchAll(/uses: ([\w-]+\/[\w-]+)@(\S+)/g)];
}

/** Containers are not started, and nobody waits a minute. */
function adapted(text: string, more: readonly (readonly [RegExp | string, string])[]): string {
  const all: (readonly [RegExp | string, string])[] = [
    [/docker compose .*/g, "true"],
    [/run-time: \w+/g, "run-time: 4s"],
    [/warmup: \w+/g, "warmup: 1s"],
    // act copies the working tree where the plain checkout would fetch it; with a ref it would go and ask.
    [/^ +ref: .*$/gm, ""],
    ...more,
  ];
  return all.reduce((so, [from, to]) => so.replaceAll(from, to), text);
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function commit(repository: string): void {
  const git = (...words: string[]) => execFileSync("git", words, { cwd: repository, stdio: "ignore" });
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("-c", "user.name=octo", "-c", "user.email=octo@example.com", "commit", "-qm", "a change");
  git("remote", "add", "origin", "https://github.com/octo/shop.git");
}

function execute(
  act: string,
  flags: readonly string[],
  { cwd, home }: { readonly cwd: string; readonly home: string },
): Promise<ActOutcome> {
  mkdirSync(home, { recursive: true });
  // The runner's own Node, as `using: node24` asks for.
  const path = [dirname(process.execPath), process.env.PATH ?? ""].join(delimiter);
  const env = { PATH: path, HOME: home, XDG_CACHE_HOME: join(home, "cache"), TMPDIR: process.env.TMPDIR ?? tmpdir() };
  return new Promise((resolve, reject) => {
    const child = spawn(act, flags, { cwd, env });
    const timer = setTimeout(() => child.kill("SIGTERM"), 120_000);
    let log = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        log += text;
      });
    }
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ green: code === 0, log });
    });
  });
}
