/**
 * Holm's step-down (Scandinavian Journal of Statistics 6 (1979)): which of the hypotheses are rejected so that the
 * chance of even one false rejection stays at `alpha`, however the tests hang together.
 */
export function holm(ps: readonly number[], alpha: number): boolean[] {
  const order = ps.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const rejected = ps.map(() => false);
  for (const [rank, { p, index }] of order.entries()) {
    if (p > alpha / (ps.length - rank)) break;
    rejected[index] = true;
  }
  return rejected;
}
