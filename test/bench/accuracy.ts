// Are the numbers true? Ours beside wrk's and the target's own log, and what a stall looks like in both models.
//   npm run -s build && node test/bench/accuracy.ts --seconds 10
import { fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { decodeResult } from "../../src/stats/document/result-document.ts";
import { EndpointStats } from "../../src/stats/endpoint-stats.ts";
import { start } from "./gauge.ts";
import { cli, locustfile } from "./generators.ts";
import { type Behaviour, shown, stall, type TargetLog } from "./known-target.ts";
import { table } from "./numbers.ts";
import { machineName, pinned } from "./pinned.ts";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "10" } } });
const seconds = Number(values.seconds);
const users = 16;
const directory = mkdtempSync(join(tmpdir(), "swarmgate-accuracy-"));

/** A target in a process of its own, on core 0. */
class Target implements Disposable {
  readonly url: string;
  readonly #child: ReturnType<typeof fork>;

  private constructor(child: ReturnType<typeof fork>, port: number) {
    this.#child = child;
    this.url = `http://127.0.0.1:${port}/`;
  }

  static async start(behaviour: Behaviour): Promise<Target> {
    const [execPath = "", ...execArgv] = pinned(0, [process.execPath]);
    const file = join(import.meta.dirname, "known-target.ts");
    // taskset, where it is there, becomes Node: the channel survives an exec.
    const child = fork(file, [behaviour], { execPath, execArgv });
    const [port] = await once(child, "message");
    return new Target(child, port as number);
  }

  async log(): Promise<TargetLog> {
    this.#child.send("log");
    const [log] = await once(this.#child, "message");
    return log as TargetLog;
  }

  [Symbol.dispose](): void {
    this.#child.kill();
  }
}

/** What a generator says of its own run. */
interface Said {
  readonly requests: number;
  readonly percentiles: Readonly<Record<string, number>>;
  readonly stats?: EndpointStats;
}

async function ours(url: string, load: readonly string[]): Promise<Said> {
  const output = join(directory, "result.json");
  const common = ["--headless", "--only-summary", "-o", output, "-H", url, "-f", locustfile(directory)];
  await once(start(pinned(1, [process.execPath, cli, "run", ...common, ...load])), "exit");
  const stats = new EndpointStats();
  for (const { cells } of decodeResult(readFileSync(output, "utf8"), output).blocks) {
    for (const cell of cells.values()) stats.merge(cell);
  }
  const { latencies } = stats;
  const percentiles = Object.fromEntries(shown.map((ratio) => [ratio, latencies.quantile(ratio)]));
  return { requests: stats.requests, percentiles, stats };
}

/** wrk with its percentiles said to a microsecond. */
function wrk(url: string): Said | undefined {
  const script = join(directory, "percentiles.lua");
  const lines = shown.map((ratio) => `io.write("p ${ratio} ", latency:percentile(${ratio * 100}), "\\n")`);
  writeFileSync(
    script,
    `done = function(summary, latency)\n${lines.join("\n")}\nio.write("n ", summary.requests, "\\n")\nend\n`,
  );
  const wrkFile = process.env.WRK ?? "wrk";
  const [command = "", ...args] = pinned(1, [wrkFile, "-t1", `-c${users}`, `-d${seconds}s`, "-s", script, url]);
  const { stdout, error } = spawnSync(command, args, { encoding: "utf8" });
  if (error || !/^n /m.test(stdout)) return undefined;
  const percentiles = [...stdout.matchAll(/^p ([\d.]+) ([\d.]+)$/gm)].map(([, p, us]) => [p, Number(us) / 1000]);
  return {
    requests: Number(/^n (\d+)/m.exec(stdout)?.[1]),
    percentiles: Object.fromEntries(percentiles) as Record<string, number>,
  };
}

const load = ["-u", `${users}`, "-r", "1000", "-t", `${seconds}s`];
const row = (behaviour: string, { who, said, ratios }: { who: string; said: Said; ratios: readonly number[] }) => [
  behaviour,
  who,
  String(said.requests),
  ...ratios.map((ratio) => (said.percentiles[ratio] ?? Number.NaN).toFixed(2)),
];

async function knownDelays(): Promise<void> {
  const rows: string[][] = [];
  const judged: string[] = [];
  for (const behaviour of ["constant", "bimodal", "slow"] as const) {
    // One in a hundred is slow: p99 stands on the step itself, and half a percent further is clear of it.
    const ratios = behaviour === "slow" ? [0.5, 0.9, 0.995] : [0.5, 0.9, 0.99];
    using target = await Target.start(behaviour);
    await ours(target.url, ["-u", "2", "-r", "10", "-t", "1s"]);
    await target.log();
    const mine = await ours(target.url, load);
    const log = await target.log();
    const theirs = wrk(target.url);
    const theirLog = await target.log();
    rows.push(row(behaviour, { who: "swarmgate", said: mine, ratios }));
    rows.push(row("", { who: "the target's log of it", said: log, ratios }));
    if (theirs) rows.push(row("", { who: "wrk", said: theirs, ratios }));
    rows.push(row("", { who: "the target's log of it", said: theirLog, ratios }));
    // wrk and we met different minutes of the target: each is compared by what it adds to the target's own log.
    const adds = (said: Said, of: TargetLog) =>
      ratios.map((r) => (said.percentiles[r] ?? 0) - (of.percentiles[r] ?? 0));
    const [we, they] = [adds(mine, log), theirs && adds(theirs, theirLog)];
    const apart = they && Math.max(...we.map((ms, i) => Math.abs(ms - (they[i] ?? 0))));
    judged.push(
      `${behaviour}: counts ${mine.requests === log.requests ? "equal" : `differ by ${mine.requests - log.requests}`}, ` +
        `at most ${Math.max(...we).toFixed(2)} ms over the log` +
        (apart === undefined
          ? ""
          : `, at most ${apart.toFixed(2)} ms from wrk (bound 1 ms: ${apart <= 1 ? "met" : "not met"})`),
    );
  }
  console.log(`\n${table(["target", "measured by", "requests", "p50 ms", "p90 ms", "p99 ms (slow: p99.5)"], rows)}\n`);
  for (const line of judged) console.log(`- ${line}`);
}

/** A target that stands still for a second. What a second of arrivals would have felt is what the open model shows. */
async function stalls(): Promise<void> {
  using target = await Target.start("stall");
  const perSecond = 200;
  const runSeconds = 12;
  const rows: string[][] = [];
  const models = {
    "closed, 10 users, no wait": ["-u", "10", "-r", "1000", "-t", `${runSeconds}s`],
    [`open, --arrival-rate ${perSecond}`]: [
      ...["-u", "300", "-r", "1000", "-t", `${runSeconds}s`, "--arrival-rate", `${perSecond}`],
    ],
  };
  const cells = (said: Said) => {
    const share = (said.stats?.latencies.above(100) ?? 0) / said.requests;
    const ms = (ratio: number) => (said.percentiles[ratio] ?? Number.NaN).toFixed(0);
    return [String(said.requests), `${(share * 100).toFixed(2)} %`, ms(0.5), ms(0.9), ms(0.99), ms(0.995)];
  };
  for (const [model, load] of Object.entries(models)) {
    await target.log();
    rows.push([model, ...cells(await ours(target.url, load))]);
  }
  rows.push(["by arithmetic, at that arrival rate", ...expected({ perSecond, runSeconds })]);
  const head = ["model", "requests", "over 100 ms", "p50 ms", "p90 ms", "p99 ms", "p99.5 ms"];
  console.log(`\nA target of ${stall.usualMs} ms that stands still for ${stall.forMs} ms, in ${runSeconds} s:\n`);
  console.log(table(head, rows));
}

/** Who arrives `t` ms into the stall waits for what is left of it. */
function expected({ perSecond, runSeconds }: { perSecond: number; runSeconds: number }): string[] {
  const requests = perSecond * runSeconds;
  const stalled = (perSecond * stall.forMs) / 1000;
  const at = (ratio: number) => {
    const above = (1 - ratio) * requests;
    return stall.usualMs + (above >= stalled ? 0 : stall.forMs * (1 - above / stalled));
  };
  const over = (stalled * (stall.forMs - 100 + stall.usualMs)) / stall.forMs / requests;
  return [String(requests), `${(over * 100).toFixed(2)} %`, ...[0.5, 0.9, 0.99, 0.995].map((r) => at(r).toFixed(0))];
}

try {
  console.log(`${machineName()}; target on core 0, generator on core 1; ${users} users, no wait, ${seconds} s each.`);
  await knownDelays();
  await stalls();
} finally {
  rmSync(directory, { recursive: true, force: true });
}
