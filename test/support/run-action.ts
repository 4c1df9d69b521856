import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface ActionRun {
  /** As in the workflow's `with:`. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** The runner's and the job's environment; wins over the harness's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Its name; `pull_request` if not given. */
  readonly eventName?: string;
  /** The webhook's payload. */
  readonly event?: unknown;
  /** Files of the workspace: path to contents. */
  readonly files?: Readonly<Record<string, string>>;
  /** An existing workspace instead of a new one; left in place afterwards. */
  readonly workspace?: string;
  /** Called with every piece of output as it comes, and a way to send a signal: for tests of cancelling. */
  readonly onOutput?: (text: string, signal: (name: NodeJS.Signals) => void) => void;
  /** Killed after that long; 60 s if not given. */
  readonly timeoutMs?: number;
  /** Words before the command: a shell that sets limits, say, and replaces itself by what follows. */
  readonly wrap?: readonly string[];
  /** Called with the process's id. */
  readonly onStart?: (pid: number) => void;
  /** Another action folder than the repository's. */
  readonly actionRoot?: string;
}

interface Annotation {
  readonly level: "error" | "warning" | "notice";
  readonly message: string;
  readonly title?: string;
  readonly file?: string;
  readonly line?: string;
}

export interface ActionOutcome {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What people see in the log: without workflow commands. */
  readonly log: string;
  readonly annotations: readonly Annotation[];
  readonly masks: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly exported: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly addedPaths: readonly string[];
  readonly summary: string;
  readonly workspace: string;
  readonly runnerTemp: string;
  readonly durationMs: number;
}

interface ActionManifest {
  readonly inputs?: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly using: string; readonly main: string };
}

const temporary: string[] = [];

/** Removes every folder the harness made; call it in `afterAll`. */
export function cleanUpActionRuns(): void {
  for (const folder of temporary.splice(0)) rmSync(folder, { recursive: true, force: true });
}

function folder(prefix: string): string {
  const path = mkdtempSync(join(tmpdir(), prefix));
  temporary.push(path);
  return path;
}

let installed: string | undefined;

/** The action as the runner has it after downloading: what is committed, outside the repository, without node_modules. */
export function install(actionRoot: string = root): string {
  if (actionRoot === root && installed !== undefined && existsSync(installed)) return installed;
  const target = folder("swarmgate-action-");
  if (!existsSync(join(actionRoot, "dist"))) throw new Error("there is no dist/: run `npm run build` first");
  cpSync(join(actionRoot, "action.yml"), join(target, "action.yml"));
  cpSync(join(actionRoot, "dist"), join(target, "dist"), { recursive: true });
  if (actionRoot === root) installed = target;
  return target;
}

/**
 * Runs the built action as GitHub's runner does: defaults of action.yml filled in, inputs and file commands in the
 * environment, `node <main>` with the workspace as the current directory, workflow commands read from stdout.
 */
export async function runAction(run: ActionRun = {}): Promise<ActionOutcome> {
  const action = install(run.actionRoot ?? root);
  const manifest = parse(readFileSync(join(action, "action.yml"), "utf8")) as ActionManifest;
  const workspace = run.workspace ?? folder("swarmgate-workspace-");
  for (const [path, text] of Object.entries(run.files ?? {})) {
    mkdirSync(join(workspace, path, ".."), { recursive: true });
    writeFileSync(join(workspace, path), text);
  }
  const runner = folder("swarmgate-runner-");
  const runnerTemp = join(runner, "_temp");
  mkdirSync(runnerTemp);
  const file = (name: string, text = ""): string => {
    const path = join(runner, name);
    writeFileSync(path, text);
    return path;
  };
  const files = {
    GITHUB_OUTPUT: file("output"),
    GITHUB_STEP_SUMMARY: file("summary"),
    GITHUB_ENV: file("env"),
    GITHUB_PATH: file("path"),
    GITHUB_STATE: file("state"),
    GITHUB_EVENT_PATH: file("event.json", JSON.stringify(run.event ?? {})),
  };
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    LANG: "C.UTF-8",
    ...runnerEnvironment({ workspace, runnerTemp, action, eventName: run.eventName ?? "pull_request" }),
    ...files,
    ...inputEnvironment(manifest, { token: run.env?.GITHUB_TOKEN ?? "", inputs: run.inputs ?? {} }),
    ...run.env,
  };
  const startedAt = performance.now();
  const ended = await execute({ main: join(action, manifest.runs.main), cwd: workspace, env, run });
  const commands = readCommands(ended.stdout);
  return {
    ...ended,
    ...commands,
    outputs: readKeyValues(files.GITHUB_OUTPUT),
    exported: readKeyValues(files.GITHUB_ENV),
    state: readKeyValues(files.GITHUB_STATE),
    addedPaths: readFileSync(files.GITHUB_PATH, "utf8").split(/\r?\n/).filter(Boolean),
    summary: readFileSync(files.GITHUB_STEP_SUMMARY, "utf8"),
    workspace,
    runnerTemp,
    durationMs: performance.now() - startedAt,
  };
}

function execute(options: {
  readonly main: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly run: ActionRun;
}): Promise<Pick<ActionOutcome, "exitCode" | "signal" | "stdout" | "stderr">> {
  const { run } = options;
  return new Promise((resolve, reject) => {
    const [program = process.execPath, ...words] = [...(run.wrap ?? []), process.execPath, options.main];
    const child = spawn(program, words, { cwd: options.cwd, env: options.env });
    if (child.pid !== undefined) run.onStart?.(child.pid);
    const timer = setTimeout(() => child.kill("SIGKILL"), run.timeoutMs ?? 60_000);
    let stdout = "";
    let stderr = "";
    const tell = (text: string): void => run.onOutput?.(text, (name) => void child.kill(name));
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      tell(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      tell(text);
    });
    child.on("error", reject);
    child.on("close", (exitCode, signal) => {
      clearTimeout(timer);
      resolve({ exitCode, signal, stdout, stderr });
    });
  });
}

function runnerEnvironment(options: {
  readonly workspace: string;
  readonly runnerTemp: string;
  readonly action: string;
  readonly eventName: string;
}): Record<string, string> {
  return {
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_ACTION: "__swarmgate_swarmgate",
    GITHUB_ACTION_PATH: options.action,
    GITHUB_ACTOR: "octo",
    GITHUB_API_URL: "http://127.0.0.1:9",
    GITHUB_BASE_REF: options.eventName === "pull_request" ? "main" : "",
    GITHUB_EVENT_NAME: options.eventName,
    GITHUB_GRAPHQL_URL: "http://127.0.0.1:9/graphql",
    GITHUB_HEAD_REF: "",
    GITHUB_JOB: "load-test",
    GITHUB_REF: "refs/pull/1/merge",
    GITHUB_REF_NAME: "1/merge",
    GITHUB_REPOSITORY: "octo/shop",
    GITHUB_REPOSITORY_ID: "1",
    GITHUB_REPOSITORY_OWNER: "octo",
    GITHUB_RETENTION_DAYS: "90",
    GITHUB_RUN_ATTEMPT: "1",
    GITHUB_RUN_ID: "9001",
    GITHUB_RUN_NUMBER: "17",
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_SHA: "0123456789abcdef0123456789abcdef01234567",
    GITHUB_TRIGGERING_ACTOR: "octo",
    GITHUB_WORKFLOW: "load test",
    GITHUB_WORKSPACE: options.workspace,
    RUNNER_ARCH: "X64",
    RUNNER_ENVIRONMENT: "github-hosted",
    RUNNER_NAME: "test",
    RUNNER_OS: "Linux",
    RUNNER_TEMP: options.runnerTemp,
    RUNNER_TOOL_CACHE: options.runnerTemp,
  };
}

/** As the runner: every input of action.yml is set, with its default or empty; spaces become underscores, hyphens stay. */
function inputEnvironment(
  manifest: ActionManifest,
  given: { readonly token: string; readonly inputs: Readonly<Record<string, string>> },
): Record<string, string> {
  const env: Record<string, string> = {};
  const set = (name: string, value: string): void => {
    env[`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`] = value;
  };
  for (const [name, { default: fallback = "" }] of Object.entries(manifest.inputs ?? {})) {
    set(name, String(fallback).replace(/\$\{\{\s*github\.token\s*\}\}/, given.token));
  }
  for (const [name, value] of Object.entries(given.inputs)) set(name, value);
  return env;
}

/** Reads workflow commands as the runner does: at the start of a line, unless stopped by `stop-commands`. */
function readCommands(stdout: string): Pick<ActionOutcome, "annotations" | "masks" | "log"> {
  const annotations: Annotation[] = [];
  const masks: string[] = [];
  const log: string[] = [];
  let resumeToken: string | undefined;
  for (const line of stdout.split(/\r?\n/)) {
    const match = /^\s*::([a-z-]+|[\w-]+)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)$/.exec(line) ?? oldCommand(line);
    const [, command = "", properties = "", data = ""] = match ?? [];
    if (resumeToken !== undefined) {
      if (match && command === resumeToken) resumeToken = undefined;
      else log.push(line);
    } else if (!match) log.push(line);
    else if (command === "stop-commands") resumeToken = data;
    else if (command === "add-mask") masks.push(decoded(data));
    else if (command === "error" || command === "warning" || command === "notice") {
      const fields: Record<string, string> = {};
      for (const pair of properties.split(",")) {
        const [key = "", value] = pair.split("=");
        if (value !== undefined) fields[key.trim()] = decoded(value);
      }
      annotations.push({ level: command, message: decoded(data), ...fields });
    }
  }
  return { annotations, masks, log: log.join("\n") };
}

const commands =
  /^(error|warning|notice|debug|group|endgroup|add-mask|add-matcher|set-output|save-state|stop-commands|echo)$/;

/** The older `##[error]…`, which the runner finds anywhere in a line. */
function oldCommand(line: string): RegExpExecArray | null {
  const match = /##\[([\w-]+)(?: ([^\]]*))?\](.*)$/.exec(line);
  return match !== null && commands.test(match[1] ?? "") ? match : null;
}

function decoded(text: string): string {
  return text
    .replaceAll("%0D", "\r")
    .replaceAll("%0A", "\n")
    .replaceAll("%3A", ":")
    .replaceAll("%2C", ",")
    .replaceAll("%25", "%");
}

/** `name=value` lines and heredocs, as FileCommandManager reads them; throws on what it would refuse. */
function readKeyValues(path: string): Record<string, string> {
  const out: Record<string, string> = {};
  const lines = readFileSync(path, "utf8").split(/\r?\n/);
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    if (line === "") continue;
    const heredoc = /^([^=]*?)<<(.+)$/.exec(line);
    if (heredoc) {
      const [, name = "", delimiter = ""] = heredoc;
      const end = lines.indexOf(delimiter, i + 1);
      if (end < 0) throw new Error(`Matching delimiter not found '${delimiter}'`);
      out[name] = lines.slice(i + 1, end).join("\n");
      i = end;
    } else {
      const equals = line.indexOf("=");
      if (equals < 1) throw new Error(`Invalid format '${line}'`);
      out[line.slice(0, equals)] = line.slice(equals + 1);
    }
  }
  return out;
}
