import { createRequire as __createRequire } from "node:module";import { fileURLToPath as __fileURLToPath } from "node:url";import { dirname as __dirnameOf } from "node:path";const require = __createRequire(import.meta.url);const __bundledFile = __fileURLToPath(import.meta.url);const __bundledFolder = __dirnameOf(__bundledFile);
import{makeDirectory}from"./chunk-CEEWDU2R.js";import{ExitCode,UsageError}from"./chunk-76G6TIN6.js";import"./chunk-MLOEVH2O.js";import{writeFile}from"node:fs/promises";import{dirname,resolve}from"node:path";var locustfile=`import { HttpUser, between, task } from "swarmgate";

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
`,workflow=`name: load test
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
`,configuration=`version: 1
load: { users: 10, spawn-rate: 10, run-time: 60s }
slo:
  - endpoint: "*" # every endpoint, first match wins
    p95: < 500ms
  - total: true
    errors: < 1%
`,files=[["locustfile.ts",locustfile],[".github/workflows/load-test.yml",workflow],[".github/swarmgate.yml",configuration]];async function init(argv,terminal){if(argv.length>0)throw new UsageError([{where:argv[0],message:"init takes no arguments"}]);for(let[path,text]of files){let file=resolve(terminal.directory,path);makeDirectory(dirname(file));let wrote=await writeFile(file,text,{flag:"wx"}).then(()=>!0,error=>{if(error.code==="EEXIST")return!1;throw error});terminal.out(wrote?`wrote  ${path}
`:`kept   ${path}, which was there
`)}return terminal.out(["","Next: start your application and try the locustfile against it,","","  swarmgate -H http://localhost:8080 -u 5 -t 10s --headless","","then commit the three files: the workflow's first run on main makes the baseline.",""].join(`
`)),ExitCode.ok}export{init};
