import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { GateError } from "../base/errors.ts";
import { shownPath } from "../base/user-place.ts";
import { findFile, statOf } from "./resolve-local.ts";

/** Looked for in this order when no locustfile is named. */
export const defaultLocustfiles = [
  "locustfile.ts",
  "locustfile.mts",
  "locustfile.js",
  "locustfile.mjs",
  "locustfile.py",
] as const;

const loadable = /\.(?:[cm]?[jt]s|py)$/;

/**
 * The files a user named, or the default one: absolute paths, directories opened, in the order given.
 * Throws GateError `locustfile-missing`, `locustfile-unknown-kind` or `python-not-yet`.
 */
export function findLocustfiles(paths: readonly string[], options: { cwd: string }): string[] {
  const { cwd } = options;
  const named = paths.length > 0 ? paths.flatMap((path) => locate(path, cwd)) : [defaultFile(cwd)];
  const files = [...new Set(named)];
  const python = files.find((file) => file.endsWith(".py"));
  if (python !== undefined) throw pythonNotYet(shownPath(python, cwd));
  return files;
}

function defaultFile(cwd: string): string {
  for (const name of defaultLocustfiles) {
    const file = findExact(join(cwd, name));
    if (file) return file;
  }
  throw new GateError("locustfile-missing", `no locustfile in ${cwd}: looked for ${defaultLocustfiles.join(", ")}`, {
    hint: "Name it with `locustfile` (the action) or -f (the command line), or write one with `swarmgate init`.",
    place: cwd,
  });
}

function locate(path: string, cwd: string): string[] {
  const absolute = resolve(cwd, path);
  const stat = statOf(absolute);
  if (stat?.isDirectory()) return filesIn(absolute, cwd);
  const file = stat?.isFile() ? findFile(absolute) : (findFile(absolute) ?? findExact(`${absolute}.py`));
  if (file === undefined) {
    throw new GateError("locustfile-missing", `${path}: there is no such file or directory in ${cwd}`, {
      hint: "Paths are relative to the directory the command is run in; was the repository checked out?",
      place: path,
    });
  }
  if (!loadable.test(file)) {
    throw new GateError("locustfile-unknown-kind", `${path}: not a locustfile`, {
      hint: "A locustfile ends in .ts, .mts, .js, .mjs or .py.",
      place: path,
    });
  }
  return [file];
}

/** All of a directory, deep, in alphabetical order; `_`-prefixed and hidden names, tests and packages left out. */
function filesIn(directory: string, cwd: string): string[] {
  const files = walk(directory);
  const scripts = files.filter((file) => !file.endsWith(".py"));
  if (files.length === 0) {
    throw new GateError("locustfile-missing", `${shownPath(directory, cwd)}: no locustfile in this directory`, {
      hint: "Looked for .ts, .mts, .js and .mjs files whose names do not begin with _, tests left out.",
      place: shownPath(directory, cwd),
    });
  }
  return scripts.length > 0 ? scripts : files;
}

function walk(directory: string): string[] {
  const entries = readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(directory, entry.name);
    if (/^[._]/.test(entry.name) || entry.name === "node_modules") return [];
    const stat = statOf(path);
    if (stat?.isDirectory()) return walk(path);
    const wanted = /\.(?:[cm]?[jt]s|py)$/.test(entry.name) && !/\.d\.[cm]?ts$|\.(?:test|spec)\.[cm]?[jt]s$/.test(path);
    const file = wanted && stat?.isFile() ? findExact(path) : undefined;
    return file ? [file] : [];
  });
}

function findExact(path: string): string | undefined {
  return statOf(path)?.isFile() ? findFile(path) : undefined;
}

function pythonNotYet(shown: string): GateError {
  return new GateError(
    "python-not-yet",
    `${shown}: a Python locustfile is run by Locust itself, and that is not built yet`,
    {
      hint: "Run it with Locust and hand its --csv prefix to `results`, or write it in TypeScript: docs/migrating-from-locust.md shows both.",
      place: shown,
    },
  );
}
