import { join } from "node:path";
import type { ServiceArm } from "./url-template.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What the runner gives to actions and not to `run:` steps: the runtime's tokens and addresses, the action's inputs
 * and saved state.
 */
const ofActionsAlone = /^(?:ACTIONS_RUNTIME_\w*|ACTIONS_CACHE_\w*|ACTIONS_RESULTS_URL|INPUT_.*|STATE_.*)$/i;

/** Files in which a step hands something to the job; what a service writes there must reach nobody. */
const fileCommands = ["GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STATE", "GITHUB_STEP_SUMMARY"] as const;

/** Says which repository git is at work in, as in a hook; the commands run in trees of their own. */
const ofGit = /^GIT_(?:DIR|WORK_TREE|INDEX_FILE|PREFIX|COMMON_DIR|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES)$/;

/** Marks every process of one arm: it is inherited whatever process group or session a process moves to. */
export const markName = "SWARMGATE_SERVICE";

export interface ArmIdentity {
  readonly arm: ServiceArm;
  readonly port: number;
  /** Unique to the run and the arm; also the Compose project's name: lower case, digits and hyphens. */
  readonly mark: string;
  /** Folder of files that stand in for the runner's file commands. */
  readonly scratch: string;
}

/** The environment of `build`, `start` and `stop`: what a `run:` step has, and where this version is to listen. */
export function commandEnvironment(env: Environment, identity: ArmIdentity): Record<string, string> {
  const kept = Object.entries(env).flatMap(([name, value]): [string, string][] =>
    value === undefined || ofActionsAlone.test(name) || ofGit.test(name) ? [] : [[name, value]],
  );
  return { ...Object.fromEntries(kept), ...fileCommandsOf(env, identity.scratch), ...ofArm(identity) };
}

function ofArm({ arm, port, mark }: ArmIdentity): Record<string, string> {
  return {
    PORT: String(port),
    HOST: "127.0.0.1",
    SWARMGATE_ARM: arm,
    COMPOSE_PROJECT_NAME: mark,
    [markName]: mark,
  };
}

function fileCommandsOf(env: Environment, scratch: string): Record<string, string> {
  const names = fileCommands.filter((name) => env[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, join(scratch, name.toLowerCase())]));
}

/** Names of the files that have to be there, for commands that append to them. */
export const scratchFiles: readonly string[] = fileCommands.map((name) => name.toLowerCase());
