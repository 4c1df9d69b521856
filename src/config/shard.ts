import type { Shard } from "../engine/plan/shard.ts";

/** `shard-2-of-5`: for names of artifacts. */
export function shardName({ index, of }: Shard): string {
  return `shard-${index}-of-${of}`;
}
