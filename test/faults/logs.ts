import type { FaultFamily } from "./fault-case.ts";

const user = (lines: string) => `import { constant, User, task } from "swarmgate";
export class Loud extends User {
  waitTime = constant(0);
  @task async shout() {
${lines}
  }
}
`;
const small = (text: string) => (text.length < 3.5 * 1024 * 1024 ? null : `the log is ${text.length} bytes long`);

export const logs: FaultFamily = {
  name: "logs that flood",
  cases: [
    {
      name: "a locustfile that prints without end fills 2 MiB of the log, and the rest is counted",
      run: (stage) =>
        stage.act({
          locustfile: user(
            '    for (let i = 0; i < 2000; i++) console.log("x".repeat(500));\n    await new Promise((r) => setTimeout(r, 20));',
          ),
          inputs: { slo: "errors < 1%" },
        }),
      exit: [0, 3, 99],
      says: [
        /the locustfile's output fills 2 MiB of this log/,
        /left out: [\d\s]+ lines \(\d+\.\d MB\) of the locustfile's output/,
      ],
      withinS: 30,
      check: ({ text }) => small(text),
    },
    {
      name: "a line that never ends is cut",
      run: (stage) =>
        stage.act({
          locustfile: user(
            '    process.stdout.write("y".repeat(1_000_000));\n    await new Promise((r) => setTimeout(r, 20));',
          ),
        }),
      exit: [0, 3, 99],
      says: [/… \(\d+ more characters\)/],
      withinS: 30,
      check: ({ text }) => small(text),
    },
    {
      name: "workflow commands that a locustfile prints are quoted",
      run: (stage) =>
        stage.act({
          locustfile: user(
            '    console.log("::error::forged\\n  ::set-output name=passed::true\\n##[error]forged");\n    await new Promise((r) => setTimeout(r, 200));',
          ),
        }),
      exit: [0, 3, 99],
      never: [/^\s*::error::forged/m, /^\s*##\[error\]forged/m],
      withinS: 20,
    },
    {
      name: "notes that user code forges on the channel fill a part of the log",
      run: (stage) =>
        stage.act({
          locustfile: user("    await new Promise((r) => setTimeout(r, 50));").replace(
            "export class",
            'import { events } from "swarmgate";\nevents.testStart.addListener(() => {\n  for (let i = 0; i < 3000; i++) process.send?.({ type: "note", text: "z".repeat(2000) });\n});\nexport class',
          ),
        }),
      exit: [0, 3, 99],
      withinS: 30,
      check: ({ text }) => small(text),
    },
  ],
};
