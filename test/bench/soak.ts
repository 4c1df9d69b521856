/**
 * A soak: moderate load for many minutes on the built command line, against a target that counts. Prints the memory
 * and the descriptors of each process over time, and whether what was measured is what the target saw.
 *
 * `node test/bench/soak.ts [minutes] [users]`; each user makes five requests a second.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { decodeResult } from "../../src/stats/document/result-document.ts";
import { cli } from "./generators.ts";
import { descriptorRows, growthRows, ProcessCourse } from "./process-course.ts";
import { countedTarget } from "./soak-target.ts";

const [minutes = 30, users = 60] = process.argv.slice(2).map(Number);
const sampleEveryMs = 5000;
const perUserSecond = 5;

const locustfile = `import { constantThroughput, HttpUser, task } from "swarmgate";

export class Visitor extends HttpUser {
  waitTime = constantThroughput(${perUserSecond});

  @task(12)
  async small() {
    await this.client.get("/small");
  }

  @task(4)
  async page() {
    await this.client.get("/page");
  }

  @task(2)
  async order() {
    await this.client.post("/order", { json: { items: [1, 2, 3] } });
  }

  @task(1)
  async slow() {
    await this.client.get("/slow");
  }

  @task(1)
  async missing() {
    await this.client.get("/missing");
  }
}
`;

const directory = mkdtempSync(join(tmpdir(), "swarmgate-soak-"));
const target = await countedTarget();
writeFileSync(join(directory, "locustfile.ts"), locustfile);
const output = join(directory, "result.json");
// A copy: a build in mid-soak would take away what is loaded late.
cpSync(dirname(cli), join(directory, "dist"), { recursive: true });
const program = join(directory, "dist/cli.js");
const asked = ["-H", target.url, "-u", `${users}`, "-r", "10", "-t", `${minutes}m`, "-o", output];
const child = spawn(
  process.execPath,
  [program, "run", "--headless", "--only-summary", "--stop-timeout", "10", ...asked],
  {
    cwd: directory,
    stdio: ["ignore", "ignore", "inherit"],
  },
);
const exit = once(child, "exit");
const course = new ProcessCourse();
const beganMs = performance.now();
console.log(`soak: ${users * perUserSecond} requests/s for ${minutes} min, memory and descriptors every 5 s`);
while (child.exitCode === null && child.signalCode === null) {
  const atS = (performance.now() - beganMs) / 1000;
  course.sample(child.pid as number, atS);
  await Promise.race([exit, sleep(sampleEveryMs)]);
}
const { requests, failed } = countsOf(decodeResult(readFileSync(output, "utf8"), output, { limitBytes: 1e9 }));
target.close();
console.log(growthRows(course).join("\n"));
console.log(descriptorRows(course).join("\n"));
const names = new Set([...target.requests.keys(), ...requests.keys()]);
let differ = 0;
for (const name of [...names].sort()) {
  const [measured, seen] = [requests.get(name) ?? 0, target.requests.get(name) ?? 0];
  if (measured !== seen) differ++;
  console.log(`| ${name} | measured ${measured} | target ${seen} | failed ${failed.get(name) ?? 0} |`);
}
console.log(differ === 0 ? "every count is the target's" : `${differ} counts are not the target's`);
rmSync(directory, { recursive: true, force: true });
process.exitCode = differ === 0 ? 0 : 1;

function countsOf({ summary }: ReturnType<typeof decodeResult>) {
  const rows = summary.endpoints.map((row) => ({ ...row, name: `${row.endpoint.method} ${row.endpoint.name}` }));
  return {
    requests: new Map(rows.map(({ name, requests }) => [name, requests])),
    failed: new Map(rows.map(({ name, failures }) => [name, failures])),
  };
}
