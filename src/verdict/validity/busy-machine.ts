import { ours, type Sentence, say } from "../../base/sentence.ts";
import { percent } from "../../base/units.ts";
import { type RunResult, type Warning, warning } from "../../stats/run-result.ts";
import { isJudged } from "../../stats/summary.ts";
import { type ReasonCode, reason, reasonTable } from "../reasons.ts";
import type { Reason } from "../verdict.ts";
import { isLocal } from "./local-target.ts";
import { type Strain, strainOf } from "./saturation.ts";

/** Of the judged blocks; as many as make a generator saturated. */
const delayedShare = 0.2;

/**
 * The machine had no time for a load generator that had little to do: others used it, or the target itself where it
 * runs on the same cores. Invalid where that bent what is judged; null otherwise.
 */
export function busyMachine(result: RunResult): Reason | null {
  const strain = strainOf(result);
  if (strain.bent <= delayedShare * strain.blocks) return null;
  const { code, message, remedy } = inWords(result, { strain, blocks: strain.bent });
  return reason(code, say`${message} The latencies are the machine's as much as the target's.`, remedy);
}

/** The same where it happened, and left what is judged alone; null otherwise. */
export function machineWasBusy(result: RunResult): Warning | null {
  const strain = strainOf(result);
  if (strain.delayed <= delayedShare * strain.blocks || strain.bent > delayedShare * strain.blocks) return null;
  const { code, message, remedy } = inWords(result, { strain, blocks: strain.delayed });
  return warning(code, say`${message} Too rarely to bend what is judged. ${remedy}`);
}

function inWords(
  result: RunResult,
  { strain, blocks }: { readonly strain: Strain; readonly blocks: number },
): { readonly code: ReasonCode; readonly message: Sentence; readonly remedy: Sentence } {
  const share = Math.round((100 * blocks) / strain.blocks);
  const seen =
    `The load generator's event loop was late by up to ${round1(strain.worstDelayMs)} ms (limit ` +
    `${round1(strain.delayLimitMs)} ms) in ${share} % of the run, while the generator itself was at most ` +
    `${Math.round(100 * strain.worstUtilization)} % busy`;
  if (strain.contended * 2 < blocks) {
    return {
      code: "machine-busy",
      message: ours(`${seen}; nothing says what else used the machine.`),
      remedy: ours(
        "Run it again on a machine that does nothing else; look for code of the locustfile that computes for long.",
      ),
    };
  }
  if (isLocal(result.meta.host) && !isStolen(result)) {
    return {
      code: "cores-shared",
      message: ours(
        `${seen}: the target runs on the same machine, and it, or something beside it, used the processors${evidence(result)}.`,
      ),
      remedy: ours(reasonTable["cores-shared"].remedy),
    };
  }
  return {
    code: "machine-busy",
    message: ours(`${seen}: other work used the machine${evidence(result)}.`),
    remedy: ours("Run one load test at a time on a machine, or take one that nobody else uses."),
  };
}

/** ` (others took up to 18 % of its time, …)`: what the system says. */
function evidence({ blocks }: RunResult): string {
  const machines = blocks.filter(isJudged).flatMap(({ health }) => (health.machine ? [health.machine] : []));
  const most = (of: (machine: (typeof machines)[number]) => number | undefined) =>
    Math.max(0, ...machines.map((machine) => of(machine) ?? 0));
  const [steal, pressure, runnable] = [
    most((machine) => machine.steal),
    most(({ pressure }) => pressure),
    most(({ runnable }) => runnable),
  ];
  const told = [
    steal > 0.01 ? `other guests of the host took up to ${percent(steal)} of its time` : "",
    pressure > 0.01 ? `something waited for a core in up to ${percent(pressure)} of the time` : "",
    runnable > 1 ? `up to ${runnable} threads wanted to run at once` : "",
  ].filter((part) => part !== "");
  return told.length === 0 ? "" : ` (${told.join(", ")})`;
}

/** Time that the host gave to others is nothing the target took. */
function isStolen({ blocks }: RunResult): boolean {
  return blocks.some((block) => isJudged(block) && (block.health.machine?.steal ?? 0) > 0.05);
}

function round1(value: number): number {
  return Math.round(value * 10) / 10;
}
