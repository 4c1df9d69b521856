import { systemClock } from "../../../src/base/clock.ts";
import { HttpClient } from "../../../src/http/client/client.ts";
import type { HttpSettings } from "../../../src/http/settings.ts";
import type { Sample } from "../../../src/stats/sample.ts";
import type { RequestDetails, TrafficGuard, UserRuntime } from "../../../src/user/runtime.ts";
import { TaskActivity } from "../../../src/user/task-activity.ts";

/** The world of one user, standing in a test: what it reports is kept. */
export class TestWorld {
  readonly samples: Sample[] = [];
  readonly details: RequestDetails[] = [];
  /** Code and message; equal ones once, as a run keeps them. */
  readonly warnings: [code: string, message: string][] = [];
  readonly witness = new TaskActivity();
  readonly stop = new AbortController();
  readonly runtime: UserRuntime;
  readonly client: HttpClient;

  constructor(
    host: string | undefined,
    options: {
      settings?: HttpSettings;
      guard?: Partial<TrafficGuard>;
      listeners?: boolean;
      extraHeaders?: UserRuntime["extraHeaders"];
      share?: TestWorld;
    } = {},
  ) {
    const { samples, details, warnings, witness, stop } = this;
    this.runtime = {
      // The client never looks at its environment.
      environment: {} as UserRuntime["environment"],
      clock: systemClock,
      index: 0,
      arm: "head",
      host,
      seed: "test",
      signal: stop.signal,
      guard: options.share?.runtime.guard ?? { forbids: () => undefined, admit: () => true, ...options.guard },
      witness,
      hasRequestListeners: options.listeners ?? false,
      extraHeaders: options.extraHeaders,
      warn(code, message) {
        if (!warnings.some((known) => known[1] === message)) warnings.push([code, message]);
      },
      report(sample, detail) {
        samples.push(sample);
        if (detail) details.push(detail);
      },
    };
    const settings = options.share ? settingsOf.get(options.share) : options.settings;
    this.client = new HttpClient(this.runtime, { settings });
    settingsOf.set(this, settings);
  }

  /** The only sample so far. */
  get sample(): Sample {
    if (this.samples.length !== 1) throw new Error(`${this.samples.length} samples in place of one`);
    return this.samples[0] as Sample;
  }

  /** `kind: message` of the only sample; undefined if it succeeded. */
  get failure(): string | undefined {
    const { failure } = this.sample;
    return failure && `${failure.kind}: ${failure.message}`;
  }
}

const settingsOf = new WeakMap<TestWorld, HttpSettings | undefined>();
