import { ExitCode, GateError, messageOf, UsageError } from "../base/errors.ts";
import { machineRefusal } from "../base/save-file.ts";
import { writeJobSummary } from "../github/job-summary.ts";
import { writeOutputs } from "../github/outputs.ts";
import type { Annotation } from "../github/workflow-commands.ts";
import { code } from "../report/view/safe-text.ts";
import type { RunnerLog } from "./runner-log.ts";

/** One annotation for each problem, a summary, the outputs, and the exit code of a run that ended without a result. */
export async function reportFailure(
  thrown: unknown,
  { env, log }: { env: Readonly<Record<string, string | undefined>>; log: RunnerLog },
): Promise<number> {
  const error = machineRefusal(thrown);
  const isGate = error instanceof GateError;
  const annotations = isGate ? annotationsFor(error) : [ownFault(error)];
  log.annotate(annotations);
  const reasons = annotations.map(({ message }) => `- ${code(log.clean(message), 400)}`).slice(0, 20);
  await writeJobSummary(
    env.GITHUB_STEP_SUMMARY,
    `## ❌ swarmgate: nothing was measured\n\n${reasons.join("\n")}\n`,
  ).catch(() => undefined);
  await writeOutputs(env.GITHUB_OUTPUT, { passed: "false", reason: isGate ? error.code : "own-fault" }).catch(
    () => undefined,
  );
  return isGate ? error.exitCode : ExitCode.ownFault;
}

function annotationsFor(error: GateError): Annotation[] {
  const problems =
    error instanceof UsageError ? error.problems : [{ where: error.place ?? "", message: error.message }];
  return problems.map(({ where, message }) => {
    const place = /^([\w./-]+):(\d+)(?::(\d+))?/.exec(where);
    const hint = error.hint ? ` ${error.hint[0]?.toUpperCase()}${error.hint.slice(1)}.` : "";
    return {
      level: "error" as const,
      message: `${where && !message.startsWith(where) ? `${where}: ` : ""}${message}.${hint}`.replace(/\.\./g, "."),
      ...(place && { file: place[1], line: Number(place[2]), column: place[3] ? Number(place[3]) : undefined }),
    };
  });
}

function ownFault(error: unknown): Annotation {
  const text = error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
  return { level: "error", message: `swarmgate itself failed, which is our fault: ${text}` };
}
