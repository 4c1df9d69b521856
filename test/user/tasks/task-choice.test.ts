import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import { Random } from "../../../src/base/random.ts";
import { StopUser } from "../../../src/user/exceptions.ts";
import { tag, task } from "../../../src/user/task.ts";
import { chooserOf } from "../../../src/user/tasks/chooser.ts";
import type { TaskEntry, TaskPlan } from "../../../src/user/tasks/task-plan.ts";
import { filterByTags, TaskPlans } from "../../../src/user/tasks/task-plans.ts";
import { taskRatio } from "../../../src/user/tasks/task-ratio.ts";
import { MarkovTaskSet, SequentialTaskSet, TaskSet } from "../../../src/user/tasks/task-set.ts";
import { transition, transitions } from "../../../src/user/tasks/transition.ts";
import { User, type UserClass } from "../../../src/user/user.ts";
import { Pace } from "../../../src/user/waiting/pace.ts";
import { between } from "../../../src/user/waiting/wait-time.ts";
import { Stage } from "../stage.ts";

const planOf = (userClass: unknown) => new TaskPlans().of(userClass as UserClass);

function entry(name: string, weight = 1, tags: readonly string[] = [], set?: TaskPlan): TaskEntry {
  return { name, weight, tags: new Set(tags), set, invoke: () => undefined, transitions: new Map() };
}

function planWith(entries: readonly TaskEntry[], order: TaskPlan["order"] = "random"): TaskPlan {
  return { name: "Plan", ownerClass: class {}, order, entries, warnings: [] };
}

test("weights are ratios: over 20,000 draws each task comes within 5 % of its share, weight 0 never", () => {
  const chooser = chooserOf(planWith([entry("a", 4), entry("b", 1), entry("never", 0), entry("c", 5)]));
  const dice = { random: Random.from("weights") };
  const seen = new Map<string, number>();
  for (let i = 0; i < 20_000; i++) {
    const { name } = chooser.next(dice);
    seen.set(name, (seen.get(name) ?? 0) + 1);
  }
  expect(seen.get("never")).toBeUndefined();
  for (const [name, share] of [
    ["a", 0.4],
    ["b", 0.1],
    ["c", 0.5],
  ] as const) {
    expect(Math.abs((seen.get(name) ?? 0) / 20_000 - share)).toBeLessThan(share * 0.05 + 0.005);
  }
});

test("every task with a weight can be drawn, and none without, whatever the weights", () => {
  const weights = fc
    .array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 6 })
    .filter((list) => list.some((w) => w > 0));
  fc.assert(
    fc.property(weights, fc.string(), (list, seed) => {
      const chooser = chooserOf(planWith(list.map((weight, at) => entry(String(at), weight))));
      const dice = { random: Random.from(seed) };
      const seen = new Set<string>();
      for (let i = 0; i < 600; i++) seen.add(chooser.next(dice).name);
      expect([...seen].sort()).toEqual(list.flatMap((weight, at) => (weight > 0 ? [String(at)] : [])).sort());
    }),
    { numRuns: 50 },
  );
});

describe("the same seed gives the same life", () => {
  async function life(over: { seed?: string; index?: number }, draws = 0): Promise<string[]> {
    const stage = new Stage();
    const log: string[] = [];
    class Shopper extends User {
      override waitTime = between(1, 5);
      #do(name: string) {
        for (let i = 0; i < draws; i++) this.random.float();
        log.push(`${name} ${stage.clock.now().toFixed(3)}`);
        if (log.length === 30) throw new StopUser();
      }
      @task(3) home() {
        this.#do("home");
      }
      @task item() {
        this.#do("item");
      }
      @task static Browse = class extends TaskSet<Shopper> {
        @task(2) look() {
          this.user.#do("look");
        }
        @task leave() {
          this.user.#do("leave");
          this.interrupt();
        }
      };
    }
    const ended = stage.life(Shopper, over).run();
    // In small steps: a user that goes on at once lets the event loop turn, during which no time may pass.
    for (let i = 0; i < 400 && log.length < 30; i++) await stage.clock.advance(500);
    await ended;
    return log;
  }

  test("tasks and wait times repeat", async () => {
    const first = await life({});
    expect(first).toHaveLength(30);
    expect(await life({})).toEqual(first);
  });

  test("another seed or another user lives differently", async () => {
    const first = await life({});
    expect(await life({ seed: "other" })).not.toEqual(first);
    expect(await life({ index: 1 })).not.toEqual(first);
  });

  test("twins stay alike whatever the locustfile draws from this.random", async () => {
    expect(await life({}, 7)).toEqual(await life({}, 0));
  });
});

test("this.random repeats for a user, and differs from user to user and class to class", () => {
  const stage = new Stage();
  class Shopper extends User {}
  class Visitor extends User {}
  const draws = (made: User) => Array.from({ length: 5 }, () => made.random.int(1, 1000));
  const first = draws(new Shopper(stage.runtime()));
  expect(draws(new Shopper(stage.runtime()))).toEqual(first);
  expect(draws(new Shopper(stage.runtime({ arm: "base" })))).toEqual(first);
  expect(draws(new Shopper(stage.runtime({ index: 1 })))).not.toEqual(first);
  expect(draws(new Visitor(stage.runtime()))).not.toEqual(first);
});

test("the stream of an iteration does not depend on what earlier ones drew", () => {
  const streams = [0, 5].map((draws) => {
    const pace = new Pace({ clock: systemClock, seed: "s", index: 3 });
    pace.begin();
    for (let i = 0; i < draws; i++) pace.random.float();
    pace.begin();
    return pace.random.float();
  });
  expect(streams[0]).toBe(streams[1]);
});

describe("tags: exclude wins, untagged tasks go when tags are asked for, empty sets are dropped", () => {
  class Shopper extends User {
    @task plain() {}
    @tag("a") @task onlyA() {}
    @tag("a", "b") @task both() {}
    @tag("s") @task static Set = class extends TaskSet {
      @task inside() {}
      @tag("b") @task insideB() {}
    };
    @task static Bare = class extends SequentialTaskSet {
      @task inBare() {}
    };
  }
  const names = (plan: TaskPlan): string[] =>
    plan.entries.flatMap((e) => (e.set ? [`${e.name}(${names(e.set).join(" ")})`] : [e.name]));
  test.each([
    [[], [], "plain onlyA both Set(inside insideB) Bare(inBare)"],
    [["a"], [], "onlyA both"],
    [["b"], [], "both Set(insideB)"],
    [["s"], [], "Set(inside insideB)"],
    [["a", "s"], [], "onlyA both Set(inside insideB)"],
    [[], ["a"], "plain Set(inside insideB) Bare(inBare)"],
    [[], ["b"], "plain onlyA Set(inside) Bare(inBare)"],
    [[], ["s"], "plain onlyA both Bare(inBare)"],
    [["a"], ["b"], "onlyA"],
    [["s"], ["b"], "Set(inside)"],
    [["a"], ["a"], ""],
    [["nowhere"], [], ""],
  ] as const)("tags %j, without %j", (tags, excludeTags, expected) => {
    const plans = new TaskPlans({ tags, excludeTags });
    expect(names(plans.of(Shopper as unknown as UserClass)).join(" ")).toBe(expected);
    const warned = plans.warningsOf(Shopper as unknown as UserClass);
    expect(warned).toEqual(expected === "" ? ["Shopper had no tasks left after filtering by tags"] : []);
  });

  test("filtering says of each leaf exactly what the rule says, at any depth", () => {
    const tags = fc.subarray(["a", "b", "c"]);
    const plan = fc.letrec<{ plan: TaskPlan; entry: TaskEntry }>((tie) => ({
      plan: fc.array(tie("entry"), { maxLength: 4 }).map((list) => planWith(list)),
      entry: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        tags.map((own) => entry("leaf", 1, own)),
        fc.tuple(tags, tie("plan")).map(([own, set]) => entry("set", 1, own, set)),
      ),
    })).plan;
    const leaves = (p: TaskPlan): TaskEntry[] => p.entries.flatMap((e) => (e.set ? leaves(e.set) : [e]));
    const noEmpty = (p: TaskPlan): boolean =>
      p.entries.every((e) => !e.set || (e.set.entries.length > 0 && noEmpty(e.set)));
    fc.assert(
      fc.property(plan, tags, tags, (whole, include, exclude) => {
        const filtered = filterByTags(whole, { tags: include, excludeTags: exclude });
        const passes = (e: TaskEntry) =>
          (include.length === 0 || include.some((t) => e.tags.has(t))) && !exclude.some((t) => e.tags.has(t));
        expect(leaves(filtered)).toEqual(leaves(whole).filter(passes));
        if (include.length + exclude.length > 0) expect(noEmpty(filtered)).toBe(true);
      }),
    );
  });
});

test("a sequential set goes round in order, a weight repeating its task in a row", async () => {
  const stage = new Stage();
  const log: string[] = [];
  const say = (name: string) => {
    log.push(name);
    if (log.length === 9) throw new StopUser();
  };
  class Order extends SequentialTaskSet {
    @task open() {
      say("open");
    }
    @task(2) fill() {
      say("fill");
    }
    @task(0) never() {
      say("never");
    }
    @task pay() {
      say("pay");
    }
  }
  class Shopper extends User {
    override tasks = [Order];
  }
  await stage.life(Shopper).run();
  expect(log.join(" ")).toBe("open fill fill pay open fill fill pay open");
});

describe("Markov sets", () => {
  test("begin with the first declared and follow the transitions", async () => {
    const stage = new Stage();
    const log: string[] = [];
    const say = (name: string) => {
      log.push(name);
      if (log.length === 400) throw new StopUser();
    };
    class Walk extends MarkovTaskSet {
      @transition("search") home() {
        say("home");
      }
      @transitions({ item: 3, home: 1 }) search() {
        say("search");
      }
      @transitions(["search", ["home", 0]]) item() {
        say("item");
      }
    }
    class Shopper extends User {
      override tasks = [Walk];
    }
    await stage.life(Shopper).run();
    expect(log[0]).toBe("home");
    const pairs = new Map<string, number>();
    for (let i = 1; i < log.length; i++) {
      const pair = `${log[i - 1]}>${log[i]}`;
      pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
    }
    expect([...pairs.keys()].sort()).toEqual(["home>search", "item>search", "search>home", "search>item"]);
    const toItem = pairs.get("search>item") ?? 0;
    expect(toItem / (toItem + (pairs.get("search>home") ?? 0))).toBeGreaterThan(0.6);
  });

  test.each([
    ["without tasks", class Walk extends MarkovTaskSet {}, "Walk: a MarkovTaskSet without tasks"],
    [
      "to an unknown task",
      class Walk extends MarkovTaskSet {
        @transition("gone") home() {}
      },
      "Walk: home leads to gone",
    ],
    [
      "with a plain task",
      class Walk extends MarkovTaskSet {
        @transition("end") home() {}
        @task end() {}
      },
      "Walk: end leads nowhere",
    ],
    [
      "with a tag",
      class Walk extends MarkovTaskSet {
        @tag("x") @transition("home") home() {}
      },
      "Walk: home is tagged",
    ],
    [
      "with weights of 0",
      class Walk extends MarkovTaskSet {
        @transition("home", 0) home() {}
      },
      "all transitions of home have weight 0",
    ],
  ])("%s are an error before anything runs", (_, Walk, expected) => {
    class Shopper extends User {
      @task static Walk = Walk;
    }
    expect(() => planOf(Shopper)).toThrow(expected);
  });

  test("are left whole by tags", () => {
    class Shopper extends User {
      @task static Walk = class extends MarkovTaskSet {
        @transition("home") home() {}
      };
      @tag("a") @task other() {}
    }
    const plan = new TaskPlans({ tags: ["a"] }).of(Shopper as unknown as UserClass);
    expect(plan.entries.map(({ name }) => name)).toEqual(["other", "Walk"]);
  });
});

test("equal weights dissolve sets: each leaf once, run on an instance of its set", async () => {
  const stage = new Stage();
  const seen = new Set<string>();
  class Browse extends TaskSet {
    mark = "browse";
    @task(90) look() {
      seen.add(`look ${this.mark}`);
    }
    @task deep() {
      seen.add(`deep ${this.mark} ${this.user.index}`);
      if (seen.size === 3) throw new StopUser();
    }
  }
  class Shopper extends User {
    override tasks = [Browse];
    @task(90) home() {
      seen.add("home");
    }
  }
  const plan = new TaskPlans({ equalWeights: true }).of(Shopper as unknown as UserClass);
  expect(plan.entries.map(({ name, weight }) => [name, weight])).toEqual([
    ["look", 1],
    ["deep", 1],
    ["home", 1],
  ]);
  await stage.life(Shopper, { index: 4 }, { equalWeights: true }).run();
  expect([...seen].sort()).toEqual(["deep browse 4", "home", "look browse"]);
});

test("scheduleTask runs what it is given before anything is chosen", async () => {
  const stage = new Stage();
  const log: string[] = [];
  class Browse extends TaskSet {
    override onStart() {
      this.scheduleTask(this.second);
      this.scheduleTask(this.first, { first: true });
    }
    first() {
      log.push("first");
    }
    second() {
      log.push("second");
    }
    @task look() {
      log.push("look");
      throw new StopUser();
    }
  }
  class Shopper extends User {
    override tasks = [Browse];
  }
  await stage.life(Shopper).run();
  expect(log).toEqual(["first", "second", "look"]);
});

test("the task ratio is a tree: within each class, and of everything", () => {
  class Shopper extends User {
    @task(3) home() {}
    @task static Browse = class extends TaskSet {
      @task look() {}
      @task leave() {}
    };
  }
  class Admin extends User {
    @task check() {}
  }
  const { perClass, total } = taskRatio([
    { plan: planOf(Shopper), share: 3 },
    { plan: planOf(Admin), share: 1 },
  ]);
  const tree = (nodes: typeof perClass): unknown =>
    nodes.map(({ name, ratio, tasks }) => [name, ratio, ...(tree(tasks) as [])]);
  expect(tree(perClass)).toEqual([
    ["Shopper", 0.75, ["home", 0.75], ["Browse", 0.25, ["look", 0.5], ["leave", 0.5]]],
    ["Admin", 0.25, ["check", 1]],
  ]);
  expect(tree(total)).toEqual([
    ["Shopper", 0.75, ["home", 0.5625], ["Browse", 0.1875, ["look", 0.09375], ["leave", 0.09375]]],
    ["Admin", 0.25, ["check", 0.25]],
  ]);
});

test("only the tasks named for a class run; a name that is none of them is told", () => {
  class Shopper extends User {
    @task home() {}
    @task(2) item() {}
    @task cart() {}
  }
  const only = (names: readonly string[]) =>
    new TaskPlans({ only: { Shopper: names } }).of(Shopper as unknown as UserClass);
  expect(only(["cart", "item"]).entries.map(({ name }) => name)).toEqual(["item", "cart"]);
  expect(() => only(["gone"])).toThrow("Shopper has no task named gone");
});
