import { distance } from "fastest-levenshtein";
import type { Problem } from "../base/errors.ts";

/** One input of action.yml. */
export interface InputSpec {
  readonly name: string;
  readonly group: "load" | "judge" | "tell" | "guard" | "mode";
  /** The default as the description states it; undefined where there is none. src/config/settings.ts applies it. */
  readonly stated?: string;
  /**
   * The default that the runner fills in. Only inputs that the configuration file cannot set have one: the runner
   * would otherwise overrule the file (docs/inputs.md#defaults-and-who-wins).
   */
  readonly runnerDefault?: string;
}

/** All inputs, in the order of action.yml; a test holds the two together. */
export const inputSpecs: readonly InputSpec[] = [
  { name: "name", group: "load", stated: "load-test" },
  { name: "locustfile", group: "load", stated: "the first of locustfile.ts .mts .js .mjs .py" },
  { name: "host", group: "load" },
  { name: "base-host", group: "load" },
  { name: "base-deployment-environment", group: "load" },
  { name: "deployment-environment", group: "load" },
  { name: "start", group: "load" },
  { name: "build", group: "load" },
  { name: "stop", group: "load", stated: "docker compose down -v, where start is Compose's" },
  { name: "url", group: "load", stated: "http://localhost:$PORT" },
  { name: "base", group: "load", stated: "auto" },
  { name: "users", group: "load", stated: "50" },
  { name: "spawn-rate", group: "load", stated: "10" },
  { name: "run-time", group: "load", stated: "60s" },
  { name: "stop-timeout", group: "load", stated: "10s" },
  { name: "requests", group: "load" },
  { name: "arrival-rate", group: "load" },
  { name: "warmup", group: "load", stated: "auto" },
  { name: "threads", group: "load", stated: "auto" },
  { name: "env", group: "load" },
  { name: "tags", group: "load" },
  { name: "exclude-tags", group: "load" },
  { name: "user-classes", group: "load" },
  { name: "headers", group: "load" },
  { name: "wait-for", group: "load", stated: "/" },
  { name: "wait-for-version", group: "load" },
  { name: "wait-timeout", group: "load", stated: "5m" },
  { name: "on-no-target", group: "load", stated: "fail" },
  { name: "seed", group: "load", stated: "derived from the commit" },
  { name: "config", group: "judge", stated: ".github/swarmgate.yml if it is there" },
  { name: "config-ref", group: "judge", stated: "head" },
  { name: "locustfile-ref", group: "judge", stated: "head" },
  { name: "slo", group: "judge", stated: "errors < 1% if nothing is promised anywhere" },
  { name: "compare", group: "judge", stated: "auto" },
  { name: "baseline-store", group: "judge", stated: "artifact" },
  { name: "baseline-path", group: "judge", stated: ".swarmgate/baseline.json" },
  { name: "baseline-branch", group: "judge", stated: "swarmgate-baseline" },
  { name: "baseline-runs", group: "judge", stated: "20" },
  { name: "save-baseline", group: "judge", stated: "auto" },
  { name: "tolerance", group: "judge", stated: "10%" },
  { name: "min-effect", group: "judge", stated: "1ms" },
  { name: "error-tolerance", group: "judge", stated: "0.5%" },
  { name: "confidence", group: "judge", stated: "99%" },
  { name: "max-duration", group: "judge", stated: "4m" },
  { name: "fail-on", group: "judge", stated: "slo,regression,invalid" },
  { name: "comment", group: "tell", stated: "always" },
  { name: "summary", group: "tell", stated: "true" },
  { name: "annotations", group: "tell", stated: "true" },
  { name: "status", group: "tell", stated: "none" },
  { name: "pr-number", group: "tell", stated: "found from the event" },
  { name: "upload-artifact", group: "tell", stated: "true" },
  { name: "artifact-name", group: "tell", stated: "swarmgate-<name>" },
  { name: "retention-days", group: "tell", stated: "the repository's" },
  { name: "report-dir", group: "tell", stated: "$RUNNER_TEMP/swarmgate/<name>" },
  // In a description the runner takes no expression: it would refuse the whole action.
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's, for the runner to fill in
  { name: "github-token", group: "tell", stated: "github.token", runnerDefault: "${{ github.token }}" },
  { name: "allowed-hosts", group: "guard", stated: "the host names of host and base-host" },
  { name: "max-users", group: "guard", stated: "1000" },
  { name: "max-rate", group: "guard", stated: "5000/s" },
  { name: "permissions", group: "guard", stated: "the rights of a run: step" },
  { name: "allow-untrusted-locustfile", group: "guard", stated: "false", runnerDefault: "false" },
  { name: "mode", group: "mode", stated: "gate", runnerDefault: "gate" },
  { name: "shard", group: "mode" },
  { name: "results", group: "mode" },
  { name: "run-id", group: "mode" },
];

const known = new Set(inputSpecs.map((spec) => spec.name));

export interface RawInputs {
  /** What the workflow gave, trimmed, by the input's name; inputs that are empty are not in it. */
  readonly values: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

/**
 * The `INPUT_*` variables of an environment as texts. The runner sets one for every input of action.yml and one for
 * each unknown name in `with:`, of which it only warns; here it is a problem.
 */
export function readInputs(env: Readonly<Record<string, string | undefined>>): RawInputs {
  const values = new Map<string, string>();
  const problems: Problem[] = [];
  for (const [variable, raw] of Object.entries(env)) {
    if (!variable.startsWith("INPUT_") || raw === undefined) continue;
    const name = variable.slice("INPUT_".length).toLowerCase();
    if (!known.has(name)) problems.push(unknownInput({ name, variable }));
    else if (raw.trim() !== "") values.set(name, trimmed(raw));
  }
  return { values, problems: problems.sort((a, b) => (a.where < b.where ? -1 : 1)) };
}

function unknownInput(unknown: { readonly name: string; readonly variable: string }): Problem {
  const meant = nearestInput(unknown.name);
  return {
    where: unknown.name,
    message: `there is no such input (it came as ${unknown.variable})`,
    ...(meant === undefined ? {} : { hint: `did you mean ${meant}?` }),
  };
}

/** The input whose name is like the one given; undefined if none is. Underscores count as hyphens. */
export function nearestInput(given: string): string | undefined {
  const name = given.replaceAll("_", "-");
  const [best] = inputSpecs
    .map((spec) => ({ name: spec.name, edits: distance(name, spec.name) }))
    .sort((a, b) => a.edits - b.edits);
  return best !== undefined && best.edits <= Math.max(1, Math.floor(best.name.length / 3)) ? best.name : undefined;
}

/** Blank lines before the text stay, so that line numbers told to the user are those of the workflow's text. */
function trimmed(raw: string): string {
  return raw.includes("\n") ? raw.trimEnd() : raw.trim();
}
