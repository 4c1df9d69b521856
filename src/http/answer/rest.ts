import { basename } from "node:path";
import { userPlace } from "../../base/user-place.ts";
import { controlKindOf } from "../../user/exceptions.ts";
import type { HttpResponse } from "./response.ts";
import { errorText } from "./verdict.ts";

/** An answer whose body was parsed as JSON; `T` is the shape the API promises. */
export interface RestResponse<T = unknown> extends HttpResponse {
  js: T;
}

/** Of a body that is not what it should be. */
const shownChars = 250;

/** Parses the body, lets `judge` look at it, and records whatever goes wrong as the request's failure. */
export async function judgeRest<T>(
  response: RestResponse<T>,
  judge: ((response: RestResponse<T>) => void | Promise<void>) | undefined,
): Promise<void> {
  const text = response.text();
  if (response.status !== 0) {
    try {
      if (text !== "") response.js = JSON.parse(text);
    } catch (error) {
      response.failure(`not JSON: ${text.slice(0, shownChars)} (${error instanceof Error ? error.message : error})`);
    }
  }
  try {
    await judge?.(response);
  } catch (error) {
    if (controlKindOf(error) !== undefined) throw error;
    response.failure(describe(error, text));
  }
}

function describe(error: unknown, text: string): string {
  const isAssertion = error instanceof Error && /^Assertion/.test(error.name);
  const message = isAssertion ? error.message : errorText(error);
  const place = isAssertion ? "" : placeOf(error);
  return message.endsWith(",") || !isAssertion
    ? `${message.replace(/,$/, "")}${place}, response was ${text.slice(0, shownChars)}`
    : message;
}

function placeOf(error: unknown): string {
  const place = error instanceof Error ? userPlace(error.stack) : undefined;
  return place === undefined ? "" : ` at ${basename(place.file)}:${place.line}`;
}
