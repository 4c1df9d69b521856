import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../base/errors.ts";
import type { GateConfig } from "../config/gate-config.ts";
import type { ArmFailure, ArmService } from "../service/arm-service.ts";
import { ownershipOf, portsOfArm } from "../service/ownership.ts";
import { endInWords } from "../service/shell-command.ts";
import type { GateContext } from "./gate-context.ts";
import { waitUntilReady } from "./readiness.ts";

/** A command that has come back with 0 may have left a service that is not visible yet. */
const settlingMs = 3000;

/** What a ready service is watched by; null: the command itself. */
export interface Ready {
  readonly listeners: readonly number[];
  readonly notice: string | null;
}

/** Waits until an arm answers, and sees to it that the answers are its own; or why it never will. */
export async function waitForArm(
  arm: ArmService,
  {
    others,
    config,
    world,
  }: {
    readonly others: readonly ArmService[];
    readonly config: GateConfig;
    readonly world: Pick<GateContext, "clock" | "signal" | "log">;
  },
): Promise<Ready | ArmFailure> {
  const { settings } = config;
  const over = new AbortController();
  const waiting = waitUntilReady({
    url: `${arm.url}${settings["wait-for"]}`,
    version: null,
    headers: settings.headers,
    timeoutMs: settings["wait-timeout"],
    clock: world.clock,
    signal: AbortSignal.any([world.signal, over.signal]),
    log: world.log,
  }).then(
    () => null,
    (error: unknown) => ({ is: "not-ready" as const, why: messageOf(error) }),
  );
  const first = await Promise.race([waiting, failedStart(arm)]);
  over.abort();
  await waiting;
  if (first === null) return await ownAnswers(arm, others);
  return first.is === "ended"
    ? arm.failure("start", first.why, { hint: first.hint })
    : arm.failure("start", `the ${arm.arm} version: ${first.why}`, { hint: portHint(arm) });
}

interface Ended {
  readonly is: "ended";
  readonly why: string;
  readonly hint: string;
}

/** Resolves only where `start` ends without having started anything. */
async function failedStart(arm: ArmService): Promise<Ended> {
  const end = await arm.whenCommandEnds();
  const what = `\`start\` of the ${arm.arm} version ended with ${endInWords(end)}`;
  if (end.exitCode !== 0)
    return { is: "ended", why: `${what} before it answered`, hint: "see the last lines of its log" };
  if (!arm.compose) {
    await sleep(settlingMs);
    if (!arm.isRunning()) {
      return {
        is: "ended",
        why: `${what} and left nothing running`,
        hint: "`start` has to stay, or to leave a service behind",
      };
    }
  }
  return await new Promise<never>(() => undefined);
}

async function ownAnswers(arm: ArmService, others: readonly ArmService[]): Promise<Ready | ArmFailure> {
  const owner = await ownershipOf(arm, others);
  if (owner.is === "own") return { listeners: owner.listeners, notice: null };
  if (owner.is === "unknown") return { listeners: [], notice: `${arm.arm}: ${owner.why}` };
  const hint = "let the service listen on the port in PORT, which is another for each version";
  return arm.failure("start", `${arm.url} answers, but not the ${arm.arm} version: ${owner.why}`, { hint });
}

/** The commonest reason that nobody answers: the service listens somewhere else. */
function portHint(arm: ArmService): string {
  const elsewhere = portsOfArm(arm).filter((port) => port !== arm.port);
  const told = "`start` is told its port by the variable PORT";
  return elsewhere.length === 0
    ? `${told}; wait-for names a path that answers 2xx, wait-timeout how long it may take`
    : `it listens on ${elsewhere.join(", ")}, and ${told} (${arm.port} here)`;
}
