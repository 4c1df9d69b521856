import { ManualClock } from "../../src/base/clock.ts";
import type { Sample } from "../../src/stats/sample.ts";
import type { Environment } from "../../src/user/events/environment.ts";
import { createEvents } from "../../src/user/events/events.ts";
import { UserLife } from "../../src/user/loop/loop.ts";
import type { MissingAwait, UserError, UserObserver } from "../../src/user/loop/observer.ts";
import type { UserRuntime } from "../../src/user/runtime.ts";
import { TaskActivity } from "../../src/user/task-activity.ts";
import { TaskPlans, type TaskPlansOptions } from "../../src/user/tasks/task-plans.ts";
import type { UserClass } from "../../src/user/user.ts";

/** Everything a user needs to live, with a clock moved by hand and a notebook for what is told about it. */
export class Stage implements UserObserver {
  readonly clock = new ManualClock(1_000);
  readonly events = createEvents();
  readonly samples: Sample[] = [];
  readonly dead: UserError[] = [];
  readonly exceptions: UserError[] = [];
  readonly missing: MissingAwait[] = [];
  readonly stopped: unknown[] = [];
  readonly testStopped: unknown[] = [];
  readonly warnings: string[] = [];
  readonly kill = new AbortController();
  readonly environment = {
    events: this.events,
    parsedOptions: {},
    tags: [],
    excludeTags: [],
  } as unknown as Environment;

  constructor() {
    this.events.request.install({ record: (sample) => void this.samples.push(sample), now: () => this.clock.now() });
  }

  runtime(over: Partial<UserRuntime> = {}): UserRuntime & { readonly witness: TaskActivity } {
    return {
      environment: this.environment,
      clock: this.clock,
      index: 0,
      arm: "head",
      host: undefined,
      seed: "seed",
      signal: this.kill.signal,
      guard: { forbids: () => undefined, admit: () => true },
      report: (sample) => void this.samples.push(sample),
      hasRequestListeners: false,
      ...over,
      witness: new TaskActivity(),
    };
  }

  life(userClass: unknown, over: Partial<UserRuntime> = {}, options: TaskPlansOptions = {}): UserLife {
    const plans = new TaskPlans({ environment: this.environment, ...options });
    const known = userClass as UserClass;
    const problem = plans.problemOf(known);
    return new UserLife({
      userClass: known,
      runtime: this.runtime(over),
      plan: plans.of(known),
      problem,
      observer: this,
    });
  }

  onDeadInOnStart(error: UserError): void {
    this.dead.push(error);
  }
  onException(error: UserError): void {
    this.exceptions.push(error);
  }
  onMissingAwait(missing: MissingAwait): void {
    this.missing.push(missing);
  }
  onStopUser(reason: unknown): void {
    this.stopped.push(reason);
  }
  onStopTest(reason: unknown): void {
    this.testStopped.push(reason);
  }
  onWarning(text: string): void {
    this.warnings.push(text);
  }
}
