import type { FailureGroup } from "../../stats/failures.ts";
import { shieldOf } from "../../verdict/validity/blocked.ts";
import type { RunExtras } from "../load.ts";

/**
 * Watches a running test for the platform's shield. Once it answers in the target's place the run is invalid whatever
 * comes, and every further request is one more that the platform counts against the runner's address: it ends at once.
 * Where a shield makes no run invalid (a plain `swarmgate run`) nothing is ended.
 */
export function shieldWatch({ forgiven }: RunExtras): (failures: readonly FailureGroup[]) => string | null {
  let lost = false;
  return (failures) => {
    if (lost || forgiven.has("blocked")) return null;
    const reason = shieldOf(failures);
    if (reason === null) return null;
    lost = true;
    return `the run ends early: ${reason.message}`;
  };
}
