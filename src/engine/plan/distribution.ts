import { numberOf, type Shard, unshared } from "./shard.ts";

/** What the distribution needs to know of a user class. */
export interface ClassShare {
  readonly name: string;
  /** Above 0; ignored where `fixedCount` is set. */
  readonly weight: number;
  /** Exactly so many users of this class, before any other is started; 0 for none. */
  readonly fixedCount: number;
}

/**
 * Names in the order in which users of weighted classes start, endless (empty if there are none): after each step the
 * numbers so far are as near to the weights as whole users can be.
 *
 * Locust's sequence (`dispatch.py`, `_kl_generator`; docs/locust-semantics.md#distribution-of-users): the next class is
 * the one that lowers the Kullback–Leibler divergence most, where a class of weight w that was chosen k times pays
 * w·log2(x / (x + 1)) with x = w + k. Ties go by x, weight, name. A scan is as quick as a heap for the dozens of
 * classes there can be.
 */
export function* weightedSequence(
  classes: readonly { readonly name: string; readonly weight: number }[],
): Generator<string, undefined> {
  const entries = classes
    .filter(({ weight }) => weight > 0)
    .map(({ name, weight }) => ({ name, weight, x: weight, gain: weight * Math.log2(weight / (weight + 1)) }))
    .sort((a, b) => a.weight - b.weight || (a.name < b.name ? -1 : 1));
  if (entries.length === 0) return undefined;
  for (;;) {
    let best = entries[0] as (typeof entries)[number];
    for (const entry of entries) {
      if (entry.gain < best.gain || (entry.gain === best.gain && entry.x < best.x)) best = entry;
    }
    yield best.name;
    best.x += 1;
    best.gain = best.weight * Math.log2(best.x / (best.x + 1));
  }
}

/**
 * Which class the next user is of. Fixed counts are filled first, and again after users were stopped; then the
 * weighted sequence goes on where it was, so that ramping down and up does not start it afresh.
 *
 * A shard's users are those of the whole swarm that have its numbers: it draws every `of`th of the same sequence, so
 * that all shards together have as many of each class as one machine would, each of a fixed count included.
 */
export class ClassSequence {
  readonly #fixed: readonly ClassShare[];
  readonly #weighted: Iterator<string, undefined>;
  readonly #fixedTurns: Iterator<string, undefined>;
  #fixedMayMiss: boolean;

  constructor(classes: readonly ClassShare[], shard: Shard = unshared) {
    const weighted = weightedSequence(classes.filter((c) => c.fixedCount === 0));
    const fixed = classes.filter((c) => c.fixedCount > 0);
    if (shard.of === 1) {
      this.#fixed = fixed;
      this.#weighted = weighted;
      this.#fixedTurns = turnsOf(fixed);
    } else {
      const whole = fillingOf(fixed);
      const mine = whole.filter((_, number) => number % shard.of === shard.index - 1);
      this.#fixed = fixed
        .map((c) => ({ ...c, fixedCount: mine.filter((name) => name === c.name).length }))
        .filter((c) => c.fixedCount > 0);
      this.#weighted = everyNth(weighted, { from: numberOf(mine.length, shard) - whole.length, step: shard.of });
      this.#fixedTurns = over(mine);
    }
    this.#fixedMayMiss = this.#fixed.length > 0;
  }

  /** To be called when users were stopped: fixed ones may be among them. */
  usersStopped(): void {
    this.#fixedMayMiss = this.#fixed.length > 0;
  }

  /** @param running how many users of a class run now. Undefined if only fixed classes exist and all are filled. */
  next(running: (name: string) => number): string | undefined {
    if (this.#fixedMayMiss) {
      const missing = this.#fixed.filter((c) => running(c.name) < c.fixedCount).map((c) => c.name);
      if (missing.length > 0) {
        for (;;) {
          const name = this.#fixedTurns.next().value;
          if (name !== undefined && missing.includes(name)) return name;
        }
      }
      this.#fixedMayMiss = false;
    }
    return this.#weighted.next().value;
  }
}

/** The order in which users of fixed classes start, endless. */
function turnsOf(fixed: readonly ClassShare[]): Generator<string, undefined> {
  return weightedSequence(fixed.map(({ name, fixedCount }) => ({ name, weight: fixedCount })));
}

/** The first users of a swarm: those of its fixed classes, in the order in which they start. */
function fillingOf(fixed: readonly ClassShare[]): string[] {
  const sequence = new ClassSequence(fixed);
  const running = new Map<string, number>();
  const filling: string[] = [];
  for (;;) {
    const name = sequence.next((of) => running.get(of) ?? 0);
    if (name === undefined) return filling;
    running.set(name, (running.get(name) ?? 0) + 1);
    filling.push(name);
  }
}

function* everyNth(
  sequence: Iterator<string, undefined>,
  { from, step }: { from: number; step: number },
): Generator<string, undefined> {
  for (let skip = from; ; skip = step - 1) {
    for (let i = 0; i < skip; i++) sequence.next();
    const { value } = sequence.next();
    if (value === undefined) return undefined;
    yield value;
  }
}

function* over(names: readonly string[]): Generator<string, undefined> {
  while (names.length > 0) yield* names;
  return undefined;
}
