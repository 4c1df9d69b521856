import { resolve } from "node:path";
import { GateError, messageOf } from "../base/errors.ts";
import { readRegularFile } from "../base/regular-file.ts";
import { findConfiguration } from "../config/find-configuration.ts";
import type { GateChange } from "../config/gate-config.ts";
import { gateChanges } from "../gate/gate-changes.ts";
import type { GateDifference } from "../gate/gate-context.ts";
import { adviceFor } from "../github/api/api-advice.ts";
import type { GitHubContext } from "../github/event/context.ts";
import { largestConfiguration } from "../slo/configuration.ts";
import { type BaseSide, baseCommit } from "./base-side.ts";
import { loadTestChanges } from "./load-test-changes.ts";
import { baseConfiguration, type ReadConfiguration } from "./read-configuration.ts";

interface Asking {
  readonly read: ReadConfiguration;
  readonly context: GitHubContext;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
}

export const noDifference: GateDifference = { changes: [], notices: [] };

/**
 * What a pull request changes about the gate that is to judge it: its effective configuration beside the base's, and
 * the files of the load test. Nothing of it is needed to measure. Never throws: what cannot be found out is a notice.
 */
export async function gateDifference(asking: Asking): Promise<GateDifference> {
  const { read, context } = asking;
  if (baseCommit(context) === null) return noDifference;
  if (read.base === null) return unknown("there is no github-token to read the base with");
  try {
    const [ofConfiguration, ofFiles] = await Promise.all([
      configurationChanges(asking, read.base),
      fileChanges(asking, read.base),
    ]);
    return { changes: [...ofConfiguration, ...ofFiles], notices: [] };
  } catch (error) {
    const what = `read the base commit ${read.base.sha.slice(0, 7)}`;
    return unknown(
      error instanceof GateError ? messageOf(error) : adviceFor(error, { what, permission: "contents: read" }),
    );
  }
}

/** What is reported where nobody could find out. */
export function unknown(why: string): GateDifference {
  return { changes: [], notices: [`whether this pull request changes its own gate is not known: ${why}`] };
}

async function configurationChanges(
  { read, directory }: Asking,
  base: BaseSide,
): Promise<(GateChange & { readonly inEffect: boolean })[]> {
  const { config, path } = read;
  const inEffect = config.settings["config-ref"] !== "base";
  const own = textOf(resolve(directory, path));
  if (own !== null && (await base.hasText(path, own))) return [];
  const before = read.withFile(await baseConfiguration(base, path));
  const named = config.settings.config;
  const after = inEffect ? config : read.withFile(findConfiguration({ directory, named }));
  return gateChanges(before, after).map((change) => ({ ...change, inEffect }));
}

/** What cannot be read is reported by whoever goes by it. */
function textOf(path: string): string | null {
  try {
    return readRegularFile(path, { limitBytes: largestConfiguration });
  } catch {
    return null;
  }
}

async function fileChanges({ read, context, env, directory }: Asking, base: BaseSide) {
  const { settings } = read.config;
  const inEffect = settings["locustfile-ref"] !== "base";
  const loads = settings.results.length === 0 && settings.mode !== "report";
  const locustfile = loads ? settings.locustfile : null;
  const workflow = workflowPath(env.GITHUB_WORKFLOW_REF, context);
  const changes = await loadTestChanges({ base, locustfile, workflow, directory });
  return changes.map((change) => ({ ...change, inEffect: inEffect || change.setting === "workflow" }));
}

/** `octo/shop/.github/workflows/load.yml@refs/pull/7/merge` */
function workflowPath(ref: string | undefined, { owner, repo }: GitHubContext): string | null {
  const prefix = `${owner}/${repo}/`;
  const [path = ""] = (ref ?? "").split("@");
  return path.startsWith(prefix) ? path.slice(prefix.length) : null;
}
