import { type ChildProcess, spawn } from "node:child_process";
import { once as event } from "node:events";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { systemClock } from "../base/clock.ts";
import { ExitCode, GateError } from "../base/errors.ts";
import { FileStore } from "../baseline/file-store.ts";
import { gateConfig } from "../config/gate-config.ts";
import { locustDefaults } from "../config/settings.ts";
import { demoLocustfile, entryFile } from "../door/entry-points.ts";
import { onInterruption } from "../door/interruption.ts";
import { thisMachine } from "../door/machine.ts";
import { ProgressMeter } from "../door/progress-meter.ts";
import type { GateContext } from "../gate/gate-context.ts";
import { noExtras } from "../gate/load.ts";
import { type GateOutcome, gate } from "../gate.ts";
import { renderMarkdown } from "../report/markdown/markdown.ts";
import { parseConfiguration } from "../slo/configuration.ts";
import { endpointLabel } from "../stats/endpoint.ts";
import type { Terminal } from "./terminal.ts";

/** What the planted regression slows down: a query that became one per row. */
const culprit = "GET /search";
/** Runs of "main" before the pull requests; together with theirs they stay under 45 s. */
const baselineRuns = 3;

/** Four seconds say much about a median and little about a tail. */
const configuration = "version: 1\nregression:\n  metrics: [p50, errors]\n";

/**
 * The whole gate in front of one's eyes: fills a file baseline with runs of the sample shop, judges a change that
 * does nothing, plants a regression and judges again. Exit 0 if the first passed and the second was caught by name.
 */
export async function demo(argv: readonly string[], terminal: Terminal): Promise<number> {
  if (argv.length > 0) throw new GateError("usage", `demo takes no arguments (${argv.join(" ")})`);
  const scratch = await mkdtemp(join(tmpdir(), "swarmgate-demo-"));
  const interruption = onInterruption();
  const say = (text: string) => terminal.out(`${text}\n`);
  const shop = await openShop(terminal);
  try {
    // Beside the engine a locustfile would be taken for a part of it.
    await copyFile(demoLocustfile(), join(scratch, "locustfile.ts"));
    say(`The sample shop is open at ${shop.url}.\n`);
    const stage = { scratch, host: shop.url, terminal, signal: interruption.signal };
    for (let run = 1; run <= baselineRuns; run++) {
      say(`▸ main, run ${run} of ${baselineRuns}: becomes part of the baseline`);
      await act(stage, { commit: `${run}`.repeat(7), save: true });
    }
    say("▸ pull request 1: nothing got slower");
    const first = await act(stage, { commit: "aaaaaaa", save: false });
    await show(first, say);
    say(`▸ pull request 2: in ${culprit}, one query became one per row`);
    await fetch(`${shop.url}/_shop/switch?regression=true`, { method: "POST" });
    const second = await act(stage, { commit: "bbbbbbb", save: false });
    await show(second, say);
    const passed = first.exitCode === ExitCode.ok;
    const caught = second.exitCode === ExitCode.broken && regressedEndpoints(second).includes(culprit);
    say(passed ? "✓ The gate let the harmless change pass." : "✗ The gate should have let the harmless change pass.");
    say(caught ? `✓ The gate caught the regression and named ${culprit}.` : `✗ The gate should have named ${culprit}.`);
    return passed && caught ? ExitCode.ok : ExitCode.ownFault;
  } finally {
    interruption.release();
    await shop.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

interface Stage {
  readonly scratch: string;
  readonly host: string;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** One run of the gate; on a machine too busy to measure on, once more. */
async function act(stage: Stage, what: { commit: string; save: boolean }): Promise<GateOutcome> {
  const outcome = await once(stage, what);
  const saturated = outcome.verdict.reasons.some(({ code }) => code === "saturated");
  if (!saturated || stage.signal.aborted) return outcome;
  stage.terminal.out("  this machine was too busy with other things to measure on; once more\n");
  return await once(stage, what);
}

async function once(stage: Stage, { commit, save }: { commit: string; save: boolean }): Promise<GateOutcome> {
  const { scratch, host, terminal, signal } = stage;
  const settings = {
    name: "shop",
    host,
    locustfile: "locustfile.ts",
    users: "60",
    "spawn-rate": "100",
    "run-time": "4s",
    warmup: "1s",
    "stop-timeout": "1s",
    threads: "1",
    slo: "errors < 1%",
    "save-baseline": save ? "always" : "never",
    "baseline-store": "file",
  };
  const config = gateConfig({
    layers: [{ values: new Map(Object.entries(settings)), spell: (name) => name }],
    file: parseConfiguration(configuration, "demo.yml"),
    defaults: locustDefaults,
    promiseByDefault: false,
  });
  const meter = new ProgressMeter(terminal.out, { columns: terminal.columns, everyMs: 2000 });
  const world: GateContext = {
    clock: systemClock,
    directory: scratch,
    environment: terminal.env,
    machine: thisMachine(),
    documents: () => join(scratch, commit),
    swarmEntry: entryFile("swarm"),
    threadEntry: entryFile("thread-process"),
    signal,
    stopWithinMs: 1000,
    origin: { commit, baseCommit: null, branch: null, ownsBaseline: false, run: null },
    readiness: true,
    log: (text) => {
      meter.end();
      terminal.out(`  ${text}\n`);
    },
    userOutput: (line) => terminal.error(`${line}\n`),
    onProgress: meter.show,
    publish: async () => meter.end(),
    store: new FileStore({ path: join(scratch, "baseline.json"), keep: 20, clock: systemClock }),
  };
  try {
    return await gate(config, world, noExtras);
  } finally {
    meter.end();
  }
}

function regressedEndpoints({ verdict }: GateOutcome): string[] {
  return verdict.comparisons.flatMap(({ outcome, endpoint }) =>
    outcome === "regressed" && endpoint ? [endpointLabel(endpoint)] : [],
  );
}

/** The comment as the pull request would carry it, its folded parts left out. */
async function show({ report, verdict }: GateOutcome, say: (text: string) => void): Promise<void> {
  const comment = renderMarkdown(report).replace(/\n<details>[\s\S]*?<\/details>\n?/g, "");
  say("  the comment:");
  for (const line of comment.trim().split("\n")) say(`  │ ${line}`);
  say(`  verdict: ${verdict.conclusion}\n`);
}

interface OpenShop {
  readonly url: string;
  close(): Promise<void>;
}

/** The shop runs in a process of its own: a target that shared our thread would measure us. */
async function openShop(terminal: Terminal): Promise<OpenShop> {
  const child: ChildProcess = spawn(process.execPath, [entryFile("shop"), "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    env: { PATH: terminal.env.PATH },
  });
  if (!child.stdout) throw new Error("the shop has no output");
  const [line] = (await Promise.race([
    event(createInterface({ input: child.stdout }), "line"),
    event(child, "exit").then(() => [""]),
  ])) as [string];
  if (!line) throw new Error("the sample shop did not open");
  const { url } = JSON.parse(line) as { url: string };
  return {
    url,
    close: async () => {
      const gone = event(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}
