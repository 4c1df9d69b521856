import { createHash } from "node:crypto";
import type { CachePort, Denied } from "../../baseline/cache-store.ts";
import { largestBaselineBytes } from "../../baseline/document.ts";
import { field, saidBy } from "../../baseline/github-port.ts";
import type { GitHubClient } from "../api/client.ts";
import type { GitHubContext } from "../event/context.ts";
import { restRequest } from "../files/baseline-access.ts";
import { type CacheDialect, refusal, type ServiceCall } from "./cache-dialect.ts";
import { restCache } from "./cache-rest.ts";
import { twirpCache } from "./cache-twirp.ts";

/** Where the runner says the cache is, and what this run may do there. */
export interface CacheService {
  readonly dialect: "twirp" | "rest";
  readonly url: string;
  readonly token: string;
  readonly readable: boolean;
  readonly writable: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What the runner tells a JavaScript action of the cache; undefined where there is none. */
export function readCacheService(env: Environment, { serverUrl }: Pick<GitHubContext, "serverUrl">) {
  const host = URL.parse(serverUrl)?.hostname.toLowerCase() ?? "";
  const isGitHub = host === "github.com" || host.endsWith(".ghe.com") || host.endsWith(".localhost");
  const dialect = isGitHub && env.ACTIONS_CACHE_SERVICE_V2 ? "twirp" : "rest";
  const url = (dialect === "rest" && env.ACTIONS_CACHE_URL) || env.ACTIONS_RESULTS_URL || "";
  const token = env.ACTIONS_RUNTIME_TOKEN ?? "";
  if (url === "" || token === "") return undefined;
  // Set since runs of untrusted events may only read; what is not known is permitted, and the service has the last word.
  const mode = (env.ACTIONS_CACHE_MODE ?? "").trim().toLowerCase();
  const readable = mode !== "none" && mode !== "write-only";
  const writable = mode !== "none" && mode !== "read";
  return { dialect, url, token, readable, writable } satisfies CacheService;
}

/** All entries of ours have this version; a newer document says for itself that it is. */
const version = createHash("sha256").update("swarmgate-baseline").digest("hex");
/** Times a call is tried while the service has trouble of its own. */
const tries = 4;

/**
 * The Actions cache for a baseline. Spoken to directly, for three reasons: @actions/cache makes one answer of "there is
 * none", "may not be read" and "is down"; it unpacks with the system's tar, which writes wherever a stranger's archive
 * says; and what we keep is one text.
 */
export function cachePort(options: {
  readonly service: CacheService | undefined;
  readonly client: GitHubClient;
  readonly context: Pick<GitHubContext, "owner" | "repo" | "ref" | "eventName" | "defaultBranch">;
  /** Whether this run's entries would be the default branch's. */
  readonly teaches: boolean;
}): CachePort {
  const { service, client, context, teaches } = options;
  const why = unavailable(options);
  const dialect = service && dialectOf(service, client);
  return {
    async list(prefix) {
      if (why !== undefined) return { denied: why };
      const ref = `refs/heads/${context.defaultBranch ?? "main"}`;
      const query = new URLSearchParams({ key: prefix, ref, sort: "created_at", direction: "desc", per_page: "30" });
      const path = `/repos/${context.owner}/${context.repo}/actions/caches?${query}`;
      const answer = await restRequest(client)("GET", path);
      // Not granted, or a platform that has no such list.
      if ([401, 403, 404, 405].includes(answer.status)) return "unlisted";
      if (answer.status >= 400) throw new Error(saidBy(answer));
      const rows = field(answer.body, "actions_caches");
      if (!Array.isArray(rows)) throw new Error("GitHub's answer has no list of caches");
      const keys = rows.map((row) => (field(row, "ref") === ref ? field(row, "key") : undefined));
      return [...new Set(keys.filter((key) => typeof key === "string" && key.startsWith(prefix)))] as string[];
    },
    async restore(which) {
      if (why !== undefined || !dialect) return { denied: why ?? "" };
      const exact = "key" in which;
      const key = exact ? which.key : which.prefix;
      const found = await dialect.find({ key, version });
      if (found === undefined || "denied" in found) return found;
      // Either is asked for by its beginning, so that more may match than was meant.
      if (exact ? found.key !== key : !found.key.startsWith(key)) return undefined;
      const { url } = found;
      const read = () => client.send(url, { method: "GET", limitBytes: largestBaselineBytes });
      const { status, body } = await patiently(client, "the entry", read);
      if (status === 404) return undefined;
      if (status !== 200) throw new Error(`the cache's storage answered ${status}`);
      return { key: found.key, text: body.toString("utf8") };
    },
    async save(key, text) {
      if (!teaches || !service?.writable) return "read-only";
      if (why !== undefined || !dialect) throw new Error(why);
      return await dialect.store({ key, version, bytes: Buffer.from(text, "utf8") });
    },
  };
}

/** Why the cache is out of reach for the whole run; undefined if it is not. */
function unavailable({
  service,
  context: { ref, eventName },
}: {
  readonly service: CacheService | undefined;
  readonly context: Pick<GitHubContext, "ref" | "eventName">;
}): Denied["denied"] | undefined {
  if (!service) return "this platform offers no cache";
  if (ref === "") return `a run of ${eventName} for a commit belongs to no branch, and caches belong to branches`;
  return service.readable ? undefined : "this run may not read caches (ACTIONS_CACHE_MODE)";
}

function dialectOf(service: CacheService, client: GitHubClient): CacheDialect {
  const call: ServiceCall = async ({ method, path, headers, body }) => {
    const base = service.url.endsWith("/") ? service.url : `${service.url}/`;
    const authorization = { ...headers, authorization: `Bearer ${service.token}` };
    const answer = await patiently(client, path, () =>
      client.send(new URL(path, base).href, { method, headers: authorization, ...(body !== undefined && { body }) }),
    );
    return { status: answer.status, body: parsed(answer.body) };
  };
  const put = async (url: string, { headers, body }: { headers: Readonly<Record<string, string>>; body: Buffer }) => {
    const { status } = await patiently(client, "a blob", () => client.send(url, { method: "PUT", headers, body }));
    return status;
  };
  return service.dialect === "twirp" ? twirpCache({ call, put }) : restCache({ call });
}

/** Repeats what came to nothing through no fault of ours, after the first pause and its multiples. */
async function patiently(
  { clock, retryPauseMs }: GitHubClient,
  what: string,
  send: () => Promise<{ readonly status: number; readonly body: Buffer }>,
): Promise<{ readonly status: number; readonly body: Buffer }> {
  for (let attempt = 1; ; attempt++) {
    const answer = await send().catch((error: unknown) => {
      // What the network threw; everything else would come again.
      if (attempt === tries || !(error instanceof TypeError)) throw error;
      return undefined;
    });
    if (answer !== undefined && answer.status < 500) return answer;
    if (answer !== undefined && attempt === tries) throw refusal(what.split("/").at(-1) ?? what, answer);
    await clock.sleep(retryPauseMs * attempt ** 2);
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}
