import type { TrafficGuard } from "../user/runtime.ts";
import type { AllowedHosts } from "./allowed-hosts.ts";
import type { RateCap } from "./rate-cap.ts";
import type { RequestBudget } from "./request-budget.ts";

/** The guard of one thread, over what the run allows; counts what it refused. */
export class ThreadGuard implements TrafficGuard {
  readonly #hosts: AllowedHosts;
  readonly #cap: RateCap | undefined;
  readonly #budget: RequestBudget | undefined;
  readonly #refused: (host: string) => void;

  constructor(options: {
    hosts: AllowedHosts;
    cap?: RateCap | undefined;
    budget?: RequestBudget | undefined;
    /** Told of every request that was aimed elsewhere. */
    refused: (host: string) => void;
  }) {
    this.#hosts = options.hosts;
    this.#cap = options.cap;
    this.#budget = options.budget;
    this.#refused = options.refused;
  }

  /** The same guard for users of the base: their requests do not count against the budget. */
  withoutBudget(): ThreadGuard {
    return new ThreadGuard({ hosts: this.#hosts, cap: this.#cap, refused: this.#refused });
  }

  forbids(url: URL): string | undefined {
    const reason = this.#hosts.forbids(url);
    if (reason !== undefined) this.#refused(url.host);
    return reason;
  }

  admit(): boolean | Promise<boolean> {
    // The budget is asked last: a request that was counted must be sent.
    const wait = this.#cap?.take();
    if (wait) return wait.then(() => this.#budget?.take() ?? true);
    return this.#budget?.take() ?? true;
  }
}
