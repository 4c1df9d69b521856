import type { Clock } from "../../base/clock.ts";
import { shapeBrand } from "../brand.ts";
import type { Environment } from "../events/environment.ts";
import type { UserClass } from "../user.ts";

/**
 * What a shape wants now: so many users, reached at so many a second; of these classes only, if any are named (those
 * of other classes that run already keep running).
 * @example
 * ```ts
 * import type { Tick } from "swarmgate";
 *
 * const fiftyAtTenASecond: Tick = [50, 10];
 * ```
 */
export type Tick = readonly [users: number, spawnRate: number, userClasses?: readonly UserClass[]];

/** What a shape sees of the run: given by whoever runs it, before the first tick. */
export interface ShapeRun {
  readonly clock: Clock;
  readonly environment: Environment;
}

/**
 * How the number of users changes over time. Export a class derived from it, and its `tick` is asked once a second;
 * `null` ends the test. The engine follows without waiting for a ramp to be over, so a stage that is shorter than
 * its ramp is not skipped: the next one begins where the ramp had got to.
 * @example
 * ```ts
 * import { LoadTestShape, type Tick } from "swarmgate";
 *
 * export class UntilNoon extends LoadTestShape {
 *   override tick(): Tick | null {
 *     return this.getRunTime() < 600 ? [20 + Math.floor(this.getRunTime() / 10), 5] : null;
 *   }
 * }
 * ```
 */
export class LoadTestShape {
  static readonly [shapeBrand]: true = true;
  /** `static abstract = true` keeps a base class from being used; not inherited. */
  static abstract: boolean = true;
  /** True: users, spawn rate and run time of the command line stay in force, for the shape to read. */
  static useCommonOptions: boolean = false;

  /** As the static field; either will do. */
  declare useCommonOptions?: boolean;

  #run: ShapeRun | undefined;
  #startMs = 0;

  /** Called by whoever runs the shape. */
  attach(run: ShapeRun): void {
    this.#run = run;
    this.resetTime();
  }

  /** `[users, spawnRate]`, `[users, spawnRate, [Shopper]]`, or `null` to end the test. */
  tick(): Tick | null | Promise<Tick | null> {
    throw new TypeError(`${this.constructor.name} has no tick(): it must return [users, spawnRate] or null`);
  }

  /** Seconds since the test started. */
  getRunTime(): number {
    return this.#run ? (this.#run.clock.now() - this.#startMs) / 1000 : 0;
  }

  /** Users running now, in the whole swarm. */
  getCurrentUserCount(): number {
    return this.#run?.environment.runner.userCount ?? 0;
  }

  /** Lets the run time begin again at 0. */
  resetTime(): void {
    this.#startMs = this.#run?.clock.now() ?? 0;
  }

  /** Of the run; undefined before it. */
  get environment(): Environment | undefined {
    return this.#run?.environment;
  }

  /** Who runs the users; undefined before the run. */
  get runner(): Environment["runner"] | undefined {
    return this.#run?.environment.runner;
  }
}

/** A shape class as an engine makes it. */
export type ShapeClass = (new () => LoadTestShape) & Pick<typeof LoadTestShape, "abstract" | "useCommonOptions">;

/** Whether the options of the command line stay in force under this shape. */
export function usesCommonOptions(shape: LoadTestShape): boolean {
  return shape.useCommonOptions ?? (shape.constructor as unknown as ShapeClass).useCommonOptions === true;
}
