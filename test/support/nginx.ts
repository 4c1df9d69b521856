import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** nginx with its own configuration, log and port: a server we did not write. */
export interface Nginx {
  readonly url: string;
  /** `METHOD path status` of every request, oldest first. */
  log(): string[];
  close(): Promise<void>;
}

/** Serves a few small answers. Throws with the package's name where nginx is not installed. */
export async function startNginx(): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), "swarmgate-nginx-"));
  const port = await freePort();
  writeFileSync(
    join(folder, "nginx.conf"),
    `worker_processes 1; daemon off; pid ${folder}/pid; error_log ${folder}/error.log;
     events { worker_connections 1024; }
     http {
       log_format plain '$request_method $request_uri $status';
       access_log ${folder}/access.log plain;
       client_body_temp_path ${folder}/a; proxy_temp_path ${folder}/b; fastcgi_temp_path ${folder}/c;
       uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e;
       keepalive_requests 1000000;
       server {
         listen 127.0.0.1:${port};
         location / { return 200 "hello\\n"; }
         location /missing { return 404 "nothing here\\n"; }
         location /moved { return 302 /; }
       }
     }`,
  );
  const child = spawn("nginx", ["-p", folder, "-c", join(folder, "nginx.conf")], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const failed = once(child, "error").then(([error]) => {
    throw new Error(`nginx did not start; on Debian it is the package nginx-light (${error})`);
  });
  await Promise.race([failed, reachable(port)]);
  return {
    url: `http://127.0.0.1:${port}`,
    log: () => readFileSync(join(folder, "access.log"), "utf8").split("\n").filter(Boolean),
    close: async () => {
      const gone = once(child, "exit");
      child.kill("SIGQUIT");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function reachable(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const ok = await fetch(`http://127.0.0.1:${port}/`).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await sleep(50);
  }
  throw new Error("nginx does not answer");
}
