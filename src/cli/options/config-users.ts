import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { UsageError } from "../../base/errors.ts";
import type { RunExtras } from "../../gate/load.ts";
import { camelCase } from "../../user/arguments/argument-definition.ts";
import type { Terminal } from "../terminal.ts";

/** `--config-users`: JSON texts or files, each an object or a list of them, in Locust's snake_case. */
export async function readConfigUsers(
  text: string | undefined,
  { directory }: Terminal,
): Promise<RunExtras["configUsers"]> {
  if (text === undefined) return [];
  const out: RunExtras["configUsers"][number][] = [];
  for (const item of text.split("\n")) {
    const isFile = !/^\s*[[{]/.test(item);
    let value: unknown;
    try {
      value = JSON.parse(isFile ? await readFile(resolve(directory, item), "utf8") : item);
    } catch (cause) {
      throw new UsageError([
        {
          where: "--config-users",
          message: `"${item.slice(0, 60)}" is neither JSON nor a file of it (${cause instanceof Error ? cause.message : cause})`,
        },
      ]);
    }
    for (const entry of Array.isArray(value) ? value : [value]) {
      const { user_class_name: name, ...attributes } = entry as Record<string, unknown>;
      if (typeof name !== "string") {
        throw new UsageError([{ where: "--config-users", message: 'an entry has no "user_class_name"' }]);
      }
      const camel = Object.entries(attributes).map(([key, each]) => [camelCase(key), each]);
      out.push({ userClassName: name, ...Object.fromEntries(camel) });
    }
  }
  return out;
}
