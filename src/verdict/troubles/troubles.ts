import type { RunResult } from "../../stats/run-result.ts";
import { coldStart } from "./cold-start.ts";
import { errorBurst } from "./error-burst.ts";
import { judgedTime } from "./judged-time.ts";
import { pauses } from "./pauses.ts";
import { slowingDown } from "./slowing-down.ts";
import type { Trouble } from "./trouble.ts";

/** `alsoBase`: the base version did the same beside it, so it is not of this change. */
export type HeadTrouble = Trouble & { readonly alsoBase: boolean };

/** What befell the head within the judged time, the worst kind first. */
export function troublesOf({ blocks }: Pick<RunResult, "blocks">): HeadTrouble[] {
  const head = of("head");
  if (head.length === 0) return [];
  const base = new Set(of("base").map(({ kind }) => kind));
  return head.map((trouble) => ({ ...trouble, alsoBase: base.has(trouble.kind) }));

  function of(arm: "head" | "base"): Trouble[] {
    const time = judgedTime(blocks, arm);
    return [errorBurst(time), slowingDown(time), pauses(time), coldStart(time)].filter((one) => one !== null);
  }
}
