import { expect, test } from "vitest";
import { guardedCell, unguardedCell } from "../../src/base/csv-cell.ts";
import { rowsOf } from "../../src/locust-csv/rows.ts";
import { renderCsv } from "../../src/report/locust/csv.ts";
import { blockOf, resultOf, sample } from "../verdict/runs.ts";

const computed = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"];

test("a text that a spreadsheet would compute begins with an apostrophe, any other is as it was", () => {
  for (const text of computed) expect(guardedCell(text)).toBe(`'${text}`);
  for (const text of ["/items", "GET", "", "a=b", "1"]) expect(guardedCell(text)).toBe(text);
});

test("names, methods and failures of a run are guarded in its files, and read as they were", () => {
  const samples = computed.map((text) =>
    sample({ endpoint: { method: text, name: text }, failure: { kind: "http", message: text } as never }),
  );
  const files = renderCsv(resultOf([blockOf(0, samples)]));
  for (const [name, text] of Object.entries(files)) {
    expect(text, name).not.toMatch(/(?:^|[,"\n])(?:=HYP|\+1|-1|@SUM|\t=1)/m);
  }
  const names = [...rowsOf({ name: "stats", text: files.stats })].map(({ fields }) => fields[1]);
  expect(names).toEqual(expect.arrayContaining(computed));
  expect(unguardedCell("'tis")).toBe("'tis");
});
