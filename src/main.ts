import { runAction } from "./door/action.ts";

// The action: everything it knows of the world comes through here.
process.exitCode = await runAction({
  env: process.env,
  directory: process.cwd(),
  write: (text) => process.stdout.write(text),
});
