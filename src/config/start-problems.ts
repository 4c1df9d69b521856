import type { Problem } from "../base/errors.ts";
import type { SettingName, Settings } from "./settings.ts";

/** What goes with `start` alone, and what names a target that `start` makes. */
const ofStart = ["build", "stop", "url", "base"] as const;
const otherTargets = ["host", "base-host", "deployment-environment", "base-deployment-environment"] as const;

/** Settings about the service that is started here which cannot be meant together. */
export function startProblems(settings: Settings, given: ReadonlySet<SettingName>): Problem[] {
  const say = (where: string, message: string): Problem => ({ where, message });
  if (settings.start === null) {
    return ofStart
      .filter((name) => given.has(name))
      .map((name) => say(name, "has no purpose without start, the command that starts one version"));
  }
  const problems = otherTargets
    .filter((name) => given.has(name))
    .map((name) => say(name, "names a target, and with start the target is what start starts; url says where that is"));
  if (settings.results.length > 0 || settings.mode === "merge" || settings.mode === "report") {
    problems.push(say("start", "has no purpose here: nothing is loaded"));
  }
  if (settings.shard !== null) {
    problems.push(
      say("start", "starts a service in each job, and shards load one together; start it once and name it with host"),
    );
  }
  return problems;
}
