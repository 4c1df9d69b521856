import type * as z from "zod";
import { GateError } from "../../base/errors.ts";
import { reportSchema, reportSchemaVersion } from "./report-schema.ts";

/** `report.json` never grows past this, and nothing larger is read. */
export const largestReportBytes = 1_048_576;

/** The one document every renderer reads: plain data, JSON as it is. */
export type Report = z.infer<typeof reportSchema>;
export type ReportRow = Report["endpoints"][number];
export type ReportNumbers = NonNullable<ReportRow["head"]>;
export type ReportComparison = Report["comparisons"][number];
export type ReportThreshold = Report["thresholds"][number];
export type ReportFailure = Report["failures"][number];
export type Series = Report["series"];
export type Distribution = NonNullable<Report["distribution"]["head"]>;
export type HealthCourse = NonNullable<Series["health"]>;
export type TimingCourse = NonNullable<Report["timingCourses"]>[number];
export type ReportTrouble = NonNullable<Report["troubles"]>[number];
export type Timing = Report["phaseTimings"][number];

/** Draws a report as text. No clock, no environment, no file. */
export type Render = (report: Report) => string;

/** `report.json`: keys in the schema's order, so that equal reports are equal bytes. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(reportSchema.parse(report))}\n`;
}

/**
 * Reads `report.json`. What it reads may be written by a stranger: size, lengths and numbers are bounded, unknown keys
 * dropped, and nothing of it is trusted to be what a renderer may print as it stands.
 * @throws GateError `report-unreadable`
 */
export function parseReport(json: string): Report {
  if (Buffer.byteLength(json) > largestReportBytes) {
    throw unreadable(`it is larger than ${largestReportBytes} bytes`);
  }
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw unreadable("it is not JSON");
  }
  const schema = typeof value === "object" && value !== null && "schema" in value ? value.schema : undefined;
  if (typeof schema === "number" && schema > reportSchemaVersion) {
    throw unreadable(`its schema version is newer than ${reportSchemaVersion}`);
  }
  const parsed = reportSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw unreadable(`${issue?.path.slice(0, 6).map(String).join(".").slice(0, 100)} does not fit the schema`);
}

function unreadable(why: string): GateError {
  return new GateError("report-unreadable", `The report cannot be read: ${why}.`, {
    hint: "Write it again with this version of swarmgate.",
  });
}
