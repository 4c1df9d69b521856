import { createHash } from "node:crypto";
import type { Report } from "../document/report.ts";
import { formatInstant } from "../view/format.ts";
import { phaseWords } from "../view/phase-words.ts";
import { oneLine } from "../view/safe-text.ts";
import { pageScript, pageStyle } from "./assets.ts";
import { capacityFigure } from "./capacity-picture.ts";
import { courseFigures, figuresMarkup } from "./charts.ts";
import { healthFigures } from "./health-charts.ts";
import { latencyFigures } from "./latency-charts.ts";
import { jsonMarkup, Markup, markup } from "./markup.ts";
import {
  cardsSection,
  configurationSection,
  exceptionsSection,
  failuresSection,
  gateChangesSection,
  measuredSection,
  momentsSection,
  presenceSection,
  section,
  verdictSection,
  warningsSection,
} from "./sections.ts";
import { servicesSection } from "./services-section.ts";
import { comparisonsTable, endpointsTable, thresholdsTable, timingsTable } from "./tables.ts";
import { phaseFigures, serverFigures } from "./timing-charts.ts";

/** The report's page stays under this, bytes. */
const largestHtmlBytes = 500_000;

/** How much of each list is drawn; the first that fits is taken. */
const sizes = [
  { endpoints: 500, failures: 100, comparisons: 500, thresholds: 500, lists: 100 },
  { endpoints: 500, failures: 30, comparisons: 150, thresholds: 150, lists: 60 },
  { endpoints: 250, failures: 15, comparisons: 80, thresholds: 80, lists: 30 },
  { endpoints: 100, failures: 8, comparisons: 40, thresholds: 40, lists: 15 },
  { endpoints: 30, failures: 2, comparisons: 15, thresholds: 15, lists: 5 },
];

/** One self-contained file: no network, no inline handler, every text from outside escaped or set as text. */
export function renderHtml(report: Report): string {
  let page = "";
  for (const size of sizes) {
    page = draw(report, size);
    if (Buffer.byteLength(page) < largestHtmlBytes) break;
  }
  return page;
}

function draw(report: Report, most: (typeof sizes)[number]): string {
  const courses = courseFigures(report);
  const latencies = latencyFigures(report);
  const phases = phaseFigures(report);
  const server = serverFigures(report);
  const health = healthFigures(report);
  const all = [courses, latencies, phases, server, health].flat();
  const charts = Object.fromEntries(all.map(({ id, chart }) => [id, chart]));
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(pageScript)}`,
    `style-src ${hashOf(pageStyle)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const name = oneLine(report.name, 100);
  const { comparisons, thresholds, phaseTimings, serverTimings } = report;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${report.verdict.conclusion} · ${name} · swarmgate</title>
<style>${new Markup(pageStyle)}</style>
</head>
<body>
<a class="skip" href="#endpoints-heading">Skip to the endpoints</a>
<main>
${verdictSection(report)}${gateChangesSection(report, most.lists)}${servicesSection(report)}${cardsSection(report)}${capacityFigure(report)}${momentsSection(report)}
${
  courses.length === 0
    ? null
    : section(
        "Over the run",
        markup`<p class="soft">Time since the start; what is not judged lies on a tinted ground. Dashed lines across are promises, upright ones mark where a response time changed for good.</p>
${figuresMarkup(courses)}`,
      )
}
${latencies.length === 0 ? null : section("In the judged window", figuresMarkup(latencies))}
<section aria-labelledby="endpoints-heading"><h2 id="endpoints-heading" tabindex="-1">Endpoints</h2>
<div class="tools"><label>Filter <input type="search" data-filters="endpoints" aria-describedby="endpoints-shown" autocomplete="off"></label>
<span id="endpoints-shown" class="soft" role="status"></span></div>
${endpointsTable(report, most.endpoints)}</section>
${presenceSection(report, most.lists)}
${thresholds.length === 0 ? null : section("Promises", thresholdsTable(thresholds.slice(0, most.thresholds)))}
${comparisons.length === 0 ? null : section("Comparisons", comparisonsTable(comparisons.slice(0, most.comparisons)))}
${failuresSection(report, most.failures)}
${exceptionsSection(report)}
${
  phaseTimings.length === 0
    ? null
    : section(
        "Where the time went",
        markup`${figuresMarkup(phases)}
${timingsTable({
  id: "phases",
  caption: "Phases of the requests",
  timings: phaseTimings.slice(0, most.comparisons).map((timing) => ({ ...timing, name: phaseWords(timing.name) })),
})}`,
      )
}
${
  serverTimings.length === 0
    ? null
    : section(
        "What the server says",
        markup`${figuresMarkup(server)}
${timingsTable({
  id: "server",
  caption: "Server-Timing of the answers",
  timings: serverTimings.slice(0, most.comparisons),
})}`,
      )
}
${warningsSection(report, most.lists)}
${
  health.length === 0
    ? null
    : section(
        "The load generator",
        markup`<p class="soft">If this machine was slow, so are the numbers above. Of each step the worst thread; dashed: the limits.</p>
${figuresMarkup(health)}`,
      )
}
${measuredSection(report)}
${configurationSection(report, most.lists)}
</main>
<footer>${footer(report)}</footer>
<script type="application/json" id="data">${jsonMarkup({ charts })}</script>
<script>${new Markup(pageScript)}</script>
</body>
</html>
`.text;
}

function footer({ commit, generatedAt, run }: Report): Markup {
  const label = run === null ? "" : `run ${run.number}${run.attempt > 1 ? `, attempt ${run.attempt}` : ""}`;
  return markup`${commit === null ? null : `${commit.slice(0, 12)} · `}${formatInstant(generatedAt)}${
    run === null
      ? null
      : run.url === null
        ? ` · ${label}`
        : markup` · <a href="${run.url}" rel="noreferrer">${label}</a>`
  } · swarmgate`;
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
