import { GateError, UsageError } from "../base/errors.ts";
import { defaultConfiguration, findConfiguration } from "../config/find-configuration.ts";
import { type GateConfig, gateConfig } from "../config/gate-config.ts";
import { Problems } from "../config/problems.ts";
import { adviceFor } from "../github/api-advice.ts";
import type { GitHubClient } from "../github/client.ts";
import type { GitHubContext } from "../github/context.ts";
import { type RawInputs, readInputs } from "../github/inputs.ts";
import { readRepositoryFile } from "../github/repository-file.ts";
import { type Configuration, parseConfiguration } from "../slo/configuration.ts";
import { rulesChanged } from "../slo/rule-changes.ts";
import { type ThresholdChange, thresholdsChanged } from "../slo/threshold-changes.ts";
import { githubClient } from "./github-client.ts";

interface Asking {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  readonly context: GitHubContext;
  readonly log: (text: string) => void;
}

/**
 * Inputs and the configuration file together; the problems of both are told at once, before anybody is called. On a
 * pull request the file of the base commit is read too: to go by (`config-ref: base`), or to tell what was changed.
 */
export async function readConfiguration(
  asking: Asking,
): Promise<{ readonly config: GateConfig; readonly client: GitHubClient | undefined }> {
  const { env, directory, context } = asking;
  const inputs = readInputs(env);
  const named = inputs.values.get("config") ?? null;
  const base = baseCommit(context);
  const goesByBase = inputs.values.get("config-ref") === "base" && base !== null;
  const problems = new Problems();
  problems.add(...inputs.problems);
  const head = goesByBase ? null : (problems.attempt(() => findConfiguration({ directory, named })) ?? null);
  const read = problems.attempt(() => together(inputs, head));
  problems.throwAny();
  const config = read as GateConfig;
  const client = await githubClient({ token: inputs.values.get("github-token") ?? "", context, env });
  if (base === null) return { config, client };
  const path = named ?? defaultConfiguration;
  const before = await baseConfiguration({ ...asking, client, path, sha: base, isNeeded: goesByBase });
  const after = goesByBase ? quietly(() => findConfiguration({ directory, named })) : head;
  const changed = before === undefined ? [] : changesOf(before, after);
  return { config: { ...(goesByBase ? together(inputs, before ?? null) : config), changed }, client };
}

/** The commit a pull request, or a merge queue's group, is to be put on. */
function baseCommit({ pullRequest, eventName, baseSha }: GitHubContext): string | null {
  return pullRequest !== undefined || eventName === "merge_group" ? (baseSha ?? null) : null;
}

function together(inputs: RawInputs, file: Configuration | null): GateConfig {
  return gateConfig({
    layers: [{ values: inputs.values, spell: (name) => name }],
    file,
    defaults: {},
    promiseByDefault: true,
    secrets: [inputs.values.get("github-token") ?? ""],
  });
}

/** Null: the base has no such file. Undefined: it could not be read and is not needed. */
async function baseConfiguration({
  client,
  context,
  path,
  sha,
  isNeeded,
  log,
}: Asking & {
  readonly client: GitHubClient | undefined;
  readonly path: string;
  readonly sha: string;
  readonly isNeeded: boolean;
}): Promise<Configuration | null | undefined> {
  const place = `${path}@${sha.slice(0, 7)}`;
  try {
    if (!client) throw new Error("there is no github-token to read it with");
    const { owner, repo } = context;
    const text = await readRepositoryFile({ client, owner, repo, path, sha });
    return text === undefined ? null : parseConfiguration(text, isNeeded ? place : path);
  } catch (error) {
    if (error instanceof UsageError && isNeeded) throw error;
    const why = adviceFor(error, { what: `read ${place}`, permission: "contents: read" });
    if (isNeeded) throw new GateError("config-base-unreadable", why, { place: "config-ref" });
    if (client) log(`${why}; whether this pull request changes promises is not told`);
    return undefined;
  }
}

/** The pull request's own file where it is not gone by: whatever is wrong with it is no matter. */
function quietly(find: () => Configuration | null): Configuration | null {
  try {
    return find();
  } catch (error) {
    if (error instanceof GateError) return null;
    throw error;
  }
}

function changesOf(before: Configuration | null, after: Configuration | null): ThresholdChange[] {
  const rules = before && after ? rulesChanged(before, after) : [];
  // A file that appears or goes is one change for each promise in it.
  return [...thresholdsChanged(before?.thresholds ?? [], after?.thresholds ?? []), ...rules];
}
