import type { Liveness, LivenessByArm } from "../liveness.ts";
import type { ResultDocument } from "./result-schema.ts";

type Encoded = NonNullable<ResultDocument["blocks"][number]["liveness"]>;

/** Where answers came, their number is all there is to say. */
export function encodeLiveness({ head, base }: LivenessByArm): Encoded {
  const short = (arm: Liveness) => (arm.answers > 0 ? { answers: arm.answers } : arm);
  return { ...(head && { head: short(head) }), ...(base && { base: short(base) }) };
}

export function livenessFrom({ head, base }: Encoded): LivenessByArm {
  return { ...(head && { head: whole(head) }), ...(base && { base: whole(base) }) };
}

function whole({ answers = 0, inFlight = 0, youngestMs = -1, patienceMs = 0 }: NonNullable<Encoded["head"]>): Liveness {
  return { answers, inFlight, youngestMs, patienceMs };
}
