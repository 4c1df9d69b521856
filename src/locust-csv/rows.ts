import { unguardedCell } from "../base/csv-cell.ts";
import { GateError } from "../base/errors.ts";

/** One file of Locust's four, as text that anybody may have written. */
export interface CsvFile {
  /** What to call it in an error. */
  readonly name: string;
  readonly text: string;
}

/** A record, and the line its first field begins on; from 1. */
export interface Row {
  readonly line: number;
  readonly fields: readonly string[];
}

/** More than this many fields are no file of Locust's. */
const mostFields = 200;

/** Throws what the user reads: the file, the line, what is wrong, what to do. */
export function refuse({ name }: CsvFile, line: number | null, message: string, hint?: string): never {
  const place = line === null ? name : `${name}:${line}`;
  throw new GateError("csv-unreadable", `${place}: ${message}`, {
    place,
    hint: hint ?? "hand in all four files as Locust's --csv wrote them, once Locust has ended by itself",
  });
}

/**
 * The records of a CSV file as Python's csv module writes it (RFC 4180). Throws GateError `csv-unreadable` where it
 * breaks off: Locust ends every record with a line break, so one without is half a record.
 */
export function* rowsOf(file: CsvFile): Generator<Row> {
  const text = file.text.startsWith("\uFEFF") ? file.text.slice(1) : file.text;
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const row: Row & { fields: string[] } = { line, fields: [] };
    for (;;) {
      const field = fieldAt(text, at);
      if (field === null) refuse(file, row.line, "the file is cut off within this record");
      for (let i = field.value.indexOf("\n"); i >= 0; i = field.value.indexOf("\n", i + 1)) line++;
      row.fields.push(unguardedCell(field.value));
      if (row.fields.length > mostFields) refuse(file, row.line, `a record has more than ${mostFields} fields`);
      at = field.end;
      if (text[at] !== ",") break;
      at++;
    }
    if (text[at] === "\r") at++;
    if (at >= text.length) refuse(file, row.line, "the file is cut off within this record");
    if (text[at] !== "\n") refuse(file, line, "text follows a closing quote");
    at++;
    line++;
    if (row.fields.length > 1 || row.fields[0] !== "") yield row;
  }
}

/** The field that begins at an index, and where it ends; null where its closing quote is missing. */
function fieldAt(text: string, start: number): { readonly value: string; readonly end: number } | null {
  if (text[start] !== '"') {
    const stop = /[,\r\n]/g;
    stop.lastIndex = start;
    const end = stop.exec(text)?.index ?? text.length;
    return { value: text.slice(start, end), end };
  }
  let at = start + 1;
  let value = "";
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return null;
    value += text.slice(at, quote);
    if (text[quote + 1] !== '"') return { value, end: quote + 1 };
    value += '"';
    at = quote + 2;
  }
}
