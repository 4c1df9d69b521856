import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { closest } from "fastest-levenshtein";
import { GateError, messageOf } from "../base/errors.ts";
import { permissionAdvice } from "../base/permission-advice.ts";
import { formatPlace, isUserFile, type Place, shownPath, userPlace } from "../base/user-place.ts";
import { codeFrame } from "./code-frame.ts";
import { loadCompiler } from "./compile.ts";
import type { FailedImport } from "./resolve-hooks.ts";
import { engineName } from "./resolve-local.ts";

interface Circumstances {
  /** The locustfile that was being loaded, absolute. */
  readonly file: string;
  readonly root: string;
  readonly engineUrl: string;
  readonly failedImport: FailedImport | undefined;
}

/** What was thrown while a locustfile was loaded, as an error for its author: place, code frame, remedy. */
export async function explainLoadFailure(error: unknown, circumstances: Circumstances): Promise<GateError> {
  const { file, root, engineUrl, failedImport } = circumstances;
  if (error instanceof GateError) return error;
  if (failedImport) return await missingModule(error, { failedImport, root });
  if (error instanceof SyntaxError) return await badLink(error, { file, root, engineUrl });
  const refused = permissionAdvice(error);
  const thrown =
    refused ?? (error instanceof Error ? `${error.name}: ${error.message}` : `${String(error)} was thrown`);
  return await describe("locustfile-throws", thrown, {
    place: userPlace(error instanceof Error ? error.stack : undefined),
    file,
    root,
    hint: "The locustfile threw while it was being loaded; nothing was sent.",
    cause: error,
  });
}

async function missingModule(
  error: unknown,
  { failedImport, root }: { failedImport: FailedImport; root: string },
): Promise<GateError> {
  const { specifier, parentUrl } = failedImport;
  const file = fileURLToPath(parentUrl);
  const refused = permissionAdvice(error);
  if (refused !== undefined) {
    return await describe("locustfile-throws", refused, {
      place: placeOfText(file, specifierPattern(specifier)),
      file,
      root,
      hint: "The import was refused; nothing was sent.",
      cause: error,
    });
  }
  const isOwn = /^[./]|^file:/.test(specifier);
  const isMissing = /Cannot find|ERR_MODULE_NOT_FOUND|ERR_UNSUPPORTED_DIR/.test(messageOf(error));
  const message = isMissing || isOwn ? `cannot find ${quote(specifier)}` : messageOf(error);
  return await describe("locustfile-import", message, {
    place: placeOfText(file, specifierPattern(specifier)),
    file,
    root,
    hint: isOwn
      ? "Paths are relative to the file that imports; .ts, .mts, .js, .mjs, .json and index files were tried."
      : `Install it before the run (npm ci), so that node_modules beside the locustfile has it.`,
    cause: error,
  });
}

/** A name that the imported module does not export, or JavaScript that cannot be parsed. */
async function badLink(
  error: SyntaxError,
  { file, root, engineUrl }: { file: string; root: string; engineUrl: string },
): Promise<GateError> {
  const where = /^(?:file:\/\/)?(\/[^\n]*?|[A-Za-z]:\\[^\n]*?):\d+\n/.exec(error.stack ?? "")?.[1];
  const inFile = where === undefined ? file : decodeURI(where);
  const missing = missingExport(error.message);
  if (missing) {
    const { name, specifier } = missing;
    const nearest = specifier === engineName ? closest(name, Object.keys(await import(engineUrl))) : undefined;
    return await describe("locustfile-import", `${quote(specifier)} does not export ${name}`, {
      place: placeOfImportedName(inFile, missing),
      file: inFile,
      root,
      hint: nearest === undefined ? `Check the spelling of ${name}.` : `Did you mean ${nearest}?`,
      cause: error,
    });
  }
  const parsed = isUserFile(inFile) ? await parseError(inFile, root) : undefined;
  if (parsed) return parsed;
  return await describe("locustfile-syntax", error.message, {
    place: undefined,
    file: inFile,
    root,
    hint: "Mend the syntax error; nothing was sent.",
    cause: error,
  });
}

function missingExport(message: string): { name: string; specifier: string } | undefined {
  const esm = /requested module '(.+)' does not provide an export named '(.+)'/.exec(message);
  if (esm) return { specifier: esm[1] as string, name: esm[2] as string };
  const cjs = /Named export '(.+)' not found\. The requested module '(.+)'/.exec(message);
  return cjs ? { name: cjs[1] as string, specifier: cjs[2] as string } : undefined;
}

/** Node names no column for JavaScript it cannot parse; the compiler does. */
async function parseError(file: string, root: string): Promise<GateError | undefined> {
  try {
    const compile = await loadCompiler();
    compile({ file, code: readFileSync(file, "utf8"), legacyDecorators: false, root });
  } catch (error) {
    if (error instanceof GateError) return error;
  }
  return undefined;
}

interface Details {
  readonly place: Place | undefined;
  /** Named when there is no place. */
  readonly file: string;
  readonly root: string;
  readonly hint: string;
  readonly cause: unknown;
}

async function describe(code: string, message: string, details: Details): Promise<GateError> {
  const { place, file, root, hint, cause } = details;
  const shown = place ? formatPlace(place, root) : shownPath(file, root);
  const frame = place ? await frameOf(place) : undefined;
  return new GateError(code, `${shown}: ${message}${frame ? `\n\n${frame}` : ""}`, { place: shown, hint, cause });
}

async function frameOf(place: Place): Promise<string | undefined> {
  try {
    return await codeFrame(readFileSync(place.file, "utf8"), place);
  } catch {
    return undefined;
  }
}

function placeOfText(file: string, pattern: RegExp): Place | undefined {
  const code = readFileSync(file, "utf8");
  const match = pattern.exec(code);
  return match ? placeAt({ file, code, offset: match.index + match[0].length - (match[1]?.length ?? 0) }) : undefined;
}

function placeOfImportedName(
  file: string,
  { name, specifier }: { name: string; specifier: string },
): Place | undefined {
  const code = readFileSync(file, "utf8");
  const statement = specifierPattern(specifier).exec(code);
  if (!statement) return undefined;
  const names = [...code.slice(0, statement.index).matchAll(new RegExp(`\\b${literal(name)}\\b`, "g"))];
  const offset = names.at(-1)?.index ?? statement.index;
  return placeAt({ file, code, offset });
}

/** Matches an import of `specifier`; group 1 is the quoted text, at the end of the match. */
function specifierPattern(specifier: string): RegExp {
  return new RegExp(`(?:from|import|require)\\s*\\(?\\s*(["']${literal(specifier)}["'])`);
}

function placeAt({ file, code, offset }: { file: string; code: string; offset: number }): Place {
  const before = code.slice(0, offset).split("\n");
  return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

function quote(text: string): string {
  return `"${text}"`;
}
