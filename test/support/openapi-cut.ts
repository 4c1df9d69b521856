/**
 * Cuts the part of GitHub's OpenAPI description that the tests hold the emulator and our requests against.
 *
 *   npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-23.0.2.tgz package/generated/api.github.com.json
 *   npx node test/support/openapi-cut.ts package/generated/api.github.com.json test/support/openapi-subset.json
 */
import { readFileSync, writeFileSync } from "node:fs";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

const wanted: Readonly<Record<string, readonly string[]>> = {
  "/user": ["get"],
  "/repos/{owner}/{repo}/issues/{issue_number}/comments": ["get", "post"],
  "/repos/{owner}/{repo}/issues/comments/{comment_id}": ["get", "patch", "delete"],
  "/repos/{owner}/{repo}/pulls": ["get"],
  "/repos/{owner}/{repo}/pulls/{pull_number}": ["get"],
  "/repos/{owner}/{repo}/commits/{commit_sha}/pulls": ["get"],
  "/repos/{owner}/{repo}/commits/{commit_sha}/branches-where-head": ["get"],
  "/repos/{owner}/{repo}/compare/{basehead}": ["get"],
  "/repos/{owner}/{repo}/deployments": ["get"],
  "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses": ["get"],
  "/repos/{owner}/{repo}/statuses/{sha}": ["post"],
  "/repos/{owner}/{repo}/check-runs": ["post"],
  "/repos/{owner}/{repo}/check-runs/{check_run_id}": ["patch"],
  "/repos/{owner}/{repo}/actions/runs": ["get"],
  "/repos/{owner}/{repo}/actions/runs/{run_id}": ["get"],
  "/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts": ["get"],
  "/repos/{owner}/{repo}/actions/artifacts": ["get"],
  "/repos/{owner}/{repo}/actions/caches": ["get"],
  "/repos/{owner}/{repo}/git/ref/{ref}": ["get"],
  "/repos/{owner}/{repo}/git/refs": ["post"],
  "/repos/{owner}/{repo}/git/refs/{ref}": ["patch"],
  "/repos/{owner}/{repo}/git/blobs": ["post"],
  "/repos/{owner}/{repo}/git/trees": ["post"],
  "/repos/{owner}/{repo}/git/commits": ["post"],
};

const talk = new Set(["description", "example", "examples", "title", "summary", "externalDocs", "x-github"]);

/** The schema without prose. Keys under `properties` are names, not keywords, and all stay. */
function bare(schema: Json, namesHere = false): Json {
  if (Array.isArray(schema)) return schema.map((item) => bare(item));
  if (schema === null || typeof schema !== "object") return schema;
  const out: JsonObject = {};
  for (const [key, value] of Object.entries(schema)) {
    if (!namesHere && talk.has(key)) continue;
    if (!namesHere && (key === "enum" || key === "required" || key === "default")) out[key] = value;
    else out[key] = bare(value, !namesHere && key === "properties");
  }
  return namesHere ? out : withNull(out);
}

/** OpenAPI 3.0 says `nullable`; JSON Schema has null among the types and the values. */
function withNull(schema: JsonObject): Json {
  const { nullable, ...rest } = schema;
  if (nullable !== true) return rest;
  if (typeof rest.type !== "string") return { anyOf: [rest, { type: "null" }] };
  const values = Array.isArray(rest.enum) && !rest.enum.includes(null) ? { enum: [...rest.enum, null] } : {};
  return { ...rest, ...values, type: [rest.type, "null"] };
}

function asObject(value: Json | undefined): JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
}

const [source = "", target = ""] = process.argv.slice(2);
const full = asObject(JSON.parse(readFileSync(source, "utf8")) as Json);
const schemas = asObject(asObject(full.components).schemas);
const responses = asObject(asObject(full.components).responses);
const kept: JsonObject = {};

function follow(value: Json): void {
  if (Array.isArray(value)) value.forEach(follow);
  else if (value !== null && typeof value === "object") {
    for (const [key, inner] of Object.entries(value)) {
      const name =
        key === "$ref" && typeof inner === "string" ? /^#\/components\/schemas\/(.+)$/.exec(inner)?.[1] : undefined;
      if (name === undefined) follow(inner);
      else if (!(name in kept)) {
        kept[name] = bare(schemas[name] ?? {});
        follow(kept[name]);
      }
    }
  }
}

const paths: JsonObject = {};
for (const [path, methods] of Object.entries(wanted)) {
  const operations: JsonObject = {};
  for (const method of methods) {
    const operation = asObject(asObject(asObject(full.paths)[path])[method]);
    if (Object.keys(operation).length === 0) throw new Error(`no ${method} ${path} in ${source}`);
    const request = asObject(asObject(asObject(operation.requestBody).content)["application/json"]).schema ?? null;
    const answers: JsonObject = {};
    for (const [status, raw] of Object.entries(asObject(operation.responses))) {
      const reference = asObject(raw).$ref;
      const answer =
        typeof reference === "string" ? asObject(responses[reference.split("/").at(-1) ?? ""]) : asObject(raw);
      const schema = asObject(asObject(answer.content)["application/json"]).schema;
      answers[status] = schema === undefined ? null : bare(schema);
    }
    operations[method] = { request: bare(request), responses: answers };
    follow(operations[method]);
  }
  paths[path] = operations;
}
const version = asObject(full.info).version ?? null;
writeFileSync(target, `${JSON.stringify({ version, paths, components: { schemas: kept } })}\n`);
