// `npm run bench`: all of docs/performance.md#beside-others in one run. `-- --rounds 5 --seconds 5 --only wrk,k6
// --parts speed,threads,costs`.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { generators, versionOf } from "./generators.ts";
import { Nginx } from "./nginx.ts";
import { table } from "./numbers.ts";
import { ownCosts } from "./own-costs.ts";
import { cores, machineName } from "./pinned.ts";
import { measureSpeed, noise, type SpeedOptions, speedRows, twoThreads } from "./speed.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "5" },
    only: { type: "string", default: "" },
    parts: { type: "string", default: "speed,threads,costs" },
  },
});
const list = (text: string) => text.split(",").filter((part) => part !== "");
const parts = list(values.parts);

const directory = mkdtempSync(join(tmpdir(), "swarmgate-bench-"));
const nginx = await Nginx.start({ directory, core: 0 });
const options: SpeedOptions = {
  nginx,
  directory,
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  only: list(values.only),
  tell: (line) => console.error(line),
};
try {
  if (parts.includes("speed")) await tellSpeed();
  if (parts.includes("threads")) await tellThreads();
  if (parts.includes("costs")) await tellCosts();
} finally {
  nginx.stop();
  rmSync(directory, { recursive: true, force: true });
}

async function tellSpeed(): Promise<void> {
  const versions = new Map(generators.map((each) => [each.name, versionOf(each)]));
  const missing = [...versions].filter(([, version]) => version === "not installed").map(([name]) => name);
  if (missing.length > 0) {
    console.error(`not installed, left out: ${missing.join(", ")} (found by PATH, or by LOCUST, K6, OHA, WRK)`);
  }
  const readings = await measureSpeed(options);
  const head = ["generator, one core", "requests/s", "CPU a request", "swarmgate over it", "bound", ""];
  console.log(`\n${table(head, speedRows(readings, versions))}\n`);
  console.log(
    `${machineName()}; nginx on core 0, the generator on core 1; 64 users, no wait, 5 bytes; medians of ` +
      `${values.rounds} interleaved rounds of ${values.seconds} s with the range of the ratios by round; requests ` +
      `counted by the target. wrk over itself: ${noise(readings)}.`,
  );
}

async function tellThreads(): Promise<void> {
  console.log(`\n${table(["threads", "ratio", "bound", ""], [await twoThreads(options)])}`);
  if (cores < 3) {
    console.log(
      `\n(*) This machine has ${cores} cores and the target needs one, so two threads cannot have two free ones. ` +
        "Told is twice the CPU time a request costs with one thread over what it costs with two: the rate two free " +
        "cores would give.",
    );
  }
}

async function tellCosts(): Promise<void> {
  const rows = (await ownCosts(options)).map(({ what, measured, bound, met }) => [
    what,
    measured,
    `≤ ${bound}`,
    met ? "met" : "not met",
  ]);
  console.log(`\n${table(["what else is promised", "measured", "bound", ""], rows)}`);
}
