import { GateError } from "../../base/errors.ts";
import { type Paced, paceKey } from "./pace.ts";

/** Milliseconds, legacy. */
interface Legacy {
  readonly minWait?: unknown;
  readonly maxWait?: unknown;
}

interface Waiting extends Legacy {
  readonly waitTime?: unknown;
}

/** Gives the seconds a user or task set waits after a task. */
export type OwnerWait = () => number | Promise<number>;

/** How a user or task set says how long to wait, and whether it says so in the old way. */
export interface FoundWait {
  readonly wait: OwnerWait;
  /** To be told; given once for each class and thread. */
  readonly deprecation: string | undefined;
}

/**
 * The wait time of a user or task set itself, undefined if it has none: `waitTime` (field, method, static), else the
 * legacy `minWait` and `maxWait`. Throws GateError `locustfile-wait` for what is no wait time.
 */
export function waitOf(owner: Paced): FoundWait | undefined {
  const own = owner as unknown as Waiting;
  const ownClass = owner.constructor as unknown as Waiting & { readonly name: string };
  const waitTime = own.waitTime ?? ownClass.waitTime;
  if (waitTime !== undefined && waitTime !== null) {
    if (typeof waitTime !== "function") {
      throw new GateError(
        "locustfile-wait",
        `${ownClass.name}.waitTime is ${String(waitTime)} and must be a function`,
        {
          hint: `waitTime = constant(${typeof waitTime === "number" ? waitTime : 1})`,
        },
      );
    }
    const give = waitTime as (this: Paced, owner: Paced) => unknown;
    return { wait: () => seconds(give.call(owner, owner), ownClass.name), deprecation: undefined };
  }
  const min = own.minWait ?? ownClass.minWait;
  const max = own.maxWait ?? ownClass.maxWait;
  if (min === undefined && max === undefined) return undefined;
  // Locust's old defaults of the two: one second each.
  const low = Number(min ?? Math.min(1000, Number(max)));
  const high = Number(max ?? Math.max(1000, low));
  if (!(low >= 0) || !(high >= low)) {
    throw new GateError("locustfile-wait", `${ownClass.name}: minWait ${low} and maxWait ${high} are no range`);
  }
  return {
    wait: () => (low + owner[paceKey].random.float() * (high - low)) / 1000,
    deprecation:
      once(owner.constructor) &&
      `${ownClass.name}: minWait and maxWait are deprecated; write waitTime = between(${low / 1000}, ${high / 1000})`,
  };
}

const warned = new WeakSet<object>();

function once(ownClass: object): true | undefined {
  if (warned.has(ownClass)) return undefined;
  warned.add(ownClass);
  return true;
}

function seconds(value: unknown, name: string): number | Promise<number> {
  if (typeof value === "number" && value >= 0) return value;
  if (value instanceof Promise) return value.then((later: unknown) => seconds(later, name));
  throw new GateError("locustfile-wait", `waitTime of ${name} gave ${String(value)} and must give seconds, 0 or more`);
}
