import * as z from "zod";
import { type CapacitySection, capacitySection } from "./capacity-schema.ts";
import type { Report } from "./report.ts";
import { reportSchema } from "./report-schema.ts";

/** Raised when the document's shape changes. */
const capacitySchemaVersion = 1;

const { name, commit, startedAt, endedAt } = reportSchema.shape;

/** `capacity.json`: what a search for the largest load found, by itself. */
const capacityShape = z.object({
  schema: z.literal(capacitySchemaVersion),
  name,
  commit,
  /** Of the step that is told in `result.json`. */
  startedAt,
  endedAt,
  conclusion: reportSchema.shape.verdict.shape.conclusion,
  /** The promises the load was to keep, as they are printed. */
  promises: z.array(z.string()),
  ...capacitySection.shape,
  /** What earlier searches found (their geometric mean), and what became of it. */
  compared: z
    .object({
      before: z.number().nullable(),
      change: reportSchema.shape.comparisons.element.shape.change,
      outcome: reportSchema.shape.comparisons.element.shape.outcome,
    })
    .nullable(),
});

export function renderCapacityJson(report: Report, capacity: CapacitySection): string {
  const compared = report.comparisons.find(({ metric, outcome }) => metric === "capacity" && outcome !== "no-baseline");
  const document: z.infer<typeof capacityShape> = {
    schema: capacitySchemaVersion,
    name: report.name,
    commit: report.commit,
    startedAt: report.startedAt,
    endedAt: report.endedAt,
    conclusion: report.verdict.conclusion,
    promises: [...new Set(report.thresholds.map(({ source }) => source))],
    ...capacity,
    compared: compared ? { before: compared.before, change: compared.change, outcome: compared.outcome } : null,
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

/** The JSON Schema of `capacity.json`, published as `schema/capacity.schema.json`. */
export function capacityJsonSchema(): object {
  return { title: "swarmgate capacity", ...z.toJSONSchema(capacityShape, { io: "input" }) };
}
