import { createRequire as __createRequire } from "node:module";import { fileURLToPath as __fileURLToPath } from "node:url";import { dirname as __dirnameOf } from "node:path";const require = __createRequire(import.meta.url);const __bundledFile = __fileURLToPath(import.meta.url);const __bundledFolder = __dirnameOf(__bundledFile);
import{makeDirectory}from"./chunk-CEEWDU2R.js";import{require_dist}from"./chunk-3UAGNK6K.js";import{declarationFile}from"./chunk-H7YC3RQN.js";import{version}from"./chunk-Z5PTPSSQ.js";import{ExitCode,UsageError}from"./chunk-76G6TIN6.js";import{__toESM}from"./chunk-MLOEVH2O.js";import{readFile,writeFile}from"node:fs/promises";import{dirname,resolve}from"node:path";var composeFiles=["compose.yml","compose.yaml","docker-compose.yml","docker-compose.yaml"],startFiles=["package.json","package-lock.json","yarn.lock","pnpm-lock.yaml",...composeFiles,"Procfile","Makefile","Cargo.toml","pyproject.toml","Dockerfile"],needsPort="the service listens on the port in the variable PORT";function guessStart(files){return ofPackage(files)??ofCompose(files)??ofProcfile(files)??ofMakefile(files)??ofCargo(files)??ofPython(files)??ofDockerfile(files)}var plain={build:null,stop:null,provided:needsPort};function ofPackage(files){let text=files.get("package.json");if(text===void 0)return null;let scripts=scriptsOf(text);if(typeof scripts.start!="string")return null;let[manager,install]=files.has("pnpm-lock.yaml")?["pnpm","pnpm install --frozen-lockfile"]:files.has("yarn.lock")?["yarn","yarn install --immutable"]:["npm",files.has("package-lock.json")?"npm ci":"npm install"],build=typeof scripts.build=="string"?`${install} && ${manager} run build`:install;return{...plain,start:`${manager} start`,build,from:"package.json"}}function scriptsOf(text){try{let{scripts}=JSON.parse(text);return typeof scripts=="object"&&scripts!==null?scripts:{}}catch{return{}}}function ofCompose(files){let from=composeFiles.find(name=>files.has(name));if(from===void 0)return null;let provided=/\$\{?PORT\b/.test(files.get(from)??"")?null:'it publishes its port as "${PORT:-8080}:8080"';return{...plain,start:"docker compose up --build --wait",from,provided}}function ofProcfile(files){let[,start]=/^web:\s*(.+?)\s*$/m.exec(files.get("Procfile")??"")??[];return start===void 0?null:{...plain,start,from:"Procfile",provided:null}}function ofMakefile(files){let text=files.get("Makefile")??"",has=target2=>new RegExp(`^${target2}\\s*:(?!=)`,"m").test(text),target=["start","serve","run"].find(has);return target===void 0?null:{...plain,start:`make ${target}`,build:has("build")?"make build":null,from:"Makefile"}}function ofCargo(files){return/^\s*\[package\]/m.test(files.get("Cargo.toml")??"")?{...plain,start:"cargo run --release",build:"cargo build --release",from:"Cargo.toml"}:null}function ofPython(files){let text=files.get("pyproject.toml")??"",[,script]=/^\[project\.scripts\]\s*\n\s*"?([\w-]+)"?\s*=/m.exec(text)??[];return script!==void 0?{...plain,start:script,build:"pip install .",from:"pyproject.toml"}:/\b(?:fastapi|starlette)\b/i.test(text)?{...plain,start:'python -m uvicorn main:app --port "$PORT"',build:"pip install . uvicorn",from:"pyproject.toml",provided:"the application is `app` in main.py"}:null}function ofDockerfile(files){if(!files.has("Dockerfile"))return null;let name='"$COMPOSE_PROJECT_NAME"';return{start:`docker run --rm --name ${name} -e PORT -p "$PORT:$PORT" ${name}`,build:`docker build -t ${name} .`,stop:`docker rm -f ${name}`,from:"Dockerfile",provided:needsPort}}var import_yaml=__toESM(require_dist(),1);import{relative,sep}from"node:path";var locustfile=`import { HttpUser, between, task } from "swarmgate";

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
`,workflow=steps=>`name: load test
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
${steps}`;function workflowSteps(guess){if(guess===null)return`      # Start what is to be loaded, and come back once it answers.
      - run: docker compose up --build --wait
      - uses: swarmgate/swarmgate@v1
        with:
          host: http://localhost:8080
`;let{build,start,stop}=guess;return`      - uses: swarmgate/swarmgate@v1
        with:
${Object.entries({build,start,stop}).flatMap(([name,command])=>command===null?[]:[`          ${name}: ${(0,import_yaml.stringify)(command).trim()}
`]).join("")}`}var configuration=`# yaml-language-server: $schema=https://raw.githubusercontent.com/swarmgate/swarmgate/v1/schema/swarmgate.schema.json
version: 1
load: { users: 50, spawn-rate: 10, run-time: 60s }
slo:
  - endpoint: "*" # every endpoint, first match wins
    p95: < 500ms
  - total: true
    errors: < 1%
`;function firstFiles(options){return[{path:"locustfile.ts",text:locustfile},{path:".github/workflows/load-test.yml",text:workflow(workflowSteps(options.guess))},{path:".github/swarmgate.yml",text:configuration},{path:"tsconfig.json",text:json(compilerOptions(options))},{path:"package.json",text:json(manifest)}]}var manifest={private:!0,type:"module",devDependencies:{swarmgate:`^${version}`}};function compilerOptions({directory,declarations}){let path=relative(directory,declarations).split(sep).join("/");return{compilerOptions:{target:"es2022",module:"esnext",moduleResolution:"bundler",strict:!0,noEmit:!0,...!declarations.includes(`${sep}node_modules${sep}`)&&{paths:{swarmgate:[path.startsWith(".")?path:`./${path}`]}}},include:["locustfile.ts"]}}function json(value){return`${JSON.stringify(value,null,2)}
`}import{basename,relative as relative2,sep as sep2}from"node:path";function invocationOf(options){let{script,directory,env}=options,inPackage=script.includes(`${sep2}node_modules${sep2}`);if(env.npm_command==="exec"||inPackage&&script.startsWith(directory+sep2))return"npx swarmgate";if(inPackage||basename(script)==="swarmgate")return"swarmgate";let path=relative2(directory,script);return`node ${/\s/.test(path)?JSON.stringify(path):path}`}async function init(argv,terminal){if(argv.length>0)throw new UsageError([{where:argv[0],message:"init takes no arguments"}]);let{directory}=terminal,guess=guessStart(await filesThere(directory)),written=[];for(let{path,text}of firstFiles({directory,declarations:declarationFile(),guess})){let wrote=await writeOnce(resolve(directory,path),text);wrote&&written.push(path),terminal.out(wrote?`wrote  ${path}
`:`kept   ${path}, which was there
`)}if(guess!==null&&written.includes(".github/workflows/load-test.yml")){let{start,from,provided}=guess;terminal.out(`guessed from ${from}: start: ${start}${provided===null?"":`, provided ${provided}`}
`)}return terminal.out(["","Next: start your application and try the locustfile against it,","",`  ${invocationOf(terminal)} -H http://localhost:8080 -u 5 -t 10s --headless`,"",...written.includes("package.json")?["`npm install` brings your editor the types; a run does not need it.",""]:[],"Then commit the files: the workflow's first run on main makes the baseline.",""].join(`
`)),ExitCode.ok}async function filesThere(directory){let read=await Promise.all(startFiles.map(async name=>[name,await readFile(resolve(directory,name),"utf8").catch(()=>null)]));return new Map(read.flatMap(([name,text])=>text===null?[]:[[name,text]]))}async function writeOnce(file,text){makeDirectory(dirname(file));try{return await writeFile(file,text,{flag:"wx"}),!0}catch(error){if(error.code==="EEXIST")return!1;throw error}}export{init};
