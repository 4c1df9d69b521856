import { type AnswerHead, readHead } from "./answer-head.ts";
import { ChunkedBody } from "./chunked.ts";
import type { Carried } from "./transport.ts";

/**
 * What the bytes of one connection mean: the head and body of one answer after the other, told to the request they
 * answer. It knows nothing of sockets.
 */
export class AnswerReader {
  /** The request whose answer is awaited or being read. */
  request: Carried | undefined;
  readonly #finished: (request: Carried, head: AnswerHead) => void;
  #awaitingFirstByte = false;
  /** A head whose end has not come yet. */
  #partialHead: Buffer | undefined;
  #head: AnswerHead | undefined;
  /** Bytes of a body of known length still to come; −1 until the connection closes. */
  #left = 0;
  #chunked: ChunkedBody | undefined;

  /** @param finished called with the last byte of an answer, `request` being empty again */
  constructor(finished: (request: Carried, head: AnswerHead) => void) {
    this.#finished = finished;
  }

  /** The request is on its way: the next byte is its answer's first. */
  sent(): void {
    this.#awaitingFirstByte = true;
  }

  /** Whether anything came since the request was sent. */
  get begun(): boolean {
    return !this.#awaitingFirstByte;
  }

  forget(): void {
    this.request = undefined;
    this.#head = undefined;
    this.#chunked = undefined;
    this.#partialHead = undefined;
  }

  /** The server sent its last byte. True if that was how the answer ends. */
  endsHere(): boolean {
    const { request } = this;
    const head = this.#head;
    if (!request || !head || this.#left >= 0 || this.#chunked) return false;
    head.keepAlive = false;
    this.#finish(request, head);
    return true;
  }

  /**
   * Reads what came, to the end of the answer at most. Returns how many bytes are left over.
   * @throws Error for anything that is not HTTP
   */
  read(buffer: Buffer, end: number, owned: boolean): number {
    const request = this.request as Carried;
    if (this.#awaitingFirstByte) {
      this.#awaitingFirstByte = false;
      request.onFirstByte();
    }
    let at = 0;
    let from = buffer;
    let to = end;
    let mine = owned;
    while (at < to && this.request === request) {
      if (this.#head) {
        at = this.#readBody(request, from, at, to, mine);
        continue;
      }
      if (this.#partialHead) {
        from = Buffer.concat([this.#partialHead, from.subarray(at, to)]);
        at = 0;
        to = from.length;
        mine = true;
        this.#partialHead = undefined;
      }
      at = this.#readHead(request, from, at, to);
    }
    return to - at;
  }

  /** Reads a head that begins at `at`; returns where it ended, or `end` if it goes on. */
  #readHead(request: Carried, buffer: Buffer, at: number, end: number): number {
    const head = readHead(buffer, { at, end }, request.method === "HEAD");
    if (!head) {
      this.#partialHead = Buffer.from(buffer.subarray(at, end));
      return end;
    }
    const bodyAt = at + head.bytes;
    if (head.status < 200) {
      if (head.status === 101) throw new SyntaxError("the server switched protocols unasked");
      return bodyAt;
    }
    this.#head = head;
    this.#left = head.contentLength;
    if (head.chunked) this.#chunked = new ChunkedBody();
    request.onHead(head.status, head.headers, head.notable);
    if (this.request === request && this.#left === 0) this.#finish(request, head);
    return bodyAt;
  }

  /** Reads of the body what is there; returns where it stopped. */
  #readBody(request: Carried, buffer: Buffer, at: number, end: number, owned: boolean): number {
    const head = this.#head as AnswerHead;
    if (this.#chunked) {
      const stop = this.#chunked.read(buffer, { at, end }, (from, to) => give(request, buffer, from, to, owned));
      if (stop < 0) return end;
      if (this.request === request) this.#finish(request, head);
      return stop;
    }
    const to = this.#left < 0 ? end : Math.min(end, at + this.#left);
    if (this.#left > 0) this.#left -= to - at;
    give(request, buffer, at, to, owned);
    if (this.#left === 0 && this.request === request) this.#finish(request, head);
    return to;
  }

  #finish(request: Carried, head: AnswerHead): void {
    this.forget();
    this.#finished(request, head);
  }
}

/** A read buffer that will be used again is copied from; answers are small as a rule, and the copy is pooled. */
function give(request: Carried, buffer: Buffer, from: number, to: number, owned: boolean): void {
  const part = buffer.subarray(from, to);
  request.onData(owned ? part : Buffer.from(part));
}
