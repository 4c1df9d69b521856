import * as z from "zod";
import { documentShape } from "./result-schema.ts";

/** The JSON Schema of `result.json`, for publishing. */
export function resultJsonSchema(): object {
  return { title: "swarmgate result", ...z.toJSONSchema(documentShape, { io: "input" }) };
}
