import { afterEach, beforeEach, expect, test } from "vitest";
import { getter, runLocustfile, type Target, target } from "../engine/in-process.ts";

let shop: Target;

beforeEach(async () => {
  shop = await target();
});

afterEach(() => shop.close());

const shopper = `${getter}
export class Shopper extends Getter {
  @task async home() { await this.get("/"); }
}
`;

test("a locustfile runs in two threads, and all that was sent is in the result", async () => {
  const { result } = await runLocustfile(shopper, { host: shop.url, users: 4, threads: 2, runTimeMs: 1000 });
  expect(result.summary.allRequests).toBe(shop.paths.length);
  expect(result.summary.totals[0]?.requests).toBeGreaterThan(50);
  expect(result.trouble).toMatchObject({ deadInOnStart: 0, peakUsers: 4, targetUsers: 4, exceptions: [] });
  expect(result.blocks.filter(({ phase }) => phase === "steady")).toHaveLength(2);
  expect(result.blocks[1]?.health.threads).toHaveLength(2);
  expect(result.blocks[1]?.health.machine?.memoryBytes).toBeGreaterThan(1e6);
});

test("every event fires once on the master and once in every thread, in order", async () => {
  const { output } = await runLocustfile(
    `${shopper}
const names = ["init", "testStart", "testStopping", "testStop", "quitting", "quit"] as const;
let runner: any;
events.init.addListener((args) => { runner = args.runner; });
for (const name of names) events[name].addListener(() => console.log("EVENT", runner.role, runner.workerIndex, name));
events.spawningComplete.addListener(({ userCount }) => console.log("EVENT", runner.role, runner.workerIndex, "complete", userCount));
`,
    { host: shop.url, users: 2, threads: 2, runTimeMs: 500 },
  );
  const of = (who: string) =>
    output
      .split("\n")
      .filter((line) => line.startsWith(`EVENT ${who} `))
      .map((line) => line.slice(`EVENT ${who} `.length));
  const life = ["init", "testStart", "complete 2", "testStopping", "testStop", "quitting", "quit"];
  expect(of("master -1")).toEqual(life);
  expect(of("worker 0")).toEqual(life);
  expect(of("worker 1")).toEqual(life);
});

test.each(["master", "worker"])(
  "a locustfile that quits at init on the %s ends the test before it begins",
  async (role) => {
    const { result, output } = await runLocustfile(
      `${shopper}
events.init.addListener(({ runner }) => { if (runner.role === "${role}") runner.quit(); });
events.testStart.addListener(({ environment }) => console.log("STARTED", environment.runner.role));
events.quitting.addListener(({ environment }) => console.log("QUITTING", environment.runner.role));
`,
      { host: shop.url, users: 4, threads: 1, runTimeMs: 1000 },
    );
    expect(output).not.toContain("STARTED");
    expect(output.match(/QUITTING \w+/g)?.toSorted()).toEqual(["QUITTING master", "QUITTING worker"]);
    expect(shop.paths).toEqual([]);
    expect(result.trouble).toMatchObject({ targetUsers: 0, peakUsers: 0, exceptions: [] });
    expect(result.warnings.map(({ code }) => code)).toEqual(["ended-before-start"]);
  },
);

test("exactly so many requests are sent as were asked for", async () => {
  const changes = { host: shop.url, users: 5, threads: 2, requests: 77, runTimeMs: null };
  const { result } = await runLocustfile(shopper, changes);
  expect(shop.paths).toHaveLength(77);
  expect(result.summary.totals[0]?.requests).toBe(77);
  expect(result.trouble.exceptions).toEqual([]);
});

test("users have indexes of their own, and a seed decides what they draw", async () => {
  const source = `${getter}
export class Shopper extends Getter {
  waitTime = constant(60);
  @task async home() { await this.get("/" + this.index + "/" + this.random.int(1, 1e9)); }
}
`;
  const changes = { host: shop.url, users: 6, threads: 2, runTimeMs: 500, stopTimeoutMs: 0 };
  await runLocustfile(source, changes);
  const first = shop.paths.splice(0).toSorted();
  await runLocustfile(source, changes);
  expect(first.map((path) => path.split("/")[1])).toEqual(["0", "1", "2", "3", "4", "5"]);
  expect(shop.paths.toSorted()).toEqual(first);
});

test("what goes wrong with users is counted: exceptions, deaths in onStart, forgotten awaits, failing listeners", async () => {
  const { result } = await runLocustfile(
    `${getter}
export class Thrower extends Getter {
  static fixedCount = 1;
  waitTime = constant(0.05);
  @task throwing() { throw new Error("order 12345 is broken"); }
}
export class Dead extends Getter {
  static fixedCount = 2;
  onStart() { throw new Error("no login"); }
  @task async home() { await this.get("/"); }
}
export class Hasty extends Getter {
  static fixedCount = 1;
  waitTime = constant(0.1);
  @task forgets() { void this.get("/"); }
}
events.testStop.addListener(() => { throw new Error("bad listener"); });
`,
    { host: shop.url, users: 4, runTimeMs: 1000 },
  );
  expect(result.trouble.deadInOnStart).toBe(2);
  expect(result.trouble.missingAwaits[0]).toMatchObject({ task: "Hasty.forgets" });
  const messages = result.trouble.exceptions.map(({ task, message }) => `${task}: ${message}`);
  expect(messages).toContain("Thrower.throwing: order 12345 is broken");
  expect(messages).toContain("events.testStop: bad listener");
  expect(result.trouble.exceptions[0]?.count).toBeGreaterThan(3);
});

test("users that do not finish in the stop timeout are killed and counted, their requests are not lost", async () => {
  shop.close();
  shop = await target({ delayMs: 20_000 });
  const changes = { host: shop.url, users: 3, runTimeMs: 500, stopTimeoutMs: 300 };
  const { result } = await runLocustfile(shopper, changes);
  expect(result.trouble.killed).toBe(3);
  expect(result.summary.allRequests).toBe(3);
});

test("StopTest and runner.quit() end the test early; the exit code a locustfile sets is told", async () => {
  const { result } = await runLocustfile(
    `${getter}
export class Shopper extends Getter {
  @task async home() { await this.get("/"); throw new StopTest("enough"); }
}
events.quitting.addListener(({ environment }) => {
  if (environment.runner.role === "master") environment.processExitCode = environment.stats.total.numRequests > 0 ? 42 : 7;
});
`,
    { host: shop.url, runTimeMs: 60_000 },
  );
  expect(result.trouble.processExitCode).toBe(42);
  expect(result.interrupted).toBe(false);
});

test("an interrupted run ends at once, with what was measured", async () => {
  const { result } = await runLocustfile(shopper, { host: shop.url, runTimeMs: 60_000 }, { interruptAfterMs: 1500 });
  expect(result.interrupted).toBe(true);
  expect(result.summary.allRequests).toBe(shop.paths.length);
});

test("messages of the locustfile's own go from the master to the threads and back", async () => {
  const { output } = await runLocustfile(
    `${shopper}
events.init.addListener(({ environment }) => {
  const { runner } = environment;
  if (runner.role === "master") runner.registerMessage("done", ({ data, nodeId }) => console.log("GOT", nodeId, data));
  else runner.registerMessage("work", ({ data }) => runner.sendMessage("done", (data as number[]).length));
});
events.testStart.addListener(({ environment }) => {
  if (environment.runner.role === "master") environment.runner.sendMessage("work", [1, 2, 3]);
});
`,
    { host: shop.url, runTimeMs: 500, threads: 2 },
  );
  expect(output).toContain("GOT thread_000 3");
  expect(output).toContain("GOT thread_001 3");
});

test("side by side every user has a twin that does the same on the base", async () => {
  const base = await target();
  try {
    const { result } = await runLocustfile(
      `${getter}
export class Shopper extends Getter {
  static tasks = [(u: Shopper) => u.get("/a"), (u: Shopper) => u.get("/b")];
}
`,
      { host: shop.url, baseHost: base.url, users: 3, runTimeMs: 1000 },
    );
    const [head, other] = result.summary.totals;
    expect([head?.arm, other?.arm]).toEqual(["head", "base"]);
    expect(Math.abs(shop.paths.length - base.paths.length)).toBeLessThanOrEqual(3);
    const share = (paths: string[]) => paths.filter((path) => path === "/a").length;
    expect(Math.abs(share(shop.paths) - share(base.paths))).toBeLessThanOrEqual(3);
    expect(result.trouble).toMatchObject({ retiredPairs: 0, peakUsers: 3 });
  } finally {
    base.close();
  }
});

test("a twin that leaves retires its pair", async () => {
  const base = await target();
  try {
    const { result } = await runLocustfile(
      `${getter}
export class Shopper extends Getter {
  waitTime = constant(0.05);
  n = 0;
  @task async home() { await this.get("/"); if (this.arm === "base" && this.index === 1 && ++this.n === 3) throw new StopUser(); }
}
`,
      { host: shop.url, baseHost: base.url, users: 2, runTimeMs: 1000 },
    );
    expect(result.trouble.retiredPairs).toBe(1);
    expect(result.blocks.at(-2)?.users.get("Shopper")).toBe(1);
  } finally {
    base.close();
  }
});

test("in the open model iterations start on schedule, and users are added while all are busy", async () => {
  shop.close();
  shop = await target({ delayMs: 300 });
  const { result } = await runLocustfile(shopper, {
    host: shop.url,
    users: 1,
    maxUsers: 20,
    arrivalRate: 20,
    runTimeMs: 3000,
  });
  // Sixty are due; the first second is short of users.
  expect(shop.paths.length).toBeGreaterThan(45);
  expect(shop.paths.length).toBeLessThanOrEqual(62);
  expect(result.trouble.peakUsers).toBeGreaterThanOrEqual(6);
  expect(result.warnings.map(({ code }) => code)).toContain("late-starts");
  expect(result.summary.totals[0]?.maxMs).toBeGreaterThan(350);
});

test("a shape decides the users; a stage shorter than its ramp is not skipped", async () => {
  const { result } = await runLocustfile(
    `${getter}
export class Shopper extends Getter {
  waitTime = constant(0.05);
  @task async home() { await this.get("/"); }
}
export class Steps extends LoadTestShape {
  tick() {
    const t = this.getRunTime();
    if (t < 0.9) return [2, 100] as const;
    if (t < 1.9) return [50, 4] as const;
    if (t < 2.9) return [1, 100] as const;
    return null;
  }
}
`,
    { host: shop.url, users: 999, runTimeMs: null },
  );
  const users = result.blocks.map((block) => block.users.get("Shopper") ?? 0);
  // Those that end half a second after a tick: the others end as one is due.
  expect([users[0], users[2], users[4]]).toEqual([2, 6, 1]);
  expect([2, 3, 4, 5, 6]).toContain(users[1]);
  expect(Math.max(...users)).toBe(6);
  expect(result.meta.profile.shape).toBe("Steps");
});

test("a locustfile that throws while it loads is the user's to mend, and nothing is sent", async () => {
  await expect(runLocustfile(`${shopper}\nthrow new Error("no data file");`, { host: shop.url })).rejects.toMatchObject(
    {
      code: "locustfile-throws",
      message: expect.stringContaining("no data file"),
    },
  );
  expect(shop.paths).toEqual([]);
});
