import { escapeMarkup } from "../view/safe-text.ts";

/** HTML that may be put into a page as it stands. Made only by `markup`, which escapes whatever is put into it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Markup | null | readonly (Markup | null)[];

/** A template whose values are escaped unless they are markup themselves; lists are joined, null is nothing. */
export function markup(strings: TemplateStringsArray, ...values: readonly Part[]): Markup {
  let text = strings[0] ?? "";
  values.forEach((value, index) => {
    text += textOf(value) + (strings[index + 1] ?? "");
  });
  return new Markup(text);
}

function textOf(value: Part): string {
  if (value === null) return "";
  if (value instanceof Markup) return value.text;
  if (typeof value === "object") return value.map(textOf).join("");
  return escapeMarkup(String(value));
}

/** JSON for a `<script type="application/json">`: nothing in it can end the element or begin a comment. */
export function jsonMarkup(value: unknown): Markup {
  const json = JSON.stringify(value)
    .replaceAll("<", "\\u003c")
    .replaceAll(">", "\\u003e")
    .replaceAll("&", "\\u0026")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
  return new Markup(json);
}
