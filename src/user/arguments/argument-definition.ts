import { GateError, messageOf, type Problem } from "../../base/errors.ts";

/** One argument of a locustfile's own. */
export interface OwnArgument {
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
  /** What it is for; empty if it does not say. */
  readonly help: string;
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

/** Throws GateError `custom-argument` for a definition that makes no sense. */
export function argumentOf(
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
    help: typeof options.help === "string" ? options.help : "",
  };
}

/** `--my-size, -m <value>` and what is to be known of it, as two columns of a help page. */
export function helpOf({ flags, takes, choices, required, fallback, variable, help }: OwnArgument): [string, string] {
  const value = { one: " <value>", many: " <value...>", nothing: "", truth: " [true|false]" }[takes];
  const facts = [
    ...(required ? ["required"] : []),
    ...(choices ? [`one of ${choices.join(", ")}`] : []),
    ...(fallback === null || fallback === false ? [] : [`default: ${JSON.stringify(fallback)}`]),
    `env: ${variable}`,
  ];
  return [`${flags.join(", ")}${value}`, `${help}${help === "" ? "" : " "}(${facts.join("; ")})`];
}

/** The value of what was said; what cannot be is added to `problems`. */
export function readValue(
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
