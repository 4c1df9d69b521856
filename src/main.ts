import { version } from "./base/version.ts";

// The action: everything it knows of the world comes through here. It says at once that it is there; the rest of it
// is loaded after that.
process.stdout.write(`swarmgate ${version}\n`);
const { runAction } = await import("./door/action.ts");
process.exitCode = await runAction({
  env: process.env,
  directory: process.cwd(),
  write: (text) => process.stdout.write(text),
});
// What nobody waits for any more (an upload that hangs) must not keep the job.
setTimeout(() => process.exit(), 1000).unref();
