import { messageOf } from "../base/errors.ts";
import { bytesOf, nameOf } from "./body-kinds.ts";
import { ExchangeError } from "./cause.ts";

/** A body that is sent piece by piece: it is too large to hold, or there is no more of it yet. */
export interface Upload {
  /** Bytes; undefined where nobody knows, and then it goes in chunks (RFC 9112 7.1). */
  readonly length: number | undefined;
  /** It can be opened once only, and so not be sent again after a 307 or 308. */
  readonly once: boolean;
  open(): AsyncIterable<unknown>;
}

/** A body as it goes on the wire, whole or piece by piece, with the content type it asks for. */
export interface EncodedBody {
  readonly bytes?: Buffer;
  readonly upload?: Upload;
  readonly contentType: string | undefined;
}

/**
 * The upload's pieces as bytes, none of them empty. Throws an ExchangeError for a piece that is neither text nor bytes,
 * for more or fewer bytes than `length`, and for what the source throws.
 */
export async function* piecesOf(upload: Upload, length: number | undefined): AsyncGenerator<Buffer> {
  let sent = 0;
  try {
    for await (const piece of upload.open()) {
      const bytes = bytesOf(piece);
      if (!bytes) throw new TypeError(`a piece is ${nameOf(piece)}, neither text nor bytes`);
      if (bytes.length === 0) continue;
      sent += bytes.length;
      if (length !== undefined && sent > length) throw new RangeError(`there is more of it than ${length} bytes`);
      yield bytes;
    }
  } catch (error) {
    throw new ExchangeError("exception", `the body to send broke off: ${messageOf(error)}`);
  }
  if (length === undefined || sent === length) return;
  throw new ExchangeError("exception", `the body to send broke off: it ended after ${sent} of ${length} bytes`);
}
