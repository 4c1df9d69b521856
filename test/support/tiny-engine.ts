import { shapeBrand, userBrand } from "../../src/user/brand.ts";

/** Just enough of an engine to load locustfiles against: brands, decorators that note what they decorate. */

export class User {
  static readonly [userBrand] = true;
  static readonly abstract: boolean = true;
  client = { get: async (path: string) => path };
}
export class HttpUser extends User {
  static override readonly abstract: boolean = true;
}
export class LoadTestShape {
  static readonly [shapeBrand] = true;
  tick(): null {
    return null;
  }
  static readonly abstract: boolean = true;
}

/** `Class.method` of everything decorated, in order. */
export const decorated: string[] = [];

/** Works as a standard and as a legacy decorator, with and without a weight. */
export function task(first: unknown, second?: unknown): unknown {
  if (typeof first !== "number") return note(first, second);
  return note;
}

function note(target: unknown, context: unknown): void {
  const isStandard = typeof context === "object" && context !== null && "kind" in context;
  if (isStandard) decorated.push(`standard ${String((context as DecoratorContext).name)}`);
  else decorated.push(`legacy ${(target as object).constructor.name}.${String(context)}`);
}
