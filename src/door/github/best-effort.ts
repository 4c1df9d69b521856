import { systemReason } from "../../base/save-file.ts";
import type { RunnerLog } from "../runner-log.ts";

/**
 * Reports on one surface by itself: what goes wrong there becomes a warning that says what is missing, and costs
 * neither the verdict nor any other surface.
 * @param missing the first words of that warning: `the job summary is missing`
 */
export async function bestEffort(missing: string, log: RunnerLog, report: () => unknown): Promise<void> {
  try {
    await report();
  } catch (error) {
    log.annotate([{ level: "warning", message: `${missing}: ${systemReason(error)}` }]);
  }
}
