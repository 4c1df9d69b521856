import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import addFormatsModule from "ajv-formats";

type Schema = object | null;
interface Operation {
  readonly request: Schema;
  readonly responses: Readonly<Record<string, Schema>>;
}
interface Subset {
  readonly version: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

const addFormats = addFormatsModule as unknown as (ajv: Ajv) => void;
const subset = JSON.parse(readFileSync(new URL("openapi-subset.json", import.meta.url), "utf8")) as Subset;
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
addFormats(ajv);
// GitHub's own default for URLs that nobody gave is an empty text.
ajv.addFormat("uri", (text: string) => text === "" || URL.canParse(text));
ajv.addSchema({ $id: "github", components: subset.components });

const compiled = new Map<Schema, ValidateFunction>();

/** `{ref}`, `{basehead}` may contain slashes; every other parameter is one segment. */
const routes = Object.entries(subset.paths).map(([path, operations]) => ({
  path,
  operations,
  pattern: new RegExp(
    `^${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === "ref" || name === "basehead" ? ".+" : "[^/]+"))}$`,
  ),
}));

function problemsOf(schema: Schema, value: unknown): string[] {
  if (schema === null) return [];
  let validate = compiled.get(schema);
  if (validate === undefined) {
    const absolute = JSON.stringify(schema).replaceAll('"#/components', '"github#/components');
    validate = ajv.compile(JSON.parse(absolute) as object);
    compiled.set(schema, validate);
  }
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error) => `${error.instancePath || "/"} ${error.message ?? ""}`);
}

export interface Exchange {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly requestBody: unknown;
  readonly status: number;
  readonly responseBody: unknown;
}

/**
 * What in an exchange GitHub's own description does not allow: bodies we sent that it would refuse, and answers of the
 * emulator that it would never give. Paths outside the committed subset are not judged.
 */
export function openApiProblems(exchange: Exchange): string[] {
  const route = routes.find(({ pattern }) => pattern.test(exchange.path));
  const operation = route?.operations[exchange.method.toLowerCase()];
  if (route === undefined || operation === undefined) return [];
  const where = `${exchange.method} ${route.path}`;
  const out: string[] = [];
  if (exchange.status < 400) {
    for (const problem of problemsOf(operation.request, exchange.requestBody ?? {}))
      out.push(`${where} request: ${problem}`);
  }
  const schema = operation.responses[String(exchange.status)];
  if (schema !== undefined) {
    for (const problem of problemsOf(schema, exchange.responseBody))
      out.push(`${where} ${exchange.status}: ${problem}`);
  }
  return out;
}
