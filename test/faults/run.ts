/**
 * The suite of faults: the built action and command line, copied to a folder with nothing beside them, meet everything
 * that goes wrong outside them. `npm run test:faults`; words after it choose the cases whose family or name holds them.
 * Prints one line for each case and a table; ends with 1 if one did not hold, or if docs/reliability.md says otherwise.
 */
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { disks } from "./disks.ts";
import { documents } from "./documents.ts";
import { type Ended, type FaultCase, type FaultFamily, neverSaid } from "./fault-case.ts";
import { limits } from "./limits.ts";
import { logs } from "./logs.ts";
import { platform } from "./platform.ts";
import { signals } from "./signals.ts";
import { FaultStage } from "./stage.ts";
import { targets } from "./targets.ts";
import { userCode } from "./user-code.ts";

const families: readonly FaultFamily[] = [targets, disks, signals, userCode, documents, limits, platform, logs];
const page = fileURLToPath(new URL("../../docs/reliability.md", import.meta.url));
/** Most of a case is waiting: for users, for timeouts, for a process to start. */
const atOnce = 4;

interface Outcome {
  readonly family: string;
  readonly name: string;
  /** What did not hold. */
  readonly problems: readonly string[];
  readonly seconds: number;
  readonly text: string;
}

const words = process.argv.slice(2);
const chosen = families.flatMap(({ name: family, cases }) =>
  cases.filter(({ name }) => words.every((word) => `${family} ${name}`.includes(word))).map((one) => ({ family, one })),
);
const beganMs = performance.now();
const stage = await FaultStage.open();
const outcomes: Outcome[] = [];
// The longest first, so that none is left over at the end.
const waiting = chosen.toSorted((a, b) => b.one.withinS - a.one.withinS);
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      outcomes.push(await outcomeOf(next.one, next.family));
  }),
);
await stage.close();
const table = tableOf(outcomes);
console.log(`\n${table}\n\n${((performance.now() - beganMs) / 1000).toFixed(0)} s`);
process.exitCode = outcomes.some(({ problems }) => problems.length > 0) ? 1 : 0;
if (words.length === 0) checkPage();

async function outcomeOf(one: FaultCase, family: string): Promise<Outcome> {
  const startMs = performance.now();
  let text = "";
  let problems: string[];
  try {
    const ended = await one.run(stage);
    text = ended.text;
    problems = await problemsOf(one, ended);
    if (process.env.SHOW) console.log(text);
  } catch (error) {
    problems = [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
  const seconds = (performance.now() - startMs) / 1000;
  const held = problems.length === 0;
  console.log(`${held ? "held" : "FELL"}  ${seconds.toFixed(1).padStart(5)} s  ${family}: ${one.name}`);
  for (const problem of problems) console.log(`        ${problem}`);
  if (!held) console.log(text.slice(-3000).replaceAll(/^/gm, "        | "));
  return { family, name: one.name, problems, seconds, text };
}

async function problemsOf(one: FaultCase, ended: Ended): Promise<string[]> {
  const { exitCode, signal, text, printed, durationMs, directory } = ended;
  const codes = one.exit === "killed" ? [null] : typeof one.exit === "number" ? [one.exit] : one.exit;
  const also = await one.check?.(ended, stage);
  const left = await leftIn(directory);
  return [
    ...(codes.some((code) => code === exitCode)
      ? []
      : [`ended with ${signal ?? exitCode}, not ${codes.map(String).join(" or ")}`]),
    ...(one.says ?? []).filter((pattern) => !pattern.test(text)).map((pattern) => `does not say ${pattern}`),
    ...(one.never ?? []).filter((pattern) => pattern.test(printed)).map((pattern) => `prints ${pattern}`),
    ...neverSaid.filter((pattern) => pattern.test(printed)).map((pattern) => `prints ${pattern}`),
    ...(durationMs <= one.withinS * 1000
      ? []
      : [`took ${(durationMs / 1000).toFixed(1)} s, more than ${one.withinS} s`]),
    ...(also ? [also] : []),
    ...(left.length === 0 ? [] : [`left processes behind: ${left.join(", ")}`]),
  ];
}

/** Commands of processes that still run in the case's own directory, a second after its end; they are ended. */
async function leftIn(directory: string): Promise<string[]> {
  for (let look = 0; look < 10; look++) {
    if (running(directory).length === 0) return [];
    await sleep(100);
  }
  const left = running(directory);
  for (const { pid } of left) process.kill(pid, "SIGKILL");
  return left.map(({ command }) => command);
}

function running(directory: string): { pid: number; command: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (readlinkSync(`/proc/${pid}/cwd`) !== directory) return [];
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        return command === "" ? [] : [{ pid: Number(pid), command }];
      } catch {
        return [];
      }
    });
}

function tableOf(all: readonly Outcome[]): string {
  const rows = families.flatMap(({ name }) => {
    const mine = all.filter(({ family }) => family === name);
    const held = mine.filter(({ problems }) => problems.length === 0).length;
    return mine.length === 0 ? [] : [`| ${name} | ${mine.length} | ${held} |`];
  });
  const held = all.filter(({ problems }) => problems.length === 0).length;
  return [
    "| what goes wrong | tried | held |",
    "| --- | ---: | ---: |",
    ...rows,
    `| all | ${all.length} | ${held} |`,
  ].join("\n");
}

/** The page's figures are this table; `GOLDEN=write` puts it there. */
function checkPage(): void {
  const text = readFileSync(page, "utf8");
  const between = /(<!-- faults -->\n\n)[\s\S]*?(<!-- \/faults -->)/;
  if (process.env.GOLDEN === "write") writeFileSync(page, text.replace(between, `$1${table}\n\n$2`));
  else if (!text.includes(table)) {
    console.log("docs/reliability.md has other figures: GOLDEN=write npm run test:faults puts these there");
    process.exitCode = 1;
  }
}
