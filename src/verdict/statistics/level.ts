/** One number of the new run and of each stored one, on the logarithmic scale. */
export interface Level {
  readonly now: number;
  /** Of the runs that the new one is measured from: those of its machine. */
  readonly past: readonly number[];
  /**
   * Of runs on other machines, machine by machine. They lie elsewhere, so nothing is measured from them; how much runs
   * differ they teach as well.
   */
  readonly elsewhere?: readonly (readonly number[])[] | undefined;
  readonly passes?: Passes | null | undefined;
}

/** How the passes of a run share its spread: they have its machine in common, and so part of what runs differ by. */
export interface Passes {
  /** Passes of the new run. */
  readonly now: number;
  /** Mean over the stored runs of 1 / passes. */
  readonly storedShare: number;
  /** Variance between the passes of one run, learnt from stored passes; null where there are none to learn from. */
  readonly variance: number | null;
}

/** The same numbers, each changed. */
export function mapLevel({ now, past, elsewhere = [], passes }: Level, change: (value: number) => number): Level {
  return {
    now: change(now),
    past: past.map(change),
    elsewhere: elsewhere.map((group) => group.map(change)),
    passes,
  };
}
