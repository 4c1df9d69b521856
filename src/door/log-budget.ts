import { counted, plain } from "../report/view/format.ts";

/** How much of one source stands in the log: pages of it can be read, hundreds of megabytes only cost. Bytes. */
export const sourceLimitBytes = 2 * 1024 * 1024;

/** What one source may add to the log, and how much of it was left out. */
export class LogBudget {
  readonly #source: string;
  #left = sourceLimitBytes;
  #lines = 0;
  #bytes = 0;

  /** @param source as the log names it: `the locustfile's output` */
  constructor(source: string) {
    this.#source = source;
  }

  /** Whether a line may be printed. The first that may not gives a sentence to print in its place. */
  take(line: string): "print" | "leave out" | { readonly instead: string } {
    const bytes = Buffer.byteLength(line) + 1;
    if (bytes <= this.#left) {
      this.#left -= bytes;
      return "print";
    }
    this.#left = 0;
    this.#lines++;
    this.#bytes += bytes;
    if (this.#lines > 1) return "leave out";
    return { instead: `${this.#source} fills ${sourceLimitBytes / 1024 / 1024} MiB of this log; the rest is left out` };
  }

  /** What was left out since this was asked last; null for nothing. */
  takeLeftOut(): string | null {
    if (this.#lines === 0) return null;
    const lines = plain(counted(this.#lines, "line"));
    const said = `left out: ${lines} (${(this.#bytes / 1e6).toFixed(1)} MB) of ${this.#source}`;
    this.#lines = 0;
    this.#bytes = 0;
    return said;
  }
}
