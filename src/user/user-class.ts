import { systemClock } from "../base/clock.ts";
import { GateError, messageOf } from "../base/errors.ts";
import { isAbstract, taskSetBrand, userBrand } from "./brand.ts";
import type { Environment } from "./events/environment.ts";
import { events } from "./events/events.ts";
import type { UserRuntime } from "./runtime.ts";
import { TaskActivity } from "./task-activity.ts";
import type { User, UserClass } from "./user.ts";
import { meanWaitSeconds } from "./waiting/wait-time.ts";

/** What a run must know of a user class before there is a user. */
export interface UserClassFacts {
  readonly name: string;
  readonly abstract: boolean;
  /** 0 or more; 1 if not given. */
  readonly weight: number;
  /** Whole number; 0 if not given: the weight decides. */
  readonly fixedCount: number;
  readonly host: string | undefined;
}

/**
 * Reads a user class: its static fields, and its instance fields from a specimen if its source sets one of them.
 * Throws GateError `locustfile-user` for values that make no sense.
 */
export function readUserClass(userClass: UserClass, environment?: Environment): UserClassFacts {
  const own = userClass as unknown as Readonly<Record<string, unknown>>;
  const needsSpecimen = assigns(userClass, /^(?:weight|fixedCount|host)$/) && !isAbstract(userClass);
  const instance = needsSpecimen ? (specimenOf(userClass, environment) as unknown as typeof own) : {};
  const read = (name: string) => instance[name] ?? own[name] ?? undefined;
  const weight = read("weight") ?? 1;
  const fixedCount = read("fixedCount") ?? 0;
  const host = read("host");
  const bad = (what: string) => new GateError("locustfile-user", `${userClass.name}: ${what}`);
  if (typeof weight !== "number" || !(weight >= 0) || !Number.isFinite(weight)) {
    throw bad(`weight must be a number, 0 or more; it is ${String(weight)}`);
  }
  if (typeof fixedCount !== "number" || !Number.isInteger(fixedCount) || fixedCount < 0) {
    throw bad(`fixedCount must be a whole number, 0 or more; it is ${String(fixedCount)}`);
  }
  if (host !== undefined && typeof host !== "string") throw bad(`host must be a URL; it is ${String(host)}`);
  return { name: userClass.name, abstract: isAbstract(userClass), weight, fixedCount, host: host || undefined };
}

/**
 * The seconds between two tasks of a user of this class, on average and without what the tasks take; undefined where
 * nobody can know it from outside. Never throws: who asks only wants to estimate the load.
 */
export function meanWaitOf(userClass: UserClass, environment?: Environment): number | undefined {
  const own = userClass as unknown as Waiting;
  try {
    const instance = assigns(userClass, /^(?:waitTime|minWait|maxWait)$/)
      ? (specimenOf(userClass, environment) as unknown as Waiting)
      : {};
    const waitTime = instance.waitTime ?? own.waitTime ?? (userClass.prototype as unknown as Waiting).waitTime;
    if (waitTime !== undefined && waitTime !== null) return meanWaitSeconds(waitTime);
    const [min, max] = [instance.minWait ?? own.minWait, instance.maxWait ?? own.maxWait];
    return typeof min === "number" && typeof max === "number" ? (min + max) / 2000 : undefined;
  } catch {
    return undefined;
  }
}

interface Waiting {
  readonly waitTime?: unknown;
  /** Milliseconds. */
  readonly minWait?: unknown;
  readonly maxWait?: unknown;
}

const specimens = new WeakMap<object, User>();
const specimenHost = "http://specimen.invalid";

/**
 * An instance of a user class that is read and never run: class fields exist only on instances. One for each class
 * and thread; it may send nothing.
 */
export function specimenOf(userClass: UserClass, environment?: Environment): User {
  const known = specimens.get(userClass);
  if (known) return known;
  try {
    const specimen = new userClass(inertRuntime(environment));
    // What the class itself says, not what the specimen was given.
    if (specimen.host === specimenHost) delete specimen.host;
    specimens.set(userClass, specimen);
    return specimen;
  } catch (error) {
    throw new GateError("locustfile-user", `${userClass.name} cannot be made: ${messageOf(error)}`, {
      hint: "its constructor or one of its fields throws; connect and log in from onStart",
      cause: error,
    });
  }
}

function inertRuntime(environment: Environment | undefined): UserRuntime {
  return {
    environment: environment ?? ({ events, parsedOptions: {}, tags: [], excludeTags: [] } as unknown as Environment),
    clock: systemClock,
    index: 0,
    arm: "head",
    host: specimenHost,
    seed: "specimen",
    signal: new AbortController().signal,
    guard: { forbids: () => "this user is never run", admit: () => false },
    witness: new TaskActivity(),
    report: () => undefined,
    hasRequestListeners: false,
  };
}

const assigned = new WeakMap<object, ReadonlySet<string>>();

/**
 * Whether the source of a class or of its bases sets a member with such a name, in any of the ways a field is written
 * or compiled: `name =`, `this.name =`, `define(this, "name", …)`. May say yes too often, which costs a specimen.
 */
export function assigns(anyClass: object, name: RegExp): boolean {
  for (let c: unknown = anyClass; typeof c === "function" && !isOurs(c); c = Object.getPrototypeOf(c)) {
    let names = assigned.get(c);
    if (!names) {
      const source = Function.prototype.toString.call(c);
      names = new Set(
        Array.from(source.matchAll(/(?<!\bstatic\s+)\b(\w+)["'`]?\]?\s*(?:=(?![=>])|,)/g), (found) => found[1] ?? ""),
      );
      assigned.set(c, names);
    }
    if (names.values().some((candidate) => name.test(candidate))) return true;
  }
  return false;
}

/** The roots of all user and task-set classes, and what lies below them. */
function isOurs(c: object): boolean {
  return c === Function.prototype || Object.hasOwn(c, userBrand) || Object.hasOwn(c, taskSetBrand);
}
