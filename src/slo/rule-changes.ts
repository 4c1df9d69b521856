import type { Configuration, Waiver } from "./configuration.ts";
import type { ThresholdChange } from "./threshold-changes.ts";
import { plainNumber } from "./threshold-quantity.ts";
import { waiverSubject } from "./waiver.ts";

type Unit = "ratio" | "ms";

/** Numbers of the `regression` section: larger lets more through, confidence too, for it takes more to call a regression. */
const limits: readonly (readonly ["min-effect" | "error-tolerance" | "confidence", Unit])[] = [
  ["min-effect", "ms"],
  ["error-tolerance", "ratio"],
  ["confidence", "ratio"],
];

/**
 * What a pull request did to the rules of comparison: tolerances, what is compared, waivers. Told beside the promises
 * that changed; a limit said for the first time, or no longer, is told without a direction of its own as added or
 * removed, for the default it stands against is not the file's.
 */
export function rulesChanged(before: Configuration, after: Configuration): ThresholdChange[] {
  return [...limitChanges(before, after), ...metricChanges(before, after), ...waiverChanges(before.waive, after.waive)];
}

function limitChanges(before: Configuration, after: Configuration): ThresholdChange[] {
  const rows: { name: string; unit: Unit; was: number | undefined; now: number | undefined }[] = limits.map(
    ([name, unit]) => ({ name, unit, was: before.document.regression?.[name], now: after.document.regression?.[name] }),
  );
  rows.push({ name: "tolerance", unit: "ratio", was: commonTolerance(before), now: commonTolerance(after) });
  for (const metric of new Set([...before.tolerances.keys(), ...after.tolerances.keys()])) {
    const [was, now] = [before.tolerances.get(metric), after.tolerances.get(metric)];
    rows.push({ name: `tolerance of ${metric}`, unit: "ratio", was, now });
  }
  return rows.flatMap(({ name, unit, was, now }): ThresholdChange[] => {
    if (was === now) return [];
    const text = (value: number | undefined) => (value === undefined ? null : `${name} ${show(value, unit)}`);
    const kind = was === undefined ? "added" : now === undefined ? "removed" : now > was ? "loosened" : "tightened";
    return [{ kind, before: text(was), after: text(now), place: after.fileName }];
  });
}

function commonTolerance({ document }: Configuration): number | undefined {
  const tolerance = document.regression?.tolerance;
  return typeof tolerance === "number" ? tolerance : undefined;
}

function show(value: number, unit: Unit): string {
  return unit === "ms" ? `${plainNumber(value)}ms` : `${plainNumber(value * 100)}%`;
}

/** Only where both files say what is compared. */
function metricChanges(before: Configuration, after: Configuration): ThresholdChange[] {
  const [was, now, place] = [before.metrics, after.metrics, after.fileName];
  if (was === null || now === null) return [];
  return [
    ...was.filter((metric) => !now.includes(metric)).map((metric) => change("removed", `${metric} is compared`, place)),
    ...now.filter((metric) => !was.includes(metric)).map((metric) => change("added", `${metric} is compared`, place)),
  ];
}

/** A waiver more, or a longer one, lets more through. */
function waiverChanges(before: readonly Waiver[], after: readonly Waiver[]): ThresholdChange[] {
  const key = ({ endpoint, metric }: Waiver) => JSON.stringify([endpoint, metric]);
  const known = new Map(before.map((waiver) => [key(waiver), waiver]));
  const changes: ThresholdChange[] = [];
  for (const waiver of after) {
    const was = known.get(key(waiver));
    known.delete(key(waiver));
    if (was?.until === waiver.until) continue;
    const kind = was && was.until > waiver.until ? "tightened" : "loosened";
    changes.push({ kind, before: was ? sentence(was) : null, after: sentence(waiver), place: waiver.place });
  }
  for (const was of known.values()) {
    changes.push({ kind: "tightened", before: sentence(was), after: null, place: was.place });
  }
  return changes;
}

function sentence(waiver: Waiver): string {
  return `${waiverSubject(waiver)} is waived until ${waiver.until}`;
}

function change(kind: "added" | "removed", text: string, place: string): ThresholdChange {
  return { kind, before: kind === "removed" ? text : null, after: kind === "added" ? text : null, place };
}
