import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeResult } from "../../src/stats/document/result-document.ts";
import type { RunResult } from "../../src/stats/run-result.ts";

const entry = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

/** A run of the built command line. */
export interface CliRun {
  readonly exitCode: number;
  /** Everything it printed. */
  readonly output: string;
  /** Undefined if nothing was measured. */
  readonly result: RunResult | undefined;
  /** Requests by `METHOD name`. */
  readonly sent: Readonly<Record<string, number>>;
  /** Of these, failed. */
  readonly failed: Readonly<Record<string, number>>;
  /** `GET /flaky: status 503`, each once. */
  readonly failures: readonly string[];
}

/** `swarmgate run --headless` with these arguments, in a process of its own and a directory with nothing in it. */
export async function runCli(
  args: readonly string[],
  { env = {} }: { env?: Readonly<Record<string, string>> } = {},
): Promise<CliRun> {
  const directory = mkdtempSync(join(tmpdir(), "run-cli-"));
  const document = join(directory, "result.json");
  try {
    const { exitCode, output } = await new Promise<{ exitCode: number; output: string }>((resolve) => {
      const words = [entry, "run", "--headless", "--only-summary", "-o", document, ...args];
      const options = { cwd: directory, env: { PATH: process.env.PATH, ...env }, timeout: 60_000 };
      execFile(process.execPath, words, options, (error, stdout, stderr) => {
        const code = error ? error.code : 0;
        resolve({ exitCode: typeof code === "number" ? code : -1, output: stdout + stderr });
      });
    });
    const result = existsSync(document) ? decodeResult(readFileSync(document, "utf8"), document) : undefined;
    const rows = result?.summary.endpoints ?? [];
    const by = (count: (row: (typeof rows)[number]) => number) =>
      Object.fromEntries(rows.map((row) => [`${row.endpoint.method} ${row.endpoint.name}`, count(row)]));
    return {
      exitCode,
      output,
      result,
      sent: by(({ requests }) => requests),
      failed: by(({ failures }) => failures),
      failures: (result?.summary.failures ?? [])
        .map(({ endpoint, message }) => `${endpoint.method} ${endpoint.name}: ${message}`)
        .toSorted(),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
