import { tUpperTail } from "./student-t.ts";

/** Points over which the not yet decided are integrated; twice as many change a level by less than a hundredth of itself. */
const points = 160;
/** So many standard deviations below nought nothing is left. */
const farthest = 7;
/** Student's t with so many degrees of freedom is the normal distribution, to six digits. */
const normal = 1e7;

interface Look {
  /** Of what will be known at the last look, 0 to 1. */
  readonly fraction: number;
  /** Of the chance of error, what this look may spend; 0 where it decides nothing. */
  readonly share: number;
}

/**
 * At which one-sided chance each look may decide, so that it is the first one to do so, without right, as often as its
 * share says. Looks of one measurement are alike, what one has not decided the next seldom does by chance: so the levels
 * are higher than the shares, which are what they would be if looks had nothing in common (Lan and DeMets, Biometrika
 * 70 (1983); by integration over what no look has decided, Armitage, McPherson and Rowe, J. R. Stat. Soc. A 132 (1969)).
 */
export function levelsOf(looks: readonly Look[]): number[] {
  let open: Mass | null = null;
  let before = 0;
  return looks.map(({ fraction, share }) => {
    if (share <= 0) return 0;
    const since = fraction - before;
    const above = (bound: number) => crossing(open, { since, bound });
    let [low, high] = [-farthest * Math.sqrt(fraction), farthest * Math.sqrt(fraction)];
    for (let i = 0; i < 30; i++) {
      const middle = (low + high) / 2;
      if (above(middle) > share) low = middle;
      else high = middle;
    }
    open = carried(open, { since, fraction, bound: high });
    before = fraction;
    return normalUpperTail(high / Math.sqrt(fraction));
  });
}

/** Where the sum of what was measured lies while nothing was decided: equal steps from `from`, and how likely each is. */
interface Mass {
  readonly from: number;
  readonly step: number;
  readonly density: Float64Array;
}

/** The chance that the sum is beyond the bound now and was decided by no look before. */
function crossing(open: Mass | null, { since, bound }: { since: number; bound: number }): number {
  const sd = Math.sqrt(since);
  if (!open) return normalUpperTail(bound / sd);
  return integrate(open, (at) => normalUpperTail((bound - at) / sd));
}

function carried(
  open: Mass | null,
  { since, fraction, bound }: { since: number; fraction: number; bound: number },
): Mass {
  const sd = Math.sqrt(since);
  const from = -farthest * Math.sqrt(fraction);
  const step = (bound - from) / points;
  const bell = (z: number) => Math.exp((-z * z) / 2) / (sd * Math.sqrt(2 * Math.PI));
  const density = Float64Array.from({ length: points + 1 }, (_, i) => {
    const at = from + i * step;
    return open ? integrate(open, (was) => bell((at - was) / sd)) : bell(at / sd);
  });
  return { from, step, density };
}

/** Simpson's rule. */
function integrate({ from, step, density }: Mass, value: (at: number) => number): number {
  let all = 0;
  for (const [i, each] of density.entries()) {
    const weight = i === 0 || i === points ? 1 : i % 2 === 1 ? 4 : 2;
    if (each > 0) all += weight * each * value(from + i * step);
  }
  return (all * step) / 3;
}

function normalUpperTail(z: number): number {
  return tUpperTail({ t: z, df: normal });
}
