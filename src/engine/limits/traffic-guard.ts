import type { TrafficGuard } from "../../user/activity.ts";
import { type AllowedHosts, forbidsAddress } from "./allowed-hosts.ts";
import type { RateCap } from "./rate-cap.ts";
import type { RequestBudget } from "./request-budget.ts";

/** The guard of one thread, over what the run allows. */
export class ThreadGuard implements TrafficGuard {
  readonly #hosts: AllowedHosts;
  readonly #cap: RateCap | undefined;
  readonly #budget: RequestBudget | undefined;
  readonly #exhausted: () => void;

  constructor(options: {
    hosts: AllowedHosts;
    cap?: RateCap | undefined;
    budget?: RequestBudget | undefined;
    /** Told when the budget is used up, by the request that took the last of it and by those that come too late. */
    exhausted?: () => void;
  }) {
    this.#hosts = options.hosts;
    this.#cap = options.cap;
    this.#budget = options.budget;
    this.#exhausted = options.exhausted ?? (() => {});
  }

  /** The same guard for users of the base: their requests do not count against the budget. */
  withoutBudget(): ThreadGuard {
    return new ThreadGuard({ hosts: this.#hosts, cap: this.#cap });
  }

  /** Whether the run's budget of requests is used up. */
  get exhausted(): boolean {
    return this.#budget?.usedUp ?? false;
  }

  forbids(url: URL): string | undefined {
    return this.#hosts.forbids(url);
  }

  forbidsAddress(resolved: { readonly hostname: string; readonly address: string }): string | undefined {
    return forbidsAddress(resolved);
  }

  admit(): boolean | Promise<boolean> {
    // The budget is asked last: a request that was counted must be sent.
    const wait = this.#cap?.take();
    return wait ? wait.then(() => this.#spend()) : this.#spend();
  }

  #spend(): boolean {
    if (!this.#budget) return true;
    const granted = this.#budget.take();
    if (this.#budget.usedUp) this.#exhausted();
    return granted;
  }
}
