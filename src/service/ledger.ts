import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import type { ProcessId } from "./members.ts";
import { processRow, processSpace } from "./process-table.ts";

const processId = z.object({ pid: z.int(), start: z.string() });

const ledgerShape = z.object({
  version: z.literal(1),
  owner: z.object({ pid: z.int(), start: z.string(), space: z.string() }),
  /** Made by the run, to be removed with everything in it. */
  folders: z.array(z.string()),
  arms: z.array(
    z.object({
      mark: z.string().check(z.regex(/^[a-z0-9-]{1,80}$/)),
      arm: z.enum(["head", "base"]),
      port: z.int(),
      directory: z.string(),
      leaders: z.array(processId),
      /** Whether containers may stand under the mark as a Compose project's name. */
      compose: z.boolean(),
      stop: z.nullable(z.string()),
    }),
  ),
});

export type LedgerEntry = z.infer<typeof ledgerShape>;
export type LedgerArm = LedgerEntry["arms"][number];

/**
 * What a run has started and must end, on disk before it is started: whoever comes after a run that was killed reads
 * there what to end. One file a run.
 */
export class Ledger {
  readonly #path: string;
  #entry: LedgerEntry;

  /** @throws Error where the folder is another user's */
  constructor(folder: string) {
    ownFolder(folder);
    const { pid } = process;
    const owner = { pid, start: processRow(pid)?.start ?? "", space: processSpace() };
    this.#path = join(folder, `${pid}-${process.hrtime.bigint()}.json`);
    this.#entry = { version: 1, owner, folders: [], arms: [] };
  }

  addFolder(path: string): void {
    this.#write({ ...this.#entry, folders: [...this.#entry.folders, path] });
  }

  addArm(arm: LedgerArm): void {
    this.#write({ ...this.#entry, arms: [...this.#entry.arms, arm] });
  }

  addLeader(mark: string, leader: ProcessId): void {
    const arms = this.#entry.arms.map((arm) =>
      arm.mark === mark ? { ...arm, leaders: [...arm.leaders, leader] } : arm,
    );
    this.#write({ ...this.#entry, arms });
  }

  /** Everything is ended and gone. */
  close(): void {
    rmSync(this.#path, { force: true });
  }

  #write(entry: LedgerEntry): void {
    this.#entry = entry;
    writeFileSync(`${this.#path}.new`, JSON.stringify(entry), { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
  }
}

/** Where ledgers are kept: a folder nobody else may write to, for what stands in them is run and deleted. */
export function ledgerFolder(temporary: string): string {
  return join(temporary, `swarmgate-services-${process.getuid?.() ?? "user"}`);
}

function ownFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!isOwn(folder)) throw new Error(`${folder} belongs to another user or may be written by one`);
}

function isOwn(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return false;
  return process.getuid === undefined || (stat.uid === process.getuid() && (stat.mode & 0o022) === 0);
}

/** After that long nobody works any more for a run whose processes cannot be seen from here. */
const longForgottenMs = 24 * 3_600_000;

/** Of runs that are over without having ended what they started: their ledgers, and how to strike them off. */
export function forgottenRuns(
  folder: string,
  nowMs: number,
): { readonly entry: LedgerEntry; readonly strike: () => void }[] {
  if (!isOwn(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    if (!name.endsWith(".json")) return [];
    const path = join(folder, name);
    const entry = readEntry(path);
    if (entry === null || !isForgotten(entry, () => nowMs - statSync(path).mtimeMs)) return [];
    return [{ entry, strike: () => rmSync(path, { force: true }) }];
  });
}

function readEntry(path: string): LedgerEntry | null {
  try {
    return ledgerShape.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return null;
  }
}

function isForgotten({ owner }: LedgerEntry, ageMs: () => number): boolean {
  const here = processSpace();
  const [boot] = here.split(" ");
  // Of another boot nothing runs any more; of another container it cannot be seen.
  if (owner.space !== here && owner.space.split(" ")[0] === boot) return ageMs() > longForgottenMs;
  if (owner.space !== here) return true;
  const row = processRow(owner.pid);
  return row === null || row.start !== owner.start || row.isDead;
}
