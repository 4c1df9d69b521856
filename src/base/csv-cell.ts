/** What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"). */
const formula = /^[=+\-@\t\r]/;
const guarded = /^'(?=[=+\-@\t\r])/;

/** A text from outside as a spreadsheet shows it and does not compute it: an apostrophe stands before it. */
export function guardedCell(text: string): string {
  return formula.test(text) ? `'${text}` : text;
}

/** The text that was guarded. */
export function unguardedCell(text: string): string {
  return text.replace(guarded, "");
}
