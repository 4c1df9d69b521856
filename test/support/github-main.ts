/** A door that does nothing but tell: the room `github/` from inputs to outputs, to be bundled and run as an action. */
import { readFileSync } from "node:fs";
import { systemClock } from "../../src/base/clock.ts";
import { readOnlyCause } from "../../src/github/api/api-advice.ts";
import { connectGitHub, readProxySettings } from "../../src/github/api/client.ts";
import { upsertComment } from "../../src/github/comment/comment.ts";
import { readContext } from "../../src/github/event/context.ts";
import { uploadArtifact } from "../../src/github/files/artifact-upload.ts";
import { readInputs } from "../../src/github/inputs.ts";
import { writeJobSummary } from "../../src/github/job-summary.ts";
import { writeOutputs } from "../../src/github/outputs.ts";
import { resolvePullRequest } from "../../src/github/pull-request.ts";
import { refuseUntrusted } from "../../src/github/untrusted.ts";
import { annotationCommands } from "../../src/github/workflow-commands.ts";

const { env } = process;
const context = readContext({ env, event: JSON.parse(readFileSync(env.GITHUB_EVENT_PATH ?? "", "utf8")) });
const { values } = readInputs(env);
const client = await connectGitHub({
  token: values.get("github-token") ?? "",
  apiUrl: context.apiUrl,
  proxy: readProxySettings(env),
  clock: systemClock,
  userAgent: "swarmgate-test",
});
await refuseUntrusted({ context, client, loadsLocustfile: true, allowed: false });
const markdown = `### load of ${values.get("users")} users`;
await writeJobSummary(env.GITHUB_STEP_SUMMARY, markdown);
const pull = await resolvePullRequest({ context, client });
const say = (message: string): void => {
  for (const line of annotationCommands([{ level: "notice", message }])) console.log(line);
};
if (pull.found) {
  const told = await upsertComment({
    client,
    place: { owner: context.owner, repo: context.repo, pull: pull.number },
    name: values.get("name") ?? "load-test",
    markdown,
    mode: "always",
    news: "quiet",
    run: { id: context.run.id, attempt: context.run.attempt, sha: context.headSha },
    readOnly: readOnlyCause(context),
  });
  if (told.kind === "failed") say(told.notice);
  if (told.kind === "written")
    await writeOutputs(env.GITHUB_OUTPUT, { "comment-id": String(told.id), "comment-url": told.url });
} else say(`no comment: ${pull.reason}`);
const upload = await uploadArtifact({
  name: "swarmgate-api",
  directory: env.GITHUB_WORKSPACE ?? "",
  retentionDays: undefined,
  available: context.hasArtifactService,
});
if (upload.kind !== "uploaded") say(upload.notice);
process.exitCode = 99;
