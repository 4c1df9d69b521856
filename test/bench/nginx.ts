import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pinned } from "./pinned.ts";

/** What the target has seen so far, on our clock. */
export interface Seen {
  readonly requests: number;
  /** Connections open now. */
  readonly connections: number;
  /** `performance.now()` in the middle of the question. */
  readonly atMs: number;
}

/** The target of the speed bench: one nginx process that answers five bytes, and counts. */
export class Nginx {
  readonly url: string;
  readonly #status: string;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, ports: { port: number; statusPort: number }) {
    this.#process = process;
    this.url = `http://127.0.0.1:${ports.port}/`;
    this.#status = `http://127.0.0.1:${ports.statusPort}/`;
  }

  /** Starts it on `core`. Throws if nginx is not installed or does not come up within 5 s. */
  static async start({ directory, core }: { directory: string; core: number }): Promise<Nginx> {
    const ports = { port: await freePort(), statusPort: await freePort() };
    const file = join(directory, "nginx.conf");
    writeFileSync(file, configuration(directory, ports));
    const [command = "", ...args] = pinned(core, [
      "nginx",
      "-p",
      directory,
      "-c",
      file,
      "-e",
      join(directory, "error.log"),
    ]);
    const child = spawn(command, args, { stdio: "ignore" });
    const failed = once(child, "exit").then(() => {
      throw new Error(`nginx did not start: see ${join(directory, "error.log")}`);
    });
    const nginx = new Nginx(child, ports);
    const up = (async () => {
      for (let tries = 0; tries < 100; tries++) {
        if (await nginx.seen().catch(() => undefined)) return;
        await sleep(50);
      }
      throw new Error("nginx did not answer within 5 s");
    })();
    await Promise.race([up, failed]);
    failed.catch(() => undefined);
    return nginx;
  }

  async seen(): Promise<Seen> {
    const beforeMs = performance.now();
    const text = await (await fetch(this.#status)).text();
    const afterMs = performance.now();
    const counts = /requests\s+\d+\s+\d+\s+(\d+)/.exec(text);
    const connections = /Active connections: (\d+)/.exec(text);
    return { requests: Number(counts?.[1]), connections: Number(connections?.[1]), atMs: (beforeMs + afterMs) / 2 };
  }

  stop(): void {
    this.#process.kill("SIGTERM");
  }
}

/** One process, so that it stays on its core; no limit to a connection, so that none is opened twice. */
function configuration(directory: string, { port, statusPort }: { port: number; statusPort: number }): string {
  const kept = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((t) => `${t}_temp_path ${directory}/${t};`);
  return `daemon off; master_process off; pid ${directory}/nginx.pid;
events { worker_connections 15000; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; ${kept.join(" ")}
  server { listen 127.0.0.1:${port} backlog=4096; location / { return 200 "hello"; } }
  server { listen 127.0.0.1:${statusPort}; location / { stub_status; } }
}
`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
