/** Workers tell of themselves twice a second and more. */
const silentMs = 2000;
/** A look that comes so late was held up itself: what workers said meanwhile is still waiting to be read. */
const ownDelayMs = 1500;

/** A worker as far as it can be heard. */
export interface WatchedWorker {
  readonly id: string;
  readonly users: number;
  /** When it said something last. */
  readonly heardMs: number;
}

/** A worker that stood still: its process was stopped, its code never yielded, or nothing of it came through. */
export interface Freeze {
  readonly id: string;
  /** Users it ran when it was heard last. */
  readonly users: number;
  readonly sinceMs: number;
  /** When it was heard again; null while it is not. */
  readonly untilMs: number | null;
}

/** Finds workers that run users and say nothing, and those that do again. Times on one clock. */
export class WorkerWatch {
  readonly #frozen = new Map<string, Freeze>();
  #lastLookMs: number | undefined;
  /** Nobody is missed for what they could not be heard before. */
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  /** @returns freezes that began or ended since the last look */
  look(workers: readonly WatchedWorker[], nowMs: number): Freeze[] {
    if (this.#lastLookMs !== undefined && nowMs - this.#lastLookMs > ownDelayMs) this.#notBeforeMs = nowMs;
    this.#lastLookMs = nowMs;
    const news: Freeze[] = [];
    for (const { id, users, heardMs } of workers) {
      const known = this.#frozen.get(id);
      const isSilent = nowMs - Math.max(heardMs, this.#notBeforeMs) > silentMs;
      if (!known && isSilent && users > 0) {
        const freeze = { id, users, sinceMs: heardMs, untilMs: null };
        this.#frozen.set(id, freeze);
        news.push(freeze);
      } else if (known && heardMs > known.sinceMs) {
        this.#frozen.delete(id);
        news.push({ ...known, untilMs: heardMs });
      }
    }
    return news;
  }

  /** Those that have not been heard again. */
  get frozen(): readonly Freeze[] {
    return [...this.#frozen.values()];
  }

  isFrozen(id: string): boolean {
    return this.#frozen.has(id);
  }
}

/** A freeze in words: for the log while it lasts and when it is over, and for the result. */
export function freezeMessage(
  { id, users, sinceMs, untilMs }: Freeze,
  { startedAtMs }: { readonly startedAtMs: number },
): { readonly live: string; readonly warning: string } {
  const whose = users === 1 ? "its one user is" : `its ${users} users are`;
  const from = seconds(sinceMs - startedAtMs);
  if (untilMs === null) {
    return {
      live: `${id} has not been heard since ${from} after the start: ${whose} missing from the counts`,
      warning: `${id} stood still from ${from} after the start to the end of the run: ${whose} missing from the counts of that time`,
    };
  }
  const forHow = seconds(untilMs - sinceMs);
  return {
    live: `${id} is back after ${forHow}`,
    warning: `${id} stood still for ${forHow}, from ${from} after the start: ${whose} missing from the counts of that time, and the load was that much smaller`,
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
