import type { Report } from "../document/report.ts";
import { formatDuration } from "../view/format.ts";
import { headlineMarkdown } from "../view/headline.ts";
import { capacityChartPart } from "./capacity.ts";
import {
  comparisonsPart,
  endpointsPart,
  exceptionsPart,
  failuresPart,
  presencePart,
  present,
  thresholdsPart,
  warningsPart,
} from "./details.ts";
import { fixedPart, type Part, shedToFit } from "./fit.ts";
import { footer, topParts } from "./markdown.ts";
import { measuredPart } from "./measured.ts";
import { details } from "./table.ts";

/** A step's summary may be 1 MiB; characters outside ASCII take up to three bytes. */
const longestSummary = 300_000;

/** The full report as Markdown for the job's page. */
export function renderJobSummary(report: Report): string {
  const parts: (Part | null)[] = [
    fixedPart(0, `## ${headlineMarkdown(report)}`),
    ...topParts(report),
    endpointsPart(report, 5),
    thresholdsPart(report, 3),
    comparisonsPart(report, 6),
    presencePart(report, 4),
    capacityChartPart(report, 4),
    chartPart(report),
    failuresPart(report, 5, { groups: 50, samples: 3 }),
    exceptionsPart(report, 5),
    warningsPart(report, 3),
    measuredPart(report, 2),
    fixedPart(0, footer(report)),
  ];
  return `${shedToFit(present(parts), longestSummary)}\n`;
}

/** p50 and p95 over time. Labels come from here alone, never from the outside; which line is which stands beside it. */
function chartPart({ series }: Report): Part | null {
  const most = 30;
  const per = Math.max(1, Math.ceil(series.p95Ms.length / most));
  const worst = (values: readonly (number | null)[]) =>
    Array.from({ length: Math.ceil(values.length / per) }, (_, i) =>
      Math.max(0, ...values.slice(i * per, (i + 1) * per).map((value) => value ?? 0)),
    );
  const [p50, p95] = [worst(series.p50Ms), worst(series.p95Ms)];
  const top = Math.max(...p95, ...p50, 0);
  if (p95.length < 2 || top === 0) return null;
  const axis = p95.map((_, i) => Math.round((i * per * series.stepMs) / 1000));
  const numbers = (values: readonly number[]) => `[${values.map((value) => Number(value.toPrecision(3))).join(", ")}]`;
  const step = formatDuration(per * series.stepMs);
  const chart = [
    "```mermaid",
    "xychart-beta",
    '  title "Response time over the run"',
    `  x-axis "seconds" [${axis.join(", ")}]`,
    `  y-axis "milliseconds" 0 --> ${Number((top * 1.1).toPrecision(3))}`,
    `  line ${numbers(p95)}`,
    `  line ${numbers(p50)}`,
    "```",
  ].join("\n");
  return fixedPart(
    4,
    details("Response time over time", `Upper line p95, lower line p50, ${step} a point.\n\n${chart}`),
  );
}
