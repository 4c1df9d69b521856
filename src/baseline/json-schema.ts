import * as z from "zod/mini";
import { baselineSchema } from "./document.ts";

/** The JSON Schema of `baseline.json`, published as `schema/baseline.schema.json`. */
export function baselineJsonSchema(): { [key: string]: unknown } {
  return {
    ...z.toJSONSchema(baselineSchema, { io: "input" }),
    $id: "https://raw.githubusercontent.com/swarmgate/swarmgate/v1/schema/baseline.schema.json",
    title: "swarmgate baseline",
    description: "The last accepted runs of one load test, each reduced to what comparison needs.",
  };
}
