/**
 * Runs one user of an example as the product does, in a process of its own: the locustfile is compiled and loaded,
 * its user sent to a target without waiting between tasks. Prints the samples as one line of JSON.
 */
import { compileLocustfile, loadLocustfile } from "../../src/loading/locustfile.ts";
import type { SingleUserOptions } from "../../src/user/run-single-user.ts";
import type { UserClass } from "../../src/user/user.ts";

interface Engine {
  readonly runSingleUser: (
    userClass: UserClass,
    options: SingleUserOptions,
  ) => Promise<readonly { endpoint: { method: string; name: string }; failure?: { message: string } }[]>;
}

const [locustfile = "", host = "", iterations = "1"] = process.argv.slice(2);
const engineUrl = new URL("../../src/index.ts", import.meta.url).href;
const compiled = await compileLocustfile([locustfile], { cwd: process.cwd() });
const { userClasses } = await loadLocustfile(compiled, { engineUrl });
const { runSingleUser } = (await import(engineUrl)) as Engine;
const samples = [];
const told: string[] = [];
for (const userClass of userClasses) {
  const options = { host, iterations: Number(iterations), waits: false, seed: "example" };
  samples.push(...(await runSingleUser(userClass, { ...options, print: (line) => void told.push(line) })));
}
const rows = samples.map(({ endpoint, failure }) => ({
  endpoint: `${endpoint.method} ${endpoint.name}`,
  failure: failure?.message ?? null,
}));
// Connections that are kept alive would keep the process.
process.stdout.write(`\n${JSON.stringify({ rows, told })}\n`, () => process.exit(0));
