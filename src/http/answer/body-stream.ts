import type { Transform } from "node:stream";
import { tooLarge } from "../cause.ts";
import { decodingStreams } from "./decode.ts";

/** Bytes held for a reader that is slower than the server before the connection is paused. */
const heldBytes = 256 * 1024;
/** Kept of what was read, so that a failure can be shown. */
const keptBytes = 2048;

/** The body of a streamed answer, on its way from the connection to whoever reads it. */
export class BodyStream implements AsyncIterable<Buffer> {
  readonly #contentEncoding: string | undefined;
  readonly #mostBytes: number;
  readonly #resume: () => void;
  readonly #abandon: () => void;
  #decoders: Transform[] | undefined;
  #queue: Buffer[] = [];
  #held = 0;
  #inputEnded = false;
  #ended = false;
  #error: unknown;
  #wake: (() => void) | undefined;
  #kept: Buffer = Buffer.alloc(0);
  /** Decoded bytes handed over so far. */
  bytesRead = 0;

  readonly #onFinished: () => void;

  /**
   * `resume` and `abandon` act on the connection; `onFinished` is told once, when all is decoded or it broke.
   */
  constructor(options: {
    contentEncoding: string | undefined;
    /** Decoded bytes it may have; any number if undefined. */
    mostBytes?: number | undefined;
    resume: () => void;
    abandon: () => void;
    onFinished: () => void;
  }) {
    this.#onFinished = options.onFinished;
    this.#contentEncoding = options.contentEncoding;
    this.#mostBytes = options.mostBytes ?? Number.POSITIVE_INFINITY;
    this.#resume = options.resume;
    this.#abandon = options.abandon;
  }

  get kept(): Buffer {
    return this.#kept;
  }

  /** Takes bytes from the connection; false once enough is held. */
  push(chunk: Buffer): boolean {
    if (this.#contentEncoding === undefined) this.#deliver(chunk);
    else this.#decode(chunk);
    return this.#held < heldBytes && this.#decoders?.[0]?.writableNeedDrain !== true;
  }

  #decode(chunk: Buffer): void {
    if (!this.#decoders) {
      const steps = decodingStreams(this.#contentEncoding ?? "", chunk[0] ?? 0);
      this.#decoders = steps;
      steps.forEach((step, i) => {
        step.on("error", (error) => this.#finish(error));
        const next = steps[i + 1];
        if (next) step.pipe(next);
      });
      steps[0]?.on("drain", () => {
        if (this.#held < heldBytes) this.#resume();
      });
      steps.at(-1)?.on("data", (bytes: Buffer) => this.#unpacked(bytes));
      steps.at(-1)?.on("end", () => this.#finish(undefined));
    }
    const first = this.#decoders[0];
    if (first) first.write(chunk);
    else this.#deliver(chunk);
  }

  /** A few bytes may unpack to gigabytes: nothing more is unpacked until what there is was read. */
  #unpacked(bytes: Buffer): void {
    this.#deliver(bytes);
    if (this.#held >= heldBytes) this.#decoders?.at(-1)?.pause();
  }

  #deliver(bytes: Buffer): void {
    if (this.#ended) return;
    if (this.bytesRead + bytes.length > this.#mostBytes) {
      this.#finish(tooLarge(this.#mostBytes));
      return;
    }
    this.#queue.push(bytes);
    this.#held += bytes.length;
    this.bytesRead += bytes.length;
    if (this.#kept.length < keptBytes)
      this.#kept = Buffer.concat([this.#kept, bytes.subarray(0, keptBytes - this.#kept.length)]);
    this.#wake?.();
  }

  /** The connection has no more. */
  end(error: unknown): void {
    if (this.#inputEnded) return;
    this.#inputEnded = true;
    const first = this.#decoders?.[0];
    if (error === undefined && first) first.end();
    else this.#finish(error);
  }

  /** There is room again: for what waits in the decoders, and then for more of the connection. */
  #goOn(): void {
    const decoders = this.#decoders ?? [];
    decoders.at(-1)?.resume();
    if (decoders[0]?.writableNeedDrain !== true) this.#resume();
  }

  #finish(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    for (const decoder of this.#decoders ?? []) decoder.destroy();
    this.#wake?.();
    if (!this.#inputEnded) this.#abandon();
    this.#onFinished();
  }

  /** All that will come has come. */
  get ended(): boolean {
    return this.#ended;
  }

  /** What ended it early. */
  get error(): unknown {
    return this.#error;
  }

  /** Nobody will read the rest. */
  cancel(): void {
    if (!this.#inputEnded) this.#abandon();
    this.#queue = [];
    this.#held = 0;
    // Nobody will make room for what is still packed.
    if (!this.#ended && this.#inputEnded) this.#finish(undefined);
  }

  /** The decoded body piece by piece. Throws what ended it early. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        const chunk = this.#queue.shift();
        if (chunk) {
          const wasFull = this.#held >= heldBytes;
          this.#held -= chunk.length;
          if (wasFull && this.#held < heldBytes) this.#goOn();
          yield chunk;
        } else if (this.#ended) {
          if (this.#error !== undefined) throw this.#error;
          return;
        } else {
          await new Promise<void>((wake) => {
            this.#wake = wake;
          });
          this.#wake = undefined;
        }
      }
    } finally {
      this.cancel();
    }
  }
}
