import { GateError } from "../../base/errors.ts";
import { bytesOf, isBlob, isFormData, isPieces, isPlainObject, nameOf } from "../body-kinds.ts";
import type { EncodedBody } from "../upload.ts";
import { encodePairs } from "./fields.ts";
import { encodeBlob, encodeFiles, encodeFormData, refuseUsedUp } from "./multipart.ts";
import type { AnyOptions, FormFields } from "./options.ts";

const formType = "application/x-www-form-urlencoded";

/**
 * The body of a request, if it has one. A promise only where something has to be read first.
 * @throws GateError `bad-body`, `bad-fields`, `file-unreadable`
 */
export function encodeBody(options: AnyOptions): EncodedBody | undefined | Promise<EncodedBody> {
  const { data, form, json, files } = options;
  if (files) return encodeFiles(files, fieldsBeside(options));
  if (json !== undefined) {
    const text = JSON.stringify(json);
    if (text === undefined) throw new GateError("bad-body", `json is ${nameOf(json)}, which has no JSON form`);
    return { bytes: Buffer.from(text), contentType: "application/json" };
  }
  if (form !== undefined) return { bytes: Buffer.from(encodePairs(form, "form")), contentType: formType };
  if (data === undefined || data === null) return undefined;
  const bytes = bytesOf(data);
  if (bytes) return { bytes, contentType: undefined };
  if (isFields(data)) return { bytes: Buffer.from(encodePairs(data, "data")), contentType: formType };
  if (isBlob(data)) return encodeBlob(data);
  if (isFormData(data)) return encodeFormData(data);
  if (!isPieces(data)) {
    throw new GateError("bad-body", `data is ${nameOf(data)}, which cannot be sent`, {
      hint: "data is text, bytes, a Blob, FormData, a stream, or fields: a plain object, a list of pairs, URLSearchParams",
    });
  }
  refuseUsedUp(data, "data");
  return { upload: { length: undefined, once: true, open: () => data }, contentType: undefined };
}

function isFields(data: unknown): data is FormFields {
  return isPlainObject(data) || Array.isArray(data) || data instanceof URLSearchParams;
}

/** The plain fields beside `files`. */
function fieldsBeside({ form, data }: AnyOptions): string | undefined {
  if (form !== undefined) return encodePairs(form, "form");
  if (data === undefined || data === null) return undefined;
  if (isFields(data)) return encodePairs(data, "data");
  throw new GateError("bad-body", `data is ${nameOf(data)} beside files, where only fields can go`, {
    hint: "put it among the files, or make it a field: { name: text }",
  });
}
