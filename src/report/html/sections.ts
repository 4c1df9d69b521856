import { endpointLabel } from "../../stats/endpoint.ts";
import type { Report, ReportFailure } from "../document/report.ts";
import { percentile } from "../markdown/details.ts";
import { changeSides, gateChangesTitle } from "../markdown/gate-changes.ts";
import { untrustedLabel } from "../markdown/markdown.ts";
import { facts } from "../markdown/measured.ts";
import {
  counted,
  formatCount,
  formatDuration,
  formatMoment,
  formatMs,
  formatNumber,
  formatPercent,
  formatRate,
} from "../view/format.ts";
import { headlineOf, stepInWords } from "../view/headline.ts";
import { momentsOf } from "../view/moments.ts";
import { noticesOf } from "../view/notices.ts";
import { cleanLines, oneLine } from "../view/safe-text.ts";
import { piecesOf } from "../view/sentence.ts";
import { type Markup, markup } from "./markup.ts";
import { sentenceMarkup } from "./sentence.ts";
import { label } from "./tables.ts";

/** The parts of the page that are text. */

export function verdictSection(report: Report): Markup {
  const { icon, before, culprit, after } = headlineOf(report);
  const reasons = report.verdict.reasons.map(
    ({ message, remedy }) =>
      markup`<p>${sentenceMarkup(piecesOf(report, message))}${remedy === null ? null : markup` <b>Remedy:</b> ${sentenceMarkup(piecesOf(report, remedy))}`}</p>`,
  );
  const explained = report.comparisons
    .filter(({ outcome }) => outcome === "regressed")
    .slice(0, 3)
    .flatMap(({ explanation }) => explanation)
    .map((sentence) => markup`<p>${sentenceMarkup(piecesOf(report, sentence))}</p>`);
  return markup`<section class="verdict ${report.verdict.conclusion}" aria-label="Verdict: ${report.verdict.conclusion}">
<p class="badge">${report.verdict.conclusion}</p>
<h1><span aria-hidden="true">${icon}</span> ${oneLine(report.name, 100)} — ${before}${culprit === null ? null : markup`<code>${oneLine(culprit, 120)}</code>`}${after}</h1>
${stepInWords(report) === "" ? null : markup`<p>${stepInWords(report)}</p>`}${reasons}${explained}${report.untrusted ? markup`<p><b>Note:</b> ${untrustedLabel}.</p>` : null}
</section>
`;
}

export function cardsSection({ total, measured, tally }: Report): Markup {
  const head = total?.head ?? null;
  const cards: [string, string][] = [
    ["Requests", formatCount(head?.requests ?? 0)],
    ["Per second", formatRate(head?.rps ?? 0)],
    ["Errors", head ? formatPercent(head.errorRatio) : "–"],
    ["p50", formatMs(percentile(head, 0.5))],
    ["p95", formatMs(percentile(head, 0.95))],
    ["p99", formatMs(percentile(head, 0.99))],
    ["Judged", formatDuration(measured.windowMs)],
    ["Promises kept", `${formatNumber(tally.met)} of ${formatNumber(tally.thresholds)}`],
  ];
  return markup`<dl class="cards">${cards.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
`;
}

export function momentsSection(report: Report): Markup | null {
  const moments = momentsOf(report);
  if (moments.length === 0) return null;
  return section(
    "When it began",
    markup`<ol class="moments">${moments.map(
      ({ atMs, name, text, slower }) =>
        markup`<li${slower ? markup` class="slower"` : null}><time>${formatMoment(atMs)}</time> ${name === null ? "All requests" : markup`<code>${oneLine(name, 120)}</code>`}: ${text}</li>
`,
    )}</ol>`,
  );
}

export function failuresSection(report: Report, most: number): Markup | null {
  if (report.failures.length === 0) return null;
  const shown = report.failures.slice(0, most);
  const left = report.tally.failureGroups - shown.length;
  return section(
    "Failures",
    markup`${shown.map((failure, index) => failureMarkup(failure, index < 3))}${
      left > 0 ? markup`<p class="soft">… and ${counted(left, "more kind", "more kinds")}.</p>` : null
    }`,
  );
}

function failureMarkup(failure: ReportFailure, open: boolean): Markup {
  const { endpoint, kind, message, count, firstMs, lastMs, samples, arm } = failure;
  return markup`<details${open ? markup` open` : null}><summary><code>${label(endpoint)}</code> · ${oneLine(kind, 40)} · ${formatCount(count)}× · ${formatMoment(firstMs)} to ${formatMoment(lastMs)}${arm === "base" ? " · base version" : null} · ${oneLine(message, 200)}</summary>
${samples.map(
  (sample) => markup`<pre tabindex="0">${cleanLines(
    [
      `${oneLine(sample.request, 300)} → ${sample.status === 0 ? "no answer" : sample.status}   at ${formatMoment(sample.atMs)}`,
      ...sample.headers.map(([name, value]) => `${oneLine(name, 100)}: ${oneLine(value, 200)}`),
      "",
      sample.body,
    ].join("\n"),
  )}</pre>
`,
)}${samples.length === 0 ? markup`<p class="soft">No sample was kept.</p>` : null}</details>
`;
}

export function exceptionsSection(report: Report): Markup | null {
  if (report.exceptions.length === 0) return null;
  return section(
    "Exceptions in the locustfile",
    markup`${report.exceptions.slice(0, 20).map(
      ({ task, place, message, count, firstMs, trace }) =>
        markup`<details open><summary><code>${oneLine(task, 120)}</code>${place ? markup` at <code>${oneLine(place, 200)}</code>` : null} · ${formatCount(count)}× · first at ${formatMoment(firstMs)} · ${oneLine(message, 300)}</summary><pre tabindex="0">${cleanLines(trace)}</pre></details>
`,
    )}`,
  );
}

export function measuredSection(report: Report): Markup {
  const { baseline, comparing } = report;
  const told: [string, string][] = facts(report).map(({ label: name, value, outside = [] }) => [
    name,
    [value, ...outside.map((text) => oneLine(text, 200))].filter((text) => text !== "").join(", "),
  ]);
  if (comparing.mode === "baseline") {
    const age = baseline.ageMs === null ? "" : `, measured ${formatDuration(baseline.ageMs)} ago`;
    const why = baseline.whyNot === null ? "" : ` ${oneLine(baseline.whyNot, 300)}`;
    const found = `${baseline.commit?.slice(0, 7) ?? "a run"}, ${counted(baseline.runs, "run")}${age}.`;
    told.push(["Baseline", `${baseline.found ? found : "None."}${why}`]);
  }
  const statuses = report.measured.statuses.map(
    ([status, count]) => `${status === 0 ? "no answer" : status}: ${formatCount(count)}`,
  );
  if (statuses.length > 0) told.push(["Answers", statuses.join(", ")]);
  return section("How this was measured", factList(told));
}

export function configurationSection({ configuration }: Report, most: number): Markup | null {
  if (configuration.length === 0) return null;
  return section(
    "Configuration",
    factList(configuration.slice(0, most).map(([key, value]) => [oneLine(key, 80), oneLine(value, 500)])),
  );
}

export function warningsSection(report: Report, most: number): Markup | null {
  const warnings = noticesOf(report);
  if (warnings.length === 0) return null;
  return section(
    "Warnings",
    markup`<ul>${warnings.slice(0, most).map(({ pieces }) => markup`<li>${sentenceMarkup(pieces)}</li>`)}</ul>`,
  );
}

export function gateChangesSection(report: Report, most: number): Markup | null {
  const { gateChanges } = report;
  if (gateChanges.length === 0) return null;
  return section(
    gateChangesTitle(report).replace(/\.$/, ""),
    markup`<ul>${gateChanges.slice(0, most).map(
      (change) =>
        markup`<li>${change.kind}${change.inEffect ? "" : ", once it is merged"}: ${oneLine(change.setting, 60)} <code>${oneLine(
          changeSides(change, (text) => text),
          400,
        )}</code></li>`,
    )}</ul>`,
  );
}

export function presenceSection({ endpoints }: Report, most: number): Markup | null {
  const named = endpoints.filter(({ presence }) => presence !== "both").slice(0, most);
  if (named.length === 0) return null;
  return section(
    "New and vanished endpoints",
    markup`<ul>${named.map(
      ({ endpoint, presence }) => markup`<li><code>${oneLine(endpointLabel(endpoint), 120)}</code> ${presence}</li>`,
    )}</ul>`,
  );
}

export function section(title: string, body: Markup): Markup {
  return markup`<section aria-label="${title}"><h2>${title}</h2>
${body}
</section>
`;
}

function factList(list: readonly (readonly [string, string])[]): Markup {
  return markup`<dl class="facts">${list.map(
    ([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>
`,
  )}</dl>`;
}
