import { totalmem } from "node:os";

/** A quarter of what the process may use, or of the machine's memory where that is less; bytes. */
export function quarterOfMemory(): number {
  const constrained = process.constrainedMemory();
  return Math.floor(Math.min(constrained > 0 ? constrained : Number.POSITIVE_INFINITY, totalmem()) / 4);
}
