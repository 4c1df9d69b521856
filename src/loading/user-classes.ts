import { readFileSync } from "node:fs";
import { closest } from "fastest-levenshtein";
import { GateError } from "../base/errors.ts";
import { formatPlace, shownPath } from "../base/user-place.ts";
import { isAbstract, isShapeClass, isUserClass } from "../user/brand.ts";
import type { ShapeClass } from "../user/shapes/shape.ts";
import type { UserClass } from "../user/user.ts";

/** What the locustfiles export that a run can use. */
export interface LoadedClasses {
  /** In alphabetical order of their names, as Locust distributes them. */
  readonly userClasses: readonly UserClass[];
  readonly shapeClasses: readonly ShapeClass[];
}

interface LoadedModule {
  /** Absolute path. */
  readonly file: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

type Named = { readonly name: string };

/**
 * The exported classes of the locustfiles, abstract ones left out. One class exported twice is one class; two classes
 * of one name are an error. Throws GateError `duplicate-user-class` or `no-user-class`.
 */
export function collectClasses(modules: readonly LoadedModule[], { root }: { root: string }): LoadedClasses {
  const users = new Map<string, Found<UserClass>>();
  const shapes = new Map<string, Found<ShapeClass>>();
  let abstract = 0;
  for (const { file, exports } of modules) {
    for (const value of exportedValues(exports)) {
      const isUser = isUserClass(value);
      if (!isUser && !isShapeClass(value)) continue;
      // The brands say what it is; copies of this package do not share types.
      if (isAbstract(value as object)) abstract += isUser ? 1 : 0;
      else if (isUser) addClass(users, { value: value as UserClass, file, root });
      else addClass(shapes, { value: value as ShapeClass, file, root });
    }
  }
  if (users.size === 0) throw noUserClass(modules, { abstract, root });
  return { userClasses: inOrder(users), shapeClasses: inOrder(shapes) };
}

/** The classes a user named, in the order of `classes`; all if none is named. Throws `unknown-user-class`. */
export function selectUserClasses<U extends Named>(classes: readonly U[], names: readonly string[]): readonly U[] {
  const known = classes.map((userClass) => userClass.name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const nearest = closest(unknown[0] as string, known);
    throw new GateError("unknown-user-class", `no user class named ${unknown.join(", ")}`, {
      hint: `Did you mean ${nearest}? The locustfile exports ${known.join(", ")}.`,
      place: "user-classes",
    });
  }
  return names.length === 0 ? classes : classes.filter((userClass) => names.includes(userClass.name));
}

interface Found<T> {
  readonly value: T;
  readonly file: string;
}

/** CommonJS files export one object as `default`; its members count as exports. */
function exportedValues(exports: Readonly<Record<string, unknown>>): unknown[] {
  const fallback = exports.default;
  const members = typeof fallback === "object" && fallback !== null ? Object.values(fallback) : [];
  return [...Object.values(exports), ...members];
}

function addClass<T extends Named>(found: Map<string, Found<T>>, { value, file, root }: Found<T> & { root: string }) {
  const other = found.get(value.name);
  if (other === undefined) found.set(value.name, { value, file });
  else if (other.value !== value) {
    const [here, there] = [shownPath(file, root), shownPath(other.file, root)];
    const where = here === there ? `twice in ${here}` : `in ${there} and in ${here}`;
    throw new GateError("duplicate-user-class", `two classes are named ${value.name}: ${where}`, {
      hint: "Rename one of them: statistics and --user-classes know classes by name.",
      place: here,
    });
  }
}

function inOrder<T extends Named>(found: ReadonlyMap<string, Found<T>>): T[] {
  return [...found.values()].map(({ value }) => value).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function noUserClass(
  modules: readonly LoadedModule[],
  { abstract, root }: { abstract: number; root: string },
): GateError {
  const files = modules.map(({ file }) => shownPath(file, root)).join(", ");
  for (const { file } of modules) {
    const hidden = unexportedClass(file);
    if (!hidden) continue;
    const place = formatPlace({ file, ...hidden }, root);
    return new GateError("no-user-class", `${place}: class ${hidden.name} is not exported`, {
      hint: `Write \`export class ${hidden.name}\`: only exported classes run.`,
      place,
    });
  }
  const reason = abstract > 0 ? "every user class is abstract" : "no user class";
  return new GateError("no-user-class", `${files}: ${reason}`, {
    hint: "Export a class that extends User or HttpUser, without `static abstract = true`.",
    place: files,
  });
}

/** A class of the file that looks like a user but lacks `export`, for the hint alone. */
function unexportedClass(file: string): { name: string; line: number; column: number } | undefined {
  const lines = readFileSync(file, "utf8").split("\n");
  for (const [index, line] of lines.entries()) {
    const match = /^(\s*)class\s+(\w+)\s+extends\s+\w*User\b/.exec(line);
    if (match) return { name: match[2] as string, line: index + 1, column: (match[1] as string).length + 1 };
  }
  return undefined;
}
