import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename } from "node:path";
import { markName } from "./command-environment.ts";
import { composeDownOf } from "./compose.ts";
import { endProcesses } from "./end-processes.ts";
import { forgottenRuns, type LedgerArm, ledgerFolder } from "./ledger.ts";
import { membersOf } from "./members.ts";
import { runStop } from "./stop-command.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What ending a forgotten run needs of the environment. Its `stop` was written down by a run that may have been somebody
 * else's, so it gets no more than the way to its programs and to Docker; tokens and secrets least of all.
 */
const needed =
  /^(?:PATH|HOME|USER|LANG|LC_\w+|TZ|TMPDIR|TEMP|TMP|XDG_RUNTIME_DIR|DOCKER_(?:HOST|CONTEXT|CONFIG|CERT_PATH|TLS_VERIFY)|SystemRoot|PATHEXT)$/i;

/** The part of an environment that sweeping needs. */
export function sweepEnvironment(env: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]): [string, string][] =>
      value !== undefined && needed.test(name) ? [[name, value]] : [],
    ),
  );
}

/** What a forgotten `stop` may take, in ms. */
const stopMs = 30_000;
const graceMs = 2000;

/**
 * Ends what runs that were killed have left behind: services, containers, folders. Never of a run that is still alive.
 * Gives a line for each run that something was ended of.
 */
export async function sweep({
  temporary,
  env,
  nowMs,
}: {
  readonly temporary: string;
  readonly env: Environment;
  readonly nowMs: number;
}): Promise<string[]> {
  const lines: string[] = [];
  for (const { entry, strike } of forgottenRuns(ledgerFolder(temporary), nowMs)) {
    const ended = await Promise.all(entry.arms.map((arm) => endArm(arm, env)));
    await Promise.all(
      entry.folders.filter(isOurs).map((folder) => rm(folder, { recursive: true, force: true, maxRetries: 3 })),
    );
    strike();
    const count = ended.reduce((sum, one) => sum + one, 0);
    const what = [`${count} ${count === 1 ? "process" : "processes"}`, `${entry.folders.length} folders`].join(" and ");
    lines.push(`a run that was killed (process ${entry.owner.pid}) had left something behind: ended ${what}`);
  }
  return lines;
}

/** Nobody's file may make us delete anything else. */
function isOurs(folder: string): boolean {
  return basename(folder).startsWith("swarmgate-");
}

async function endArm(
  { mark, arm, port, leaders, directory, compose, stop }: LedgerArm,
  env: Environment,
): Promise<number> {
  const environment = {
    ...sweepEnvironment(env),
    PORT: String(port),
    SWARMGATE_ARM: arm,
    COMPOSE_PROJECT_NAME: mark,
    [markName]: `${mark}-stop`,
  };
  const down = compose ? composeDownOf(mark).join(" ") : null;
  const at = existsSync(directory) ? directory : "/";
  for (const command of [...new Set([existsSync(directory) ? stop : null, down])]) {
    if (command === null) continue;
    await runStop({ command, directory: at, environment, logPath: "/dev/null" }, { limitMs: stopMs, mark });
  }
  const before = membersOf({ leaders, mark }).length;
  await endProcesses({ leaders, mark }, { graceMs });
  return before;
}
