/** One of the machines that share a load: the `index`th of `of`, from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** A load that one machine has alone. */
export const unshared: Shard = { index: 1, of: 1 };

/**
 * A shard's part of a number of things: the parts add up to the whole, the first ones take what is left over. Shards take
 * turns in numbering users, so that these numbers have no gap.
 */
export function shareOf(whole: number, { index, of }: Shard): number {
  return Math.floor((whole + of - index) / of);
}

/** The number a shard's `local`th user has in the whole swarm; both from 0. */
export function numberOf(local: number, { index, of }: Shard): number {
  return local * of + index - 1;
}
