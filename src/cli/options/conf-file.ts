import { parse as parseToml } from "smol-toml";
import { GateError, messageOf } from "../../base/errors.ts";

/** What a configuration file of Locust's says, by the option's long name; a list stays a list. */
export type ConfEntries = ReadonlyMap<string, string | readonly string[]>;

/**
 * Reads `locust.conf` (ConfigArgParse's default format): `key = value`, `key: value`, `key value`, `--key value`, a
 * bare key for a flag, `[a, b]` for a list, comments with `#` or `;`. Keys may be written with dashes or underscores.
 */
export function parseConf(text: string, source: string): ConfEntries {
  const entries = new Map<string, string | readonly string[]>();
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.replace(/(^|\s)[#;].*$/, "").trim();
    if (line === "" || /^\[[^\],]*\]$/.test(line) || line === "---") continue;
    const match = /^(?:--)?([A-Za-z][\w-]*)(?:\s*[=:]\s*|\s+|$)(.*)$/.exec(line);
    if (!match) {
      throw new GateError("conf-unreadable", `"${line}" is not of the form "key = value"`, {
        place: `${source}:${index + 1}:1`,
        hint: "write one option per line, as in: users = 100",
      });
    }
    const [, key = "", value = ""] = match;
    const list = /^\[(.*)\]$/.exec(value);
    entries.set(
      key.replaceAll("_", "-"),
      list ? (list[1] as string).split(",").map((item) => unquoted(item.trim())) : unquoted(value.trim()),
    );
  }
  return entries;
}

/** Reads `[tool.locust]` of a `pyproject.toml`, or the whole of any other TOML file. */
export function parseTomlConf(text: string, source: string): ConfEntries {
  let document: Record<string, unknown>;
  try {
    document = parseToml(text);
  } catch (cause) {
    throw new GateError("conf-unreadable", `${source}: ${messageOf(cause).split("\n")[0]}`, { cause });
  }
  const tool = document.tool as Record<string, unknown> | undefined;
  const table = (source.endsWith("pyproject.toml") ? tool?.locust : document) as Record<string, unknown> | undefined;
  return new Map(
    Object.entries(table ?? {}).map(([key, value]) => [
      key.replaceAll("_", "-"),
      Array.isArray(value) ? value.map(String) : String(value),
    ]),
  );
}

function unquoted(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
}
