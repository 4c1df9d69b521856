import { closest, distance } from "fastest-levenshtein";
import { GateError, messageOf, type Problem, UsageError } from "../base/errors.ts";
import type { ArgumentParser } from "./environment.ts";

/** One argument of a locustfile's own. */
interface OwnArgument {
  /** As written: `--my-host`, `-m`. */
  readonly flags: readonly string[];
  /** Its name in `environment.parsedOptions`: `myHost`. */
  readonly name: string;
  readonly takes: "one" | "many" | "nothing" | "truth";
  /** What the flag alone says, where it takes nothing. */
  readonly stored: boolean;
  readonly read: (text: string) => unknown;
  readonly choices: readonly unknown[] | undefined;
  readonly required: boolean;
  readonly fallback: unknown;
  readonly variable: string;
}

/** Where values of a locustfile's own arguments may come from. */
export interface ArgumentSources {
  /** What the command line held beside the options of the program itself. */
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Keys of configuration files that are no options of the program; the first one of a name wins. */
  readonly conf: readonly ConfArgument[];
}

export interface ConfArgument {
  /** Without dashes in front. */
  readonly key: string;
  readonly values: readonly string[];
  /** The file. */
  readonly source: string;
}

export interface ReadArguments {
  /** By the name in `environment.parsedOptions`. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Words that belong to no option: names of user classes. */
  readonly positionals: readonly string[];
}

/**
 * The parser that `events.initCommandLineParser` hands to listeners. Takes Python's argparse words in either spelling
 * (`envVar`, `env_var`; `storeTrue`, `store_true`), and only those that mean something here; what Locust knows for its
 * web page alone (`isSecret`, `includeInWebUi`) is accepted and does nothing.
 */
export class OwnArguments implements ArgumentParser {
  readonly #arguments: OwnArgument[] = [];
  /** Long options of the program, with their dashes: not to be taken. */
  readonly #taken: ReadonlySet<string>;

  constructor({ taken }: { taken: readonly string[] }) {
    this.#taken = new Set(taken);
  }

  /** Throws GateError `custom-argument` for a definition that makes no sense. */
  addArgument(...given: readonly unknown[]): void {
    const flags = given.filter((one) => typeof one === "string");
    const options = (given.find((one) => typeof one === "object" && one !== null) ?? {}) as Record<string, unknown>;
    this.#arguments.push(argumentOf(flags, { options, taken: (flag) => this.#isTaken(flag) }));
  }

  #isTaken(flag: string): boolean {
    return this.#taken.has(flag) || this.#arguments.some(({ flags }) => flags.includes(flag));
  }

  /**
   * The values by name. Throws UsageError `unknown-option` for a word nobody knows, else `custom-argument` for a value
   * that cannot be; all problems together.
   */
  read(sources: ArgumentSources): ReadArguments {
    const { unknown, wrong, ...read } = this.#read(sources);
    if (unknown.length > 0) throw new UsageError([...unknown, ...wrong], "unknown-option");
    if (wrong.length > 0) throw new UsageError(wrong, "custom-argument");
    return read;
  }

  /** Reads everything; problems are collected, and a wrong or unknown word is answered with the nearest option. */
  #read({ words, env, conf }: ArgumentSources): ReadArguments & { unknown: Problem[]; wrong: Problem[] } {
    const unknown: Problem[] = [];
    const problems: Problem[] = [];
    const positionals: string[] = [];
    const said = new Map<OwnArgument, { texts: string[]; where: string }>();
    const queue = [...words];
    for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
      if (!isOption(word)) {
        positionals.push(word);
        continue;
      }
      const [flag = "", inline] = word.split(/=(.*)/s);
      const argument = this.#arguments.find(({ flags }) => flags.includes(flag));
      if (!argument) {
        unknown.push({ where: flag, message: `there is no such option${this.#near(flag)}` });
        // What follows is most likely its value, and no name of a class.
        if (inline === undefined && queue[0] !== undefined && !isOption(queue[0])) queue.shift();
        continue;
      }
      const texts = inline === undefined ? [] : [inline];
      const most = argument.takes === "many" ? Number.POSITIVE_INFINITY : argument.takes === "one" ? 1 : 0;
      // `--dry=no` and, for a boolean, `--dry no`; on its own it says yes.
      if (argument.takes === "truth" && inline === undefined) {
        texts.push(/^(true|false|yes|no|on|off|0|1)$/i.test(queue[0] ?? "") ? (queue.shift() as string) : "true");
      }
      while (texts.length < most && queue[0] !== undefined && !isOption(queue[0])) texts.push(queue.shift() as string);
      if (argument.takes === "one" && texts.length === 0) problems.push({ where: flag, message: "needs a value" });
      const before = argument.takes === "many" ? (said.get(argument)?.texts ?? []) : [];
      said.set(argument, { texts: [...before, ...texts], where: flag });
    }
    for (const { key, source } of conf) {
      if (this.#byKey(key)) continue;
      unknown.push({ where: `${source}: ${key}`, message: `there is no such option${this.#near(`--${key}`)}` });
    }
    const values: Record<string, unknown> = {};
    for (const argument of this.#arguments) {
      const found = said.get(argument) ?? this.#elsewhere(argument, { env, conf });
      if (found) values[argument.name] = readValue(argument, { ...found, problems });
      else if (argument.required) problems.push({ where: argument.flags[0] as string, message: "is required" });
      else values[argument.name] = argument.fallback;
    }
    return { values, positionals, unknown, wrong: problems };
  }

  #byKey(key: string): OwnArgument | undefined {
    return this.#arguments.find(({ flags }) => flags.includes(`--${key}`));
  }

  /** The environment, then the files, as Locust: for a flag anything but false, 0 and no. */
  #elsewhere(
    argument: OwnArgument,
    { env, conf }: Pick<ArgumentSources, "env" | "conf">,
  ): { texts: string[]; where: string } | undefined {
    const variable = env[argument.variable];
    const entry = conf.find(({ key }) => this.#byKey(key) === argument);
    const found =
      variable !== undefined && variable !== ""
        ? { texts: argument.takes === "many" ? variable.split(/[\s,]+/) : [variable], where: argument.variable }
        : entry && { texts: [...entry.values], where: `${entry.source}: ${entry.key}` };
    if (!found || argument.takes !== "nothing") return found;
    return /^(false|0|no)$/i.test(found.texts[0] ?? "") ? undefined : { ...found, texts: [] };
  }

  /** Names our options and the locustfile's alike. */
  #near(flag: string): string {
    const own = this.#arguments.flatMap(({ flags }) => flags);
    const known = [...own, ...this.#taken].filter((each) => each.startsWith("--"));
    if (known.length === 0) return "";
    const near = closest(flag, known);
    const hint = distance(flag, near) <= Math.max(2, flag.length / 3) ? `; did you mean "${near}"?` : "";
    return own.length === 0 ? hint : `${hint}${hint ? "" : ";"} the locustfile's own are ${own.join(", ")}`;
  }
}

/** A negative number is a value. */
function isOption(word: string): boolean {
  return /^-/.test(word) && !/^-(\d|\.\d|$)/.test(word);
}

const wholeNumber = (text: string) => {
  if (!/^[+-]?\d+$/.test(text.trim())) throw new Error("is not a whole number");
  return Number(text);
};
const anyNumber = (text: string) => {
  if (text.trim() === "" || !Number.isFinite(Number(text))) throw new Error("is not a number");
  return Number(text);
};
const truth = (text: string) => {
  if (/^(true|1|yes|on)$/i.test(text)) return true;
  if (/^(false|0|no|off)$/i.test(text)) return false;
  throw new Error("is neither true nor false");
};
const readers: Readonly<Record<string, (text: string) => unknown>> = {
  string: String,
  str: String,
  int: wholeNumber,
  integer: wholeNumber,
  float: anyNumber,
  number: anyNumber,
  bool: truth,
  boolean: truth,
};

function readerOf(type: unknown, fallback: unknown): ((text: string) => unknown) | undefined {
  if (type === undefined) return readers[typeof fallback] ?? String;
  if (type === String) return String;
  if (type === Number) return anyNumber;
  if (type === Boolean) return truth;
  if (typeof type === "string") return readers[type];
  // Called with the text alone: parseInt would take an index for a radix.
  return typeof type === "function" ? (text) => (type as (text: string) => unknown)(text) : undefined;
}

function argumentOf(
  flags: readonly string[],
  { options, taken }: { options: Readonly<Record<string, unknown>>; taken: (flag: string) => boolean },
): OwnArgument {
  const long = flags.find((flag) => /^--[A-Za-z][\w-]*$/.test(flag));
  const wrong = flags.find((flag) => !/^--?[A-Za-z][\w-]*$/.test(flag));
  const refuse = (message: string, hint: string) =>
    new GateError("custom-argument", `addArgument(${flags.map((flag) => `"${flag}"`).join(", ")}): ${message}`, {
      hint,
    });
  if (!long || wrong !== undefined) throw refuse("no such option can be", 'write it with two dashes: "--my-host"');
  const twice = flags.find(taken);
  if (twice !== undefined) throw refuse(`${twice} is an option already`, "choose another name");
  const { type, choices, required = false, dest } = options;
  const action = String(options.action ?? "store")
    .replace("_", "")
    .toLowerCase();
  if (!["store", "storetrue", "storefalse", "append"].includes(action)) {
    throw refuse(`unknown action "${options.action}"`, "known are store, store_true, store_false and append");
  }
  const many = action === "append" || /^[+*]$|^\d+$/.test(String(options.nargs ?? ""));
  const isTruth =
    ["boolean", "bool", Boolean].includes(type as string) ||
    (type === undefined && typeof options.default === "boolean");
  const isFlag = action === "storetrue" || action === "storefalse";
  const takes = isFlag ? "nothing" : many ? "many" : isTruth ? "truth" : "one";
  const fallback = options.default ?? (isFlag ? action === "storefalse" : isTruth ? false : null);
  const read = isFlag ? truth : readerOf(type, Array.isArray(fallback) ? fallback[0] : fallback);
  if (!read) throw refuse(`unknown type "${String(type)}"`, "known are string, int, float, boolean, or a function");
  if (choices !== undefined && !Array.isArray(choices))
    throw refuse("choices is no list", 'as in: choices: ["a", "b"]');
  return {
    flags,
    name: camelCase(typeof dest === "string" ? dest : long.slice(2)),
    takes,
    stored: action === "storetrue",
    read,
    choices,
    required: required === true,
    fallback,
    variable: String(options.envVar ?? options.env_var ?? `LOCUST_${long.slice(2).replaceAll("-", "_").toUpperCase()}`),
  };
}

function readValue(
  { takes, stored, read, choices }: OwnArgument,
  { texts, where, problems }: { texts: readonly string[]; where: string; problems: Problem[] },
): unknown {
  // `--flag=no` takes back what the flag says.
  if (takes === "nothing" && texts.length === 0) return stored;
  const values = texts.map((text) => {
    let value: unknown;
    try {
      value = read(text);
    } catch (error) {
      problems.push({ where, message: `"${text}" ${messageOf(error)}` });
      return undefined;
    }
    if (choices && !choices.includes(value)) {
      problems.push({ where, message: `"${text}" is none of ${choices.join(", ")}` });
    }
    return value;
  });
  if (takes === "nothing") return values[0] === stored;
  return takes === "many" ? values : values[0];
}

/** `my-host`, `my_host` → `myHost` */
export function camelCase(name: string): string {
  return name.replace(/[-_]+(\w)/g, (_, letter: string) => letter.toUpperCase());
}
