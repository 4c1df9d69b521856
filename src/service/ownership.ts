import { execFile } from "node:child_process";
import type { ArmService } from "./arm-service.ts";
import { publishedPorts } from "./compose.ts";
import { ownersOf, type PortOwners, portsOf } from "./listeners.ts";
import { membersOf } from "./members.ts";

/** Whether the answers at an arm's URL are that arm's own. */
export type Ownership =
  | { readonly is: "own"; readonly listeners: readonly number[] }
  /** This system, or the address, does not allow to look. */
  | { readonly is: "unknown"; readonly why: string }
  | { readonly is: "other"; readonly why: string };

/**
 * Who listens where an arm is said to be. Two versions on one fixed port would be one version compared with itself, and
 * that is always green.
 */
export async function ownershipOf(arm: ArmService, others: readonly ArmService[]): Promise<Ownership> {
  const { hostname, port: written, protocol } = new URL(arm.url);
  const port = written === "" ? (protocol === "https:" ? 443 : 80) : Number(written);
  if (!isLoopback(hostname)) {
    return { is: "unknown", why: `whose answers come from ${hostname} cannot be seen from here` };
  }
  const owners = await ownersOf(port);
  if (owners === null) return { is: "unknown", why: `who listens on port ${port} cannot be seen on this system` };
  if (arm.compose && (await composePorts(arm.mark)).has(port)) return { is: "own", listeners: [] };
  return ownershipAmong({
    port,
    owners,
    own: pidsOf(arm),
    others: others.map((other) => ({ arm: other.arm, pids: pidsOf(other) })),
    // Nobody listened there when the port was chosen.
    chosen: port === arm.port,
    compose: arm.compose,
  });
}

/** The decision by itself. */
export function ownershipAmong({
  port,
  owners: { pids, hidden },
  own,
  others,
  chosen,
  compose,
}: {
  readonly port: number;
  readonly owners: PortOwners;
  readonly own: ReadonlySet<number>;
  readonly others: readonly { readonly arm: string; readonly pids: ReadonlySet<number> }[];
  readonly chosen: boolean;
  readonly compose: boolean;
}): Ownership {
  const strangers = pids.filter((pid) => !own.has(pid));
  const [stranger] = strangers;
  if (stranger !== undefined) {
    const whose = others.find((other) => other.pids.has(stranger));
    const who = whose
      ? `the ${whose.arm} version's process ${stranger}`
      : `process ${stranger}, which it did not start`;
    return { is: "other", why: `on port ${port} listens ${who}` };
  }
  if (pids.length > 0) return { is: "own", listeners: pids };
  if (chosen && (hidden || compose)) return { is: "own", listeners: [] };
  const who = hidden ? "a process of another user" : "none of its processes";
  return { is: "other", why: `on port ${port} listens ${who}` };
}

/** Ports its processes listen on, where they are not those they were told. */
export function portsOfArm(arm: ArmService): number[] {
  return portsOf([...pidsOf(arm)]);
}

function pidsOf(arm: ArmService): ReadonlySet<number> {
  return new Set(membersOf(arm.belonging).map(({ pid }) => pid));
}

/** Ports that containers of a project publish; none where Docker does not answer. */
function composePorts(project: string): Promise<ReadonlySet<number>> {
  const words = ["ps", "--filter", `label=com.docker.compose.project=${project}`, "--format", "{{.Ports}}"];
  return new Promise((resolve) => {
    execFile("docker", words, { timeout: 10_000 }, (error, stdout) => {
      resolve(error ? new Set() : publishedPorts(stdout));
    });
  });
}

function isLoopback(hostname: string): boolean {
  return /^(?:localhost|.*\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
