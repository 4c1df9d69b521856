import type { Report } from "../document/report.ts";
import { code, fence } from "../view/safe-text.ts";
import { fixedPart, type Part } from "./fit.ts";
import { details } from "./table.ts";

/** What each version printed last, where it did not get as far as it should. */
export function servicesPart({ services = [] }: Report): Part | null {
  const told = services.map(({ message, lines }) => {
    const line = `- ⚠️ ${code(message, 300)}`;
    return lines.length === 0 ? line : `${line}\n\n${details("The last lines of its log", fence(lines.join("\n")))}`;
  });
  return told.length === 0 ? null : fixedPart(1, told.join("\n"));
}
