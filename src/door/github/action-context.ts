import type { GateConfig } from "../../config/gate-config.ts";
import type { Unwritten } from "../../gate/gate-context.ts";
import type { GitHubClient } from "../../github/api/client.ts";
import type { RunStamp } from "../../github/comment/comment-document.ts";
import type { GitHubContext } from "../../github/event/context.ts";
import type { PullRequestAnswer } from "../../github/pull-request.ts";
import type { Report } from "../../report/document/report.ts";
import type { RunnerLog } from "../runner-log.ts";

/** What is to be reported. Its documents are on disk, but for those that could not be written. */
export interface RunReport {
  readonly report: Report;
  readonly directory: string;
  readonly exitCode: number;
  readonly unwritten: readonly Unwritten[];
  /** As verdict.json has them. */
  readonly comparisons: readonly unknown[];
}

/** What reporting to GitHub needs: the run's settings, where it is, and the means. */
export interface ActionContext {
  readonly config: GateConfig;
  readonly context: GitHubContext;
  readonly client: GitHubClient | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: RunnerLog;
  /** The pull request, looked up once. */
  readonly pull: () => Promise<PullRequestAnswer>;
  /** The measured run. */
  readonly run: RunStamp;
}
