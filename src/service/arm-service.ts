import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandEnvironment, scratchFiles } from "./command-environment.ts";
import { usesCompose } from "./compose.ts";
import { endProcesses } from "./end-processes.ts";
import type { Ledger } from "./ledger.ts";
import { membersOf, type ProcessId } from "./members.ts";
import { type CommandEnd, endInWords, type RunningCommand, startCommand } from "./shell-command.ts";
import { runStop, stopOf } from "./stop-command.ts";
import { lastLinesOf } from "./tail-file.ts";
import { fillUrl, type ServiceArm } from "./url-template.ts";

/** How many of a log's last lines are shown where a service failed. */
const linesShown = 30;

/** What makes and runs one version. */
export interface ArmOrder {
  readonly arm: ServiceArm;
  /** Where its files are. */
  readonly directory: string;
  readonly port: number;
  /** Unique to the run and the arm. */
  readonly mark: string;
  readonly commands: { readonly build: string | null; readonly start: string; readonly stop: string | null };
  /** With variables. */
  readonly url: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of ours; its own folder is made in it. */
  readonly scratch: string;
  readonly logPath: string;
}

/** A version that did not get where it should. */
export interface ArmFailure {
  readonly arm: ServiceArm;
  readonly step: "checkout" | "build" | "start" | "load";
  /** How its command ended; null where it did not, or nobody knows. */
  readonly ending: string | null;
  /** `The build of the base version ended with exit code 1.` */
  readonly message: string;
  readonly hint: string;
  readonly lines: readonly string[];
}

/** How long what ends a service may take. */
export interface EndLimits {
  readonly stopMs: number;
  readonly graceMs: number;
}

/** One version of the service: its commands, its processes and its log. */
export class ArmService {
  readonly arm: ServiceArm;
  readonly port: number;
  readonly url: string;
  readonly mark: string;
  readonly logPath: string;
  readonly compose: boolean;
  readonly #order: ArmOrder;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #ledger: Ledger;
  readonly #leaders: ProcessId[] = [];
  #start: RunningCommand | null = null;
  #end: CommandEnd | null = null;
  #ending: Promise<string[]> | null = null;

  constructor(order: ArmOrder, ledger: Ledger) {
    const { arm, port, mark } = order;
    this.arm = arm;
    this.port = port;
    this.mark = mark;
    this.logPath = order.logPath;
    this.url = fillUrl(order.url, order);
    this.compose = usesCompose(order.commands.start);
    this.#order = order;
    this.#ledger = ledger;
    const scratch = join(order.scratch, `swarmgate-files-${arm}`);
    mkdirSync(scratch, { recursive: true });
    for (const name of scratchFiles) writeFileSync(join(scratch, name), "");
    this.#environment = commandEnvironment(order.env, { arm, port, mark, scratch });
    writeFileSync(order.logPath, "");
    const stop = stopOf(order.commands);
    ledger.addArm({ mark, arm, port, directory: order.directory, leaders: [], compose: this.compose, stop });
  }

  /** How `start` ended; null while it runs. */
  get commandEnd(): CommandEnd | null {
    return this.#end;
  }

  get belonging() {
    return { leaders: this.#leaders, mark: this.mark };
  }

  lastLines(): string[] {
    return lastLinesOf(this.logPath, linesShown);
  }

  /** Null once it is built; a failure where its command failed. */
  async build(signal: AbortSignal): Promise<ArmFailure | null> {
    const { build } = this.#order.commands;
    if (build === null) return null;
    const { ended } = this.#run(build);
    const aborted = new Promise<null>((resolve) =>
      signal.addEventListener("abort", () => resolve(null), { once: true }),
    );
    const end = await Promise.race([ended, aborted]);
    if (end === null || end.exitCode === 0) return null;
    return this.failure("build", `\`build\` of the ${this.arm} version ended with ${endInWords(end)}`, {
      hint: "see its log",
    });
  }

  start(): void {
    if (this.#ending !== null) return;
    this.#start = this.#run(this.#order.commands.start);
    void this.#start.ended.then((end) => {
      this.#end = end;
    });
  }

  failure(
    step: ArmFailure["step"],
    message: string,
    { hint, ending = null }: { readonly hint: string; readonly ending?: string | null },
  ): ArmFailure {
    return { arm: this.arm, step, message, hint, ending, lines: this.lastLines() };
  }

  /** Resolves when `start` ends. */
  async whenCommandEnds(): Promise<CommandEnd> {
    if (this.#start === null) throw new Error("the service was not started");
    return await this.#start.ended;
  }

  /** Whether something of this version runs. */
  isRunning(): boolean {
    return membersOf(this.belonging).length > 0;
  }

  /** Ends the service and everything it started; gives what went wrong. Twice is once. */
  end(limits: EndLimits): Promise<string[]> {
    this.#ending ??= this.#endAll(limits);
    return this.#ending;
  }

  async #endAll({ stopMs, graceMs }: EndLimits): Promise<string[]> {
    const problems: string[] = [];
    const stop = this.#start === null ? null : stopOf(this.#order.commands);
    if (stop !== null) {
      const environment = { ...this.#environment, SWARMGATE_SERVICE: `${this.mark}-stop` };
      const order = { command: stop, directory: this.#order.directory, environment, logPath: this.logPath };
      const wrong = await runStop(order, { limitMs: stopMs, mark: this.mark });
      if (wrong !== null) problems.push(`${this.arm}: ${wrong}`);
    }
    const left = await endProcesses(this.belonging, { graceMs });
    if (left.length > 0) problems.push(`${this.arm}: processes ${left.join(", ")} could not be ended`);
    return problems;
  }

  #run(command: string): RunningCommand {
    const { directory, logPath } = this.#order;
    const running = startCommand({ command, directory, environment: this.#environment, logPath });
    if (running.id !== null) {
      this.#leaders.push(running.id);
      this.#ledger.addLeader(this.mark, running.id);
    }
    return running;
  }
}
