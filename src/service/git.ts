import { execFile } from "node:child_process";

type Environment = Readonly<Record<string, string | undefined>>;

/** What git may need beside its arguments; none of it is visible in a list of processes. */
export interface GitSettings {
  readonly env: Environment;
  /** Empty where there is none. */
  readonly token: string;
  /** `https://github.com`: the only place the token is sent to. */
  readonly serverUrl: string;
  readonly signal: AbortSignal;
}

/** Git that failed, with what it printed last. */
class GitFailure extends Error {
  override readonly name = "GitFailure";
}

/** Long fetches of large repositories take minutes; one that hangs must not take the job's whole time. */
const longestMs = 600_000;
const mostOutput = 64 * 1024 * 1024;

/** Says which repository git works in; the one that swarmgate was started from in a hook is not it. */
const ofCaller = /^GIT_(?:DIR|WORK_TREE|INDEX_FILE|PREFIX|COMMON_DIR|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES)$/;

/**
 * Runs git without hooks, prompts and the user's aliases of them. Credentials go through GIT_CONFIG_* variables, which
 * git hands to nobody but its own helpers.
 * @throws GitFailure
 */
export function git(
  words: readonly string[],
  {
    directory,
    settings,
    withToken = false,
    extra = {},
  }: {
    readonly directory: string;
    readonly settings: GitSettings;
    readonly withToken?: boolean;
    readonly extra?: Readonly<Record<string, string>>;
  },
): Promise<string> {
  const options = {
    cwd: directory,
    env: { ...gitEnvironment(settings, { directory, withToken }), ...extra },
    maxBuffer: mostOutput,
    timeout: longestMs,
    signal: settings.signal,
  };
  return new Promise((resolve, reject) => {
    execFile("git", [...words], options, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else reject(new GitFailure(lastLines(stderr) || error.message));
    });
  });
}

/** Git's environment; exported for the test that no argument carries the token. */
export function gitEnvironment(
  { env, token, serverUrl }: GitSettings,
  { directory, withToken }: { readonly directory: string; readonly withToken: boolean },
): Record<string, string> {
  const header = `http.${serverUrl.replace(/\/+$/, "")}/.extraheader`;
  const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
  const entries: readonly (readonly [key: string, value: string])[] = [
    ["core.hooksPath", "/dev/null"],
    // A checkout made by another user (a job in a container) is the one the job is about all the same.
    ["safe.directory", directory],
    ["gc.auto", "0"],
    ["advice.detachedHead", "false"],
    // An empty value takes back headers set before: two of them are refused.
    ...(withToken && token !== ""
      ? ([
          [header, ""],
          [header, `AUTHORIZATION: basic ${basic}`],
        ] as const)
      : []),
  ];
  const kept = Object.entries(env).flatMap(([name, value]): [string, string][] =>
    value === undefined || ofCaller.test(name) || /^(?:INPUT_|ACTIONS_|STATE_)/i.test(name) ? [] : [[name, value]],
  );
  const before = Number(env.GIT_CONFIG_COUNT ?? 0) || 0;
  const pairs = entries.flatMap(([key, value], index): [string, string][] => [
    [`GIT_CONFIG_KEY_${before + index}`, key],
    [`GIT_CONFIG_VALUE_${before + index}`, value],
  ]);
  return {
    ...Object.fromEntries(kept),
    ...Object.fromEntries(pairs),
    GIT_CONFIG_COUNT: String(before + entries.length),
    GIT_TERMINAL_PROMPT: "0",
    GCM_INTERACTIVE: "never",
    GIT_SSH_COMMAND: env.GIT_SSH_COMMAND ?? "ssh -o BatchMode=yes",
    LC_ALL: "C",
  };
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-3).join("; ");
}
