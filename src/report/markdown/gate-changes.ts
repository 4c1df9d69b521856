import type { Report } from "../document/report.ts";
import { counted } from "../view/format.ts";
import { code } from "../view/safe-text.ts";
import type { Part } from "./fit.ts";
import { shedNote } from "./table.ts";

type ReportedChange = Report["gateChanges"][number];

const kindWords = {
  loosened: "⚠️ loosened",
  measured: "measures something else",
  tightened: "tightened",
} as const satisfies Record<ReportedChange["kind"], string>;

/** What the pull request changes about the gate that judges it: above the fold, whatever the verdict. */
export function gateChangesPart(report: Report): Part | null {
  const { gateChanges } = report;
  if (gateChanges.length === 0) return null;
  return {
    tier: 0,
    rows: gateChanges.map((change) => {
      const held = change.inEffect ? "" : ", once it is merged";
      const sides = changeSides(change, (text) => code(text, 200));
      return `- ${kindWords[change.kind]}${held}: ${code(change.setting, 60)}${sides}`;
    }),
    frame: (rows, shed) => `**${gateChangesTitle(report)}**\n\n${rows.join("\n")}${shedNote(shed, "change")}`,
  };
}

/** `This pull request changes its own gate: 1 loosened, 2 of what is measured.` */
export function gateChangesTitle({ gateChanges }: Report): string {
  const of = (kind: ReportedChange["kind"]) => gateChanges.filter((change) => change.kind === kind).length;
  const [loosened, measured, tightened] = [of("loosened"), of("measured"), of("tightened")];
  const counts = [
    loosened > 0 ? `${loosened} loosened` : "",
    measured > 0 ? `${counted(measured, "change")} of what is measured` : "",
    tightened > 0 ? `${tightened} tightened` : "",
  ].filter((text) => text !== "");
  const when = gateChanges.some(({ inEffect }) => inEffect) ? "" : " once it is merged; this run went by the base's";
  return `This pull request changes its own gate${when}: ${counts.join(", ")}.`;
}

/** ` 10% → 900%`, each side as `show` draws it; nothing where a value is a secret or the name says it all. */
export function changeSides({ before, after }: ReportedChange, show: (text: string) => string): string {
  if (before === null && after === null) return "";
  if (before === null) return ` ${show(after ?? "")}`;
  return ` ${show(before)} → ${after === null ? "nothing" : show(after)}`;
}
