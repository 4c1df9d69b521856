import * as z from "zod";
import { reportSchema } from "./report-schema.ts";

/** The JSON Schema of `report.json`, for publishing. */
export function reportJsonSchema(): object {
  return { title: "swarmgate report", ...z.toJSONSchema(reportSchema, { io: "input" }) };
}
