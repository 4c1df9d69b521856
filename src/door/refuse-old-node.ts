import { nodeProblem } from "./required-node.ts";

/** Ends the process with exit code 2 and one sentence where Node is too old. Must be the first import of an entry point. */
const problem = nodeProblem(process.versions.node, process.execPath);
if (problem !== undefined) {
  process.stderr.write(problem);
  process.exit(2);
}
