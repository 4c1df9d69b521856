import { endpointLabel } from "../../stats/endpoint.ts";
import type { Report, TimingCourse } from "../document/report.ts";
import { formatMoment, formatMs } from "../view/format.ts";
import { phaseWords } from "../view/phase-words.ts";
import { oneLine } from "../view/safe-text.ts";
import { type Figure, secondsOf, unjudged } from "./charts.ts";

/** What a request's time was made of, as the run went on: our phases as bands that add up to the mean. */
export function phaseFigures(report: Report): Figure[] {
  return (report.timingCourses ?? []).flatMap((course, index) => {
    if (course.phases.length === 0) return [];
    const length = course.phases[0]?.meanMs.length ?? 0;
    return [
      {
        id: `phases-over-time-${index}`,
        title: `What the time of ${subject(course)} was made of`,
        words: phaseSentence(course),
        chart: {
          x: "time",
          unit: "ms, mean",
          stacked: true,
          labels: course.phases.map(({ name }) => phaseWords(name)),
          data: [secondsOf(course.stepMs, length), ...course.phases.map(({ meanMs }) => meanMs)],
          unjudged: unjudged(report),
        },
      },
    ];
  });
}

/** The answers' `Server-Timing` metrics as the run went on. */
export function serverFigures(report: Report): Figure[] {
  return (report.timingCourses ?? []).flatMap((course, index) => {
    if (course.server.length === 0) return [];
    const length = course.server[0]?.meanMs.length ?? 0;
    return [
      {
        id: `server-over-time-${index}`,
        title: `Server timings of ${subject(course)}`,
        words: "Means over all requests, as the target told them.",
        chart: {
          x: "time",
          unit: "ms, mean",
          labels: course.server.map(({ name }) => oneLine(name, 40) || "–"),
          data: [secondsOf(course.stepMs, length), ...course.server.map(({ meanMs }) => meanMs)],
          unjudged: unjudged(report),
        },
      },
    ];
  });
}

function subject({ endpoint }: TimingCourse): string {
  return endpoint === null ? "all requests" : oneLine(endpointLabel(endpoint), 80) || "–";
}

/** Names the largest part, and when the whole was at its worst. */
function phaseSentence({ phases, stepMs }: TimingCourse): string {
  const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
  const largest = phases.reduce((most, part) => (sum(part.meanMs) > sum(most.meanMs) ? part : most));
  const share = sum(largest.meanMs) / Math.max(1e-9, sum(phases.map(({ meanMs }) => sum(meanMs))));
  const whole = largest.meanMs.map((_, i) => sum(phases.map(({ meanMs }) => meanMs[i] ?? 0)));
  const worst = whole.indexOf(Math.max(...whole));
  return (
    `${Math.round(100 * share)} % was ${phaseWords(largest.name)}; ` +
    `the mean was highest at ${formatMoment(worst * stepMs)} with ${formatMs(whole[worst] ?? null)}.`
  );
}
