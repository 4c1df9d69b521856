import type { HealthCourse, Report } from "../document/report.ts";
import { counted, formatMoment, formatMs, formatPercent } from "../view/format.ts";
import { type Figure, secondsOf, unjudged } from "./charts.ts";

/** How the load generator fared as the run went on, with the limits beyond which a block counts as saturated. */
export function healthFigures(report: Report): Figure[] {
  const { series } = report;
  const { health } = series;
  if (!health) return [];
  const seconds = secondsOf(series.stepMs, series.rps.length);
  const time = { x: "time", unjudged: unjudged(report) } as const;
  const late = health.lateStarts.reduce((sum, count) => sum + count, 0);
  const percent = (values: readonly (number | null)[]) =>
    values.map((value) => (value === null ? null : Number((100 * value).toPrecision(4))));
  const shares = [
    { label: "event loop", values: health.utilization },
    { label: "busiest thread's CPU", values: health.threadCpu },
    { label: "machine's CPU", values: health.machineCpu },
    { label: "taken by the host", values: health.steal.some((value) => (value ?? 0) > 0.01) ? health.steal : [] },
  ].filter(({ values }) => values.some((value) => value !== null));
  const { delayLimitMs, utilizationLimit } = health;
  return [
    {
      id: "delay",
      title: "How late the generator's event loop was",
      words: overLimit(health.delayP99Ms, {
        limit: delayLimitMs,
        stepMs: series.stepMs,
        fine: `Never above the limit of ${formatMs(delayLimitMs)}.`,
        over: `Above the limit of ${formatMs(delayLimitMs)}`,
      }),
      chart: {
        ...time,
        unit: "ms, p99",
        labels: ["delay"],
        data: [seconds, health.delayP99Ms],
        limits: [{ value: delayLimitMs, text: `limit ${formatMs(delayLimitMs)}` }],
      },
    },
    {
      id: "busy",
      title: "How busy the generator was",
      words: overLimit(health.utilization, {
        limit: utilizationLimit,
        stepMs: series.stepMs,
        fine: `No thread above the limit of ${formatPercent(utilizationLimit)}.`,
        over: `A thread above the limit of ${formatPercent(utilizationLimit)}`,
      }),
      chart: {
        ...time,
        unit: "%",
        labels: shares.map(({ label }) => label),
        data: [seconds, ...shares.map(({ values }) => percent(values))],
        limits: [{ value: 100 * utilizationLimit, text: `limit ${formatPercent(utilizationLimit)}` }],
      },
    },
    ...(late === 0 ? [] : [lateFigure({ health, late, seconds, stepMs: series.stepMs, time })]),
  ];
}

function lateFigure(input: {
  readonly health: HealthCourse;
  readonly late: number;
  readonly seconds: readonly number[];
  readonly stepMs: number;
  readonly time: Pick<Figure["chart"], "x" | "unjudged">;
}): Figure {
  const { lateStarts } = input.health;
  const first = lateStarts.findIndex((count) => count > 0);
  return {
    id: "late",
    title: "Iterations that began later than scheduled",
    words: `${counted(input.late, "late start")} in all, the first at ${formatMoment(first * input.stepMs)}.`,
    chart: {
      ...input.time,
      unit: "late starts",
      bars: true,
      labels: ["late starts"],
      colors: [1],
      data: [input.seconds, lateStarts],
    },
  };
}

/** When values were over a limit for the first time, and in how much of the time. */
function overLimit(
  values: readonly (number | null)[],
  told: { readonly limit: number; readonly stepMs: number; readonly fine: string; readonly over: string },
): string {
  const over = values.flatMap((value, index) => (value !== null && value > told.limit ? [index] : []));
  const [first] = over;
  if (first === undefined) return told.fine;
  const share = over.length / values.length;
  return `${told.over} in ${formatPercent(share)} of the run, first at ${formatMoment(first * told.stepMs)}.`;
}
