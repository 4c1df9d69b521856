import type { Report } from "../document/report.ts";
import { cleanLines } from "../view/safe-text.ts";
import { type Markup, markup } from "./markup.ts";

/** Versions that did not get as far as they should, and what they printed last. */
export function servicesSection({ services = [] }: Report): Markup | null {
  if (services.length === 0) return null;
  const items = services.map(
    ({ message, lines }) =>
      markup`<p>${message}</p>${lines.length === 0 ? null : markup`<pre>${cleanLines(lines.join("\n"))}</pre>`}`,
  );
  return markup`<section aria-labelledby="services-heading"><h2 id="services-heading">The versions that were started</h2>${items}</section>`;
}
