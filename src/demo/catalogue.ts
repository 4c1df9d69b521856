import { Random } from "../base/random.ts";

/** Something for sale. */
export interface Product {
  /** 1 to {@link productCount}. */
  readonly id: number;
  readonly name: string;
  readonly category: string;
  readonly priceCents: number;
}

export const productCount = 120;

const materials = ["Brass", "Cedar", "Ceramic", "Copper", "Cork", "Glass", "Linen", "Oak", "Steel", "Walnut"];
const things: readonly (readonly [string, string])[] = [
  ["Lamp", "home"],
  ["Vase", "home"],
  ["Clock", "home"],
  ["Candle Holder", "home"],
  ["Kettle", "kitchen"],
  ["Bowl", "kitchen"],
  ["Chopping Board", "kitchen"],
  ["Coffee Mill", "kitchen"],
  ["Watch", "accessories"],
  ["Belt", "accessories"],
  ["Sunglasses", "accessories"],
  ["Pencil Case", "desk"],
];

/** Every material of every thing, once each; the seed decides the prices. */
export function makeCatalogue(seed: string): readonly Product[] {
  const random = Random.from(seed, "catalogue");
  return things
    .flatMap(([thing, category]) => materials.map((material) => ({ name: `${material} ${thing}`, category })))
    .map((kind, index) => ({ id: index + 1, ...kind, priceCents: 100 * random.int(4, 180) - 1 }));
}
