/** Metrics kept of one answer. */
const metricsKept = 20;

/**
 * The metrics of a `Server-Timing` header that carry a duration, in milliseconds: `db;dur=53.2, app;dur="47"`.
 * Grammar: W3C Server Timing, section 2; names and values may be quoted, unknown parameters are skipped.
 */
export function parseServerTiming(header: string): [name: string, durationMs: number][] {
  const metrics: [string, number][] = [];
  for (const entry of splitOutsideQuotes(header, ",")) {
    const [name = "", ...parameters] = splitOutsideQuotes(entry, ";");
    const metric = name.trim();
    if (metric === "") continue;
    for (const parameter of parameters) {
      const equals = parameter.indexOf("=");
      if (equals < 0 || parameter.slice(0, equals).trim().toLowerCase() !== "dur") continue;
      const durationMs = Number.parseFloat(
        parameter
          .slice(equals + 1)
          .replaceAll('"', "")
          .trim(),
      );
      if (Number.isFinite(durationMs) && durationMs >= 0) metrics.push([metric.slice(0, 100), durationMs]);
      break;
    }
    if (metrics.length >= metricsKept) break;
  }
  return metrics;
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  if (!text.includes('"')) return text.split(separator);
  const parts: string[] = [];
  let quoted = false;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === "\\" && quoted) i++;
    else if (char === '"') quoted = !quoted;
    else if (char === separator && !quoted) {
      parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}
