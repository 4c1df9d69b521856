import type { Transform } from "node:stream";
// By its whole name: a Node without Zstandard must get as far as the sentence that says which Node is needed.
import * as zlib from "node:zlib";
import {
  brotliDecompress,
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  gunzip,
  gunzipSync,
  inflate,
  inflateRaw,
  inflateRawSync,
  inflateSync,
  type ZlibOptions,
} from "node:zlib";

/** Bodies larger than this are decoded off the event loop, so that one large answer does not delay other users. */
const inlineBytes = 64 * 1024;

/** A small answer must not be able to fill the memory: zlib fails with `ERR_BUFFER_TOO_LARGE` beyond it. */
interface Limits {
  readonly maxOutputLength: number;
}

interface Coding {
  sync(body: Buffer, limits: Limits): Buffer;
  async(body: Buffer, limits: Limits): Promise<Buffer>;
  stream(): Transform;
}

type Decompress = (body: Buffer, options: ZlibOptions, done: (error: Error | null, result: Buffer) => void) => void;

/** zlib's callback functions as a promise; `promisify` cannot tell their overloads apart. */
function later(decompress: Decompress, body: Buffer, limits: Limits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    decompress(body, limits, (error, result) => (error ? reject(error) : resolve(result)));
  });
}

const deflateRaw = (body: Buffer) => ((body[0] as number) & 0x0f) !== 8;
const gzip: Coding = {
  sync: (body, limits) => gunzipSync(body, limits),
  async: (body, limits) => later(gunzip, body, limits),
  stream: () => createGunzip(),
};
const codings: Readonly<Record<string, Coding>> = {
  gzip,
  "x-gzip": gzip,
  // RFC 9110 8.4.1.2 says zlib; some servers send raw deflate all the same, told apart by the first byte.
  deflate: {
    sync: (body, limits) => (deflateRaw(body) ? inflateRawSync(body, limits) : inflateSync(body, limits)),
    async: (body, limits) => later(deflateRaw(body) ? inflateRaw : inflate, body, limits),
    stream: () => createInflate(),
  },
  br: {
    sync: (body, limits) => brotliDecompressSync(body, limits),
    async: (body, limits) => later(brotliDecompress, body, limits),
    stream: () => createBrotliDecompress(),
  },
  zstd: {
    sync: (body, limits) => zlib.zstdDecompressSync(body, limits),
    async: (body, limits) =>
      new Promise((resolve, reject) =>
        zlib.zstdDecompress(body, limits, (error, result) => (error ? reject(error) : resolve(result))),
      ),
    stream: () => zlib.createZstdDecompress(),
  },
};

/** What clients offer in `Accept-Encoding`. */
export const acceptEncoding = "gzip, deflate, br, zstd";

/** The codings to undo, last applied first. One we do not know is left on, as a browser would show it. */
function codingsOf(contentEncoding: string): Coding[] {
  const found: Coding[] = [];
  for (const name of contentEncoding.split(",").reverse()) {
    const coding = codings[name.trim().toLowerCase()];
    if (coding) found.push(coding);
    else if (name.trim() !== "" && name.trim().toLowerCase() !== "identity") break;
  }
  return found;
}

/** The body without its `Content-Encoding`. Throws (or rejects) what zlib says of a body that is not what it claims. */
export function decodeBody(
  body: Buffer,
  contentEncoding: string,
  { mostBytes }: { readonly mostBytes: number },
): Buffer | Promise<Buffer> {
  if (body.length === 0) return body;
  const limits = { maxOutputLength: mostBytes };
  const steps = codingsOf(contentEncoding);
  if (body.length <= inlineBytes) return steps.reduce((bytes, step) => step.sync(bytes, limits), body);
  return steps.reduce<Promise<Buffer>>(async (bytes, step) => step.async(await bytes, limits), Promise.resolve(body));
}

/** Streams that undo `contentEncoding`, in the order the bytes pass them; none if there is nothing to undo. */
export function decodingStreams(contentEncoding: string, firstByte: number): Transform[] {
  return codingsOf(contentEncoding).map((coding) =>
    coding === codings.deflate && (firstByte & 0x0f) !== 8 ? createInflateRaw() : coding.stream(),
  );
}
