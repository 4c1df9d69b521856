/** One frame of ZMTP: a part of a message, or a command of the protocol itself. */
export interface Frame {
  readonly command: boolean;
  /** More parts of the same message follow. */
  readonly more: boolean;
  readonly body: Buffer;
}

/** A peer broke the protocol, or a limit of ours; the connection ends. */
export class ZmtpError extends Error {
  override readonly name = "ZmtpError";
}

const moreFlag = 1;
const longFlag = 2;
const commandFlag = 4;
const firstCapacity = 1024;

/** The bytes of a frame: a byte of flags, the length in one byte or in eight, the body. */
export function encodeFrame({ command, more, body }: Frame): Buffer {
  const long = body.length > 255;
  const flags = (more ? moreFlag : 0) | (long ? longFlag : 0) | (command ? commandFlag : 0);
  const head = Buffer.alloc(long ? 9 : 2);
  head[0] = flags;
  if (long) head.writeBigUInt64BE(BigInt(body.length), 1);
  else head[1] = body.length;
  return Buffer.concat([head, body]);
}

/**
 * Cuts a stream of bytes into frames, however it is chunked. A length above `limitBytes` is refused before a byte of
 * the body is kept, and what is kept is at most twice what came: neither a claim nor a drip of single bytes can take
 * more memory than the limit says.
 */
export class FrameReader {
  /** Bytes a body may have; may be changed between frames. */
  limitBytes: number;
  #buffer = Buffer.allocUnsafe(firstCapacity);
  #start = 0;
  #end = 0;

  constructor({ limitBytes }: { limitBytes: number }) {
    this.limitBytes = limitBytes;
  }

  /** Takes bytes in; `next` gives the frames they complete. */
  push(chunk: Uint8Array): void {
    const kept = this.#end - this.#start;
    const needed = kept + chunk.length;
    if (this.#end + chunk.length > this.#buffer.length) {
      const fits = needed <= this.#buffer.length;
      const target = fits ? this.#buffer : Buffer.allocUnsafe(Math.max(firstCapacity, needed * 2));
      this.#buffer.copy(target, 0, this.#start, this.#end);
      this.#buffer = target;
      this.#start = 0;
      this.#end = kept;
    }
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** Takes `count` bytes that are no frame (the greeting); undefined while there are not so many. */
  takeBytes(count: number): Buffer | undefined {
    if (this.#end - this.#start < count) return undefined;
    const bytes = Buffer.from(this.#buffer.subarray(this.#start, this.#start + count));
    this.#advance(count);
    return bytes;
  }

  /** What came and was not taken yet, without copying it. */
  get waiting(): Buffer {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** The next whole frame, a copy; undefined until more bytes come. Throws ZmtpError. */
  next(): Frame | undefined {
    const bytes = this.waiting;
    const flags = bytes[0];
    if (flags === undefined) return undefined;
    if (flags > (moreFlag | longFlag | commandFlag)) throw new ZmtpError("a frame has unknown flags");
    const command = (flags & commandFlag) !== 0;
    const more = (flags & moreFlag) !== 0;
    if (command && more) throw new ZmtpError("a command claims to have more parts");
    const headBytes = flags & longFlag ? 9 : 2;
    if (bytes.length < headBytes) return undefined;
    const length = flags & longFlag ? Number(bytes.readBigUInt64BE(1)) : (bytes[1] as number);
    if (length > this.limitBytes) throw new ZmtpError(`a frame of ${length} bytes is more than ${this.limitBytes}`);
    if (bytes.length < headBytes + length) return undefined;
    const body = Buffer.from(bytes.subarray(headBytes, headBytes + length));
    this.#advance(headBytes + length);
    return { command, more, body };
  }

  #advance(count: number): void {
    this.#start += count;
    if (this.#start < this.#end) return;
    this.#start = 0;
    this.#end = 0;
    // One long frame must not hold its memory for as long as the connection lives.
    if (this.#buffer.length > 64 * firstCapacity) this.#buffer = Buffer.allocUnsafe(firstCapacity);
  }
}
