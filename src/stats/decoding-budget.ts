import { quarterOfMemory } from "../base/memory.ts";

/**
 * What the histograms of one document may unpack to. A packed histogram of 70 characters can stand for 25,000 bins of
 * a megabyte, so a small document could fill the memory; what is really measured unpacks to at most two bytes a
 * character, and a bin takes at least one.
 */
const bytesPerCharacter = 8;
const bytesAlways = 64 * 1024;
/** Of memory, for a bin: its place in a map. */
const bytesPerBin = 48;

/** Counts what a document's histograms unpack to, and refuses it before too much of it is unpacked. */
export class DecodingBudget {
  readonly #limitBytes: number;
  #leftBytes: number;

  /**
   * @param characters length of the whole document
   * @param memoryBytes what the unpacked may take; a quarter of the process's memory if not given
   */
  constructor(characters: number, memoryBytes: number = quarterOfMemory()) {
    this.#limitBytes = Math.min(bytesAlways + bytesPerCharacter * characters, Math.floor(memoryBytes / bytesPerBin));
    this.#leftBytes = this.#limitBytes;
  }

  /** Unpacked bytes the next histogram may have. */
  get leftBytes(): number {
    return this.#leftBytes;
  }

  /** Takes the unpacked bytes of one histogram. Throws RangeError once all are too many. */
  take(bytes: number): void {
    this.#leftBytes -= bytes;
    if (this.#leftBytes < 0) throw this.exceeded();
  }

  exceeded(): RangeError {
    return new RangeError(
      `its histograms unpack to more than ${this.#limitBytes} bytes, which nothing measured in a document of this size does`,
    );
  }
}
