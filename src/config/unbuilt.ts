import { type Problem, UsageError } from "../base/errors.ts";
import type { GateConfig } from "./gate-config.ts";
import type { SettingName, Settings } from "./settings.ts";

/** A value that the contract names and the program does not have yet. */
interface Unbuilt {
  readonly name: SettingName;
  readonly isAsked: (value: never) => boolean;
  /** What is missing, to follow "not yet:". */
  readonly what: string;
}

function unbuilt<N extends SettingName>(name: N, what: string, isAsked: (value: Settings[N]) => boolean): Unbuilt {
  return { name, what, isAsked: isAsked as (value: never) => boolean };
}

const anything = (value: unknown) => value !== null;

const table: readonly Unbuilt[] = [
  unbuilt("mode", "this mode", (value) => value === "merge"),
  unbuilt("shard", "running in shards", anything),
  unbuilt("results", "judging results of another run", (value) => value.length > 0),
];

/**
 * Nothing is silently ignored: a value somebody set that is not built fails with "not yet"; a default that is not
 * built is told, one line each.
 */
export function refuseUnbuilt({ settings, given }: GateConfig): string[] {
  const problems: Problem[] = [];
  const notices: string[] = [];
  for (const { name, isAsked, what } of table) {
    const value = settings[name];
    if (!isAsked(value as never)) continue;
    const shown = typeof value === "string" ? `"${value}"` : String(value);
    if (given.has(name)) problems.push({ where: name, message: `${shown}: not yet: ${what} is not built yet` });
    else notices.push(`${name}: ${shown} is the default and not built yet (${what}); the run goes on without it`);
  }
  if (problems.length > 0) throw new UsageError(problems, "not-yet");
  return notices;
}
