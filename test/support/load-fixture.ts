import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

interface Loaded {
  readonly users: readonly string[];
  readonly shapes: readonly string[];
  readonly told: readonly unknown[];
  readonly decorated: readonly string[];
}

/** What `load-main.ts` printed: what the main thread and a worker thread found, or the error. */
export interface LoadOutcome extends Loaded {
  readonly worker: Loaded;
  /** Names of the compiled files. */
  readonly files: readonly string[];
  readonly hash: string;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly place?: string;
    readonly hint?: string;
    readonly exitCode: number;
  };
  /** Everything the child wrote to standard error. */
  readonly stderr: string;
}

/** Somebody else's repository: a temporary directory with these files and nothing of ours above it. */
export class FixtureDirectory {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), "locustfile-")));

  constructor(files: Readonly<Record<string, string>>) {
    this.write(files);
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.path, name)), { recursive: true });
      writeFileSync(join(this.path, name), text);
    }
  }

  /** Compiles and loads `paths` (none: the default locustfile), with this directory as the working directory. */
  async load(...paths: readonly string[]): Promise<LoadOutcome> {
    const main = fileURLToPath(new URL("load-main.ts", import.meta.url));
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [main, JSON.stringify(paths)], {
      cwd: this.path,
    });
    return { ...JSON.parse(stdout.trim().split("\n").at(-1) as string), stderr };
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
