import { Readable, type Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
// By its whole name: a Node without Zstandard must get as far as the sentence that says which Node is needed.
import * as zlib from "node:zlib";
import {
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  gunzipSync,
  inflateRawSync,
  inflateSync,
} from "node:zlib";
import { tooLarge } from "../cause.ts";
import type { BodyBudget } from "./body-budget.ts";

/** Bodies larger than this are decoded off the event loop, so that one large answer does not delay other users. */
const inlineBytes = 64 * 1024;

/** A small answer must not be able to fill the memory: zlib fails with `ERR_BUFFER_TOO_LARGE` beyond it. */
interface Limits {
  readonly maxOutputLength: number;
}

interface Coding {
  sync(body: Buffer, limits: Limits): Buffer;
  stream(): Transform;
}

const deflateRaw = (body: Buffer) => ((body[0] as number) & 0x0f) !== 8;
const gzip: Coding = {
  sync: (body, limits) => gunzipSync(body, limits),
  stream: () => createGunzip(),
};
const codings: Readonly<Record<string, Coding>> = {
  gzip,
  "x-gzip": gzip,
  // RFC 9110 8.4.1.2 says zlib; some servers send raw deflate all the same, told apart by the first byte.
  deflate: {
    sync: (body, limits) => (deflateRaw(body) ? inflateRawSync(body, limits) : inflateSync(body, limits)),
    stream: () => createInflate(),
  },
  br: {
    sync: (body, limits) => brotliDecompressSync(body, limits),
    stream: () => createBrotliDecompress(),
  },
  zstd: {
    sync: (body, limits) => zlib.zstdDecompressSync(body, limits),
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

/**
 * The body without its `Content-Encoding`. Throws (or rejects) what zlib says of a body that is not what it claims.
 * @param limits.mostBytes after decoding
 * @param limits.budget pays for what is unpacked beside the event loop, piece by piece, until it is handed over
 * @param limits.noRoom the error where the budget is used up
 */
export function decodeBody(
  body: Buffer,
  contentEncoding: string,
  limits: { readonly mostBytes: number; readonly budget: BodyBudget; readonly noRoom: () => Error },
): Buffer | Promise<Buffer> {
  if (body.length === 0) return body;
  const steps = codingsOf(contentEncoding);
  if (steps.length === 0) return body;
  if (body.length > inlineBytes) return unpacked(body, contentEncoding, limits);
  return steps.reduce((bytes, step) => step.sync(bytes, { maxOutputLength: limits.mostBytes }), body);
}

async function unpacked(
  body: Buffer,
  contentEncoding: string,
  { mostBytes, budget, noRoom }: Parameters<typeof decodeBody>[2],
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  const steps = decodingStreams(contentEncoding, body[0] ?? 0);
  const passing = pipeline([Readable.from([body]), ...steps]);
  // What breaks on the way is thrown to whoever reads the last of them.
  passing.catch(() => undefined);
  try {
    for await (const piece of steps.at(-1) as AsyncIterable<Buffer>) {
      if (bytes + piece.length > mostBytes) throw tooLarge(mostBytes);
      if (!budget.take(piece.length)) throw noRoom();
      bytes += piece.length;
      pieces.push(piece);
    }
    return Buffer.concat(pieces, bytes);
  } finally {
    budget.giveBack(bytes);
  }
}

/** Streams that undo `contentEncoding`, in the order the bytes pass them; none if there is nothing to undo. */
export function decodingStreams(contentEncoding: string, firstByte: number): Transform[] {
  return codingsOf(contentEncoding).map((coding) =>
    coding === codings.deflate && (firstByte & 0x0f) !== 8 ? createInflateRaw() : coding.stream(),
  );
}
