import type { CapacitySection, CapacityStepRow } from "../document/capacity-schema.ts";
import { stepsByLoad } from "../document/capacity-section.ts";
import type { Report } from "../document/report.ts";
import { foundInWords, stepIcon } from "../view/capacity-words.ts";
import { formatMs, formatNumber, formatPercent, formatRate } from "../view/format.ts";
import { oneLine } from "../view/safe-text.ts";
import { type Markup, markup } from "./markup.ts";

/** Response time against load, drawn here: no script has to run for it. Loads lie on a logarithmic scale. */

const width = 720;
const height = 300;
/** To the right there is room for the names of the lines, beside their ends: within, promises have theirs. */
const frame = { left: 64, right: 44, top: 16, bottom: 44 };
/** Between the baselines of two labels, one above the other. */
const labelGap = 14;
const colours = { p50: "#3b82c4", p95: "#c4661f", promise: "#b3261e", held: "#2e7d32", failing: "#b3261e" };

interface Scale {
  readonly x: (load: number) => number;
  readonly y: (ms: number) => number;
  readonly topMs: number;
}

/** The section of the page; nothing in the report of one run. */
export function capacityFigure(report: Report): Markup | null {
  const { capacity } = report;
  if (capacity === null || capacity.steps.length === 0) return null;
  const steps = stepsByLoad(capacity);
  return markup`<section aria-labelledby="capacity-heading"><h2 id="capacity-heading">Capacity</h2>
<figure><figcaption id="capacity-words"><b>Response time against load</b> <span class="soft">${foundInWords(capacity)}.</span></figcaption>
${picture(report, capacity, steps)}</figure>
${table(capacity, steps)}</section>
`;
}

function picture(report: Report, capacity: CapacitySection, steps: readonly CapacityStepRow[]): Markup | null {
  const timed = steps.filter(({ p95Ms }) => p95Ms !== null);
  if (timed.length < 2) return null;
  const limits = [...new Set(report.thresholds.flatMap(totalLimit))].slice(0, 3);
  const scale = scaleOf(timed, limits);
  return markup`<svg viewBox="0 0 ${width} ${height}" width="100%" role="img" aria-labelledby="capacity-words" font-size="12" fill="currentColor">
${band(capacity, scale)}${axes(timed, scale, capacity.unit)}${promises(limits, scale)}
${line(timed, "p50", scale)}${line(timed, "p95", scale)}${names(timed, scale)}
</svg>
`;
}

function totalLimit({ endpoint, unit, expected, operator }: Report["thresholds"][number]): number[] {
  return endpoint === null && unit === "ms" && operator.startsWith("<") ? [expected] : [];
}

function scaleOf(steps: readonly CapacityStepRow[], limits: readonly number[]): Scale {
  const loads = steps.map(({ load }) => Math.log(load));
  const [low, high] = [Math.min(...loads), Math.max(...loads)];
  // A promise far above all that was measured would press the lines to the ground.
  const slowest = Math.max(...steps.map(({ p95Ms }) => p95Ms ?? 0));
  const topMs = 1.1 * Math.max(slowest, ...limits.filter((limit) => limit <= 3 * slowest), 1e-3);
  const across = width - frame.left - frame.right;
  const up = height - frame.top - frame.bottom;
  return {
    topMs,
    x: (load) => round(frame.left + (across * (Math.log(load) - low)) / Math.max(high - low, 1e-9)),
    y: (ms) => round(height - frame.bottom - (up * ms) / topMs),
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** What is known to hold, and what is known to fail, on tinted ground. */
function band({ load, failing }: CapacitySection, { x }: Scale): Markup {
  const up = height - frame.top - frame.bottom;
  const area = (from: number, to: number, colour: string) =>
    markup`<rect x="${from}" y="${frame.top}" width="${round(Math.max(0, to - from))}" height="${up}" fill="${colour}" opacity="0.08"/>`;
  return markup`${load === null ? null : area(frame.left, x(load), colours.held)}${
    failing === null ? null : area(x(failing), width - frame.right, colours.failing)
  }`;
}

function axes(steps: readonly CapacityStepRow[], { x, y, topMs }: Scale, unit: CapacitySection["unit"]): Markup {
  const ground = height - frame.bottom;
  const values = [0, 0.25, 0.5, 0.75, 1].map((share) => share * (topMs / 1.1));
  const room = 34;
  let last = Number.NEGATIVE_INFINITY;
  const labels = steps.flatMap(({ load }) => {
    if (x(load) - last < room) return [];
    last = x(load);
    return [markup`<text x="${x(load)}" y="${ground + 18}" text-anchor="middle">${formatNumber(load)}</text>`];
  });
  return markup`${values.map(
    (ms) =>
      markup`<line x1="${frame.left}" x2="${width - frame.right}" y1="${y(ms)}" y2="${y(ms)}" stroke="currentColor" opacity="0.15"/><text x="${frame.left - 8}" y="${y(ms) + 4}" text-anchor="end">${formatMs(ms)}</text>`,
  )}${labels}<text x="${(frame.left + width - frame.right) / 2}" y="${height - 6}" text-anchor="middle">${unit === "users" ? "users" : "arrivals per second"} (logarithmic)</text>`;
}

function promises(limitsMs: readonly number[], { y, topMs }: Scale): Markup[] {
  const shown = limitsMs.filter((limit) => limit <= topMs).sort((a, b) => b - a);
  const at = apart(shown.map((limit) => y(limit) - 4));
  return shown.map((limitMs, i) => promise(limitMs, { y: y(limitMs), label: at[i] as number }));
}

/** Heights of labels, from the top down, moved up where two would touch. */
function apart(heights: readonly number[]): number[] {
  const moved = [...heights];
  for (let i = moved.length - 2; i >= 0; i--) {
    moved[i] = round(Math.min(moved[i] as number, (moved[i + 1] as number) - labelGap));
  }
  return moved;
}

function promise(limitMs: number, at: { readonly y: number; readonly label: number }): Markup {
  return markup`<line x1="${frame.left}" x2="${width - frame.right}" y1="${at.y}" y2="${at.y}" stroke="${colours.promise}" stroke-dasharray="6 4"/><text x="${width - frame.right - 4}" y="${at.label}" text-anchor="end" fill="${colours.promise}">promised ${formatMs(limitMs)}</text>`;
}

function line(steps: readonly CapacityStepRow[], which: "p50" | "p95", { x, y }: Scale): Markup {
  const points = steps.flatMap((step) => {
    const ms = which === "p50" ? step.p50Ms : step.p95Ms;
    return ms === null ? [] : [{ step, ms }];
  });
  const path = points.map(({ step, ms }) => `${x(step.load)},${y(ms)}`).join(" ");
  return markup`<polyline points="${path}" fill="none" stroke="${colours[which]}" stroke-width="2"/>${points.map(
    ({ step, ms }) =>
      markup`<circle cx="${x(step.load)}" cy="${y(ms)}" r="${step.outcome === "held" ? 4 : 3}" fill="${step.outcome === "held" ? colours[which] : "none"}" stroke="${colours[which]}"><title>${formatNumber(step.load)}: ${which} ${formatMs(ms)}, ${formatRate(step.rps)}, ${step.outcome}</title></circle>`,
  )}`;
}

/** Which line is which, at their ends. */
function names(steps: readonly CapacityStepRow[], { x, y }: Scale): Markup[] {
  const ends = (["p95", "p50"] as const).flatMap((which) => {
    const end = steps.findLast((step) => (which === "p50" ? step.p50Ms : step.p95Ms) !== null);
    if (!end) return [];
    return [{ which, x: x(end.load) + 8, y: y((which === "p50" ? end.p50Ms : end.p95Ms) ?? 0) + 4 }];
  });
  const at = apart(ends.map(({ y }) => y));
  return ends.map(
    ({ which, x }, i) => markup`<text x="${round(x)}" y="${at[i] as number}" fill="${colours[which]}">${which}</text>`,
  );
}

function table(capacity: CapacitySection, steps: readonly CapacityStepRow[]): Markup {
  const heads = [capacity.unit === "users" ? "Users" : "Arrivals/s", "Requests/s", "p50", "p95", "p99", "Errors"];
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="Every load that was tried"><table><caption>Every load that was tried</caption>
<thead><tr><th scope="col">Outcome</th>${heads.map((head) => markup`<th scope="col">${head}</th>`)}<th scope="col">Why not</th></tr></thead>
<tbody>${steps.map(
    (step) =>
      markup`<tr><td>${stepIcon[step.outcome]} ${step.outcome}</td><td>${formatNumber(step.load)}</td><td>${formatNumber(step.rps)}</td><td>${formatMs(step.p50Ms)}</td><td>${formatMs(step.p95Ms)}</td><td>${formatMs(step.p99Ms)}</td><td>${formatPercent(step.errorRatio)}</td><td>${step.why === null ? null : oneLine(step.why, 200)}</td></tr>
`,
  )}</tbody></table></div>
`;
}
