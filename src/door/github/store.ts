import { systemClock } from "../../base/clock.ts";
import { Random } from "../../base/random.ts";
import { ArtifactStore } from "../../baseline/artifact-store.ts";
import { BranchStore } from "../../baseline/branch-store.ts";
import { CacheStore } from "../../baseline/cache-store.ts";
import type { BaselineStore, Loaded, Saved } from "../../baseline/store.ts";
import type { GateConfig } from "../../config/gate-config.ts";
import type { GitHubClient } from "../../github/api/client.ts";
import { cachePort, readCacheService } from "../../github/cache/cache-service.ts";
import type { GitHubContext } from "../../github/event/context.ts";
import { archiveDownload, ownsBaseline, restRequest, textUpload } from "../../github/files/baseline-access.ts";
import { storeFor } from "../store-for.ts";

/** The store the settings ask for, on the platform or in a file; null for none. */
export function githubStore({
  config,
  context,
  client,
  env,
  directory,
  temporaryDirectory,
}: {
  readonly config: GateConfig;
  readonly context: GitHubContext;
  readonly client: GitHubClient | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  readonly temporaryDirectory: string;
}): BaselineStore | null {
  const { settings } = config;
  const kind = settings["baseline-store"];
  if (kind === "file" || kind === "none") return storeFor({ config, directory });
  if (!client) return new SilentStore(kind);
  const shared = {
    request: restRequest(client),
    repository: `${context.owner}/${context.repo}`,
    keep: settings["baseline-runs"],
  };
  if (kind === "branch") {
    const random = Random.from(`${context.run.id}/${context.run.attempt}/${context.job}/${systemClock.now()}`);
    return new BranchStore({ ...shared, branch: settings["baseline-branch"], clock: systemClock, random });
  }
  if (kind === "cache") {
    const service = readCacheService(env, context);
    const port = cachePort({ service, client, context, teaches: ownsBaseline(context) });
    return new CacheStore({ port, keep: shared.keep });
  }
  const upload = textUpload({
    temporaryDirectory,
    available: context.hasArtifactService,
    retentionDays: settings["retention-days"] ?? undefined,
  });
  return new ArtifactStore({
    ...shared,
    branch: context.defaultBranch ?? "main",
    download: archiveDownload(client),
    upload: async (artifact) => {
      if (!context.hasArtifactService) throw new Error("this platform has no artifacts; set baseline-store: branch");
      await upload(artifact);
    },
  });
}

/** Where there is nobody to ask. */
class SilentStore implements BaselineStore {
  readonly kind: BaselineStore["kind"];

  constructor(kind: BaselineStore["kind"]) {
    this.kind = kind;
  }

  load(): Promise<Loaded> {
    const why = `baseline-store: ${this.kind} needs a github-token`;
    return Promise.resolve({ is: "forbidden", why, remedy: "leave the input github-token as it is by default" });
  }

  save(): Promise<Saved> {
    const why = `baseline-store: ${this.kind} needs a github-token`;
    return Promise.resolve({ is: "unsaved", reason: "forbidden", why });
  }

  change(): Promise<Saved> {
    return this.save();
  }
}
