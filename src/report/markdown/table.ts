import { markdownTable } from "markdown-table";
import type { Column } from "../view/rows-that-matter.ts";
import type { Part } from "./fit.ts";

/**
 * A table as a part that sheds rows from the bottom. Cells are our own words and numbers, or code spans.
 * @param cells one array per row, as long as `columns`
 */
export function tablePart(table: {
  tier: number;
  columns: readonly Column[];
  cells: readonly (readonly string[])[];
  /** Around the table; `shed` rows were dropped. */
  wrap?: (table: string, shed: number) => string;
}): Part {
  const [head = "", rule = "", ...rows] = markdownTable(
    [table.columns.map(({ title }) => title), ...table.cells.map((row) => [...row])],
    { align: table.columns.map(({ align }) => align ?? "left"), alignDelimiters: false },
  ).split("\n");
  const wrap = table.wrap ?? ((text) => text);
  return {
    tier: table.tier,
    rows,
    frame: (kept, shed) => wrap([head, rule, ...kept].join("\n"), shed),
  };
}

/** A block that is folded away. The title is our own words and numbers. */
export function details(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}

/** What is said where rows were dropped for room. */
export function shedNote(shed: number, noun: string): string {
  return shed === 0 ? "" : `\n\n… and ${shed} more ${noun}${shed === 1 ? "" : "s"}, left out here for room.`;
}
