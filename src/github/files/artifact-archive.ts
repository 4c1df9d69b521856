import type { GitHubClient } from "../api/client.ts";
import { apiFailure } from "../api/rate-limit.ts";

/**
 * The zip of an artifact by its API path (`/repos/o/r/actions/artifacts/1/zip`); null where it has expired (410).
 * GitHub answers with the address of a storage host, which must not get the token. Throws what the API throws, and an
 * Error when there are more bytes than allowed.
 */
export async function downloadArchive(
  client: GitHubClient,
  path: string,
  limits: { readonly limitBytes: number },
): Promise<Buffer | null> {
  try {
    const response = await client.octokit.request(`GET ${path}`, { request: { redirect: "manual" } });
    const { location } = response.headers;
    if (location === undefined) throw new Error("GitHub did not say where the archive is");
    return await client.download(location, limits);
  } catch (error) {
    if (apiFailure(error)?.status === 410) return null;
    throw error;
  }
}
