import type { Clock } from "../../base/clock.ts";
import { Random } from "../../base/random.ts";
import type { Arm } from "../../stats/endpoint.ts";
import type { TrafficGuard } from "../../user/activity.ts";

/** Length of a slot: shorter ones measure better, and longer ones let a request of one arm end before the other's. */
export const slotMs = 1000;

/**
 * Whose turn it is where the target cannot take both arms at once: slots of a second, two and two, in each pair the
 * arms in an order drawn from the seed, so that neither always has the other in front of it. On the edges of blocks.
 */
export class Slots {
  readonly #seed: string;
  readonly #startedAtMs: number;
  /** By pair of slots, as they were asked for. */
  readonly #headFirst: boolean[] = [];

  constructor(options: { seed: string; startedAtMs: number }) {
    this.#seed = options.seed;
    this.#startedAtMs = options.startedAtMs;
  }

  /** Whose slot the `index`th is, from 0. */
  armOf(index: number): Arm {
    const pair = Math.floor(index / 2);
    this.#headFirst[pair] ??= Random.from(this.#seed, "slots", pair).float() < 0.5;
    return this.#headFirst[pair] === (index % 2 === 0) ? "head" : "base";
  }

  /** When an arm that waits from `fromMs` has had so much time of its own; its next moment for 0. On the clock. */
  after(arm: Arm, { fromMs, ownMs }: { fromMs: number; ownMs: number }): number {
    let left = ownMs;
    let index = Math.max(0, Math.floor((fromMs - this.#startedAtMs) / slotMs));
    for (let atMs = Math.max(fromMs, this.#startedAtMs); ; index++) {
      const endMs = this.#startedAtMs + (index + 1) * slotMs;
      // What is due at the very end of a slot is the next one's: none of it would be answered in this.
      if (this.armOf(index) === arm && atMs + left < endMs) return atMs + left;
      if (this.armOf(index) === arm) left -= endMs - atMs;
      atMs = endMs;
    }
  }
}

/** A user's clock that stands while the other arm has its turn: what is slept is time of its own. */
export function slottedClock(clock: Clock, { slots, arm }: { slots: Slots; arm: Arm }): Clock {
  return {
    now: () => clock.now(),
    sleep(ms, signal) {
      // What nobody can interrupt is no wait time: a user that must stop has its moment whoever's turn it is.
      if (!signal || !(ms > 0)) return clock.sleep(ms, signal);
      const nowMs = clock.now();
      return clock.sleep(slots.after(arm, { fromMs: nowMs, ownMs: ms }) - nowMs, signal);
    },
  };
}

/** Lets an arm's requests start in its own slots alone, then asks the guard of the run. */
export class SlottedGuard implements TrafficGuard {
  readonly #guard: TrafficGuard;
  readonly #clock: Clock;
  readonly #slots: Slots;
  readonly #arm: Arm;

  constructor(guard: TrafficGuard, options: { clock: Clock; slots: Slots; arm: Arm }) {
    this.#guard = guard;
    this.#clock = options.clock;
    this.#slots = options.slots;
    this.#arm = options.arm;
  }

  forbids(url: URL): string | undefined {
    return this.#guard.forbids(url);
  }

  forbidsAddress(resolved: { readonly hostname: string; readonly address: string }): string | undefined {
    return this.#guard.forbidsAddress?.(resolved);
  }

  admit(): boolean | Promise<boolean> {
    const nowMs = this.#clock.now();
    const earlyMs = this.#slots.after(this.#arm, { fromMs: nowMs, ownMs: 0 }) - nowMs;
    return earlyMs <= 0 ? this.#guard.admit() : this.#clock.sleep(earlyMs).then(() => this.admit());
  }
}
