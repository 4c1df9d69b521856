import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { GateError } from "../../base/errors.ts";
import { bytesOf, isBlob, isPieces, isUsedUp, nameOf } from "../body-kinds.ts";
import type { EncodedBody } from "../upload.ts";
import type { FilePart, RequestOptions } from "./options.ts";

/** Bodies up to here are put together in memory; larger ones are sent piece by piece, as they are read. */
const heldBytes = 1024 * 1024;

/** A part's bytes, or where they come from; `size` in bytes, undefined where nobody knows. */
type Content = Buffer | { readonly size: number | undefined; readonly once: boolean; open(): AsyncIterable<unknown> };

interface NamedFile {
  readonly content: Content;
  readonly filename: string;
  readonly type: string;
}

const binary = "application/octet-stream";

/** RFC 7578. Plain fields first, then the files, as `requests` orders them. */
export async function encodeFiles(
  files: NonNullable<RequestOptions["files"]>,
  fields: string | undefined,
): Promise<EncodedBody> {
  const form = new Multipart();
  for (const [name, value] of new URLSearchParams(fields)) form.addField(name, value);
  for (const [name, value] of Object.entries(files)) {
    for (const part of isParts(value) ? value : [value]) form.addFile(name, await namedFile(part, name));
  }
  return form.encode();
}

/** `FormData` in its own order. */
export async function encodeFormData(data: FormData): Promise<EncodedBody> {
  const form = new Multipart();
  for (const [name, value] of data.entries()) {
    // Line ends as the HTML standard has them in multipart values.
    if (typeof value === "string") form.addField(name, value.replace(/\r\n|\r|\n/g, "\r\n"));
    else form.addFile(name, { content: contentOfBlob(value), filename: value.name, type: value.type || binary });
  }
  return form.encode();
}

/** A Blob as a body: its bytes where they are few, else a source of them. */
export async function encodeBlob(blob: Blob): Promise<EncodedBody> {
  const contentType = blob.type || undefined;
  if (blob.size <= heldBytes) return { bytes: Buffer.from(await blob.arrayBuffer()), contentType };
  return { upload: { length: blob.size, once: false, open: () => blob.stream() }, contentType };
}

class Multipart {
  readonly #boundary = `swarmgate-${randomUUID()}`;
  readonly #contents: Content[] = [];

  addField(name: string, value: string): void {
    this.#text(`--${this.#boundary}\r\ncontent-disposition: form-data; name="${quote(name)}"\r\n\r\n${value}\r\n`);
  }

  addFile(name: string, { content, filename, type }: NamedFile): void {
    const disposition = `content-disposition: form-data; name="${quote(name)}"; filename="${quote(filename)}"`;
    this.#text(`--${this.#boundary}\r\n${disposition}\r\ncontent-type: ${type.replace(/[\r\n]/g, "")}\r\n\r\n`);
    this.#contents.push(content);
    this.#text("\r\n");
  }

  #text(text: string): void {
    this.#contents.push(Buffer.from(text));
  }

  async encode(): Promise<EncodedBody> {
    this.#text(`--${this.#boundary}--\r\n`);
    const contents = this.#contents;
    const contentType = `multipart/form-data; boundary=${this.#boundary}`;
    let length: number | undefined = 0;
    for (const content of contents) {
      const size = Buffer.isBuffer(content) ? content.length : content.size;
      length = length === undefined || size === undefined ? undefined : length + size;
    }
    const once = contents.some((content) => !Buffer.isBuffer(content) && content.once);
    const open = () => following(contents);
    if (length === undefined || length > heldBytes || once) return { upload: { length, once, open }, contentType };
    const pieces: Buffer[] = [];
    for await (const piece of open()) pieces.push(bytesOf(piece) as Buffer);
    return { bytes: Buffer.concat(pieces), contentType };
  }
}

async function* following(contents: readonly Content[]): AsyncGenerator<unknown> {
  for (const content of contents) {
    if (Buffer.isBuffer(content)) yield content;
    else yield* content.open();
  }
}

const isParts = (value: FilePart | readonly FilePart[]): value is readonly FilePart[] => Array.isArray(value);

/** As browsers escape names in a multipart header (HTML standard, multipart/form-data encoding). */
const quote = (name: string) => name.replace(/\r?\n|\r/g, "%0D%0A").replaceAll('"', "%22");

async function namedFile(part: FilePart, field: string): Promise<NamedFile> {
  if (typeof part === "string") return { content: await contentOfFile(part), filename: basename(part), type: binary };
  const bare = contentOf(part);
  if (bare) {
    const filename = isBlob(part) && "name" in part && typeof part.name === "string" ? part.name : field;
    return { content: bare, filename, type: (isBlob(part) && part.type) || binary };
  }
  const { content, filename, type } = part as { content?: unknown; filename?: string; type?: string };
  const described = contentOf(content);
  if (!described) {
    const what = content === undefined ? nameOf(part) : `${nameOf(content)} as its content`;
    throw new GateError("bad-body", `files: "${field}" is ${what}, which is no file`, {
      hint: "a file is a path, bytes, a Blob, a stream, or { filename, content, type }",
    });
  }
  return {
    content: described,
    filename: filename ?? field,
    type: type ?? ((isBlob(content) && content.type) || binary),
  };
}

function contentOf(value: unknown): Content | undefined {
  const bytes = bytesOf(value);
  if (bytes) return bytes;
  if (isBlob(value)) return contentOfBlob(value);
  if (!isPieces(value)) return undefined;
  refuseUsedUp(value, "files");
  return { size: undefined, once: true, open: () => value };
}

const contentOfBlob = (blob: Blob): Content => ({ size: blob.size, once: false, open: () => blob.stream() });

/** Throws GateError `bad-body` for a stream that somebody has begun to read. */
export function refuseUsedUp(pieces: AsyncIterable<unknown>, option: "data" | "files"): void {
  if (!isUsedUp(pieces)) return;
  throw new GateError("bad-body", `${option}: this ${nameOf(pieces).replace(/^an? /, "")} was read before`, {
    hint: "a stream can be sent once; make one for each request, or keep its bytes",
  });
}

/** Small files read, by path: a user uploads the same few again and again. */
const filesRead = new Map<string, Buffer>();
const filesKept = 32;

async function contentOfFile(path: string): Promise<Content> {
  const known = filesRead.get(path);
  if (known) return known;
  try {
    const { size } = await stat(path);
    if (size > heldBytes) return { size, once: false, open: () => createReadStream(path) };
    const bytes = await readFile(path);
    if (filesRead.size >= filesKept) filesRead.clear();
    filesRead.set(path, bytes);
    return bytes;
  } catch (cause) {
    throw new GateError("file-unreadable", `files: ${path} cannot be read`, { cause });
  }
}
