import { version } from "./base/version.ts";

// The action: everything it knows of the world comes through here. It says at once that it is there; the rest of it
// is loaded after that.
const { stdout } = process;
const write = stdout.write.bind(stdout);
// A log that cannot be written (a full disk, a reader that is gone) costs no verdict.
stdout.on("error", () => undefined);
write(`swarmgate ${version}\n`);
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
