import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { installed } from "../support/installed.ts";

/** What to load, and for how long at most: the bench ends a generator itself. */
export interface Order {
  readonly url: string;
  readonly users: number;
  readonly seconds: number;
  readonly directory: string;
}

/** A load generator: ours, or one it is measured against. */
export interface Generator {
  readonly name: string;
  /** Our rate over its own must be at least this; undefined for ourselves. */
  readonly bound?: number;
  /** How it is started; undefined where it is not installed. */
  readonly command: (order: Order) => readonly string[] | undefined;
  /** Says its version. */
  readonly version: readonly string[] | undefined;
}

const root = resolve(import.meta.dirname, "../..");
const node = process.execPath;

const locust = installed("locust", "LOCUST");
const k6 = installed("k6", "K6");
const wrk = installed("wrk", "WRK");
const oha = installed("oha", "OHA");
const autocannonFile = join(root, "node_modules/autocannon/autocannon.js");
const autocannon = existsSync(autocannonFile) ? autocannonFile : undefined;
export const cli = join(root, "dist/cli.js");

function file(directory: string, name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

/** The locustfile of the bench, written as anybody would. `waitSeconds` 0: no pause. */
export function locustfile(directory: string, waitSeconds = 0): string {
  const wait = waitSeconds > 0 ? `  waitTime = constant(${waitSeconds});\n` : "";
  const text = `import { constant, HttpUser, task } from "swarmgate";

export class Visitor extends HttpUser {
${wait}
  @task
  async page() {
    await this.client.get("/");
  }
}
`;
  return file(directory, `locustfile-${waitSeconds}.ts`, text);
}

function locustCommand(base: string) {
  return ({ url, users, seconds, directory }: Order) => {
    if (!locust) return undefined;
    const text = `from locust import ${base}, task

class Visitor(${base}):
    @task
    def page(self):
        self.client.get("/")
`;
    const path = file(directory, `${base.toLowerCase()}.py`, text);
    const host = url.replace(/\/$/, "");
    const load = ["-u", `${users}`, "-r", `${users}`, "-t", `${seconds}s`];
    return [locust, "-f", path, "-H", host, "--headless", "--only-summary", ...load];
  };
}

/** Ours as it is shipped: the bundled command line, statistics and all. */
export function swarmgate({ url, users, seconds, directory }: Order, threads = 1): readonly string[] {
  const load = ["-u", `${users}`, "-r", `${users * 10}`, "-t", `${seconds}s`, "--processes", `${threads}`];
  return [node, cli, "run", "-f", locustfile(directory), "-H", url, "--headless", "--only-summary", ...load];
}

const wrkCommand = ({ url, users, seconds }: Order) =>
  wrk === undefined ? undefined : [wrk, "-t1", `-c${users}`, `-d${seconds}s`, url];

/** In the order of a round. wrk comes first and last: what it differs from itself is the machine's noise. */
export const generators: readonly Generator[] = [
  {
    name: "wrk",
    bound: 0.5,
    version: wrk === undefined ? undefined : [wrk, "-v"],
    command: wrkCommand,
  },
  { name: "swarmgate", version: [node, cli, "--version"], command: (order) => swarmgate(order) },
  {
    name: "autocannon",
    bound: 1.05,
    version: autocannon === undefined ? undefined : [node, autocannon, "--version"],
    command: ({ url, users, seconds }) =>
      autocannon === undefined
        ? undefined
        : [node, autocannon, "-c", `${users}`, "-d", `${seconds}`, "--no-progress", url],
  },
  {
    name: "k6",
    bound: 3,
    version: k6 === undefined ? undefined : [k6, "version"],
    command: ({ url, users, seconds, directory }) => {
      const script = `import http from "k6/http";\nexport default function () {\n  http.get("${url}");\n}\n`;
      const load = ["--vus", `${users}`, "--duration", `${seconds}s`];
      return k6 === undefined
        ? undefined
        : [k6, "run", "--quiet", "--no-usage-report", ...load, file(directory, "k6.js", script)];
    },
  },
  {
    name: "Locust FastHttpUser",
    bound: 4,
    version: locust === undefined ? undefined : [locust, "-V"],
    command: locustCommand("FastHttpUser"),
  },
  {
    name: "Locust HttpUser",
    bound: 15,
    version: locust === undefined ? undefined : [locust, "-V"],
    command: locustCommand("HttpUser"),
  },
  {
    name: "oha",
    version: oha === undefined ? undefined : [oha, "--version"],
    command: ({ url, users, seconds }) =>
      oha === undefined ? undefined : [oha, "--no-tui", "-c", `${users}`, "-z", `${seconds}s`, url],
  },
  { name: "wrk again", version: wrk === undefined ? undefined : [wrk, "-v"], command: wrkCommand },
];

/** The first number with dots a tool says of itself. */
export function versionOf({ version }: Generator): string {
  const [command, ...args] = version ?? [];
  if (!command) return "not installed";
  const { stdout, stderr } = spawnSync(command, args, { encoding: "utf8", timeout: 20_000 });
  return /\d+\.\d+[\w.-]*/.exec(`${stdout} ${stderr}`)?.[0] ?? "?";
}
