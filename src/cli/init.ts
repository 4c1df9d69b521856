import { writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { ExitCode, UsageError } from "../base/errors.ts";
import { makeDirectory } from "../base/make-directory.ts";
import type { Terminal } from "./terminal.ts";

const locustfile = `import { HttpUser, between, task } from "swarmgate";

export class Visitor extends HttpUser {
  waitTime = between(1, 3); // seconds between two tasks

  @task(3) async home() {
    await this.client.get("/");
  }

  // One row in the report for every item, whatever its number.
  // @task async item() {
  //   await this.client.get(\`/items/\${this.random.int(1, 100)}\`, { name: "/items/{id}" });
  // }
}
`;

const workflow = `name: load test
on:
  pull_request:
  push:
    branches: [main]
permissions:
  contents: read
  actions: read
  pull-requests: write
jobs:
  load-test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
      # Start what is to be loaded, and come back once it answers.
      - run: docker compose up --build --wait
      - uses: swarmgate/swarmgate@v1
        with:
          host: http://localhost:8080
`;

const configuration = `version: 1
load: { users: 10, spawn-rate: 10, run-time: 60s }
slo:
  - endpoint: "*" # every endpoint, first match wins
    p95: < 500ms
  - total: true
    errors: < 1%
`;

const files: readonly (readonly [path: string, text: string])[] = [
  ["locustfile.ts", locustfile],
  [".github/workflows/load-test.yml", workflow],
  [".github/swarmgate.yml", configuration],
];

/** `swarmgate init`: a first locustfile, workflow and configuration. What is there already is left as it is. */
export async function init(argv: readonly string[], terminal: Terminal): Promise<number> {
  if (argv.length > 0) throw new UsageError([{ where: argv[0] as string, message: "init takes no arguments" }]);
  for (const [path, text] of files) {
    const file = resolve(terminal.directory, path);
    makeDirectory(dirname(file));
    const wrote = await writeFile(file, text, { flag: "wx" }).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === "EEXIST") return false;
        throw error;
      },
    );
    terminal.out(wrote ? `wrote  ${path}\n` : `kept   ${path}, which was there\n`);
  }
  terminal.out(
    [
      "",
      "Next: start your application and try the locustfile against it,",
      "",
      "  swarmgate -H http://localhost:8080 -u 5 -t 10s --headless",
      "",
      "then commit the three files: the workflow's first run on main makes the baseline.",
      "",
    ].join("\n"),
  );
  return ExitCode.ok;
}
