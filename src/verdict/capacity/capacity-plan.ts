/**
 * What a load came to: it kept every promise, broke one, left one open (the limit inside the interval, with no time
 * left to decide), was limited by something that is not the target (the load generator, a platform in front), or
 * cannot be judged at all.
 */
export type StepOutcome = "held" | "broken" | "undecided" | "limited" | "unjudged";

/** A load that was tried: users, or task iterations started per second. */
export interface Tried {
  readonly load: number;
  readonly outcome: StepOutcome;
}

export interface SearchBounds {
  readonly start: number;
  readonly least: number;
  readonly most: number;
  /** Users come in whole numbers, rates do not. */
  readonly isWhole: boolean;
  /** The bracket is narrow enough once its upper end is no more than this above its lower one, as a ratio. */
  readonly precision: number;
}

/**
 * Why there are no more steps: the knee is bracketed; the largest allowed load holds; something else than the target
 * was the limit; not even the least load holds; a step could not be judged.
 */
export type SearchEnd = "bracketed" | "cap" | "limited" | "floor" | "unjudged";

export type NextStep = { readonly load: number } | { readonly end: SearchEnd };

/** What is known of the knee: the largest load that holds below the least that does not. */
export interface Bracket {
  readonly held: number | null;
  readonly failing: number | null;
}

/** Between steps while nothing has failed, and while nothing has held. */
const growth = 2;
/** Rates are told in three digits, so they are tried in three. */
const digits = 3;

/** The last word on a load counts: a step is taken again where it is doubted. */
export function bracketOf(tried: readonly Tried[]): Bracket {
  const last = new Map(tried.map(({ load, outcome }) => [load, outcome]));
  const loads = (wanted: (outcome: StepOutcome) => boolean) =>
    [...last].filter(([, outcome]) => wanted(outcome)).map(([load]) => load);
  const failing = Math.min(...loads(fails));
  const held = Math.max(...loads((outcome) => outcome === "held").filter((load) => load < failing));
  return { held: Number.isFinite(held) ? held : null, failing: Number.isFinite(failing) ? failing : null };
}

/** Whether what failed was seen to fail twice and has not held since. */
export function isConfirmed(tried: readonly Tried[]): boolean {
  const { failing } = bracketOf(tried);
  const there = tried.filter(({ load }) => load === failing);
  return there.length >= 2 && there.every(({ outcome }) => fails(outcome));
}

/**
 * The next load to try. Upwards in geometric steps until one fails, or downwards until one holds; then the bracket is
 * halved, geometrically, until it is narrow enough. Each half-open bracket holds the knee of any target whose loads
 * hold below it and fail above, and no more than log2(most/start) + log2(log(2)/log(1 + precision)) steps are taken
 * but for repetitions.
 * @param isSuspicious whether this much (the largest load that holds) is so little that what failed is tried again
 *   before it is believed
 */
export function nextStep(
  tried: readonly Tried[],
  bounds: SearchBounds,
  isSuspicious: (held: number) => boolean = () => false,
): NextStep {
  const last = tried.at(-1);
  if (!last) return { load: fitting(bounds.start, bounds) };
  if (last.outcome === "unjudged") return { end: "unjudged" };
  // A hiccup of the generator's host is no limit: what limited once is tried once more.
  if (last.outcome === "limited") return isRepeated(tried) ? { end: "limited" } : { load: last.load };
  const { held, failing } = bracketOf(tried);
  if (failing === null) {
    if (held === null || held >= bounds.most) return { end: "cap" };
    return { load: fitting(held * growth, bounds) };
  }
  if (held === null) {
    if (failing <= bounds.least) return { end: "floor" };
    return { load: fitting(failing / growth, bounds) };
  }
  const middle = between({ held, failing }, bounds);
  if (middle !== null) return { load: middle };
  const triedOnce = tried.filter(({ load }) => load === failing).length === 1;
  return triedOnce && isSuspicious(held) ? { load: failing } : { end: "bracketed" };
}

function fails(outcome: StepOutcome): boolean {
  return outcome === "broken" || outcome === "undecided";
}

function isRepeated(tried: readonly Tried[]): boolean {
  const [before, last] = tried.slice(-2);
  return last !== undefined && before?.load === last.load && before.outcome === last.outcome;
}

function fitting(load: number, { least, most, isWhole }: SearchBounds): number {
  return Math.min(most, Math.max(least, isWhole ? Math.round(load) : Number(load.toPrecision(digits))));
}

/** The geometric middle of a bracket; null where it is narrow enough, or nothing lies between. */
function between({ held, failing }: { held: number; failing: number }, bounds: SearchBounds): number | null {
  if (failing / held <= 1 + bounds.precision) return null;
  const middle = fitting(Math.sqrt(held * failing), bounds);
  return middle > held && middle < failing ? middle : null;
}
