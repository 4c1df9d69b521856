/** Uses each kind of thing the package exports, for compilers to check against its types. */
export const everythingLocustfile = `
import {
  between, events, HttpUser, LoadTestShape, MarkovTaskSet, SequentialTaskSet, StopUser, tag, task, TaskSet, type Tick, transition,
} from "swarmgate";
class Items extends TaskSet {
  @task(3) async one() {
    const res = await this.client.get("/items", { name: "/items/{id}" });
    res.json<{ id: number }>().id.toFixed();
    this.interrupt();
  }
  @task({ weight: 2 }) async two() { await this.client.post("/x", { json: { a: 1 } }); }
}
class Flow extends SequentialTaskSet { @task async a() {} @tag("slow") @task async b() { throw new StopUser(); } }
class Walk extends MarkovTaskSet { @transition("b") @task async a() {} @task async b() {} }
@tag("shop") export class Visitor extends HttpUser {
  waitTime = between(1, 3);
  @task(1) items = Items;
  @task flow = Flow;
  tasks = [Walk];
  @task() async home() {
    using res = await this.client.get("/", { catchResponse: true });
    res.bytes().byteLength.toFixed();
    for await (const piece of (await this.client.get("/", { stream: true })).chunks()) piece.byteLength.toFixed();
  }
}
events.testStart.addListener(({ environment }) => void environment.host?.length);
export class Load extends LoadTestShape { override tick(): Tick | null { return this.getRunTime() < 60 ? [10, 1] : null; } }
`;

/** Settings an author's project may have, for the file `everything.ts`. */
export function projectSettings(options: {
  readonly module: "nodenext" | "bundler";
  readonly experimentalDecorators: boolean;
  readonly types: readonly string[];
}) {
  const { module, experimentalDecorators, types } = options;
  return {
    compilerOptions: {
      target: "es2022",
      module: module === "bundler" ? "esnext" : module,
      moduleResolution: module,
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
      types,
      experimentalDecorators,
    },
    files: ["everything.ts"],
  };
}
