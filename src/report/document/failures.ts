import type { RunResult } from "../../stats/run-result.ts";
import { clipEndpoint, clipText, whole } from "./clip.ts";
import type { Report } from "./report.ts";
import { bounds } from "./report-schema.ts";

/** The groups of failed requests; times from the run's start. */
export function failuresOf({ summary }: RunResult, sinceStart: (ms: number) => number): Report["failures"] {
  return summary.failures.slice(0, bounds.failures).map((group) => ({
    arm: group.arm,
    endpoint: clipEndpoint(group.endpoint),
    kind: clipText(group.kind, 40),
    message: clipText(group.message),
    count: whole(group.count),
    firstMs: sinceStart(group.firstMs),
    lastMs: sinceStart(group.lastMs),
    samples: group.samples.slice(0, 3).map((sample) => ({
      request: clipText(sample.request),
      status: Math.min(999, whole(sample.status)),
      headers: sample.headers
        .slice(0, 30)
        .map(([key, value]) => [clipText(key, bounds.name), clipText(value, bounds.name)]),
      body: clipText(sample.body, bounds.body),
      atMs: sinceStart(sample.atMs),
    })),
  }));
}

/** What the locustfile threw; times from the run's start. */
export function exceptionsOf({ trouble }: RunResult, sinceStart: (ms: number) => number): Report["exceptions"] {
  return trouble.exceptions.slice(0, bounds.exceptions).map((group) => ({
    message: clipText(group.message),
    trace: clipText(group.trace, bounds.body),
    ...(group.place !== undefined && { place: clipText(group.place, bounds.name) }),
    task: clipText(group.task, bounds.name),
    count: whole(group.count),
    firstMs: sinceStart(group.firstMs),
    lastMs: sinceStart(group.lastMs),
  }));
}
