import { foreign, ours } from "../base/sentence.ts";
import type { ReportService } from "../report/document/service-schema.ts";
import type { ArmFailure, ArmService, EndLimits } from "../service/arm-service.ts";
import { processRow } from "../service/process-table.ts";
import { endInWords } from "../service/shell-command.ts";
import { reason, reasonTable } from "../verdict/reasons.ts";
import type { Reason } from "../verdict/verdict.ts";

/** The services a run has started, while it goes on and afterwards. */
export interface Services {
  /** A service that ended by itself, once one has. */
  readonly died: () => ArmFailure | null;
  /** What became of the versions that is part of the verdict. */
  readonly findings: () => readonly Reason[];
  /** Versions that did not get as far as they should. */
  readonly failures: () => readonly ReportService[];
  /** Ends everything that was started, and removes it. Twice is once. */
  readonly end: () => Promise<void>;
}

const watchMs = 1000;

/** A service that runs, and what it is watched by. */
export interface RunningArm {
  readonly service: ArmService;
  /** Processes that listen, where the command itself has come back. */
  readonly listeners: readonly number[];
}

/** Watches services under load. A command that stays is its service; of others the listening processes are watched. */
export class RunningServices implements Services {
  readonly #arms: readonly RunningArm[];
  readonly #unready: readonly ArmFailure[];
  readonly #cleanUp: () => Promise<void>;
  #died: ArmFailure | null = null;
  #ending = false;
  readonly #timer: NodeJS.Timeout;

  constructor({
    arms,
    unready,
    cleanUp,
  }: {
    readonly arms: readonly RunningArm[];
    /** Versions that were to run and do not. */
    readonly unready: readonly ArmFailure[];
    readonly cleanUp: () => Promise<void>;
  }) {
    this.#arms = arms;
    this.#unready = unready;
    this.#cleanUp = cleanUp;
    this.#timer = setInterval(() => this.#look(), watchMs);
    this.#timer.unref();
    for (const { service } of arms) void service.whenCommandEnds().then(() => this.#look());
  }

  readonly died = (): ArmFailure | null => this.#died;

  readonly failures = (): readonly ReportService[] =>
    [...this.#unready, ...(this.#died ? [this.#died] : [])].map(({ arm, step, ending, message, lines }) => ({
      arm,
      step,
      ending,
      message,
      lines: [...lines],
    }));

  readonly findings = (): readonly Reason[] => [
    ...this.#unready.map(({ message, hint }) =>
      reason("no-base", foreign(`${capital(message)}.`), foreign(`${capital(hint)}.`)),
    ),
    ...(this.#died ? [this.#findingOf(this.#died)] : []),
  ];

  readonly end = async (): Promise<void> => {
    this.#ending = true;
    clearInterval(this.#timer);
    await this.#cleanUp();
  };

  /** Only the head's own end beside a base that lived is the head's fault for sure. */
  #findingOf({ arm, message }: ArmFailure): Reason {
    const code = arm === "head" && this.#arms.length > 1 ? "service-died" : "target-gone";
    return reason(code, foreign(`${capital(message)}.`), ours(reasonTable["service-died"].remedy));
  }

  #look(): void {
    if (this.#ending || this.#died !== null) return;
    const dead = this.#arms.find((arm) => !isAlive(arm));
    if (dead) this.#died = deathOf(dead.service);
  }
}

/** A process that has ended is no row any more, or one that waits to be asked for its exit code. */
function isAlive({ service, listeners }: RunningArm): boolean {
  if (service.commandEnd === null) return true;
  if (listeners.length > 0) return listeners.some((pid) => processRow(pid)?.isDead === false);
  // Containers, and processes of other users, are seen by what they answer alone.
  return service.compose || service.isRunning() || service.commandEnd.exitCode === 0;
}

function deathOf(service: ArmService): ArmFailure {
  const end = service.commandEnd;
  const ending = end === null ? null : endInWords(end);
  const how = ending === null ? "" : ` with ${ending}`;
  return service.failure("load", `the ${service.arm} version ended under load${how}`, { hint: "see its log", ending });
}

/** How long ending may take: a cancelled job has 7.5 s in all, of which the users' stop takes three. */
export function endLimits(signal: AbortSignal): EndLimits {
  return signal.aborted ? { stopMs: 2500, graceMs: 1000 } : { stopMs: 60_000, graceMs: 5000 };
}

function capital(text: string): string {
  return text.replace(/^[a-z]/, (letter) => letter.toUpperCase());
}
