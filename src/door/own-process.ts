import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { execArgv, execPath, pid, platform } from "node:process";

type Environment = Readonly<Record<string, string | undefined>>;

/** Says to the process that begins anew where its environment is. */
const handedOver = "--environment-on-stdin";

/**
 * What Node, the dynamic linker and the runner (which finds a job's orphans by their environment) read by themselves
 * and so need in the real one. None of these is a secret.
 */
const plain =
  /^(PATH|HOME|LANG|LC_\w+|TZ|TMPDIR|TERM|LD_LIBRARY_PATH|NODE_OPTIONS|NODE_EXTRA_CA_CERTS|NODE_USE_\w+|SSL_CERT_(FILE|DIR)|RUNNER_TRACKING_ID)$/;

/**
 * Begins this process anew, under the same id, with nothing secret in the environment the kernel keeps of it
 * (`/proc/<pid>/environ` stays what it was at the start, whatever is deleted from `process.env`) and with the signal
 * that opens the debugger switched off. All variables go along in a file of mode 0600 that has no name any more, open
 * as standard input. Returns only where that cannot be done: on Windows, or without a temporary directory.
 */
export function beginAnew(env: Environment, { main }: { readonly main: string }): void {
  if (platform === "win32" || typeof process.execve !== "function") return;
  try {
    // A failing execve aborts the process.
    accessSync(execPath, constants.X_OK);
    handOver(env);
  } catch {
    return;
  }
  const kept = Object.entries(env).filter(([name, value]) => plain.test(name) && value !== undefined);
  process.execve(
    execPath,
    [execPath, ...execArgv, "--disable-sigusr1", main, handedOver],
    Object.fromEntries(kept) as Record<string, string>,
  );
}

/** Node lets only descriptors 0 to 2 live through execve, so the file has to be one of these. */
function handOver(env: Environment): void {
  const path = join(env.RUNNER_TEMP || env.TMPDIR || "/tmp", `swarmgate-${pid}-${process.hrtime.bigint()}`);
  closeSync(0);
  try {
    // A new descriptor is the lowest that is free.
    const file = openSync(path, "wx+", 0o600);
    unlinkSync(path);
    if (file !== 0) throw new Error(`standard input came back as descriptor ${file}`);
    const bytes = Buffer.from(JSON.stringify(env));
    for (let at = 0; at < bytes.length; ) at += writeSync(0, bytes, at);
  } catch (error) {
    closeInput();
    throw error;
  }
}

/** Standard input is empty from here on, and no descriptor for something else to take. */
function closeInput(): void {
  try {
    closeSync(0);
  } catch {
    // It was closed already.
  }
  openSync("/dev/null", "r");
}

/** The variables that were handed over, once; null in a process that did not begin anew. */
export function takeOver(argv: readonly string[]): Record<string, string> | null {
  if (argv[2] !== handedOver) return null;
  const bytes = Buffer.alloc(fstatSync(0).size);
  for (let at = 0; at < bytes.length; ) {
    const read = readSync(0, bytes, at, bytes.length - at, at);
    if (read === 0) break;
    at += read;
  }
  // Whoever looks at this process's descriptors finds nothing.
  ftruncateSync(0, 0);
  closeInput();
  return JSON.parse(bytes.toString("utf8")) as Record<string, string>;
}
