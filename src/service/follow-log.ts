import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const pieceBytes = 64 * 1024;
const pollMs = 250;

/** Hands on the lines a file grows by, until it is stopped; what is not a whole line yet comes with the last call. */
export function followLog(path: string, onLine: (line: string) => void): () => void {
  let at = 0;
  let rest = "";
  const read = () => {
    let file: number;
    try {
      file = openSync(path, "r");
    } catch {
      return;
    }
    try {
      // What was written faster than anybody reads is left to the file.
      const { size } = fstatSync(file);
      at = Math.max(at, size - pieceBytes);
      const bytes = Buffer.alloc(size - at);
      at += readSync(file, bytes, 0, bytes.length, at);
      const lines = (rest + bytes.toString("utf8")).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) onLine(line);
    } finally {
      closeSync(file);
    }
  };
  const timer = setInterval(read, pollMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    read();
    if (rest !== "") onLine(rest);
  };
}
