/**
 * A seeded stream of choices. Two streams made from the same seed and labels give the same values for ever;
 * streams with different labels are independent for all practical purposes.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  private constructor(state: readonly [number, number, number, number]) {
    [this.#a, this.#b, this.#c, this.#d] = state;
  }

  /** A stream named by a seed and any further labels (a user's index, an iteration, a purpose). */
  static from(seed: string | number, ...labels: readonly (string | number)[]): Random {
    return new Random(hash128([seed, ...labels].join("\u0000")));
  }

  /** Uniform in [0, 1). The generator is sfc32, Chris Doty-Humphrey's small fast counting generator. */
  float(): number {
    const t = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + t) | 0;
    return (t >>> 0) / 4_294_967_296;
  }

  /** A whole number from `low` to `high`, both included, as Python's `random.randint`. Throws RangeError if `high < low`. */
  int(low: number, high: number): number {
    if (!(high >= low)) throw new RangeError(`random.int(${low}, ${high}): the second number must not be smaller`);
    return low + Math.floor(this.float() * (high - low + 1));
  }

  /** One element of a list that is not empty; throws RangeError if it is. */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError("random.pick([]): there is nothing to pick from");
    return list[Math.floor(this.float() * list.length)] as T;
  }

  /** The same elements in random order (Fisher–Yates); the list given is left as it was. */
  shuffle<T>(list: readonly T[]): T[] {
    const out = [...list];
    for (let i = out.length - 1; i > 0; i--) {
      const j = Math.floor(this.float() * (i + 1));
      [out[i], out[j]] = [out[j] as T, out[i] as T];
    }
    return out;
  }
}

/** Four 32-bit words from a text: Bret Mulvey's cyrb128 mixing, enough to seed a non-cryptographic stream. */
function hash128(text: string): [number, number, number, number] {
  let h1 = 1779033703;
  let h2 = 3144134277;
  let h3 = 1013904242;
  let h4 = 2773480762;
  for (let i = 0; i < text.length; i++) {
    const k = text.charCodeAt(i);
    h1 = h2 ^ Math.imul(h1 ^ k, 597399067);
    h2 = h3 ^ Math.imul(h2 ^ k, 2869860233);
    h3 = h4 ^ Math.imul(h3 ^ k, 951274213);
    h4 = h1 ^ Math.imul(h4 ^ k, 2716044179);
  }
  h1 = Math.imul(h3 ^ (h1 >>> 18), 597399067);
  h2 = Math.imul(h4 ^ (h2 >>> 22), 2869860233);
  h3 = Math.imul(h1 ^ (h3 >>> 17), 951274213);
  h4 = Math.imul(h2 ^ (h4 >>> 19), 2716044179);
  h1 ^= h2 ^ h3 ^ h4;
  return [h1 | 0, (h2 ^ h1) | 0, (h3 ^ h1) | 0, (h4 ^ h1) | 0];
}
