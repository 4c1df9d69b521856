import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type ParseResult, parse } from "@babel/parser";

/** Something that `src/index.ts` exports, or a public member of it, with what is written above it. */
export interface PublicName {
  /** `HttpClient`, `HttpClient.get` */
  readonly name: string;
  /** Where it is declared, as `file:line`. */
  readonly place: string;
  /** The doc comment without its stars; empty where there is none. */
  readonly doc: string;
  readonly isMember: boolean;
}

type Statement = ParseResult["program"]["body"][number];

interface Documented {
  readonly leadingComments?: readonly { readonly type: string; readonly value: string }[] | null;
  readonly loc?: { readonly start: { readonly line: number } } | null;
}

interface Member extends Documented {
  readonly type: string;
  readonly key?: { readonly type: string; readonly name?: string; readonly value?: unknown };
  readonly accessibility?: string | null;
  readonly override?: boolean | null;
  readonly computed?: boolean;
}

function docOf({ leadingComments }: Documented): string {
  const last = (leadingComments ?? []).findLast(({ type, value }) => type === "CommentBlock" && value.startsWith("*"));
  return (last?.value ?? "")
    .slice(1)
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, ""))
    .join("\n")
    .trim();
}

/** The names that index.ts exports, by the file that declares them. */
function exportsOf(index: string): Map<string, string[]> {
  const files = new Map<string, string[]>();
  for (const [, names = "", file = ""] of readFileSync(index, "utf8").matchAll(
    /export (?:type )?\{([^}]*)\} from "([^"]+)"/g,
  )) {
    const own = names.split(",").map((name) => name.trim().replace(/^type /, ""));
    files.set(
      join(dirname(index), file),
      own.filter((name) => name !== ""),
    );
  }
  return files;
}

function membersOf(declaration: unknown): Member[] {
  const { type, body } = declaration as { type: string; body?: { body?: Member[] } };
  return (type === "ClassDeclaration" || type === "TSInterfaceDeclaration") && body?.body ? body.body : [];
}

function memberName({ type, key, accessibility, override, computed }: Member): string | undefined {
  if (computed || override || accessibility === "private" || accessibility === "protected") return undefined;
  if (type === "ClassPrivateProperty" || type === "ClassPrivateMethod" || key?.type === "PrivateName") return undefined;
  const name = key?.name ?? (typeof key?.value === "string" ? key.value : undefined);
  return name === "constructor" || name?.startsWith("_") ? undefined : name;
}

/** Every name and member that a locustfile's author sees in an editor; the first of several overloads. */
export function publicNames(index: string): PublicName[] {
  return [...exportsOf(index)].flatMap(([file, names]) => publicNamesOf(file, names));
}

/** The file that `name` is only passed on from; undefined where it is not. */
function exportsIn(file: string, name: string): string | undefined {
  return [...exportsOf(file)].find(([, names]) => names.includes(name))?.[0];
}

function publicNamesOf(file: string, names: readonly string[]): PublicName[] {
  const { program } = parse(readFileSync(file, "utf8"), {
    sourceType: "module",
    plugins: ["typescript"],
    attachComment: true,
  });
  return names.flatMap((name) => namesOf(program.body, { name, file }));
}

function namesOf(body: readonly Statement[], { name, file }: { name: string; file: string }): PublicName[] {
  const found = body.find((statement) => declaredName(statement) === name);
  const elsewhere = found ? undefined : exportsIn(file, name);
  if (elsewhere !== undefined) return publicNamesOf(elsewhere, [name]);
  if (!found) return [{ name, place: file, doc: "", isMember: false }];
  const place = (node: Documented) => `${file}:${node.loc?.start.line ?? 0}`;
  const own = { name, place: place(found), doc: docOf(found as Documented), isMember: false };
  const seen = new Set<string>();
  const declaration = "declaration" in found && found.declaration ? found.declaration : found;
  const members = membersOf(declaration).flatMap((member): PublicName[] => {
    const short = memberName(member);
    if (short === undefined || seen.has(short)) return [];
    seen.add(short);
    return [{ name: `${name}.${short}`, place: place(member), doc: docOf(member), isMember: true }];
  });
  return [own, ...members];
}

function declaredName(statement: Statement): string | undefined {
  if (statement.type !== "ExportNamedDeclaration" || !statement.declaration) return undefined;
  const { declaration } = statement;
  if (declaration.type === "VariableDeclaration") {
    const [first] = declaration.declarations;
    return first?.id.type === "Identifier" ? first.id.name : undefined;
  }
  return "id" in declaration && declaration.id?.type === "Identifier" ? declaration.id.name : undefined;
}

/** The code of every `@example` in a doc comment. */
export function examplesOf(doc: string): string[] {
  return [...doc.matchAll(/@example[^\n]*\n```ts\n([\s\S]*?)\n```/g)].map(([, code = ""]) => code);
}
