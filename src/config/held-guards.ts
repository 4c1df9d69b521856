import { AllowedHosts } from "../engine/limits/allowed-hosts.ts";
import type { Settings } from "./settings.ts";

/** What a configuration file asked for and the workflow does not let it have. */
export interface HeldSetting {
  readonly setting: "max-users" | "max-rate" | "allowed-hosts";
  /** As the file has it; what holds stands among the settings. */
  readonly asked: number | readonly string[];
  /** What holds instead: the workflow's input, or where it has none the default. */
  readonly holds: "input" | "default";
}

const caps = ["max-users", "max-rate"] as const;

/**
 * A configuration file comes with the pull request, so it can lower the workflow's caps and name fewer hosts, never
 * raise or add any. Where the workflow says nothing its defaults hold: the caps of the settings table and the hosts of
 * the targets.
 * @param workflow the settings without the file
 * @param file the file's own, read by themselves; null for what it does not name
 */
export function heldGuards({
  workflow,
  workflowNames,
  file,
}: {
  readonly workflow: Settings;
  readonly workflowNames: (setting: HeldSetting["setting"]) => boolean;
  readonly file: { readonly [N in HeldSetting["setting"]]: Settings[N] | null };
}): {
  readonly settings: Pick<Settings, "max-users" | "max-rate">;
  readonly held: readonly HeldSetting[];
  readonly notices: readonly string[];
} {
  const settings = { "max-users": workflow["max-users"], "max-rate": workflow["max-rate"] };
  const held: HeldSetting[] = [];
  const holds = (setting: HeldSetting["setting"]) => (workflowNames(setting) ? "input" : "default");
  const notices: string[] = [];
  for (const setting of caps) {
    const asked = file[setting];
    if (asked === null) continue;
    settings[setting] = Math.min(asked, workflow[setting]);
    if (asked <= workflow[setting]) continue;
    held.push({ setting, asked, holds: holds(setting) });
    if (workflowNames(setting)) continue;
    notices.push(
      `${setting}: the configuration file asks for ${asked}, and ${workflow[setting]} holds: only the workflow can raise it, with the input ${setting}`,
    );
  }
  const hosts = file["allowed-hosts"];
  if (hosts !== null) {
    held.push({ setting: "allowed-hosts", asked: hosts, holds: holds("allowed-hosts") });
    const idle = workflowNames("allowed-hosts") ? [] : hosts.filter((glob) => !isTarget(glob, workflow));
    if (idle.length > 0) {
      notices.push(
        `allowed-hosts: ${idle.join(" ")} of the configuration file cannot be reached: only the workflow can add hosts, with the input allowed-hosts`,
      );
    }
  }
  return { settings, held, notices };
}

/** A target that is found later, by its deployment, may be what a glob is for. */
function isTarget(glob: string, { host, "base-host": baseHost }: Settings): boolean {
  const only = new AllowedHosts([glob]);
  const targets = [host, baseHost].filter((url) => url !== null);
  return host === null || targets.some((url) => only.forbids(new URL(url)) === undefined);
}
