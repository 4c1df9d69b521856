import { GateError } from "../../base/errors.ts";
import type { UserClass } from "../user.ts";
import { LoadTestShape, type ShapeClass, type Tick } from "./shape.ts";

/** A load as a function of the seconds since the test started. */
export type LoadCurve = (runTime: number) => Tick | null;

/**
 * One stage: so many users, until so many seconds after the start of the test (not of the stage: as in Locust).
 * @example
 * ```ts
 * import { type Stage, stages } from "swarmgate";
 *
 * const rush: Stage = { duration: 120, users: 100, spawnRate: 10 };
 * export const Load = stages([{ duration: 60, users: 10, spawnRate: 5 }, rush]);
 * ```
 */
export interface Stage {
  /** Seconds from the start of the test to the end of this stage. */
  readonly duration: number;
  /** A whole number. */
  readonly users: number;
  /** Users per second, up and down. */
  readonly spawnRate: number;
  /** Of these classes only, if given. */
  readonly userClasses?: readonly UserClass[] | undefined;
}

/**
 * A shape class that follows a curve: users and spawn rate by the seconds since the start, `null` to end.
 * @example
 * ```ts
 * import { shapeOf } from "swarmgate";
 *
 * export const Load = shapeOf((seconds) => (seconds < 60 ? [10, 1] : null));
 * ```
 */
export function shapeOf(curve: LoadCurve): ShapeClass {
  return class extends LoadTestShape {
    static override abstract = false;
    override tick(): Tick | null {
      return curve(this.getRunTime());
    }
  };
}

/**
 * Stage after stage; ends with the last. Throws a GateError `locustfile-shape` where they are not in order.
 * @example
 * ```ts
 * import { stages } from "swarmgate";
 *
 * export const Load = stages([
 *   { duration: 60, users: 10, spawnRate: 5 },
 *   { duration: 120, users: 50, spawnRate: 10 },
 * ]);
 * ```
 */
export function stages(list: readonly Stage[]): ShapeClass {
  return shapeOf(stagesCurve(list));
}

export function stagesCurve(list: readonly Stage[]): LoadCurve {
  if (list.length === 0) throw bad("stages", "the list is empty");
  for (const [at, { duration, users, spawnRate }] of list.entries()) {
    positive("stages", `stage ${at + 1}: duration`, duration);
    positive("stages", `stage ${at + 1}: spawnRate`, spawnRate);
    if (!Number.isInteger(users) || users < 0) throw bad("stages", `stage ${at + 1}: users must be a whole number`);
    const before = list[at - 1];
    if (before && !(duration > before.duration)) {
      throw bad("stages", `stage ${at + 1} ends at ${duration} s, not after stage ${at} (${before.duration} s)`);
    }
  }
  return (runTime) => {
    const stage = list.find(({ duration }) => runTime < duration);
    if (!stage) return null;
    return stage.userClasses ? [stage.users, stage.spawnRate, stage.userClasses] : [stage.users, stage.spawnRate];
  };
}

/**
 * Every `stepTime` seconds `stepLoad` users more, until `timeLimit` seconds. Throws a GateError `locustfile-shape` for a
 * number that is not above 0.
 * @example
 * ```ts
 * import { steps } from "swarmgate";
 *
 * export const Load = steps({ stepTime: 30, stepLoad: 10, spawnRate: 10, timeLimit: 300 });
 * ```
 */
export function steps(options: StepOptions): ShapeClass {
  return shapeOf(stepsCurve(options));
}

export interface StepOptions {
  readonly stepTime: number;
  readonly stepLoad: number;
  readonly spawnRate: number;
  readonly timeLimit: number;
}

export function stepsCurve(options: StepOptions): LoadCurve {
  for (const [name, value] of Object.entries(options)) positive("steps", name, value);
  const { stepTime, stepLoad, spawnRate, timeLimit } = options;
  return (runTime) =>
    runTime > timeLimit ? null : [Math.round((Math.floor(runTime / stepTime) + 1) * stepLoad), spawnRate];
}

/**
 * `users`, but `peakUsers` from second `at` on for `duration` seconds; ends after `timeLimit` seconds. Throws a GateError
 * `locustfile-shape` for a number that cannot be.
 * @example
 * ```ts
 * import { spike } from "swarmgate";
 *
 * export const Load = spike({ users: 10, peakUsers: 100, at: 60, duration: 30, timeLimit: 180 });
 * ```
 */
export function spike(options: SpikeOptions): ShapeClass {
  return shapeOf(spikeCurve(options));
}

export interface SpikeOptions {
  readonly users: number;
  readonly peakUsers: number;
  readonly at: number;
  readonly duration: number;
  readonly timeLimit: number;
  /** Users a second up and down; default: all of the difference within a second. */
  readonly spawnRate?: number;
}

export function spikeCurve(options: SpikeOptions): LoadCurve {
  const { users, peakUsers, at, duration, timeLimit } = options;
  for (const [name, value] of Object.entries(options)) if (name !== "at") positive("spike", name, value);
  if (!(at >= 0)) throw bad("spike", `at must be seconds, 0 or more; it is ${at}`);
  const spawnRate = options.spawnRate ?? Math.max(users, peakUsers);
  return (runTime) => {
    if (runTime > timeLimit) return null;
    return [runTime >= at && runTime < at + duration ? peakUsers : users, spawnRate];
  };
}

/**
 * Two bell-shaped peaks over `minUsers`, at one third and two thirds of `timeLimit` seconds: morning and evening. Throws a
 * GateError `locustfile-shape` for a number that cannot be.
 * @example
 * ```ts
 * import { doubleWave } from "swarmgate";
 *
 * export const Load = doubleWave({ minUsers: 20, peakOneUsers: 60, peakTwoUsers: 40, timeLimit: 600 });
 * ```
 */
export function doubleWave(options: DoubleWaveOptions): ShapeClass {
  return shapeOf(doubleWaveCurve(options));
}

export interface DoubleWaveOptions {
  readonly minUsers: number;
  readonly peakOneUsers: number;
  readonly peakTwoUsers: number;
  readonly timeLimit: number;
}

/** The curve of Locust's `double_wave` example: two Gaussians, 5 and 10 fifteenths of the way. */
export function doubleWaveCurve(options: DoubleWaveOptions): LoadCurve {
  const { minUsers, peakOneUsers, peakTwoUsers, timeLimit } = options;
  for (const [name, value] of Object.entries(options)) if (name !== "minUsers") positive("doubleWave", name, value);
  if (!(minUsers >= 0)) throw bad("doubleWave", `minUsers must be 0 or more; it is ${minUsers}`);
  const unit = timeLimit / 15;
  const bell = (runTime: number, center: number) => Math.exp(-((runTime / unit - center) ** 2));
  return (runTime) => {
    if (runTime > timeLimit) return null;
    const first = (peakOneUsers - minUsers) * bell(runTime, 5);
    const second = (peakTwoUsers - minUsers) * bell(runTime, 10);
    const users = Math.round(minUsers + first + second);
    return [users, Math.max(1, users)];
  };
}

function positive(shape: string, name: string, value: number | undefined): void {
  if (!(typeof value === "number" && value > 0 && Number.isFinite(value))) {
    throw bad(shape, `${name} must be a number above 0; it is ${String(value)}`);
  }
}

function bad(shape: string, what: string): GateError {
  return new GateError("locustfile-shape", `${shape}: ${what}`, {
    ...(shape === "stages" && { hint: "a stage's duration counts from the start of the test, as in Locust's example" }),
  });
}
