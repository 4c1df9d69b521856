/** One of the jobs that share a load: the `index`th of `of`, from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/**
 * A shard's part of a number of things: the parts add up to the whole, the first ones take what is left over. Shards take
 * turns in numbering users, so that these numbers have no gap.
 */
export function shareOf(whole: number, { index, of }: Shard): number {
  return Math.floor((whole + of - index) / of);
}

/** `shard-2-of-5`: for names of artifacts. */
export function shardName({ index, of }: Shard): string {
  return `shard-${index}-of-${of}`;
}
