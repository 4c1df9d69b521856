import { once } from "node:events";
import { connect, createServer } from "node:net";
import { describe, expect, test, vi } from "vitest";
import { isAbstract, isUserClass } from "../../src/user/brand.ts";
import { events } from "../../src/user/events/events.ts";
import { StopUser } from "../../src/user/exceptions.ts";
import { runSingleUser } from "../../src/user/run-single-user.ts";
import { task } from "../../src/user/task.ts";
import { User, type UserClass } from "../../src/user/user.ts";
import { readUserClass } from "../../src/user/user-class.ts";
import { constant } from "../../src/user/waiting/wait-time.ts";
import { compileClass, compilers } from "./compile-class.ts";
import { Stage } from "./stage.ts";

const facts = (c: unknown) => readUserClass(c as UserClass);

describe("a user class", () => {
  test("is abstract only if it says so itself", () => {
    class Base extends User {
      static override abstract = true;
    }
    class Shopper extends Base {}
    expect([User, Base, Shopper].map(isAbstract)).toEqual([true, true, false]);
    expect([User, Base, Shopper].map(isUserClass)).toEqual([true, true, true]);
    expect([class {}, () => undefined, null, { [Symbol.for("swarmgate.user")]: true }].map(isUserClass)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  test("gives weight, fixedCount and host as static or instance fields, the instance's first", () => {
    class Plain extends User {}
    class Static extends User {
      static override weight = 0.5;
      static override fixedCount = 2;
      static override host = "http://static";
    }
    class Field extends Static {
      override weight = 3;
      override host = "http://field";
    }
    expect(facts(Plain)).toEqual({ name: "Plain", abstract: false, weight: 1, fixedCount: 0, host: undefined });
    expect(facts(Static)).toEqual({
      name: "Static",
      abstract: false,
      weight: 0.5,
      fixedCount: 2,
      host: "http://static",
    });
    expect(facts(Field)).toMatchObject({ weight: 3, fixedCount: 2, host: "http://field" });
  });

  test("is not made to be read unless a field of its own makes that needful", () => {
    let made = 0;
    class Quiet extends User {
      static override weight = 2;
      connection = ++made;
    }
    facts(Quiet);
    expect(made).toBe(0);
    class Told extends Quiet {
      override fixedCount = 4;
    }
    expect(facts(Told).fixedCount).toBe(4);
    facts(Told);
    expect(made).toBe(1);
  });

  test.each([
    ["weight", -1],
    ["weight", "3"],
    ["weight", Number.NaN],
    ["fixedCount", 1.5],
    ["fixedCount", -1],
    ["host", 80],
  ])("with %s %s is refused by name", (name, value) => {
    class Shopper extends User {}
    Object.assign(Shopper, { [name]: value });
    expect(() => facts(Shopper)).toThrow(`Shopper: ${name} must be`);
  });

  test("that cannot be made is told with the reason", () => {
    class Shopper extends User {
      override weight = JSON.parse("{");
    }
    expect(() => facts(Shopper)).toThrow(/^Shopper cannot be made: /);
  });

  test("of another copy of the package is known and run all the same", async () => {
    vi.resetModules();
    const other = await import("../../src/user/user.ts");
    const { StopUser: OtherStop } = await import("../../src/user/exceptions.ts");
    expect(other.User).not.toBe(User);
    const log: string[] = [];
    class Shopper extends other.User {
      override waitTime = constant(1);
      @task buy() {
        log.push("buy");
        if (log.length === 2) throw new OtherStop();
      }
    }
    expect(isUserClass(Shopper)).toBe(true);
    const stage = new Stage();
    const ended = stage.life(Shopper).run();
    await stage.clock.advance(5000);
    await ended;
    expect(log).toEqual(["buy", "buy"]);
    expect(stage.stopped).toHaveLength(1);
  });
});

test("behaviour is code: a class with a host, tasks and a wait time, the command line's host first", async () => {
  const stage = new Stage();
  const hosts: unknown[] = [];
  class Shopper extends User {
    override host = "http://class";
    override waitTime = constant(1);
    override tasks = [
      (user: User) => {
        hosts.push(user.host);
        throw new StopUser();
      },
    ];
  }
  await stage.life(Shopper).run();
  await stage.life(Shopper, { host: "http://option" }).run();
  expect(hosts).toEqual(["http://class", "http://option"]);
});

test("functions listed by an instance see that instance", async () => {
  const stage = new Stage();
  const seen: number[] = [];
  class Shopper extends User {
    override tasks = [
      () => {
        seen.push(this.index);
        throw new StopUser();
      },
    ];
  }
  await stage.life(Shopper, { index: 5 }).run();
  await stage.life(Shopper, { index: 9 }).run();
  expect(seen).toEqual([5, 9]);
});

test("many users live side by side in one thread, one that spins does not starve the others", async () => {
  const stage = new Stage();
  let spins = 0;
  let others = 0;
  class Spinner extends User {
    @task spin() {
      spins++;
    }
  }
  class Other extends User {
    override waitTime = constant(1);
    @task look() {
      others++;
    }
  }
  const lives = [stage.life(Spinner), ...Array.from({ length: 200 }, (_, index) => stage.life(Other, { index }))];
  const ended = Promise.all(lives.map((life) => life.run()));
  for (let i = 0; i < 3; i++) await stage.clock.advance(1000);
  for (const life of lives) life.stop();
  await ended;
  expect(others).toBeGreaterThanOrEqual(600);
  expect(spins).toBeGreaterThan(3);
});

/** What a locustfile would write: a client of its own for a line protocol. */
class LineUser extends User {
  static override abstract = true;
  async ask(line: string): Promise<string | undefined> {
    return await this.environment.events.request.measure("LINE", line, async (m) => {
      const socket = connect(Number(this.host?.split(":").at(-1)));
      socket.write(`${line}\n`);
      const [answer] = (await once(socket, "data")) as [Buffer];
      socket.destroy();
      m.responseLength = answer.length;
      if (answer.toString().startsWith("ERR")) throw new Error(answer.toString().trim());
      return answer.toString().trim();
    });
  }
}

test("a client of one's own for another protocol, in a few lines, measured like any other", async () => {
  const server = createServer((socket) => {
    socket.on("data", (data) => void socket.write(data.toString() === "PING\n" ? "PONG\n" : "ERR unknown\n"));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const lines: string[] = [];
  class Pinger extends LineUser {
    override async onStart() {
      expect(await this.ask("PING")).toBe("PONG");
    }
    @task async wrong() {
      expect(await this.ask("PUNG")).toBeUndefined();
    }
  }
  const samples = await runSingleUser(Pinger, {
    host: `127.0.0.1:${port}`,
    iterations: 1,
    print: (line) => void lines.push(line),
  });
  server.close();
  expect(samples.map(({ endpoint, failure, bytesIn }) => [endpoint.name, bytesIn, failure?.message])).toEqual([
    ["PING", 5, undefined],
    ["PUNG", 12, "ERR unknown"],
  ]);
  expect(samples.every(({ latencyMs }) => latencyMs !== null && latencyMs > 0)).toBe(true);
  expect(lines[0]).toMatch(/^LINE PING {2}– {2}\d+\.\d ms {2}5 B$/);
  expect(lines[1]).toMatch(/FAILED check: ERR unknown$/);
});

describe("runSingleUser", () => {
  test("runs so many iterations, prints exceptions, and gives the locustfile a runner and statistics", async () => {
    const lines: string[] = [];
    const messages: unknown[] = [];
    class Shopper extends User {
      @task buy() {
        const { runner, stats } = this.environment;
        runner.registerMessage("note", ({ data }) => void messages.push(data));
        runner.sendMessage("note", runner.role);
        void events.request.fire({ requestType: "SQL", name: "buy", responseTime: 5, exception: "sold out" });
        messages.push(stats.total.numFailures, stats.get("buy", "SQL").avgResponseTime, stats.total.failRatio);
        throw new Error("lost");
      }
    }
    await runSingleUser(Shopper, { iterations: 1, print: (line) => void lines.push(line) });
    expect(messages).toEqual(["single", 1, 5, 1]);
    expect(lines[1]).toMatch(/^exception in Shopper\.buy: Error: lost/);
  });

  test("rejects with what onStart threw", async () => {
    class Shopper extends User {
      override onStart() {
        throw new Error("no such account");
      }
      @task buy() {}
    }
    await expect(runSingleUser(Shopper, { print: () => undefined })).rejects.toThrow("no such account");
  });

  test("ends when its signal aborts", async () => {
    const stop = new AbortController();
    class Shopper extends User {
      override waitTime = constant(1000);
      @task buy() {
        setImmediate(() => stop.abort());
      }
    }
    expect(await runSingleUser(Shopper, { signal: stop.signal, print: () => undefined })).toEqual([]);
  });
});

test("tasks may be called index and stop, as they often are in Locust", async () => {
  const compile = compilers["standard decorators (Babel)"];
  const userClass = await compileClass(compile, {
    name: "Visitor",
    source: `class Visitor extends User {
      @task index() { this.seen = "index of " + this.runtime.index; }
      @task stop() { if (this.seen) throw new Error(this.seen); }
    }`,
  });
  const told: string[] = [];
  await runSingleUser(userClass as UserClass, { index: 7, iterations: 50, print: (line) => void told.push(line) });
  expect(told[0]).toContain("exception in Visitor.stop: Error: index of 7");
  expect(told.join()).not.toContain("TypeError");
});
