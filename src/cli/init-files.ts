import { relative, sep } from "node:path";
import { stringify } from "yaml";
import { version } from "../base/version.ts";
import type { StartGuess } from "./guess-start.ts";

/** A file that `init` writes where there is none. */
export interface FirstFile {
  readonly path: string;
  readonly text: string;
}

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

const workflow = (steps: string) => `name: load test
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
${steps}`;

/** Both versions are started beside each other; where nobody knows how, a target that runs is named. */
function workflowSteps(guess: StartGuess | null): string {
  if (guess === null) {
    return `      # Start what is to be loaded, and come back once it answers.
      - run: docker compose up --build --wait
      - uses: swarmgate/swarmgate@v1
        with:
          host: http://localhost:8080
`;
  }
  const { build, start, stop } = guess;
  const inputs = Object.entries({ build, start, stop }).flatMap(([name, command]) =>
    command === null ? [] : [`          ${name}: ${stringify(command).trim()}\n`],
  );
  return `      - uses: swarmgate/swarmgate@v1\n        with:\n${inputs.join("")}`;
}

const configuration = `# yaml-language-server: $schema=https://raw.githubusercontent.com/swarmgate/swarmgate/v1/schema/swarmgate.schema.json
version: 1
load: { users: 50, spawn-rate: 10, run-time: 60s }
slo:
  - endpoint: "*" # every endpoint, first match wins
    p95: < 500ms
  - total: true
    errors: < 1%
`;

/**
 * What a project needs for its first load test, in the order it is printed.
 * @param declarations absolute path of the declaration file that belongs to the program that runs
 */
export function firstFiles(options: {
  readonly directory: string;
  readonly declarations: string;
  /** How the project seems to be started; null where nothing says so. */
  readonly guess: StartGuess | null;
}): FirstFile[] {
  return [
    { path: "locustfile.ts", text: locustfile },
    { path: ".github/workflows/load-test.yml", text: workflow(workflowSteps(options.guess)) },
    { path: ".github/swarmgate.yml", text: configuration },
    { path: "tsconfig.json", text: json(compilerOptions(options)) },
    { path: "package.json", text: json(manifest) },
  ];
}

/** Enough for `npm install` to bring the editor the types; the run itself needs no package. */
const manifest = {
  private: true,
  type: "module",
  devDependencies: { swarmgate: `^${version}` },
};

/** Where the program lies outside of node_modules (a clone), the editor is shown the way to its types. */
function compilerOptions({ directory, declarations }: { directory: string; declarations: string }) {
  const path = relative(directory, declarations).split(sep).join("/");
  const installed = declarations.includes(`${sep}node_modules${sep}`);
  return {
    compilerOptions: {
      target: "es2022",
      module: "esnext",
      moduleResolution: "bundler",
      strict: true,
      noEmit: true,
      ...(!installed && { paths: { swarmgate: [path.startsWith(".") ? path : `./${path}`] } }),
    },
    include: ["locustfile.ts"],
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
