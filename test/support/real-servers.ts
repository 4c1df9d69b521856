import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A server as Debian has it, in a temporary directory and on a free port of 127.0.0.1. */
export interface RealServer {
  readonly port: number;
  close(): Promise<void>;
}

/** The program's path. Throws, naming the Debian package, if it is not installed: nothing is skipped in silence. */
function programOf(name: string, { debian, folders = [] }: { debian: string; folders?: readonly string[] }) {
  const path = [...folders, ...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/usr/local/sbin"];
  const found = path.map((folder) => join(folder, name)).find((file) => existsSync(file));
  if (found) return found;
  throw new Error(`${name} is not installed; on Debian: apt-get install ${debian}`);
}

export async function startRedis(): Promise<RealServer> {
  const program = programOf("redis-server", { debian: "redis-server" });
  const directory = mkdtempSync(join(tmpdir(), "redis-"));
  const port = await freePort();
  const options = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  return started({ child: spawn(program, [...options, "--dir", directory], { stdio: "ignore" }), port, directory });
}

export async function startMosquitto(): Promise<RealServer> {
  const program = programOf("mosquitto", { debian: "mosquitto" });
  const directory = mkdtempSync(join(tmpdir(), "mosquitto-"));
  // Started by root it becomes the user mosquitto, who must be able to read its configuration.
  chmodSync(directory, 0o755);
  const port = await freePort();
  const configuration = join(directory, "mosquitto.conf");
  writeFileSync(configuration, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`);
  return started({ child: spawn(program, ["-c", configuration], { stdio: "ignore" }), port, directory });
}

/** PostgreSQL with a database `postgres` whose user `tester` needs no password. */
export async function startPostgres(): Promise<RealServer> {
  const base = "/usr/lib/postgresql";
  const folders = (existsSync(base) ? readdirSync(base) : []).map((version) => join(base, version, "bin"));
  const initdb = programOf("initdb", { debian: "postgresql", folders });
  const postgres = programOf("postgres", { debian: "postgresql", folders });
  const directory = mkdtempSync(join(tmpdir(), "postgres-"));
  const data = join(directory, "data");
  const port = await freePort();
  // It refuses to run as root; its package made the user postgres.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) execFileSync("chown", ["postgres", directory]);
  const as = (program: string, args: readonly string[]): [string, string[]] =>
    isRoot ? ["runuser", ["-u", "postgres", "--", program, ...args]] : [program, [...args]];
  const [initProgram, initArgs] = as(initdb, ["-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync"]);
  execFileSync(initProgram, initArgs, { stdio: ["ignore", "ignore", "inherit"], cwd: directory });
  const options = ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", directory, "-F"];
  const [program, args] = as(postgres, options);
  // runuser passes no signals on, so that the server is stopped by the number in its own file.
  const child = spawn(program, args, { stdio: "ignore", cwd: directory });
  const stop = () => {
    const [control, controlArgs] = as(join(postgres, "../pg_ctl"), ["-D", data, "-m", "immediate", "-s", "stop"]);
    execFileSync(control, controlArgs, { stdio: "ignore", cwd: directory });
  };
  return started({ child, port, directory, stop });
}

async function started(server: {
  child: ChildProcess;
  port: number;
  directory: string;
  stop?: () => void;
}): Promise<RealServer> {
  const { child, port, directory, stop = () => void child.kill("SIGTERM") } = server;
  const gone = once(child, "exit");
  let running = true;
  void gone.then(() => {
    running = false;
  });
  const close = async () => {
    if (running) stop();
    await gone;
    rmSync(directory, { recursive: true, force: true });
  };
  for (let tries = 0; tries < 300; tries++) {
    if (!running) break;
    if (await answers(port)) return { port, close };
    await sleep(100);
  }
  await close();
  throw new Error(`${child.spawnfile} did not open its port`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
