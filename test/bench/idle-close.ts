/**
 * Requests to servers that close idle connections, by users who wait as long as the server does: swarmgate beside
 * Locust's HttpUser and FastHttpUser, in one run. Prints a table; ends with 1 if more than 0.1 % of our GETs failed.
 * After `npm run -s build`:
 *   LOCUST=/tmp/l/bin/locust node test/bench/idle-close.ts
 */
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeResult } from "../../src/stats/document/result-document.ts";
import { installed } from "../support/installed.ts";
import { start } from "./gauge.ts";
import { cli } from "./generators.ts";
import { table } from "./numbers.ts";
import { machineName } from "./pinned.ts";

/** A server that closes a connection so long after an answer; `says` is in its head. */
interface Idle {
  readonly name: string;
  readonly closesAfterMs: number;
  readonly says: string;
  /** Users that send GETs and POSTs, and how many requests each sends. */
  readonly gets: readonly [users: number, each: number];
  readonly posts: readonly [users: number, each: number];
}

const idles: readonly Idle[] = [
  { name: "at once", closesAfterMs: 0, says: "", gets: [4, 800], posts: [2, 500] },
  { name: "after 50 ms", closesAfterMs: 50, says: "", gets: [10, 320], posts: [4, 250] },
  { name: "after 1 s", closesAfterMs: 1000, says: "", gets: [160, 20], posts: [50, 20] },
  { name: "after 5 s", closesAfterMs: 5000, says: "", gets: [640, 5], posts: [200, 5] },
  {
    name: "after 1 s, as it says",
    closesAfterMs: 1000,
    says: "Keep-Alive: timeout=1\r\n",
    gets: [160, 20],
    posts: [50, 20],
  },
];
const runSeconds = 45;
const mostFailed = 0.001;

function serve({ closesAfterMs, says }: Idle): Server {
  const answer = `HTTP/1.1 200 OK\r\n${says}Content-Length: 5\r\n\r\nhello`;
  return createServer({ noDelay: true }, (socket: Socket) => {
    let close: NodeJS.Timeout | undefined;
    let text = "";
    socket.on("error", () => clearTimeout(close));
    socket.on("data", (data) => {
      text += data.toString("latin1");
      // Neither method sends a body.
      if (!text.endsWith("\r\n\r\n")) return;
      text = "";
      clearTimeout(close);
      socket.write(answer);
      if (closesAfterMs === 0) socket.end();
      else close = setTimeout(() => socket.end(), closesAfterMs);
    });
  }).listen(0, "127.0.0.1");
}

interface Target extends Idle {
  readonly url: string;
}

/** Every user class, once for each method and server. */
function classes(targets: readonly Target[]) {
  return targets.flatMap(({ name, url, closesAfterMs, gets, posts }, i) =>
    (["get", "post"] as const).map((method) => {
      const [users, each] = method === "get" ? gets : posts;
      return {
        className: `${method === "get" ? "Get" : "Post"}${i}`,
        method,
        name,
        url,
        seconds: closesAfterMs / 1000,
        users,
        each,
      };
    }),
  );
}

function ourFile(targets: readonly Target[]): string {
  const each = classes(targets).map(
    ({ className, method, name, url, seconds, users, each }) => `
export class ${className} extends HttpUser {
  static override fixedCount = ${users};
  waitTime = constant(${seconds});
  left = ${each};

  @task
  async send() {
    await this.client.${method}("${url}/", { name: "${name}" });
    if (--this.left === 0) throw new StopUser("enough");
  }
}`,
  );
  return `import { constant, HttpUser, StopUser, task } from "swarmgate";\n${each.join("\n")}\n`;
}

function locustFile(targets: readonly Target[], base: string): string {
  const each = classes(targets).map(
    ({ className, method, name, url, seconds, users, each }) => `
class ${className}(${base}):
    fixed_count = ${users}
    wait_time = constant(${seconds})
    host = "${url}"
    left = ${each}

    @task
    def send(self):
        self.client.${method}("${url}/", name="${name}")
        self.left -= 1
        if self.left == 0:
            raise StopUser()
`,
  );
  return `from locust import ${base}, constant, task\nfrom locust.exception import StopUser\n${each.join("\n")}`;
}

/** Requests, failures and repeated ones by `GET after 5 s`. */
type Counts = ReadonlyMap<string, { requests: number; failures: number; retried: number }>;

async function ours(directory: string, targets: readonly Target[]): Promise<Counts> {
  const file = join(directory, "idle.ts");
  const output = join(directory, "result.json");
  writeFileSync(file, ourFile(targets));
  const users = classes(targets).reduce((sum, each) => sum + each.users, 0);
  const load = ["-u", `${users}`, "-r", "200", "-t", `${runSeconds}s`, "-o", output];
  const child = start([process.execPath, cli, "run", "-f", file, "--headless", "--only-summary", ...load]);
  await once(child, "exit");
  const counts = new Map<string, { requests: number; failures: number; retried: number }>();
  for (const { cells } of decodeResult(readFileSync(output, "utf8"), output).blocks) {
    for (const [key, { requests, failures, retried }] of cells) {
      const [, method = "", name = ""] = key.split("\u0000");
      const before = counts.get(`${method} ${name}`) ?? { requests: 0, failures: 0, retried: 0 };
      counts.set(`${method} ${name}`, {
        requests: before.requests + requests,
        failures: before.failures + failures,
        retried: before.retried + retried,
      });
    }
  }
  return counts;
}

async function locusts(directory: string, targets: readonly Target[], base: string): Promise<Counts> {
  const locust = installed("locust", "LOCUST");
  if (!locust) return new Map();
  const file = join(directory, `${base.toLowerCase()}.py`);
  const csv = join(directory, base);
  writeFileSync(file, locustFile(targets, base));
  const users = classes(targets).reduce((sum, each) => sum + each.users, 0);
  const load = ["-u", `${users}`, "-r", "200", "-t", `${runSeconds}s`, "--csv", csv];
  const child = start([locust, "-f", file, "--headless", "--only-summary", ...load]);
  await once(child, "exit");
  const rows = readFileSync(`${csv}_stats.csv`, "utf8").trim().split("\n").slice(1);
  return new Map(
    rows.map((row) => {
      const [method, name, requests, failures] = /^(\w*),("[^"]*"|[^,]*),(\d+),(\d+)/.exec(row)?.slice(1) ?? [];
      const counts = { requests: Number(requests), failures: Number(failures), retried: 0 };
      return [`${method} ${name?.replaceAll('"', "")}`, counts] as const;
    }),
  );
}

const directory = mkdtempSync(join(tmpdir(), "swarmgate-idle-"));
const servers = idles.map(serve);
await Promise.all(servers.map((server) => once(server, "listening")));
const targets = servers.map((server, i) => ({
  ...(idles[i] as Idle),
  url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
}));
try {
  const [own, http, fast] = [
    await ours(directory, targets),
    await locusts(directory, targets, "HttpUser"),
    await locusts(directory, targets, "FastHttpUser"),
  ];
  const cell = (counts: Counts, key: string) => {
    const found = counts.get(key);
    return found ? `${found.failures} of ${found.requests} (${percent(found.failures / found.requests)})` : "–";
  };
  const rows = ["GET", "POST"].flatMap((method) =>
    targets.map(({ name }) => {
      const key = `${method} ${name}`;
      return [method, name, cell(own, key), `${own.get(key)?.retried ?? 0}`, cell(http, key), cell(fast, key)];
    }),
  );
  const head = [
    "",
    "the server closes",
    "swarmgate failed",
    "sent a second time",
    "HttpUser failed",
    "FastHttpUser failed",
  ];
  console.log(`\n${table(head, rows)}\n\n${machineName()}; servers in a process of their own.`);
  const met = targets.every(({ name }) => {
    const gets = own.get(`GET ${name}`);
    return gets !== undefined && gets.requests >= 3000 && gets.failures <= mostFailed * gets.requests;
  });
  console.log(`At least 3,000 GETs each and at most 0.1 % of them failed: ${met ? "met" : "not met"}.`);
  if (!met) process.exitCode = 1;
} finally {
  for (const server of servers) server.close();
  rmSync(directory, { recursive: true, force: true });
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(2)} %`;
}
