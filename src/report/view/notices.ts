import { joined, listed, ours, type Pieces, say } from "../../base/sentence.ts";
import { endpointLabel } from "../../stats/endpoint.ts";
import { nameOf } from "../../verdict/change-text.ts";
import type { Report } from "../document/report.ts";
import { piecesOf } from "./sentence.ts";

/** Something worth knowing that changes no number. */
export interface Notice {
  readonly code: string;
  readonly message: string;
  /** Of `message`: our own words at even places, those of others between them. */
  readonly pieces: Pieces;
}

/** The run's warnings, and those of its comparisons once each, with the names of the endpoints they are of. */
export function noticesOf(report: Report): Notice[] {
  const { comparisons, warnings } = report;
  const known = new Set(warnings.map(({ message }) => message));
  const messages = new Set(comparisons.flatMap((one) => one.warnings.filter((message) => !known.has(message))));
  return [
    ...warnings.map((one) => ({ ...one, pieces: piecesOf(report, one.message) })),
    ...[...messages].slice(0, 20).map((message) => ofWhich(report, message)),
  ];
}

/** What only some comparisons are warned of names their endpoints. */
function ofWhich(report: Report, message: string): Notice {
  const { comparisons } = report;
  const warned = comparisons.filter(({ warnings }) => warnings.includes(message));
  const pieces = piecesOf(report, message);
  if (warned.length === comparisons.length) return { code: "comparison", message, pieces };
  const labels = new Map(
    warned.map(({ endpoint, metric }) =>
      endpoint ? [endpointLabel(endpoint), say`${endpointLabel(endpoint)}`] : [metric, ours(nameOf(metric))],
    ),
  );
  const whole = joined([listed([...labels.values()], 4), { text: message, pieces }], ": ");
  return { code: "comparison", message: whole.text, pieces: whole.pieces };
}
