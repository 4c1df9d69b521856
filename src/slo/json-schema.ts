import * as z from "zod/mini";
import { configurationSchema } from "./schema.ts";

type JsonObject = { [key: string]: unknown };

/** The JSON Schema of `.github/swarmgate.yml`, for editors; published as `schema/swarmgate.schema.json`. */
export function configurationJsonSchema(): JsonObject {
  const schema = z.toJSONSchema(configurationSchema, {
    io: "input",
    override: ({ jsonSchema }) => {
      // Metrics are the only keys an entry may have beside the named ones; zod can only say "any other key".
      const { properties, additionalProperties } = jsonSchema;
      if (!properties || !("endpoint" in properties && "total" in properties)) return;
      jsonSchema.patternProperties = { [metricKey]: additionalProperties as JsonObject };
      jsonSchema.additionalProperties = false;
      jsonSchema.anyOf = [{ required: ["endpoint"] }, { required: ["total"] }];
    },
  });
  return {
    ...schema,
    $id: "https://raw.githubusercontent.com/swarmgate/swarmgate/v1/schema/swarmgate.schema.json",
    title: "swarmgate configuration",
    description: "What a load test of swarmgate does, promises and may not do.",
  };
}

const metricKey =
  "^(?:p(?:100|\\d{1,2}(?:\\.\\d+)?)|avg|min|max|med|errors|failures|rps|requests|apdex\\(\\d+(?:\\.\\d+)?(?:ms|s)?\\))$";
