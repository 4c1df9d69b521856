#!/usr/bin/env node
// First, and before the rest is even read: an old Node would end in a syntax error of some file of ours.
import "./door/refuse-old-node.ts";

const [{ homedir }, { runCli }] = await Promise.all([import("node:os"), import("./cli/commands.ts")]);

// The command line: everything it knows of the world comes through here.
// Output that cannot be written (a full disk, a reader that is gone) costs neither files nor verdict.
process.stdout.on("error", () => undefined);
process.stderr.on("error", () => undefined);
process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  directory: process.cwd(),
  home: homedir(),
  script: process.argv[1] ?? "swarmgate",
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
  keyboard: process.stdin.isTTY ? process.stdin : null,
  columns: process.stderr.isTTY ? (process.stderr.columns ?? 80) : null,
});
