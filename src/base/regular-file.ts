import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** In bytes: what is allowed of a file that is read whole. */
interface Limit {
  readonly limitBytes: number;
}

/** The same as text. */
export function readRegularFile(path: string, limit: Limit): string {
  return regularFileBytes(path, limit).toString("utf8");
}

/**
 * The content of a file that anybody may have put there: never one that does not end, or that waits for somebody to write
 * (devices, pipes), nor more bytes than the file says it has. Throws an Error that says what it is instead.
 */
export function regularFileBytes(path: string, { limitBytes }: Limit): Buffer {
  // Without this flag a pipe is not opened until somebody writes to it. Windows has neither.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = fstatSync(file);
    if (stat.isDirectory()) throw new Error("is a directory");
    if (!stat.isFile()) throw new Error("is no regular file");
    if (stat.size > limitBytes) throw new Error(`is larger than ${Math.floor(limitBytes / 1024)} KiB`);
    const bytes = Buffer.alloc(stat.size);
    let read = 0;
    while (read < bytes.length) {
      const count = readSync(file, bytes, read, bytes.length - read, null);
      if (count === 0) break;
      read += count;
    }
    return bytes.subarray(0, read);
  } finally {
    closeSync(file);
  }
}
