/** A comment has fewer characters; GitHub refuses more than 65,536. */
export const longestComment = 60_000;

/** A part of a text that may be shortened: `rows` are shed from the bottom, `frame` draws what is left. */
export interface Part {
  /** Parts of higher tiers are shed first; 0 always stays. */
  readonly tier: number;
  readonly rows: readonly string[];
  /** Text around the rows that are left; `shed` says how many were dropped. */
  readonly frame: (rows: readonly string[], shed: number) => string;
}

/** A part that is whole or not there. */
export function fixedPart(tier: number, text: string): Part {
  return { tier, rows: [], frame: () => text };
}

/**
 * Joins parts by blank lines within `max` characters: rows go from the bottom of the highest tier up, then the part
 * itself, then the next tier. Parts of tier 0 lose rows last and never vanish.
 */
export function shedToFit(parts: readonly Part[], max = longestComment): string {
  const kept = parts.map((part) => ({ part, rows: part.rows.length, gone: false }));
  const draw = () =>
    kept
      .filter(({ gone }) => !gone)
      .map(({ part, rows }) => part.frame(part.rows.slice(0, rows), part.rows.length - rows))
      .filter((text) => text !== "")
      .join("\n\n");
  let text = draw();
  const order = [...kept].sort((a, b) => b.part.tier - a.part.tier || kept.indexOf(b) - kept.indexOf(a));
  for (const entry of order) {
    if (text.length <= max) return text;
    if (entry.part.rows.length > 0) {
      // Bisection: the most rows with which it all fits.
      let [fits, tooMany] = [0, entry.rows];
      while (tooMany - fits > 1) {
        const middle = (fits + tooMany) >> 1;
        entry.rows = middle;
        if (draw().length <= max) fits = middle;
        else tooMany = middle;
      }
      entry.rows = fits;
      text = draw();
      if (text.length <= max) return text;
    }
    if (entry.part.tier > 0) {
      entry.gone = true;
      text = draw();
    }
  }
  return text;
}
