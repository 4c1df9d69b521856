import type { Deadlines, Expiring } from "./deadlines.ts";

/** How long a connection may take to be made. */
export class ConnectDeadline implements Expiring {
  deadlineMs = 0;
  queue: Expiring["queue"];
  earlier: Expiring | undefined;
  later: Expiring | undefined;
  readonly expire: () => void;
  readonly #deadlines: Deadlines;

  constructor(deadlines: Deadlines, expire: () => void) {
    this.#deadlines = deadlines;
    this.expire = expire;
  }

  withdraw(): void {
    this.#deadlines.withdraw(this);
  }
}
