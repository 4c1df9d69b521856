/**
 * A map that never holds more than `limit` keys of its own: what does not fit is gathered under one last key.
 * Names that come from the outside (requests, error texts) must not be able to fill the memory.
 */
export class BoundedMap<V> {
  readonly #entries = new Map<string, V>();
  readonly #limit: number;
  readonly #otherKey: string;
  #overflowed = 0;

  constructor(limit: number, otherKey: string) {
    this.#limit = limit;
    this.#otherKey = otherKey;
  }

  /** The value under `key`, made by `make` if new; beyond the limit, the shared value of the other-bucket. */
  getOrCreate(key: string, make: (key: string) => V): V {
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    if (this.#entries.size < this.#limit) return this.#insert(key, make);
    this.#overflowed++;
    return this.#entries.get(this.#otherKey) ?? this.#insert(this.#otherKey, make);
  }

  #insert(key: string, make: (key: string) => V): V {
    const value = make(key);
    this.#entries.set(key, value);
    return value;
  }

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  /** How many look-ups ended in the other-bucket. */
  get overflowed(): number {
    return this.#overflowed;
  }

  get size(): number {
    return this.#entries.size;
  }

  values(): IterableIterator<V> {
    return this.#entries.values();
  }

  entries(): IterableIterator<[string, V]> {
    return this.#entries.entries();
  }

  clear(): void {
    this.#entries.clear();
    this.#overflowed = 0;
  }
}
