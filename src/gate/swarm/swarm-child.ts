import { type ChildProcess, fork } from "node:child_process";
import { matchesGlob } from "../../base/glob.ts";

/** Variables user code may see without being asked for (docs/inputs.md#what-the-locustfile-may-see). */
const always = ["PATH", "HOME", "LANG", "TZ", "TMPDIR", "NODE_EXTRA_CA_CERTS", "LOCUST_*"];
/** Windows cannot start a process or find a temporary directory without these. */
const alwaysOnWindows = ["SystemRoot", "TEMP", "TMP", "USERPROFILE", "PATHEXT"];

/**
 * Users that wait leave their garbage in the old generation, which by default may double before it is looked at:
 * 10,000 of them then take half as much again (docs/performance.md). Threads inherit both.
 */
const memoryFlags = ["--max-semi-space-size=8", "--heap-growing-percent=30"];

/** What user code may see of the environment: the few always, and what the user listed by name or glob. */
export function allowedEnvironment(
  all: Readonly<Record<string, string | undefined>>,
  listed: readonly string[],
): Record<string, string> {
  const globs = [...always, ...alwaysOnWindows, ...listed];
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) =>
      value !== undefined && globs.some((glob) => matchesGlob(glob, name, { questionMark: true }))
        ? [[name, value]]
        : [],
    ),
  );
}

/** Names of the variables that user code may not see: set, and neither always passed on nor listed. */
export function withheldNames(
  all: Readonly<Record<string, string | undefined>>,
  listed: readonly string[],
): readonly string[] {
  const allowed = allowedEnvironment(all, listed);
  return Object.keys(all).filter((name) => all[name] !== undefined && !Object.hasOwn(allowed, name));
}

/** How a load-generating process is started. */
export interface SwarmStart {
  /** The file the child starts with: `dist/swarm.js`. */
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  /** Node's flags of a locked load process; absent: it may do whatever its user may. */
  readonly permissionFlags?: readonly string[] | null | undefined;
}

/** Starts a load-generating process; it waits for its order. It ends when whoever started it is gone. */
export function startSwarm({ entry, environment, directory, permissionFlags }: SwarmStart): ChildProcess {
  return fork(entry, [], {
    cwd: directory,
    env: environment as NodeJS.ProcessEnv,
    // The last is where to find the inspector that a process stuck in a loop is asked by; it stays closed until then.
    execArgv: [...memoryFlags, ...(permissionFlags ?? ["--inspect-port=0"])],
    serialization: "advanced",
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // Ctrl-C in a terminal goes to the whole group; the child must not die of it before its users have stopped.
    detached: process.platform !== "win32",
  });
}

/** A load-generating process that comes up while the door still reads its settings. */
export class SwarmAhead {
  readonly #start: SwarmStart;
  #child: ChildProcess | undefined;

  constructor(start: SwarmStart) {
    this.#start = start;
    this.#child = startSwarm(start);
    // What befalls it before it is needed is no news: then another is started.
    this.#child.on("error", () => undefined);
  }

  /** The process, once and if it is what is wanted; else a new one. */
  readonly take = (wanted: SwarmStart): ChildProcess => {
    const child = this.#child;
    if (child?.connected && sameStart(this.#start, wanted)) {
      this.#child = undefined;
      return child;
    }
    this.dispose();
    return startSwarm(wanted);
  };

  /** Ends it if nobody took it. */
  dispose(): void {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }
}

function sameStart(a: SwarmStart, b: SwarmStart): boolean {
  const names = Object.keys(a.environment);
  return (
    a.entry === b.entry &&
    a.directory === b.directory &&
    !b.permissionFlags &&
    names.length === Object.keys(b.environment).length &&
    names.every((name) => a.environment[name] === b.environment[name])
  );
}
