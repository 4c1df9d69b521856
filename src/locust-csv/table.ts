import { type CsvFile, refuse, rowsOf } from "./rows.ts";

/** Counts beyond this are no count of requests. */
const largestCount = 1e12;
/** A thousand hours, in milliseconds: no response takes longer. */
const largestNumber = 3.6e9;

/** One record by the names of its columns. What is no number is refused by file, line and column. */
export class Record {
  readonly #file: CsvFile;
  readonly #columns: ReadonlyMap<string, number>;
  readonly #fields: readonly string[];
  readonly line: number;

  constructor(
    row: { readonly line: number; readonly fields: readonly string[] },
    table: { readonly file: CsvFile; readonly columns: ReadonlyMap<string, number> },
  ) {
    this.#file = table.file;
    this.#columns = table.columns;
    this.#fields = row.fields;
    this.line = row.line;
  }

  /** Empty where the column is not there. */
  text(column: string): string {
    return this.#fields[this.#columns.get(column) ?? -1] ?? "";
  }

  /** A whole number, 0 or more. */
  count(column: string): number {
    const text = this.text(column);
    const value = Number(text);
    if (/^\d{1,15}$/.test(text) && value <= largestCount) return value;
    return this.refuse(column, `a whole number expected, ${shown(text)} found`);
  }

  /** A number, 0 or more. */
  number(column: string): number {
    const text = this.text(column);
    const value = Number(text);
    if (/^\d{1,17}(?:\.\d{1,25})?(?:[eE][-+]?\d{1,3})?$/.test(text) && value <= largestNumber) return value;
    return this.refuse(column, `a number expected, ${shown(text)} found`);
  }

  /** A number; null for `N/A`, which Locust writes while there is nothing. */
  numberOrNull(column: string): number | null {
    return this.text(column) === "N/A" ? null : this.number(column);
  }

  refuse(column: string, message: string): never {
    return refuse(this.#file, this.line, `column "${column}": ${message}`);
  }
}

export interface Table {
  readonly columns: ReadonlySet<string>;
  readonly records: Iterable<Record>;
}

/** A file's header and records; throws GateError `csv-unreadable` for a column that is missing. */
export function tableOf(file: CsvFile, needed: readonly string[]): Table {
  const rows = rowsOf(file);
  const header = rows.next();
  if (header.done) refuse(file, null, "the file is empty");
  const names = header.value.fields;
  const columns = new Map(names.map((name, index) => [name, index]));
  const missing = needed.filter((name) => !columns.has(name));
  if (missing.length > 0) {
    const list = missing.map((name) => `"${name}"`).join(", ");
    refuse(file, header.value.line, `this is not the file Locust writes under that name: no column ${list}`);
  }
  function* records(): Generator<Record> {
    for (const row of rows) {
      if (row.fields.length !== names.length) {
        refuse(file, row.line, `${row.fields.length} fields where the header has ${names.length}`);
      }
      yield new Record(row, { file, columns });
    }
  }
  return { columns: new Set(names), records: records() };
}

/** What stood there, short and without control characters. */
function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    "\uFFFD",
  );
}
