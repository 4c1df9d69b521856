import { Option } from "commander";
import type { SettingName } from "../../config/settings.ts";

/**
 * Locust's options by Locust's names, letters and environment variables (Locust's `argument_parser.py`),
 * and ours. An option whose meaning is a setting (docs/inputs.md) names it; the others are read by `run` itself.
 */
export interface OptionRow {
  /** As commander wants it: `-u, --users <n>`. */
  readonly flags: string;
  readonly help: string;
  readonly env?: string;
  readonly setting?: SettingName;
  /** A flag that turns its setting to this text. */
  readonly says?: string;
  /** Group in the help. */
  readonly group: "Load" | "Mode" | "Output" | "Judge" | "Other";
  /** Known to Locust, not built here yet: setting it is an error that says so. */
  readonly notYet?: string;
  readonly hidden?: boolean;
  /** May be given several times, each with one value: what follows it may be the name of a user class. */
  readonly repeatable?: boolean;
}

export const runOptions: readonly OptionRow[] = [
  {
    group: "Load",
    flags: "-f, --locustfile <path>",
    repeatable: true,
    env: "LOCUST_LOCUSTFILE",
    setting: "locustfile",
    help: "locustfile, several (-f a.ts -f b.ts, or a.ts,b.ts), or a directory (default: locustfile.ts .mts .js .mjs .py)",
  },
  { group: "Load", flags: "-H, --host <url>", env: "LOCUST_HOST", setting: "host", help: "base URL of the target" },
  {
    group: "Load",
    flags: "-u, --users <n>",
    env: "LOCUST_USERS",
    setting: "users",
    help: "peak number of users (default: 1)",
  },
  {
    group: "Load",
    flags: "-r, --spawn-rate <rate>",
    env: "LOCUST_SPAWN_RATE",
    setting: "spawn-rate",
    help: "users started per second (default: 1)",
  },
  {
    group: "Load",
    flags: "-t, --run-time <timespan>",
    env: "LOCUST_RUN_TIME",
    setting: "run-time",
    help: "stop after this long, counted after the ramp: 20s, 3m, 1h20m (default: never)",
  },
  {
    group: "Load",
    flags: "--run-time-includes-ramp",
    help: "count the run time from the start of the ramp, as Locust does",
  },
  { group: "Load", flags: "-n, --requests <n>", setting: "requests", help: "stop after this many requests in all" },
  {
    group: "Load",
    flags: "-i, --iterations <n>",
    help: "stop after this many tasks in all, as locust-plugins has it",
  },
  {
    group: "Load",
    flags: "--arrival-rate <rate>",
    setting: "arrival-rate",
    help: "open model: task iterations started per second, whatever the response times",
  },
  {
    group: "Load",
    flags: "-T, --tags <tag...>",
    env: "LOCUST_TAGS",
    setting: "tags",
    help: "run only tasks with one of these tags",
  },
  {
    group: "Load",
    flags: "-E, --exclude-tags <tag...>",
    env: "LOCUST_EXCLUDE_TAGS",
    setting: "exclude-tags",
    help: "leave out tasks with one of these tags",
  },
  {
    group: "Load",
    flags: "-s, --stop-timeout <timespan>",
    env: "LOCUST_STOP_TIMEOUT",
    setting: "stop-timeout",
    help: "how long users may finish their task when the run ends (default: 10s)",
  },
  {
    group: "Load",
    flags: "--user-classes <names>",
    env: "LOCUST_USER_CLASSES",
    setting: "user-classes",
    help: "the same as naming them after the options",
    hidden: true,
  },
  { group: "Load", flags: "--equal-weights", help: "every task of every user equally often" },
  {
    group: "Load",
    flags: "--config-users <json>",
    repeatable: true,
    env: "LOCUST_CONFIG_USERS",
    help: "JSON, or a file of it, laid over user classes: weight, fixed_count, host, tasks",
  },
  {
    group: "Load",
    flags: "--seed <text>",
    setting: "seed",
    help: "of every random choice (default: derived from the commit)",
  },
  {
    group: "Load",
    flags: "--header <line>",
    repeatable: true,
    setting: "headers",
    help: '"Name: value", sent with every request to the target',
  },
  {
    group: "Load",
    flags: "--warmup <timespan>",
    setting: "warmup",
    help: "steady time left out of the judgement: a duration, 0 or auto (default: 0)",
  },
  {
    group: "Load",
    flags: "--allowed-hosts <glob>",
    repeatable: true,
    setting: "allowed-hosts",
    help: "host names a locustfile may reach (default: all)",
  },
  { group: "Load", flags: "--max-users <n>", setting: "max-users", help: "cap a locustfile cannot raise" },
  {
    group: "Load",
    flags: "--max-rate <rate>",
    setting: "max-rate",
    help: "requests per second at most; more start later",
  },
  {
    group: "Load",
    flags: "--env <name>",
    repeatable: true,
    setting: "env",
    help: "environment variable, or glob of them, that the locustfile may read (it sees PATH, HOME, LANG, LOCUST_*)",
  },
  {
    group: "Load",
    flags: "--permissions <line>",
    repeatable: true,
    setting: "permissions",
    help: "locked: the locustfile under Node's permission model; again for what it may do: allow-child-process",
  },
  {
    group: "Load",
    flags: "--shard <i/n>",
    setting: "shard",
    help: "this machine's share of users and data; swarmgate merge adds the results up",
  },

  { group: "Mode", flags: "--headless", env: "LOCUST_HEADLESS", help: "no web page (default in CI)" },
  {
    group: "Mode",
    flags: "--headful",
    env: "LOCUST_HEADFUL",
    help: "take --headless from a configuration file back",
    hidden: true,
  },
  {
    group: "Mode",
    flags: "--processes <n>",
    env: "LOCUST_PROCESSES",
    setting: "threads",
    help: "load-generating threads; -1 for one per core",
  },
  { group: "Mode", flags: "--threads <n>", setting: "threads", help: "the same: a number or auto" },
  { group: "Mode", flags: "-l, --list", help: "list the user classes and end" },
  { group: "Mode", flags: "--show-task-ratio", help: "print how often each task runs and end" },
  { group: "Mode", flags: "--show-task-ratio-json", help: "the same as JSON" },
  {
    group: "Mode",
    flags: "--autostart",
    env: "LOCUST_AUTOSTART",
    help: "start at once, with the web page",
    notYet: "the web page",
  },
  {
    group: "Mode",
    flags: "--autoquit <seconds>",
    env: "LOCUST_AUTOQUIT",
    help: "with --autostart: quit this long after the run",
    notYet: "the web page",
  },
  {
    group: "Mode",
    flags: "--web-host <host>",
    env: "LOCUST_WEB_HOST",
    help: "where the web page listens",
    notYet: "the web page",
  },
  {
    group: "Mode",
    flags: "-P, --web-port <port>",
    env: "LOCUST_WEB_PORT",
    help: "port of the web page",
    notYet: "the web page",
  },
  {
    group: "Mode",
    flags: "--web-base-path <path>",
    env: "LOCUST_WEB_BASE_PATH",
    help: "path of the web page",
    notYet: "the web page",
  },
  {
    group: "Mode",
    flags: "--web-login",
    env: "LOCUST_WEB_LOGIN",
    help: "protect the web page",
    notYet: "the web page",
  },
  {
    group: "Mode",
    flags: "--tls-cert <file>",
    env: "LOCUST_TLS_CERT",
    help: "certificate of the web page",
    notYet: "the web page",
  },
  {
    group: "Mode",
    flags: "--tls-key <file>",
    env: "LOCUST_TLS_KEY",
    help: "key of the web page",
    notYet: "the web page",
  },
  {
    group: "Mode",
    flags: "--class-picker",
    env: "LOCUST_USERCLASS_PICKER",
    help: "choose classes on the web page",
    notYet: "the web page",
  },
  {
    group: "Mode",
    flags: "--master",
    env: "LOCUST_MODE_MASTER",
    help: "plan the run, let workers do it",
  },
  {
    group: "Mode",
    flags: "--master-bind-host <host>",
    env: "LOCUST_MASTER_BIND_HOST",
    help: "where the master listens (default: *, every address)",
  },
  {
    group: "Mode",
    flags: "--master-bind-port <port>",
    env: "LOCUST_MASTER_BIND_PORT",
    help: "port the master listens on; 0 for any free one (default: 5557)",
  },
  {
    group: "Mode",
    flags: "--expect-workers <n>",
    env: "LOCUST_EXPECT_WORKERS",
    help: "the master waits for this many workers (default: 1)",
  },
  {
    group: "Mode",
    flags: "--expect-workers-max-wait <seconds>",
    env: "LOCUST_EXPECT_WORKERS_MAX_WAIT",
    help: "and no longer than this (default: 0, for ever)",
  },
  {
    group: "Mode",
    flags: "--enable-rebalancing",
    help: "accepted: users are always dealt out afresh when workers come or go",
  },
  {
    group: "Mode",
    flags: "--worker",
    env: "LOCUST_MODE_WORKER",
    help: "run users for a master; its options say what the load is",
  },
  {
    group: "Mode",
    flags: "--master-host <host>",
    env: "LOCUST_MASTER_NODE_HOST",
    help: "the worker's master (default: 127.0.0.1)",
  },
  {
    group: "Mode",
    flags: "--master-port <port>",
    env: "LOCUST_MASTER_NODE_PORT",
    help: "and its port (default: 5557)",
  },

  { group: "Output", flags: "--csv <prefix>", env: "LOCUST_CSV", help: "write Locust's four CSV files" },
  {
    group: "Output",
    flags: "--csv-full-history",
    env: "LOCUST_CSV_FULL_HISTORY",
    help: "history rows for every endpoint too",
  },
  {
    group: "Output",
    flags: "--html <file>",
    env: "LOCUST_HTML",
    help: "write the HTML report; {u} {r} {t} are filled in",
  },
  { group: "Output", flags: "--json", help: "Locust's JSON entries on stdout" },
  { group: "Output", flags: "--json-file <name>", help: "the same in <name>.json" },
  { group: "Output", flags: "-o, --output <file>", help: "write result.json here" },
  { group: "Output", flags: "--report-dir <directory>", setting: "report-dir", help: "write every document here" },
  { group: "Output", flags: "--junit <file>", help: "write JUnit XML" },
  { group: "Output", flags: "--only-summary", env: "LOCUST_ONLY_SUMMARY", help: "no progress, only the final tables" },
  {
    group: "Output",
    flags: "--print-stats",
    env: "LOCUST_PRINT_STATS",
    help: "accepted: the tables are printed at the end anyway",
  },
  { group: "Output", flags: "--reset-stats", env: "LOCUST_RESET_STATS", help: "forget what the ramp measured" },
  {
    group: "Output",
    flags: "-L, --loglevel <level>",
    env: "LOCUST_LOGLEVEL",
    help: "DEBUG, INFO, WARNING, ERROR or CRITICAL (default: INFO)",
  },
  { group: "Output", flags: "--logfile <file>", env: "LOCUST_LOGFILE", help: "write the log here instead of stderr" },
  { group: "Output", flags: "--skip-log-setup", env: "LOCUST_SKIP_LOG_SETUP", help: "accepted", hidden: true },
  {
    group: "Output",
    flags: "--exit-code-on-error <code>",
    env: "LOCUST_EXIT_CODE_ON_ERROR",
    help: "exit code when a request or task failed and no gate is set (default: 1)",
  },
  { group: "Output", flags: "--profile <name>", setting: "name", help: "name of the run in reports" },
  {
    group: "Output",
    flags: "--otel",
    env: "LOCUST_ENABLE_OPENTELEMETRY",
    help: "OpenTelemetry",
    notYet: "OpenTelemetry",
  },

  {
    group: "Judge",
    flags: "--slo <threshold>",
    repeatable: true,
    setting: "slo",
    help: 'a promise, as in: --slo "p95 < 300ms" (repeatable)',
  },
  {
    group: "Judge",
    flags: "--config <file>",
    env: "SWARMGATE_CONFIG",
    help: "swarmgate.yml with promises, or Locust's configuration (.conf, .toml)",
  },
  { group: "Judge", flags: "--baseline <file>", setting: "baseline-path", help: "compare with this baseline file" },
  {
    group: "Judge",
    flags: "--base-host <url>",
    setting: "base-host",
    help: "compare side by side with the version at this URL",
  },
  {
    group: "Judge",
    flags: "--start <command>",
    setting: "start",
    help: "starts one version of the service; with --base the two are compared side by side",
  },
  { group: "Judge", flags: "--build <command>", setting: "build", help: "runs before --start, from the checkout" },
  { group: "Judge", flags: "--build-head", help: "runs --build in this directory too, not in the base's tree alone" },
  { group: "Judge", flags: "--stop <command>", setting: "stop", help: "ends what --start has left running" },
  {
    group: "Judge",
    flags: "--url <url>",
    setting: "url",
    help: "where each version is, with $PORT or $SWARMGATE_ARM in it (default: http://localhost:$PORT)",
  },
  {
    group: "Judge",
    flags: "--base <revision>",
    setting: "base",
    help: "branch, tag or commit that --start also starts, to compare with",
  },
  { group: "Judge", flags: "--save-baseline <when>", setting: "save-baseline", help: "auto, always or never" },
  {
    group: "Judge",
    flags: "--tolerance <percent>",
    setting: "tolerance",
    help: "slower than this is a regression (default: 10%)",
  },
  {
    group: "Judge",
    flags: "--min-effect <timespan>",
    setting: "min-effect",
    help: "and by more than this (default: 1ms)",
  },
  {
    group: "Judge",
    flags: "--error-tolerance <percent>",
    setting: "error-tolerance",
    help: "points the error rate may rise (default: 0.5%)",
  },
  {
    group: "Judge",
    flags: "--confidence <percent>",
    setting: "confidence",
    help: "of the whole verdict (default: 99%)",
  },
  {
    group: "Judge",
    flags: "--max-duration <timespan>",
    setting: "max-duration",
    help: "judged seconds in all (default: 4m)",
  },
  {
    group: "Judge",
    flags: "--fail-on <reasons>",
    setting: "fail-on",
    help: "slo, regression, invalid, inconclusive, no-baseline, missing-endpoints, no-base or none",
  },
];

/** Old spellings, answered with the new one. */
export const renamed: Readonly<Record<string, string>> = {
  "--no-web": "--headless",
  "-c": "-u, --users",
  "--clients": "--users",
  "--hatch-rate": "--spawn-rate",
  "--num-request": "--requests",
  "--slave": "--worker",
  "--expect-slaves": "--expect-workers",
  "--step-load": "a LoadTestShape",
  "--legacy-ui": "nothing: there is one web page",
  "--web-auth": "--web-login",
};

/** The row as commander's option. Environment variables are read by `layers.ts`, where their order is decided. */
export function commanderOption(row: OptionRow): Option {
  const option = new Option(row.flags, row.notYet ? `${row.help} (not built yet)` : row.help).helpGroup(
    `${row.group}:`,
  );
  if (row.repeatable) option.argParser((value: string, before: string[] = []) => [...before, value]);
  return row.hidden ? option.hideHelp() : option;
}

/** The long name without its dashes: `users`. */
export function longName({ flags }: OptionRow): string {
  return /--([\w-]+)/.exec(flags)?.[1] as string;
}

/** Whether the option takes a value. */
export function takesValue({ flags }: OptionRow): boolean {
  return flags.includes("<");
}
