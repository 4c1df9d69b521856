import type { Socket } from "node:net";
import { piecesOf, type Upload } from "../upload.ts";

/** Writes one upload to a socket, no faster than the socket takes it. */
export class UploadWriter {
  readonly #socket: Socket;
  readonly #pieces: AsyncGenerator<Buffer>;
  readonly #chunked: boolean;
  readonly #written: (bytes: number) => void;
  #state: "writing" | "written" | "stopped" = "writing";
  #wake: (() => void) | undefined;

  /** @param body its `length` is undefined where it goes in chunks */
  constructor(
    socket: Socket,
    { upload, length, written }: { upload: Upload; length: number | undefined; written: (bytes: number) => void },
  ) {
    this.#socket = socket;
    this.#chunked = length === undefined;
    this.#pieces = piecesOf(upload, length);
    this.#written = written;
  }

  /** Whether its last byte was handed over: before that nothing else may be written. */
  get done(): boolean {
    return this.#state === "written";
  }

  /** Resolves once all is written, or it was stopped. Rejects with an ExchangeError where the source broke off. */
  async run(): Promise<void> {
    const socket = this.#socket;
    const drained = () => this.#wake?.();
    socket.on("drain", drained);
    try {
      for await (const bytes of this.#pieces) {
        if (this.#state === "stopped") return;
        this.#write(bytes);
        this.#written(bytes.length);
        while (socket.writableNeedDrain && this.#state === "writing") await this.#nextWake();
      }
      if (this.#state === "stopped") return;
      if (this.#chunked) socket.write("0\r\n\r\n", "latin1");
      this.#state = "written";
    } finally {
      socket.off("drain", drained);
    }
  }

  #write(bytes: Buffer): void {
    const socket = this.#socket;
    if (!this.#chunked) {
      socket.write(bytes);
      return;
    }
    socket.cork();
    socket.write(`${bytes.length.toString(16)}\r\n`, "latin1");
    socket.write(bytes);
    socket.write("\r\n", "latin1");
    socket.uncork();
  }

  #nextWake(): Promise<void> {
    return new Promise((wake) => {
      this.#wake = wake;
    });
  }

  /** The connection goes another way: no more is read of the source, which is closed. */
  stop(): void {
    if (this.#state !== "writing") return;
    this.#state = "stopped";
    this.#wake?.();
    // A generator that waits for its source ends when that gives its next piece; nobody waits for it.
    this.#pieces.return(undefined).catch(() => undefined);
  }
}
