import { systemClock } from "../../base/clock.ts";
import { version } from "../../base/version.ts";
import { connectGitHub, type GitHubClient, readProxySettings } from "../../github/api/client.ts";
import type { Silence } from "../../github/api/silence.ts";
import type { GitHubContext } from "../../github/event/context.ts";

/** The API client, where there is a token and a repository to talk about. */
export async function githubClient({
  token,
  context,
  env,
  ...patience
}: {
  token: string;
  context: GitHubContext;
  env: Readonly<Record<string, string | undefined>>;
  /** For calls that can be done without: how long an API that says nothing is waited for. */
  silence?: Silence;
  /** The first pause before another try; 1 s if not given. */
  retryPauseMs?: number;
}): Promise<GitHubClient | undefined> {
  if (token === "" || context.owner === "") return undefined;
  return await connectGitHub({
    token,
    apiUrl: context.apiUrl,
    proxy: readProxySettings(env),
    clock: systemClock,
    userAgent: `swarmgate/${version}`,
    ...patience,
  });
}
