import { systemClock } from "../base/clock.ts";
import { version } from "../base/version.ts";
import type { GateConfig } from "../config/gate-config.ts";
import { connectGitHub, type GitHubClient } from "../github/client.ts";
import type { GitHubContext } from "../github/context.ts";

/** The API client, where there is a token and a repository to talk about. */
export async function githubClient({
  config,
  context,
  env,
}: {
  config: GateConfig;
  context: GitHubContext;
  env: Readonly<Record<string, string | undefined>>;
}): Promise<GitHubClient | undefined> {
  const token = config.settings["github-token"];
  if (!token || context.owner === "") return undefined;
  return await connectGitHub({
    token,
    apiUrl: context.apiUrl,
    proxy: {
      httpProxy: env.http_proxy ?? env.HTTP_PROXY,
      httpsProxy: env.https_proxy ?? env.HTTPS_PROXY,
      noProxy: env.no_proxy ?? env.NO_PROXY,
    },
    clock: systemClock,
    userAgent: `swarmgate/${version}`,
  });
}
