import { type ArtifactOutcome, uploadArtifact } from "../../github/files/artifact-upload.ts";
import { inTime } from "../in-time.ts";
import type { ActionContext } from "./action-context.ts";

const uploadBudgetMs = 90_000;

/** The report directory as an artifact; a notice where that cannot be. Never throws. */
export async function uploadReport(
  directory: string,
  { config, context, log }: ActionContext,
  budgetMs = uploadBudgetMs,
) {
  const { settings } = config;
  if (!settings["upload-artifact"]) return;
  const name = settings["artifact-name"] ?? `swarmgate-${settings.name}`;
  const late: ArtifactOutcome = {
    kind: "failed",
    notice: `could not upload the artifact ${name}: it took longer than ${budgetMs / 1000} s`,
  };
  const upload = uploadArtifact({
    name,
    directory,
    retentionDays: settings["retention-days"] ?? undefined,
    available: context.hasArtifactService,
  });
  const outcome = await inTime(upload, { ms: budgetMs, late });
  if (outcome.kind === "uploaded") log.info(`the report is in the artifact ${name}`);
  else log.notice(outcome.notice);
}
