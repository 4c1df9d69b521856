import { resolve } from "node:path";
import { systemClock } from "../base/clock.ts";
import { ExitCode, GateError, UsageError } from "../base/errors.ts";
import type { Baseline } from "../baseline/baseline.ts";
import { decodeBaseline } from "../baseline/document.ts";
import { FileStore } from "../baseline/file-store.ts";
import { invalidate, type ListedRun, listRuns, pin, reset } from "../baseline/housekeeping.ts";
import { nearMiss } from "../config/fields.ts";
import { drawTable } from "./columns.ts";
import { type FileCommand, parseFileCommand, textOf } from "./file-command.ts";
import type { Terminal } from "./terminal.ts";

export const baselineCommand: FileCommand = {
  name: "baseline",
  summary: "look after a baseline file: list, pin <run>, invalidate <run>, reset",
  operands: "<action> [run]",
  options: [
    { group: "Other", flags: "--baseline <file>", help: "the file (default: .swarmgate/baseline.json)" },
    { group: "Other", flags: "--reason <text>", help: "with invalidate: why the run must not be compared with" },
    { group: "Other", flags: "--undo", help: "with pin and invalidate: take it back" },
  ],
};

const actions = ["list", "pin", "invalidate", "reset"];

/** `swarmgate baseline list|pin|invalidate|reset` on the file store. */
export async function baseline(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { operands, says } = parseFileCommand(baselineCommand, argv);
  const [action = "", run] = operands;
  if (!actions.includes(action)) {
    const message = `there is no such action; there are ${actions.join(", ")}${nearMiss(action, actions)}`;
    throw new UsageError([{ where: action, message }]);
  }
  const path = says("baseline") ?? ".swarmgate/baseline.json";
  const stored = readBaseline(path, terminal);
  if (action === "list") {
    terminal.out(listed(stored));
    return ExitCode.ok;
  }
  if (action !== "reset" && run === undefined) {
    throw new UsageError([{ where: `baseline ${action}`, message: "needs the id or the commit of a run" }]);
  }
  const undo = says("undo") !== undefined;
  const reason = says("reason") ?? null;
  if (action === "invalidate" && !undo && reason === null) {
    throw new UsageError([{ where: "--reason", message: "say why, for those who look later" }]);
  }
  const choice = { run: run ?? "", at: new Date(systemClock.now()).toISOString() };
  const store = new FileStore({ path: resolve(terminal.directory, path), keep: 100, clock: systemClock });
  const saved = await store.change(stored.name, (before) => {
    if (action === "reset") return reset(before, choice);
    return action === "pin"
      ? pin(before, { ...choice, pinned: !undo })
      : invalidate(before, { ...choice, reason: undo ? null : reason });
  });
  if (saved.is === "unsaved") throw new GateError("baseline-unsaved", `${path}: ${saved.why}`);
  terminal.out(listed(readBaseline(path, terminal)));
  return ExitCode.ok;
}

function readBaseline(path: string, terminal: Terminal): Baseline {
  const read = decodeBaseline(textOf(path, terminal));
  if (read.is === "found") return read.baseline;
  const why = read.is === "newer" ? "was written by a newer version" : read.why;
  throw new GateError(`baseline-${read.is}`, `${path}: ${why}`, { hint: "it is left as it is" });
}

function listed(stored: Baseline): string {
  const rows = listRuns(stored).map(
    ({ id, commit, startedAt, requests, failures, state, reason, machine }: ListedRun) => [
      id,
      commit?.slice(0, 7) ?? "-",
      startedAt.slice(0, 16).replace("T", " "),
      String(requests),
      String(failures),
      reason === null ? state : `${state}: ${reason}`,
      machine,
    ],
  );
  const head = ["run", "commit", "started (UTC)", "requests", "failures", "state", "machine"];
  const window = stored.window === null ? "" : `Compared are runs since ${stored.window}, and pinned ones.\n`;
  return `${stored.name}: ${rows.length} runs\n${window}${rows.length === 0 ? "" : drawTable([head, ...rows])}`;
}
