import { GateError, UsageError } from "../base/errors.ts";
import { defaultConfiguration, findConfiguration } from "../config/find-configuration.ts";
import { type GateConfig, gateConfig } from "../config/gate-config.ts";
import { Problems } from "../config/problems.ts";
import { adviceFor } from "../github/api/api-advice.ts";
import type { GitHubClient } from "../github/api/client.ts";
import type { GitHubContext } from "../github/event/context.ts";
import { type RawInputs, readInputs } from "../github/inputs.ts";
import { type Configuration, parseConfiguration } from "../slo/configuration.ts";
import { BaseSide, baseCommit } from "./base-side.ts";
import { githubClient } from "./github/client.ts";

interface Asking {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  readonly context: GitHubContext;
}

/** The configuration a run goes by, and what it takes to hold it against the base's. */
export interface ReadConfiguration {
  readonly config: GateConfig;
  readonly client: GitHubClient | undefined;
  /** What a pull request is to be put on; null outside of one, and without a token to ask with. */
  readonly base: BaseSide | null;
  /** The configuration file's path in the repository. */
  readonly path: string;
  /** The configuration with another file in the place of the one that is gone by; null for none. */
  readonly withFile: (file: Configuration | null) => GateConfig;
}

/**
 * Inputs and the configuration file together; the problems of both are reported at once, before anybody is called.
 * With `config-ref: base` the file is that of the commit a pull request is to be put on.
 */
export async function readConfiguration({ env, directory, context }: Asking): Promise<ReadConfiguration> {
  const inputs = readInputs(env);
  const named = inputs.values.get("config") ?? null;
  const path = named ?? defaultConfiguration;
  const sha = baseCommit(context);
  const goesByBase = inputs.values.get("config-ref") === "base" && sha !== null;
  const problems = new Problems();
  problems.add(...inputs.problems);
  const file = goesByBase ? null : (problems.attempt(() => findConfiguration({ directory, named })) ?? null);
  const withFile = (other: Configuration | null) => together(inputs, other);
  const read = problems.attempt(() => withFile(file));
  problems.throwAny();
  const client = await githubClient({ token: inputs.values.get("github-token") ?? "", context, env });
  const base = sha === null || !client ? null : new BaseSide(client, context, sha);
  const config = goesByBase ? withFile(await neededFile(base, path)) : (read as GateConfig);
  return { config, client, base, path, withFile };
}

function together(inputs: RawInputs, file: Configuration | null): GateConfig {
  return gateConfig({
    layers: [{ values: inputs.values, spell: (name) => name }],
    file,
    defaults: {},
    promiseByDefault: true,
    fileMayRaise: false,
    secrets: [inputs.values.get("github-token") ?? ""],
  });
}

async function neededFile(base: BaseSide | null, path: string): Promise<Configuration | null> {
  try {
    if (!base) throw new Error("there is no github-token to read it with");
    return await baseConfiguration(base, path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const what = `read ${path}@${base?.sha.slice(0, 7) ?? "base"}`;
    const why = adviceFor(error, { what, permission: "contents: read" });
    throw new GateError("config-base-unreadable", why, { place: "config-ref" });
  }
}

/** The configuration file of the base; null where it has none. */
export async function baseConfiguration(base: BaseSide, path: string): Promise<Configuration | null> {
  const text = await base.files.text(path);
  return text === undefined ? null : parseConfiguration(text, `${path}@${base.sha.slice(0, 7)}`);
}
