// What a locustfile hands over as a body, told apart by what it is rather than by whose class it is of: asking for
// fetch's own classes (`FormData`, `ReadableStream`) by name would load them, 40 ms of every thread.
import { Readable } from "node:stream";

/** What a value calls itself: `Blob`, `FormData`, `Map`. */
const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** Text and bytes as bytes, without a copy of the latter; undefined for anything else. */
export function bytesOf(value: unknown): Buffer | undefined {
  if (typeof value === "string") return Buffer.from(value);
  if (Buffer.isBuffer(value)) return value;
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const tag = tagOf(value);
  return tag === "ArrayBuffer" || tag === "SharedArrayBuffer" ? Buffer.from(value as ArrayBuffer) : undefined;
}

export function isBlob(value: unknown): value is Blob {
  return isObject(value) && /^(?:Blob|File)$/.test(tagOf(value)) && "stream" in value && "size" in value;
}

export function isFormData(value: unknown): value is FormData {
  return isObject(value) && tagOf(value) === "FormData" && "entries" in value;
}

/** What comes piece by piece: streams, async generators. */
export function isPieces(value: unknown): value is AsyncIterable<unknown> {
  return isObject(value) && Symbol.asyncIterator in value;
}

/** Whether somebody has begun to read a stream: the rest of it would go out as if it were the whole. */
export function isUsedUp(pieces: AsyncIterable<unknown>): boolean {
  return ("locked" in pieces && pieces.locked === true) || Readable.isDisturbed(pieces as Readable);
}

export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // A plain object of another realm has another `Object.prototype`, which has nothing above it either.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** What an error calls a value: `a number`, `a Map`, `an instance of Login`. */
export function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== "object") return `a ${typeof value}`;
  if (Array.isArray(value)) return "a list";
  const tag = tagOf(value);
  const name: unknown = (value.constructor as { name?: unknown } | undefined)?.name;
  if (tag === "Promise") return "a promise (await it first)";
  if (tag !== "Object") return `${/^[AEIO]/.test(tag) ? "an" : "a"} ${tag}`;
  return isPlainObject(value) || typeof name !== "string" || name === "" ? "an object" : `an instance of ${name}`;
}
