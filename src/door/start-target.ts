import type { GateConfig } from "../config/gate-config.ts";
import type { GateContext } from "../gate/gate-context.ts";
import { type Started, startServices } from "../gate/start-services.ts";
import type { GitHubContext } from "../github/event/context.ts";
import { type BaseQuestion, baseQuestion } from "../service/base-question.ts";
import type { ServiceArm } from "../service/url-template.ts";
import { jobTemporary, machineTemporary } from "./temporary.ts";

/** Starts what is to be loaded, where `start` says how; null where the target is there already. */
export async function startTarget({
  config,
  world,
  question,
  serverUrl,
  output,
  ...rules
}: {
  readonly config: GateConfig;
  readonly world: Pick<GateContext, "clock" | "directory" | "documents" | "environment" | "signal" | "log">;
  /** Which version to compare with, where `base` leaves it to us. */
  readonly question: BaseQuestion;
  readonly serverUrl: string;
  readonly output: (arm: ServiceArm, line: string) => void;
  readonly buildHead: boolean;
  readonly refuseEqual: boolean;
}): Promise<Started | null> {
  const { settings } = config;
  if (settings.start === null) return null;
  const asked = settings.base === "auto" ? question : ({ kind: "revision", revision: settings.base } as const);
  return await startServices({
    config,
    world,
    question: asked,
    temporary: jobTemporary(world.environment),
    ledgers: machineTemporary(world.environment),
    serverUrl,
    output,
    ...rules,
  });
}

/** What the event says of the version to compare with. */
export function questionOf({
  eventName,
  eventSha,
  headSha,
  pullRequest,
  baseBranch,
  baseSha,
}: GitHubContext): BaseQuestion {
  return baseQuestion({
    eventName,
    eventSha,
    headSha,
    isPullRequest: pullRequest !== undefined,
    baseBranch: baseBranch ?? null,
    baseSha: baseSha ?? null,
  });
}

/** The run's configuration and world once its services are up. */
export function withServices(
  { config, services, baseCommit }: Started,
  world: GateContext,
): { config: GateConfig; world: GateContext } {
  const origin = { ...world.origin, baseCommit: baseCommit ?? world.origin.baseCommit };
  return { config, world: { ...world, services, origin } };
}
