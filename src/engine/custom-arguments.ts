import { GateError, messageOf, type Problem, UsageError } from "../base/errors.ts";
import type { ArgumentParser } from "../user/environment.ts";
import type { EventHook } from "../user/events.ts";

interface Argument {
  readonly flag: string;
  readonly name: string;
  readonly isFlag: boolean;
  readonly read: (text: string) => unknown;
  readonly fallback: unknown;
  readonly choices: readonly unknown[] | undefined;
  readonly envVar: string | undefined;
}

/** What the arguments may be read from, best first: the words of the command line, then variables. */
export interface ArgumentSources {
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Asks the locustfile for its own arguments and reads them: by name in camelCase, as `environment.parsedOptions` has
 * them. Throws UsageError `unknown-option` for a word nobody knows, `custom-argument` for a value that cannot be.
 */
export async function readCustomArguments(
  asked: EventHook<{ readonly parser: ArgumentParser }>,
  sources: ArgumentSources,
): Promise<Readonly<Record<string, unknown>>> {
  const parser = new CustomArguments();
  for (const listener of asked.listeners) {
    try {
      await listener({ parser });
    } catch (cause) {
      if (cause instanceof GateError) throw cause;
      throw new GateError("locustfile-throws", `a listener of initCommandLineParser threw: ${messageOf(cause)}`, {
        cause,
      });
    }
  }
  return parser.read(sources);
}

/** The arguments a locustfile added, in the manner of Python's `argparse`. */
export class CustomArguments implements ArgumentParser {
  readonly #byFlag = new Map<string, Argument>();

  addArgument(...given: readonly (string | Readonly<Record<string, unknown>> | undefined)[]): void {
    const flags = given.filter((part) => typeof part === "string");
    const options = given.find((part) => typeof part === "object") ?? {};
    const flag = flags.find((each) => each.startsWith("--")) ?? flags[0];
    if (flag === undefined || !flags.every((each) => /^--?[A-Za-z]/.test(each))) {
      throw new GateError(
        "custom-argument",
        `addArgument(${given.map(String).join(", ")}): the name must begin with --`,
        {
          hint: 'addArgument("--my-host", { default: "…", help: "…" })',
        },
      );
    }
    const { type, action, dest, choices, env_var: snake, envVar = snake } = options;
    const isFlag = type === "boolean" || type === Boolean || action === "store_true";
    const argument: Argument = {
      flag,
      name: typeof dest === "string" ? camelCase(dest) : camelCase(flag.replace(/^-+/, "")),
      isFlag,
      read: isFlag ? readYesOrNo : readerOf(type),
      fallback: options.default ?? (isFlag ? false : null),
      choices: Array.isArray(choices) ? choices : undefined,
      envVar: typeof envVar === "string" ? envVar : undefined,
    };
    for (const each of flags) this.#byFlag.set(each, argument);
  }

  read({ words, environment }: ArgumentSources): Readonly<Record<string, unknown>> {
    const values: Record<string, unknown> = {};
    const unknown: Problem[] = [];
    const wrong: Problem[] = [];
    const take = (argument: Argument, source: { where: string; text: string }) => {
      try {
        values[argument.name] = checked(argument, argument.read(source.text));
      } catch (error) {
        wrong.push({ where: source.where, message: messageOf(error) });
      }
    };
    for (const argument of this.#byFlag.values()) {
      values[argument.name] = argument.fallback;
      const text = argument.envVar === undefined ? undefined : environment[argument.envVar];
      if (text !== undefined && text !== "") take(argument, { where: argument.envVar as string, text });
    }
    for (let at = 0; at < words.length; at++) {
      const word = words[at] as string;
      const [flag, inline] = word.startsWith("--") && word.includes("=") ? cut(word) : [word, undefined];
      const argument = this.#byFlag.get(flag);
      if (!argument) {
        unknown.push({ where: flag, message: "there is no such option" });
        // Its value, if that is what comes next, is not blamed as well.
        while (words[at + 1]?.startsWith("-") === false) at++;
      } else if (argument.isFlag || inline !== undefined) {
        take(argument, { where: flag, text: inline ?? "true" });
      } else if (at + 1 < words.length) {
        take(argument, { where: flag, text: words[++at] as string });
      } else {
        wrong.push({ where: flag, message: "a value is missing" });
      }
    }
    if (unknown.length > 0) throw new UsageError([...unknown, ...wrong], "unknown-option");
    if (wrong.length > 0) throw new UsageError(wrong, "custom-argument");
    return values;
  }
}

function cut(word: string): [flag: string, value: string] {
  const at = word.indexOf("=");
  return [word.slice(0, at), word.slice(at + 1)];
}

function camelCase(name: string): string {
  return name.replace(/[-_]+([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `type` as argparse has it: a function of the text, or its name. */
function readerOf(type: unknown): (text: string) => unknown {
  if (type === Number || type === "number" || type === "float")
    return (text) => readNumber(text, Number.isFinite, "a number");
  if (type === "int") return (text) => readNumber(text, Number.isSafeInteger, "a whole number");
  if (typeof type === "function") return type as (text: string) => unknown;
  return (text) => text;
}

function readNumber(text: string, fits: (value: number) => boolean, what: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (fits(value)) return value;
  throw new Error(`must be ${what}; it is "${text}"`);
}

function readYesOrNo(text: string): boolean {
  if (/^(true|1|yes|on)$/i.test(text)) return true;
  if (/^(false|0|no|off)$/i.test(text)) return false;
  throw new Error(`must be true or false; it is "${text}"`);
}

function checked({ choices }: Argument, value: unknown): unknown {
  if (choices === undefined || choices.includes(value)) return value;
  throw new Error(`must be one of ${choices.join(", ")}; it is "${String(value)}"`);
}
