import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { GateError } from "../base/errors.ts";
import type { FilePart, FormFields, RequestOptions } from "./options.ts";
import { encodePairs } from "./plan.ts";

/** A body as it goes on the wire, with the content type it asks for. */
export interface EncodedBody {
  readonly bytes: Buffer;
  readonly contentType: string | undefined;
}

const formType = "application/x-www-form-urlencoded";

/** The body of a request, if it has one. A promise only where a file has to be read first. */
export function encodeBody(options: RequestOptions): EncodedBody | undefined | Promise<EncodedBody> {
  const { data, form, json, files } = options;
  if (files) return encodeMultipart(files, form ?? (isFields(data) ? data : undefined));
  if (json !== undefined) {
    const text = JSON.stringify(json);
    if (text === undefined) throw new GateError("bad-body", "json: this value has no JSON form");
    return { bytes: Buffer.from(text), contentType: "application/json" };
  }
  if (form !== undefined) return { bytes: Buffer.from(encodePairs(form)), contentType: formType };
  if (data === undefined) return undefined;
  if (typeof data === "string") return { bytes: Buffer.from(data), contentType: undefined };
  if (data instanceof Uint8Array) return { bytes: asBuffer(data), contentType: undefined };
  return { bytes: Buffer.from(encodePairs(data)), contentType: formType };
}

function isFields(data: RequestOptions["data"]): data is FormFields {
  return data !== undefined && typeof data !== "string" && !(data instanceof Uint8Array);
}

const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** RFC 7578. Plain fields first, then the files, as `requests` orders them. */
async function encodeMultipart(
  files: NonNullable<RequestOptions["files"]>,
  fields: FormFields | undefined,
): Promise<EncodedBody> {
  const boundary = `swarmgate-${randomUUID()}`;
  const parts: Buffer[] = [];
  for (const [name, value] of fields ? new URLSearchParams(encodePairs(fields)) : []) {
    parts.push(
      Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="${quote(name)}"\r\n\r\n${value}\r\n`),
    );
  }
  for (const [name, value] of Object.entries(files)) {
    for (const part of isParts(value) ? value : [value]) {
      const file = await readPart(part, name);
      const disposition = `content-disposition: form-data; name="${quote(name)}"; filename="${quote(file.filename)}"`;
      const type = file.type.replace(/[\r\n]/g, "");
      parts.push(Buffer.from(`--${boundary}\r\n${disposition}\r\ncontent-type: ${type}\r\n\r\n`));
      parts.push(file.bytes, Buffer.from("\r\n"));
    }
  }
  parts.push(Buffer.from(`--${boundary}--\r\n`));
  return { bytes: Buffer.concat(parts), contentType: `multipart/form-data; boundary=${boundary}` };
}

const isParts = (value: FilePart | readonly FilePart[]): value is readonly FilePart[] => Array.isArray(value);

/** As browsers escape names in a multipart header (HTML standard, multipart/form-data encoding). */
const quote = (name: string) => name.replace(/\r?\n|\r/g, "%0D%0A").replaceAll('"', "%22");

interface ReadFile {
  readonly bytes: Buffer;
  readonly filename: string;
  readonly type: string;
}

const binary = "application/octet-stream";
/** Files read, by path: a user uploads the same few again and again. */
const filesRead = new Map<string, Buffer>();
const filesKept = 32;

async function readPart(part: FilePart, field: string): Promise<ReadFile> {
  if (typeof part === "string") return { bytes: await readOnce(part), filename: basename(part), type: binary };
  if (part instanceof Uint8Array) return { bytes: asBuffer(part), filename: field, type: binary };
  if (part instanceof Blob) {
    const filename = "name" in part && typeof part.name === "string" ? part.name : field;
    return { bytes: Buffer.from(await part.arrayBuffer()), filename, type: part.type || binary };
  }
  const { content } = part;
  const blobType = content instanceof Blob ? content.type : "";
  const bytes =
    content instanceof Blob
      ? Buffer.from(await content.arrayBuffer())
      : typeof content === "string"
        ? Buffer.from(content)
        : asBuffer(content);
  return { bytes, filename: part.filename ?? field, type: part.type ?? (blobType || binary) };
}

async function readOnce(path: string): Promise<Buffer> {
  const known = filesRead.get(path);
  if (known) return known;
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new GateError("file-unreadable", `files: ${path} cannot be read`, { cause });
  });
  if (filesRead.size >= filesKept) filesRead.clear();
  filesRead.set(path, bytes);
  return bytes;
}
