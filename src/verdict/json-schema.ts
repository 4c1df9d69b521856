import * as z from "zod";
import { confirmationOutcomes } from "./comparison.ts";

/** Raised when the document's shape changes. */
export const verdictSchemaVersion = 1;

const endpoint = z.object({ method: z.string(), name: z.string() }).nullable();
const number = z.number().nullable();
const metric = z.string().regex(/^(p\d+(\.\d+)?|errors|stalls|suite|capacity|throughput)$/);

/** `verdict.json`: what was decided and why. Latencies in milliseconds, shares and changes as ratios. */
const verdictShape = z.object({
  schema: z.literal(verdictSchemaVersion),
  conclusion: z.enum(["pass", "fail", "inconclusive", "invalid"]),
  reasons: z.array(z.object({ code: z.string(), message: z.string(), remedy: z.string().optional() })),
  thresholds: z.array(
    z.object({
      source: z.string(),
      place: z.string().nullable(),
      endpoint,
      metric: z.string(),
      unit: z.enum(["ms", "ratio", "count", "perSecond", "score"]),
      operator: z.enum(["<", "<=", ">", ">=", "==", "!="]),
      expected: z.number(),
      actual: number,
      interval: z.tuple([z.number(), z.number()]).nullable(),
      n: z.int(),
      outcome: z.enum(["pass", "warn", "fail", "no-data", "undecided"]),
      message: z.string(),
    }),
  ),
  comparisons: z.array(
    z.object({
      endpoint,
      metric,
      method: z.enum(["side-by-side", "baseline", "simple-percentage"]),
      before: number,
      after: number,
      change: z.object({ estimate: z.number(), low: number, high: number }).nullable(),
      p: number,
      n: z.int(),
      tolerance: z.number(),
      smallestDetectable: number,
      outcome: z.enum([
        "regressed",
        "improved",
        "unchanged",
        "could-not-tell",
        "inconclusive",
        "missing",
        "no-baseline",
      ]),
      notJudged: z.enum(["too-few-requests", "min-effect"]).optional(),
      confirmation: z.enum(confirmationOutcomes).optional(),
      unseenMachine: z.boolean().optional(),
      withTheRest: z.boolean().optional(),
      renamedTo: z.object({ method: z.string(), name: z.string() }).optional(),
      waived: z.object({ until: z.string(), reason: z.string() }).optional(),
      warnings: z.array(z.string()),
      explanation: z.array(z.string()),
    }),
  ),
});

/** The JSON Schema of `verdict.json`, for publishing. */
export function verdictJsonSchema(): object {
  return { title: "swarmgate verdict", ...z.toJSONSchema(verdictShape, { io: "input" }) };
}
