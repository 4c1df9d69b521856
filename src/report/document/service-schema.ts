import * as z from "zod";

/** A version of the service that did not get as far as it should. */
export const serviceSchema = z.object({
  arm: z.enum(["head", "base"]),
  step: z.enum(["checkout", "build", "start", "load"]),
  /** How its command ended; null where that is not known. */
  ending: z.string().max(80).nullable(),
  message: z.string().max(500),
  /** Of its log, the last ones. */
  lines: z.array(z.string().max(500)).max(30),
});

export type ReportService = z.infer<typeof serviceSchema>;
