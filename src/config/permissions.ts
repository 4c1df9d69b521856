import * as z from "zod";
import { nearMiss, splitLines } from "./fields.ts";

/** What a locustfile may do beyond measuring; flags of Node without their dashes, the last two with a path. */
const switches = ["allow-child-process", "allow-worker", "allow-addons", "allow-wasi"] as const;
const paths = ["allow-fs-read=", "allow-fs-write="] as const;

/** A locustfile under Node's permission model. */
export interface LockedPermissions {
  /** What it may do nevertheless: `allow-worker`, `allow-fs-read=/data`. */
  readonly grants: readonly string[];
}

/** `locked`, and below it a line for everything that is allowed nevertheless. */
export const permissions = z
  .string()
  .trim()
  .transform((given, ctx): LockedPermissions => {
    const lines = splitLines(given.replaceAll(",", "\n"));
    const say = (message: string) => ctx.addIssue({ code: "custom", message });
    const grants = lines.filter((line) => line !== "locked");
    for (const line of grants) {
      if ((switches as readonly string[]).includes(line)) continue;
      const path = paths.find((prefix) => line.startsWith(prefix));
      if (path === undefined) say(`"${line}" is none of ${all.join(", ")}${nearMiss(line, all)}`);
      else if (line === path) say(`"${line}" names no path`);
    }
    if (grants.length === lines.length) say("only allows what nothing refuses; begin with the line locked");
    return { grants };
  });

const all = ["locked", ...switches, ...paths.map((prefix) => `${prefix}PATH`)];
