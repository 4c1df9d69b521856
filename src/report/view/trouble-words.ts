import type { HeadTrouble } from "../../verdict/troubles/troubles.ts";
import { clipEndpoint, tidySize, whole } from "../document/clip.ts";
import type { ReportTrouble } from "../document/report.ts";
import { counted, formatDuration, formatMoment, formatMs, formatNumber } from "./format.ts";

export interface TroubleWords {
  readonly what: string;
  readonly brief: string;
  readonly look: string;
}

/** As the report keeps it: numbers, so that the words are always ours. */
export function troubleOf(trouble: HeadTrouble): ReportTrouble {
  const endpoint = trouble.endpoint && clipEndpoint(trouble.endpoint);
  switch (trouble.kind) {
    case "pauses":
      return { ...trouble, endpoint, lastedMs: tidySize(trouble.lastedMs), atMs: trouble.atMs.map(tidySize) };
    case "slowing-down": {
      const [perMinuteMs, fromMs, toMs] = [trouble.perMinuteMs, trouble.fromMs, trouble.toMs].map(tidySize) as [
        number,
        number,
        number,
      ];
      return { ...trouble, endpoint, perMinuteMs, fromMs, toMs, endpoints: whole(trouble.endpoints) };
    }
    case "cold-start":
      return { ...trouble, endpoint, factor: tidySize(trouble.factor) };
    case "error-burst":
      return { ...trouble, endpoint };
  }
}

/** What the endpoint, or `whoOf`, did; the same in a few words; and where to look. */
export function troubleInWords(trouble: ReportTrouble): TroubleWords {
  const about = (ms: number) => formatDuration(Number(ms.toPrecision(2)));
  switch (trouble.kind) {
    case "pauses": {
      const { count, everyMs, lastedMs, atMs } = trouble;
      const when =
        everyMs === null
          ? `${count} times for about ${about(lastedMs)}, at ${atMs.map(formatMoment).join(", ")}${count > atMs.length ? " …" : ""}`
          : `every ${about(everyMs)} for about ${about(lastedMs)} (${count} times)`;
      return {
        what: `stops answering ${when}`,
        brief:
          everyMs === null
            ? `the target stopped answering ${count} times`
            : `the target stops answering every ${about(everyMs)}`,
        look: "look for garbage collection, a job on a timer or a lock",
      };
    }
    case "slowing-down": {
      const { perMinuteMs, fromMs, toMs } = trouble;
      const span = `median ${formatMs(fromMs)} → ${formatMs(toMs)} within the run`;
      const rate = formatMs(Number(perMinuteMs.toPrecision(2)));
      return {
        what: `keeps getting slower, by ${rate} a minute (${span})`,
        brief: `it keeps getting slower, by ${rate} a minute`,
        look: "look for a leak, a queue that never drains, or data that grows",
      };
    }
    case "cold-start": {
      const { factor, lastedMs } = trouble;
      const times = formatNumber(Number(factor.toPrecision(2)));
      return {
        what: `started cold: answers took up to ${times} times as long for the first ${about(lastedMs)}`,
        brief: `the target started cold and was slow for the first ${about(lastedMs)}`,
        look: "if your users never meet a cold target, a longer warm-up leaves this out",
      };
    }
    case "error-burst": {
      const { count, of, lastedMs, atMs } = trouble;
      return {
        what: `failed all at once: ${count} of ${counted(of, "failure")} within ${about(lastedMs)}, from ${formatMoment(atMs)} of the run on`,
        brief: `${count} of ${counted(of, "failure")} within ${about(lastedMs)}`,
        look: "look for an outage, a restart or a deployment at that time",
      };
    }
  }
}

/** Who did it where it is no single endpoint. */
export function whoOf({ kind }: ReportTrouble): string {
  return kind === "slowing-down" ? "every endpoint" : "the target";
}
