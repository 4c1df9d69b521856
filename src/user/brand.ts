/**
 * How classes are recognised. A locustfile may hold another copy of this package than the engine that runs it, so
 * nothing asks `instanceof`: every class carries a mark that all copies share.
 */
export const userBrand = Symbol.for("swarmgate.user");
export const taskSetBrand = Symbol.for("swarmgate.task-set");
export const shapeBrand = Symbol.for("swarmgate.shape");

/** Whether `value` is a class that carries the mark, or is derived from one that does. */
export function hasBrand(value: unknown, brand: symbol): boolean {
  return typeof value === "function" && (value as unknown as Record<symbol, unknown>)[brand] !== undefined;
}

/** Whether `value` is `User` or a class derived from it, of whichever copy of the package; abstract ones too. */
export function isUserClass(value: unknown): boolean {
  return hasBrand(value, userBrand);
}

/** Whether `value` is `LoadTestShape` or a class derived from it. */
export function isShapeClass(value: unknown): boolean {
  return hasBrand(value, shapeBrand);
}

/** Whether a class says `static abstract = true` itself: such a mark is not inherited. */
export function isAbstract(candidate: object): boolean {
  return Object.hasOwn(candidate, "abstract") && (candidate as { abstract?: unknown }).abstract === true;
}
