import { type Level, mapLevel } from "./level.ts";
import { mean, type Prior } from "./prediction.ts";
import { median } from "./screen.ts";
import { winsorised } from "./winsor.ts";

/** An endpoint beside the others of each run. */
export interface Contrast extends Level {
  /** What the others of each run had in common. */
  readonly others: Level;
  /** What the contrasts of all endpoints together teach of the spread of one. */
  readonly prior: Prior;
}

/**
 * Before any run was seen, endpoints are taken to move apart as much as runs differ (10 %, worth four runs): how much
 * of what befalls a run befalls all of its endpoints is learnt, not assumed. Pairwise correlations from 0.01 to 0.78
 * were measured between endpoints of benchmark histories.
 */
const wideSd = 0.1;
const wideDf = 3;
/**
 * Endpoints differ in how restless they are, so what they teach together is worth half of what one would teach, and
 * however many they are no more than so many runs of an endpoint's own (a cap on the prior degrees of freedom of Smyth, Stat. Appl. Genet. Mol. Biol. 3 (2004)).
 */
const mostPriorDf = 14;

/**
 * Every endpoint less the median of the others of its run, each measured from its own past mean first: an endpoint that
 * moved does not then lift or lower the median to the level of another endpoint, and those that stayed stay.
 * @param levels of at least two endpoints, the same runs for each
 */
export function contrastsOf(levels: readonly Level[]): { rows: Contrast[]; suite: Level } {
  const usual = levels.map(({ past }) => mean(past));
  const moved = levels.map((level, i): Level => {
    const { now, past, elsewhere } = mapLevel(level, (value) => value - (usual[i] as number));
    return { now, past, elsewhere: elsewhere?.map(centred) };
  });
  const apart = moved.map((own, i) => {
    const others = common(moved.filter((_, other) => other !== i));
    return { ...apartFrom(own, others), others };
  });
  const prior = pooledPrior(apart);
  const middle = mean(usual);
  return {
    rows: apart.map((contrast) => ({ ...contrast, prior })),
    suite: mapLevel(common(moved), (value) => middle + value),
  };
}

function centred(values: readonly number[]): number[] {
  const middle = mean(values);
  return values.map((value) => value - middle);
}

/** The median over endpoints, run by run: one that moved alone does not move it. */
function common(moved: readonly Level[]): Level {
  const [first] = moved;
  const at = (pick: (level: Level) => number | undefined) => median(moved.map((level) => pick(level) as number));
  return {
    now: at(({ now }) => now),
    past: (first?.past ?? []).map((_, run) => at(({ past }) => past[run])),
    elsewhere: (first?.elsewhere ?? []).map((group, g) =>
      group.map((_, run) => at(({ elsewhere }) => elsewhere?.[g]?.[run])),
    ),
  };
}

function apartFrom(own: Level, others: Level): Level {
  const less = (values: readonly number[], those: readonly number[] = []) =>
    winsorised(values.map((value, run) => value - (those[run] as number)));
  return {
    now: own.now - others.now,
    past: less(own.past, others.past),
    elsewhere: (own.elsewhere ?? []).map((group, g) => less(group, others.elsewhere?.[g])),
  };
}

/** The spread of contrasts, pooled over endpoints. Contrasts add up to about nought, which takes one endpoint's share. */
function pooledPrior(contrasts: readonly Level[]): Prior {
  let squares = 0;
  let own = 0;
  for (const { past, elsewhere = [] } of contrasts) {
    for (const group of [past, ...elsewhere]) {
      const middle = mean(group);
      for (const value of group) squares += (value - middle) ** 2;
      own += Math.max(0, group.length - 1);
    }
  }
  const share = (contrasts.length - 1) / contrasts.length;
  const free = share * own;
  return {
    sd: Math.sqrt((wideDf * wideSd ** 2 + share * squares) / (wideDf + free)),
    df: Math.min(mostPriorDf, wideDf + free / 2),
  };
}
