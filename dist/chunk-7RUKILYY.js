import { createRequire as __createRequire } from "node:module";import { fileURLToPath as __fileURLToPath } from "node:url";import { dirname as __dirnameOf } from "node:path";const require = __createRequire(import.meta.url);const __bundledFile = __fileURLToPath(import.meta.url);const __bundledFolder = __dirnameOf(__bundledFile);
import{makeDirectory}from"./chunk-CEEWDU2R.js";import{declarationFile}from"./chunk-H7YC3RQN.js";import{version}from"./chunk-Z5PTPSSQ.js";import{ExitCode,UsageError}from"./chunk-76G6TIN6.js";import"./chunk-MLOEVH2O.js";import{writeFile}from"node:fs/promises";import{dirname,resolve}from"node:path";import{relative,sep}from"node:path";var locustfile=`import { HttpUser, between, task } from "swarmgate";

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
`,configuration=`# yaml-language-server: $schema=https://raw.githubusercontent.com/swarmgate/swarmgate/v1/schema/swarmgate.schema.json
version: 1
load: { users: 50, spawn-rate: 10, run-time: 60s }
slo:
  - endpoint: "*" # every endpoint, first match wins
    p95: < 500ms
  - total: true
    errors: < 1%
`;function firstFiles(options){return[{path:"locustfile.ts",text:locustfile},{path:".github/workflows/load-test.yml",text:workflow},{path:".github/swarmgate.yml",text:configuration},{path:"tsconfig.json",text:json(compilerOptions(options))},{path:"package.json",text:json(manifest)}]}var manifest={private:!0,type:"module",devDependencies:{swarmgate:`^${version}`}};function compilerOptions({directory,declarations}){let path=relative(directory,declarations).split(sep).join("/");return{compilerOptions:{target:"es2022",module:"esnext",moduleResolution:"bundler",strict:!0,noEmit:!0,...!declarations.includes(`${sep}node_modules${sep}`)&&{paths:{swarmgate:[path.startsWith(".")?path:`./${path}`]}}},include:["locustfile.ts"]}}function json(value){return`${JSON.stringify(value,null,2)}
`}import{basename,relative as relative2,sep as sep2}from"node:path";function invocationOf(options){let{script,directory,env}=options,inPackage=script.includes(`${sep2}node_modules${sep2}`);if(env.npm_command==="exec"||inPackage&&script.startsWith(directory+sep2))return"npx swarmgate";if(inPackage||basename(script)==="swarmgate")return"swarmgate";let path=relative2(directory,script);return`node ${/\s/.test(path)?JSON.stringify(path):path}`}async function init(argv,terminal){if(argv.length>0)throw new UsageError([{where:argv[0],message:"init takes no arguments"}]);let{directory}=terminal,written=[];for(let{path,text}of firstFiles({directory,declarations:declarationFile()})){let wrote=await writeOnce(resolve(directory,path),text);wrote&&written.push(path),terminal.out(wrote?`wrote  ${path}
`:`kept   ${path}, which was there
`)}return terminal.out(["","Next: start your application and try the locustfile against it,","",`  ${invocationOf(terminal)} -H http://localhost:8080 -u 5 -t 10s --headless`,"",...written.includes("package.json")?["`npm install` brings your editor the types; a run does not need it.",""]:[],"Then commit the files: the workflow's first run on main makes the baseline.",""].join(`
`)),ExitCode.ok}async function writeOnce(file,text){makeDirectory(dirname(file));try{return await writeFile(file,text,{flag:"wx"}),!0}catch(error){if(error.code==="EEXIST")return!1;throw error}}export{init};
