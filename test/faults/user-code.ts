import { existsSync } from "node:fs";
import { join } from "node:path";
import { tokens } from "../support/github-emulator.ts";
import type { FaultFamily } from "./fault-case.ts";
import { visiting } from "./stage.ts";

const task = (body: string, more = "") => `import { constant, HttpUser, task, events } from "swarmgate";
${more}
export class Hostile extends HttpUser {
  waitTime = constant(0.1);
  @task async act() {
${body}
  }
}
`;

export const userCode: FaultFamily = {
  name: "hostile user code",
  cases: [
    {
      name: "a syntax error is named with its line, before the load",
      run: (stage) => stage.act({ locustfile: "export class {" }),
      exit: 2,
      says: [/locustfile\.ts:1/],
      withinS: 12,
    },
    {
      name: "a locustfile that throws while it loads is named with its line",
      run: (stage) => stage.act({ locustfile: `\nthrow new Error("on purpose");\n${visiting("/ok")}` }),
      exit: 2,
      says: [/on purpose/, /locustfile\.ts/],
      withinS: 12,
    },
    {
      name: "process.exit(0) in a task is no green run",
      run: (stage) => stage.act({ locustfile: task("    process.exit(0);") }),
      exit: [1, 3, 99],
      withinS: 20,
    },
    {
      name: "process.exit(0) while it loads is no green run",
      run: (stage) => stage.act({ locustfile: `process.exit(0);\n${visiting("/ok")}` }),
      exit: [2, 3],
      withinS: 20,
    },
    {
      name: "process.kill(process.pid) is no green run",
      run: (stage) => stage.act({ locustfile: task('    process.kill(process.pid, "SIGKILL");') }),
      exit: 3,
      says: [/ended by SIGKILL/],
      withinS: 20,
    },
    {
      name: "every task throws: counted and told",
      run: (stage) => stage.act({ locustfile: task('    throw new Error("task on purpose");') }),
      exit: [3, 99],
      says: [/task on purpose/],
      withinS: 20,
    },
    {
      name: "rejections that nobody awaits are told and end nothing",
      run: (stage) =>
        stage.act({
          locustfile: task('    void Promise.reject(new Error("never awaited"));\n    await this.client.get("/ok");'),
        }),
      exit: [0, 3, 99],
      says: [/never awaited/],
      withinS: 20,
    },
    {
      name: "objects that throw when they are looked at",
      run: (stage) =>
        stage.act({
          locustfile: task(
            '    throw { get message() { throw new Error("inner"); }, toString() { throw new Error("inner"); } };',
          ),
        }),
      exit: [3, 99],
      withinS: 20,
    },
    {
      name: "null is thrown",
      run: (stage) => stage.act({ locustfile: task("    throw null;") }),
      exit: [3, 99],
      withinS: 20,
    },
    {
      name: "a million names are kept in bounds",
      run: (stage) =>
        stage.act({
          locustfile: task(
            '    await this.client.get("/ok", { name: "/" + Math.random() + "x".repeat(500) });\n'.repeat(20),
          ),
          inputs: { users: "5" },
        }),
      exit: [0, 99],
      withinS: 25,
    },
    {
      name: "names with workflow commands, HTML and Markdown are shown as text",
      run: (stage) =>
        stage.act({
          comments: true,
          inputs: { name: "u1" },
          locustfile: task(
            '    await this.client.get("/ok", { name: "::error::forged\\n<img src=x onerror=alert(1)>|[a](javascript:alert(1))" });',
          ),
        }),
      exit: [0, 99],
      never: [/^\s*::error::forged/m],
      withinS: 25,
      check: async (_, stage) => {
        const [body = ""] = await stage.comments("u1");
        return /<img|\]\(javascript:/.test(body.replaceAll(/`[^`]*`/g, "")) ? "the comment holds live HTML" : null;
      },
    },
    {
      name: "the token is in no variable that user code sees",
      run: (stage) =>
        stage.act({
          comments: true,
          inputs: { name: "u2" },
          locustfile: task('    console.log("ENV", JSON.stringify(process.env));\n    await this.client.get("/ok");'),
        }),
      exit: [0, 99],
      says: [/ENV/],
      never: [new RegExp(`ENV.*${tokens.actions}`), /ENV.*GITHUB_OUTPUT/],
      withinS: 25,
    },
    {
      name: "a heap that grows without end ends as no green run",
      run: (stage) =>
        stage.act({
          locustfile: task("    const all = []; for (;;) all.push(new Array(1e6).fill(all.length));"),
          inputs: { users: "1" },
        }),
      exit: [1, 3],
      withinS: 60,
    },
    {
      name: "an exit code set by user code is heeded",
      run: (stage) =>
        stage.act({
          locustfile: `${visiting("/ok")}import { events } from "swarmgate";\nevents.quitting.addListener(({ environment }) => { environment.processExitCode = 7; });\n`,
        }),
      exit: [7, 99],
      withinS: 20,
    },
    {
      name: "a listener that throws is told and ends nothing",
      run: (stage) =>
        stage.act({
          locustfile: `${visiting("/ok")}import { events } from "swarmgate";\nevents.request.addListener(() => { throw new Error("listener on purpose"); });\n`,
        }),
      exit: [0, 3, 99],
      says: [/listener on purpose/],
      withinS: 20,
    },
    {
      name: "user code that deletes the report's directory costs no verdict",
      run: (stage) =>
        stage.act({
          inputs: { "report-dir": "reports" },
          locustfile: task(
            '    rmSync("reports", { recursive: true, force: true });\n    await this.client.get("/ok");',
            'import { rmSync } from "node:fs";',
          ),
        }),
      exit: 0,
      says: [/result\.json could not be written/],
      withinS: 20,
      check: ({ outputs }) => (outputs.verdict === "pass" ? null : `verdict is ${outputs.verdict}`),
    },
    {
      name: "user code that writes a result of its own is not believed",
      run: (stage) =>
        stage.act({
          inputs: { "report-dir": "reports", slo: "p95 < 0.001ms" },
          locustfile: task(
            '    writeFileSync("reports/result.json", "{}");\n    await this.client.get("/ok");',
            'import { writeFileSync } from "node:fs";',
          ),
        }),
      exit: 99,
      withinS: 20,
      check: ({ directory }) => (existsSync(join(directory, "reports/result.json")) ? null : "no result.json"),
    },
    {
      name: "messages forged on the channel are no result",
      run: (stage) =>
        stage.act({
          locustfile: `process.send?.({ type: "done" });\nprocess.send?.({ type: "inspected", text: "x" });\n${visiting("/status-500")}`,
        }),
      exit: [2, 3, 99],
      withinS: 20,
    },
    {
      name: "a patched Promise and Map end in no green run without requests",
      run: (stage) => stage.act({ locustfile: `Map.prototype.get = () => undefined;\n${visiting("/ok")}` }),
      exit: [1, 2, 3, 99],
      withinS: 30,
    },
  ],
};
