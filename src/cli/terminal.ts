import type { ReadStream } from "node:tty";

/** What the command line has of the world. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  readonly home: string;
  /** The file Node was started with. */
  readonly script: string;
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Width of the terminal that `error` writes to; null where it is none. */
  readonly columns: number | null;
  /** Standard input, where it is a terminal: keys are read from it. */
  readonly keyboard: Pick<ReadStream, "on" | "off" | "setRawMode" | "resume" | "pause" | "unref"> | null;
}
