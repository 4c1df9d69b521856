import { closest, distance } from "fastest-levenshtein";
import { type Problem, UsageError } from "../../base/errors.ts";
import type { ArgumentParser } from "../events/environment.ts";
import { argumentOf, helpOf, type OwnArgument, readValue } from "./argument-definition.ts";

/** Where values of a locustfile's own arguments may come from. */
export interface ArgumentSources {
  /** What the command line held beside the options of the program itself. */
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Keys of configuration files that are no options of the program; the first one of a name wins. */
  readonly conf: readonly ConfArgument[];
}

interface ConfArgument {
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

  /** The arguments as a help page lists them; empty if there are none. */
  get help(): string {
    const rows = this.#arguments.map(helpOf);
    const width = Math.max(0, ...rows.map(([term]) => term.length));
    return rows.map(([term, text]) => `  ${term.padEnd(width)}  ${text}`).join("\n");
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
