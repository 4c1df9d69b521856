import "./door/refuse-old-node.ts";
import { writeSync } from "node:fs";
import { version } from "./base/version.ts";
import { beginAnew, takeOver } from "./door/own-process.ts";

// The action: everything it knows of the world comes through here. It says at once that it is there and begins anew,
// with its secrets out of reach of what it will start; the rest of it is loaded after that.
const handed = takeOver(process.argv);
if (handed === null) {
  sayFirst(`swarmgate ${version}\n`);
  beginAnew(process.env, { main: process.argv[1] as string });
}
// Where it could not, nobody opens the debugger by this signal at least.
process.on("SIGUSR1", () => undefined);
Object.assign(process.env, handed);
const { stdout } = process;
const write = stdout.write.bind(stdout);
// A log that cannot be written (a full disk, a reader that is gone) costs no verdict.
stdout.on("error", () => undefined);
const { runAction } = await import("./door/action.ts");
process.exitCode = await runAction({
  env: process.env,
  directory: process.cwd(),
  write: (text) => void write(text),
  overhear(take) {
    stdout.write = (chunk: Uint8Array | string, ...more: readonly unknown[]) => {
      take(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8"));
      const done = more.at(-1);
      if (typeof done === "function") queueMicrotask(() => done());
      return true;
    };
  },
});
// What nobody waits for any more (an upload that hangs) must not keep the job.
setTimeout(() => process.exit(), 1000).unref();

/** Past the stream, which must not hold anything back when this process begins anew. */
function sayFirst(text: string): void {
  try {
    writeSync(1, text);
  } catch {
    // As below.
  }
}
