import { Payload } from "../event/payload.ts";

/** A deployment and the newest of its statuses. */
export interface DeploymentState {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly environment: string;
  /** `queued`, `pending`, `in_progress`, `success`, `inactive`, `error`, `failure`; undefined before the first. */
  readonly state: string | undefined;
  readonly url: string | undefined;
}

export type DeploymentStep =
  | { readonly do: "take"; readonly deployment: DeploymentState & { readonly url: string } }
  | { readonly do: "wait"; readonly because: string }
  /** Nothing is on its way; another deployment may still come. */
  | { readonly do: "linger"; readonly because: string; readonly failed: boolean };

/**
 * What to do about the deployments of one commit, newest first. A successful one is taken whatever became of its
 * twins: platforms start two for one push and cancel one within seconds.
 */
export function planDeployment(deployments: readonly DeploymentState[]): DeploymentStep {
  for (const deployment of deployments) {
    const { state, url } = deployment;
    if (state === "success" && url !== undefined) return { do: "take", deployment: { ...deployment, url } };
  }
  const coming = deployments.find(
    ({ state }) => state === undefined || /^(queued|pending|in_progress|waiting)$/.test(state),
  );
  if (coming !== undefined)
    return { do: "wait", because: `its deployment to ${coming.environment} is ${coming.state ?? "new"}` };
  if (deployments.some(({ state }) => state === "success")) {
    return { do: "linger", because: "its deployment succeeded and told no URL", failed: true };
  }
  const failed = deployments.find(({ state }) => state === "error" || state === "failure");
  if (failed !== undefined)
    return { do: "linger", because: `its deployment to ${failed.environment} failed`, failed: true };
  if (deployments.length > 0)
    return { do: "linger", because: "its deployment is inactive: nothing was built", failed: false };
  return { do: "linger", because: "nothing was deployed for it", failed: false };
}

/** Deployments as the API lists them, newest first; those without an id or a commit are left out. */
export function readDeployments(document: unknown): Omit<DeploymentState, "state" | "url">[] {
  return new Payload(document).items.flatMap((row) => {
    const id = row.at("id").number;
    const sha = row.at("sha").sha;
    if (id === undefined || sha === undefined) return [];
    return [{ id, sha, ref: row.at("ref").text ?? "", environment: row.at("environment").text ?? "" }];
  });
}

/** The newest status of a deployment. GitHub lists the newest first. */
export function readNewestStatus(document: unknown): Pick<DeploymentState, "state" | "url"> {
  const [newest] = new Payload(document).items;
  if (newest === undefined) return { state: undefined, url: undefined };
  return {
    state: newest.at("state").text,
    url: newest.at("environment_url").text ?? newest.at("target_url").text,
  };
}
