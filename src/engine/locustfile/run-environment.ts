import type { Environment, Events, MessageListener, Runner, Stats } from "../../user/events/environment.ts";
import type { LoadPlan } from "../plan/load-plan.ts";

/** `environment` of a run, on the master or in a thread. */
export class RunEnvironment implements Environment {
  readonly events: Events;
  readonly runner: Runner;
  readonly stats: Stats;
  readonly host: string | undefined;
  readonly tags: readonly string[];
  readonly excludeTags: readonly string[];
  readonly parsedOptions: Readonly<Record<string, unknown>>;
  readonly userClasses: readonly unknown[];
  readonly #exitCodeSet: (code: number | null) => void;
  #processExitCode: number | null = null;

  constructor(options: {
    plan: LoadPlan;
    events: Events;
    runner: Runner;
    stats: Stats;
    userClasses: readonly unknown[];
    /** Told when the locustfile sets `processExitCode`. */
    exitCodeSet?: (code: number | null) => void;
  }) {
    const { plan } = options;
    this.events = options.events;
    this.runner = options.runner;
    this.stats = options.stats;
    this.host = plan.host ?? undefined;
    this.tags = plan.tags;
    this.excludeTags = plan.excludeTags;
    this.parsedOptions = plan.parsedOptions;
    this.userClasses = options.userClasses;
    this.#exitCodeSet = options.exitCodeSet ?? (() => {});
  }

  get processExitCode(): number | null {
    return this.#processExitCode;
  }

  set processExitCode(code: number | null) {
    this.#processExitCode = code;
    this.#exitCodeSet(code);
  }
}

/** Who listens to which of the locustfile's own messages. */
export class MessageRegistry {
  readonly #listeners = new Map<string, MessageListener[]>();

  register(type: string, listener: MessageListener): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  async deliver(
    message: Parameters<MessageListener>[0],
    { failed }: { failed: (error: unknown) => void },
  ): Promise<void> {
    for (const listener of this.#listeners.get(message.type) ?? []) {
      try {
        await listener(message);
      } catch (error) {
        failed(error);
      }
    }
  }
}
