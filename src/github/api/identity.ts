import type { GitHubClient } from "./client.ts";
import { apiFailure } from "./rate-limit.ts";

/** The author of everything written with a workflow's own token on github.com. */
export const actionsBot = "github-actions[bot]";

/**
 * The login that comments made with this token carry. People's tokens may ask REST who they are. An app's token
 * (`github.token` is one) may not, but GraphQL tells it its bot; where that is missing too, it is the workflow's own.
 */
export async function loginOf(client: GitHubClient, signal: AbortSignal): Promise<string> {
  const { octokit } = client;
  try {
    const { data } = await octokit.rest.users.getAuthenticated({ request: { signal } });
    return data.login;
  } catch (error) {
    const status = apiFailure(error)?.status;
    if (status !== 403 && status !== 404) throw error;
  }
  try {
    const answer = await octokit.graphql<{ viewer?: { login?: string } }>("{ viewer { login } }", {
      request: { signal, retries: 0 },
    });
    return answer.viewer?.login ?? actionsBot;
  } catch {
    return actionsBot;
  }
}
