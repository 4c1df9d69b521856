import { decode, ExtensionCodec, encode } from "@msgpack/msgpack";
import type { Message } from "./messages.ts";
import { checkShape } from "./msgpack-shape.ts";

/**
 * Messages as bytes: Locust's array of three, in msgpack. What Locust sends and reads is plain maps and arrays; a `Map`
 * of ours, which may have numbers for keys, is an extension type of its own, which Locust ignores.
 */
const mapExtension = 77;

interface Context {
  readonly depth: number;
  /** How many items the message may still have, maps in maps among them. */
  readonly items: { left: number };
}

/** A block of a thousand endpoints has some hundred thousand. */
const mostItems = 2_000_000;
const atTop = (): Context => ({ depth: 0, items: { left: mostItems } });

/** Maps in maps: a snapshot needs two. */
const deepestMaps = 8;

const codec = new ExtensionCodec<Context>();
codec.register({
  type: mapExtension,
  encode: (value, context) =>
    value instanceof Map
      ? encode([...value].flat(1), { ...options, context: { ...context, depth: context.depth + 1 } })
      : null,
  decode(data, _type, { depth, items }) {
    if (depth >= deepestMaps) throw new RangeError("maps are nested too deep");
    const flat = decodeChecked(data, { depth: depth + 1, items });
    if (!Array.isArray(flat) || flat.length % 2 !== 0) throw new RangeError("a map without pairs");
    const map = new Map<unknown, unknown>();
    for (let i = 0; i < flat.length; i += 2) map.set(flat[i], flat[i + 1]);
    return map;
  },
});
const options = { extensionCodec: codec, ignoreUndefined: true };

export function encodeMessage({ type, data, node_id }: Message<string, unknown>): Uint8Array {
  return encode([type, data, node_id], { ...options, context: atTop() });
}

/**
 * A message as it came; what its data is worth is for the reader to check. Takes memory in proportion to the bytes,
 * whatever lengths they claim. Throws RangeError, or what msgpack throws, for what is no message.
 */
export function decodeMessage(bytes: Uint8Array): Message<string, unknown> {
  const parts = decodeChecked(bytes, atTop());
  if (!Array.isArray(parts) || parts.length !== 3) throw new RangeError("a message is an array of three");
  const [type, data, node] = parts as unknown[];
  if (typeof type !== "string" || typeof node !== "string") throw new RangeError("a message has a type and a sender");
  return { type, data, node_id: node };
}

function decodeChecked(bytes: Uint8Array, context: Context): unknown {
  checkShape(bytes, context.items);
  return decode(bytes, { ...options, context });
}
