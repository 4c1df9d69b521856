import { describe, expect, test } from "vitest";
import { GateError } from "../../src/base/errors.ts";
import { tag, task } from "../../src/user/task.ts";
import type { TaskPlan } from "../../src/user/tasks/task-plan.ts";
import { TaskPlans } from "../../src/user/tasks/task-plans.ts";
import { SequentialTaskSet, TaskSet } from "../../src/user/tasks/task-set.ts";
import { User, type UserClass } from "../../src/user/user.ts";
import { compileClass, compilers } from "./compile-class.ts";

/** `["home×4", ["Browse×1", "look×2 #deep"]]` */
function shown(plan: TaskPlan): unknown[] {
  return plan.entries.map((entry) => {
    const text = `${entry.name}×${entry.weight}${[...entry.tags].map((name) => ` #${name}`).join("")}`;
    return entry.set ? [text, ...shown(entry.set)] : text;
  });
}

const planOf = (userClass: unknown) => new TaskPlans().of(userClass as UserClass);

describe.each(Object.entries(compilers))("%s", (compiler, compile) => {
  const compiled = async (source: string) => planOf(await compileClass(compile, { source, name: "Shopper" }));

  test("tasks in the order of declaration, with weights as ratios, 0 kept as never", async () => {
    const plan = await compiled(`class Shopper extends User {
      @task(4) async home() {}
      @task item() {}
      helper() {}
      @task({ weight: 0 }) never() {}
      @task() last() {}
    }`);
    expect(shown(plan)).toEqual(["home×4", "item×1", "never×0", "last×1"]);
  });

  test("the tasks of bases come first, and one that overrides takes the place of the other", async () => {
    const plan = await compiled(`
      class Base extends User {
        static abstract = true;
        @task(2) home() {}
        @task item() {}
        @task cart() {}
      }
      class Shopper extends Base {
        @task extra() {}
        @task(5) home() {}
        item() {}
      }`);
    expect(shown(plan)).toEqual(["home×5", "item×1", "cart×1", "extra×1"]);
  });

  test("a class without tasks of its own has its base's once, beside other subclasses", async () => {
    const source = `
      class Base extends User { @task home() {} }
      class Other extends Base { @task other() {} }
      class Shopper extends Base {}`;
    expect(shown(await compiled(source))).toEqual(["home×1"]);
  });

  test("tags on methods and classes, before and after @task", async () => {
    const plan = await compiled(`
      @tag("shop") class Shopper extends User {
        @tag("deep") @task(2) item() {}
        @task @tag("a", "b") cart() {}
        @tag("unused") helper() {}
      }`);
    expect(shown(plan)).toEqual(["item×2 #shop #deep", "cart×1 #shop #a #b"]);
  });

  test("sets inside a class body, as static field, as field, and listed", async () => {
    if (compiler === "legacy decorators (Babel)") return; // decorated fields need one more plugin there
    const plan = await compiled(
      `
      @task(7) @tag("listed") class Listed extends TaskSet { @task look() {} }
      class Look extends TaskSet { @task(2) look() {} @task static Deeper = Steps; }
      class Shopper extends User {
        tasks = [Listed];
        @task home() {}
        @tag("browse") @task(3) static Browse = Look;
        @task own = Look;
      }`.replace(
        "class Look",
        "class Steps extends SequentialTaskSet { @task first() {} @task second() {} }\nclass Look",
      ),
    );
    const inside = (tag: string) => [`look×2${tag}`, [`Deeper×1${tag}`, `first×1${tag}`, `second×1${tag}`]];
    expect(shown(plan)).toEqual([
      ["Listed×7 #listed", "look×1 #listed"],
      "home×1",
      ["Browse×3 #browse", ...inside(" #browse")],
      ["own×1", ...inside("")],
    ]);
  });

  test("a set written where it is used, with tasks of its own", async () => {
    if (compiler.startsWith("legacy")) return; // decorators within class expressions are not in that language
    const plan = await compiled(`class Shopper extends User {
      @task(3) static Browse = class extends TaskSet {
        @task(2) look() {}
        @task deeper = class extends SequentialTaskSet { @task first() {} };
      };
    }`);
    expect(shown(plan)).toEqual([["Browse×3", "look×2", ["deeper×1", "first×1"]]]);
  });

  test("private methods and getters can be tasks too", async () => {
    if (compiler.startsWith("legacy")) return; // not in that language
    const plan = await compiled(`
      class Look extends TaskSet { @task look() {} }
      class Shopper extends User {
        @task #secret() { return this.index; }
        @task get inner() { return Look; }
      }`);
    expect(shown(plan)).toEqual(["#secret×1", ["inner×1", "look×1"]]);
  });

  test("sequential sets keep the order of the source, a tasks list in its place", async () => {
    const plan = await compiled(`
      function listed() {}
      class Look extends TaskSet { @task look() {} }
      class Order extends SequentialTaskSet {
        @task first() { return "}"; } // {
        static tasks = [listed];
        @task(2) second() { return /[/}]/.test(\`\${"{"}\`); }
        @task static Third = Look;
        @task fourth() {}
      }
      class Shopper extends User { static tasks = [Order]; }`);
    // These two move fields out of the class: what is left is lists, then methods, then fields.
    const moved = compiler === "standard decorators (esbuild)" || compiler === "legacy decorators (TypeScript)";
    const third = ["Third×1", "look×1"];
    expect(shown(plan)).toEqual([
      moved
        ? ["Order×1", "listed×1", "first×1", "second×2", "fourth×1", third]
        : ["Order×1", "first×1", "listed×1", "second×2", third, "fourth×1"],
    ]);
  });
});

describe("without decorators", () => {
  const browse = () => undefined;
  const buy = () => undefined;
  test.each([
    ["a list", [browse, buy], ["browse×1", "buy×1"]],
    [
      "pairs",
      [
        [browse, 3],
        [buy, 0],
      ],
      ["browse×3", "buy×0"],
    ],
    ["a mixed list", [browse, [buy, 2]], ["browse×1", "buy×2"]],
    [
      "a Map",
      new Map([
        [browse, 3],
        [buy, 1],
      ]),
      ["browse×3", "buy×1"],
    ],
    ["one function", browse, ["browse×1"]],
  ])("tasks may be %s, as field or static", (_, tasks, expected) => {
    class Field extends User {}
    Object.defineProperty(Field, "tasks", { value: tasks });
    expect(shown(planOf(Field))).toEqual(expected);
    const make = new Function("User", "list", "return class Own extends User { tasks = list; }");
    expect(shown(planOf(make(User, tasks)))).toEqual(expected);
  });

  test("static lists of bases add up, and come before decorated tasks", () => {
    class Base extends User {
      static override tasks = [browse];
    }
    class Shopper extends Base {
      static override tasks = [buy];
      @task home() {}
    }
    expect(shown(planOf(Shopper))).toEqual(["browse×1", "buy×1", "home×1"]);
  });
});

describe("what makes no sense is told with its name", () => {
  const codeOf = (make: () => unknown) => {
    try {
      make();
    } catch (error) {
      if (error instanceof GateError) return `${error.code}: ${error.message}`;
      throw error;
    }
    return "nothing thrown";
  };
  test.each([
    [
      "a task named run",
      () =>
        class extends User {
          @task run() {}
        },
      "a task cannot be named run",
    ],
    [
      "a negative weight",
      () =>
        class extends User {
          @task(-1) home() {}
        },
      "task home: the weight must be a whole number, 0 or more; it is -1",
    ],
    [
      "half a weight",
      () =>
        class extends User {
          @task(0.5) home() {}
        },
      "it is 0.5",
    ],
    [
      "a weight of text",
      () =>
        class extends User {
          @task("4" as unknown as number) home() {}
        },
      "it is 4",
    ],
    ["a tag without a name", () => (tag as () => unknown)(), "@tag needs at least one name"],
    [
      "a tag without brackets",
      () =>
        class extends User {
          @(tag as unknown as typeof task) @task home() {}
        },
      "@tag needs at least one name",
    ],
    [
      "something undefined in the list",
      () =>
        planOf(
          class Shopper extends User {
            static override tasks = [undefined as never];
          },
        ),
      "Shopper.tasks[0] is undefined",
    ],
    [
      "a user class as task",
      () =>
        planOf(
          class Shopper extends User {
            static override tasks = [User as never];
          },
        ),
      "Shopper.tasks[0] is a user class",
    ],
    [
      "an object as tasks",
      () =>
        planOf(
          class Shopper extends User {
            static override tasks = {} as never;
          },
        ),
      "Shopper.tasks must be a list",
    ],
    [
      "a field that is no task",
      () =>
        planOf(
          class Shopper extends User {
            @task home = 3;
          },
        ),
      ".home is marked as a task and is a number",
    ],
    [
      "a set within itself",
      () => {
        class Loop extends TaskSet {
          static override tasks: never[] = [];
        }
        Loop.tasks.push(Loop as never);
        return planOf(
          class Shopper extends User {
            static override tasks = [Loop];
          },
        );
      },
      "Loop is a task of itself: Shopper › Loop › Loop",
    ],
  ])("%s", (_, make, expected) => {
    expect(codeOf(make)).toContain(expected);
    expect(codeOf(make)).toContain("locustfile-task");
  });

  test("onStart marked as a task is a warning, as in Locust", () => {
    class Shopper extends User {
      @task override onStart() {}
    }
    expect(new TaskPlans().warningsOf(Shopper as unknown as UserClass)[0]).toContain(
      "Shopper.onStart is marked as a task",
    );
  });

  test("a class without tasks, or with none of a weight, is told before it runs", () => {
    class Nothing extends User {}
    class Never extends SequentialTaskSet {}
    class Zero extends User {
      @task(0) home() {}
    }
    const problem = (c: unknown) => new TaskPlans().problemOf(c as UserClass)?.message;
    expect(problem(Nothing)).toBe("Nothing has no tasks");
    expect(problem(Zero)).toBe("Zero has only tasks of weight 0");
    class WithNever extends User {
      override tasks = [Never];
    }
    expect(problem(WithNever)).toBeUndefined();
  });
});
