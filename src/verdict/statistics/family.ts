import { holm } from "./holm.ts";

/** A hypothesis of a look. */
export interface Member {
  /** One-sided chance. */
  readonly p: number;
  /**
   * Whether it could reject at all, whichever arm that which was seen had fallen to. Without one failure in either arm
   * no test of errors can.
   */
  readonly able: boolean;
}

/**
 * Which hypotheses are rejected so that the chance of even one false rejection stays at `alpha`: Holm's procedure over
 * those that can be. The rest take no share of it (Tarone, Biometrics 46 (1990)).
 */
export function rejected(members: readonly Member[], alpha: number): boolean[] {
  const share = holm(
    members.filter(({ able }) => able).map(({ p }) => p),
    alpha,
  );
  let at = 0;
  return members.map(({ able }) => able && (share[at++] as boolean));
}
