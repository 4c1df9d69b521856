import { printQuantity } from "../../slo/threshold/quantity.ts";

const spans: ReadonlySet<string> = new Set([
  "run-time",
  "stop-timeout",
  "warmup",
  "wait-timeout",
  "max-duration",
  "min-effect",
]);
const shares: ReadonlySet<string> = new Set(["tolerance", "error-tolerance", "confidence"]);
const rates: ReadonlySet<string> = new Set(["arrival-rate", "max-rate"]);

/** A setting's number with the unit people write: `28s`, `10%`, `5000/s`. */
export function asWritten<T>(name: string, value: T): T | string {
  if (typeof value !== "number") return value;
  if (spans.has(name)) return printQuantity(value, "ms");
  if (shares.has(name)) return printQuantity(value, "ratio");
  return rates.has(name) ? printQuantity(value, "perSecond") : value;
}
