import fc from "fast-check";
import { expect, test } from "vitest";
import { Dispatcher, type Step, spreadByHost } from "../../../src/engine/plan/dispatcher.ts";

const webAndMobile = [
  { name: "Web", weight: 3, fixedCount: 0 },
  { name: "Mob", weight: 1, fixedCount: 0 },
];

function countsOf(step: Step): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const classes of step.users.values()) {
    for (const [name, indexes] of classes) counts[name] = (counts[name] ?? 0) + indexes.length;
  }
  return counts;
}

function indexesOf(step: Step): number[] {
  return [...step.users.values()].flatMap((classes) => [...classes.values()].flat()).sort((a, b) => a - b);
}

test("seven users at two a second on two nodes start as in Locust", () => {
  const dispatcher = new Dispatcher({ classes: webAndMobile, nodes: ["1", "2"] });
  const steps = [...dispatcher.plan({ users: 7, spawnRate: 2, atMs: 0 })];
  expect(steps.map((step) => [step.atMs, countsOf(step).Web, countsOf(step).Mob])).toEqual([
    [0, 1, 1],
    [1000, 3, 1],
    [2000, 4, 2],
    [3000, 5, 2],
  ]);
});

test("ten users of weights three and one are seven and three", () => {
  const dispatcher = new Dispatcher({ classes: webAndMobile, nodes: ["1"] });
  const last = [...dispatcher.plan({ users: 10, spawnRate: 10, atMs: 0 })].at(-1) as Step;
  expect(countsOf(last)).toEqual({ Web: 7, Mob: 3 });
});

test("one fixed administrator leaves five and four for two classes of equal weight", () => {
  const classes = [
    { name: "Admin", weight: 1, fixedCount: 1 },
    { name: "A", weight: 1, fixedCount: 0 },
    { name: "B", weight: 1, fixedCount: 0 },
  ];
  const last = [...new Dispatcher({ classes, nodes: ["1"] }).plan({ users: 10, spawnRate: 1, atMs: 0 })].at(-1);
  expect(countsOf(last as Step)).toEqual({ Admin: 1, A: 5, B: 4 });
});

test.each([
  [0.5, [0, 2000, 4000]],
  [2.4, [0, 833.3, 1666.7]],
])("at %d users a second the steps are due at %o ms", (spawnRate, due) => {
  const dispatcher = new Dispatcher({ classes: webAndMobile, nodes: ["1"] });
  const users = due.length * Math.max(1, Math.floor(spawnRate));
  const steps = [...dispatcher.plan({ users, spawnRate, atMs: 0 })];
  expect(steps.map((step) => Math.round(step.atMs * 10) / 10)).toEqual(due);
});

test("an unchanged target is told once", () => {
  const dispatcher = new Dispatcher({ classes: webAndMobile, nodes: ["1"] });
  expect([...dispatcher.plan({ users: 0, spawnRate: 1, atMs: 5 })]).toHaveLength(1);
});

test("only fixed classes stop at their sum", () => {
  const dispatcher = new Dispatcher({ classes: [{ name: "A", weight: 1, fixedCount: 3 }], nodes: ["1"] });
  const steps = [...dispatcher.plan({ users: 10, spawnRate: 2, atMs: 0 })];
  expect(steps.at(-1)?.total).toBe(3);
});

test("the last spawned stop first and their indexes are taken up again", () => {
  const dispatcher = new Dispatcher({ classes: webAndMobile, nodes: ["1", "2"] });
  const up = [...dispatcher.plan({ users: 6, spawnRate: 6, atMs: 0 })].at(-1) as Step;
  const down = [...dispatcher.plan({ users: 4, spawnRate: 6, atMs: 0 })].at(-1) as Step;
  expect(indexesOf(up)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(indexesOf(down)).toEqual([0, 1, 2, 3]);
  expect(indexesOf([...dispatcher.plan({ users: 5, spawnRate: 6, atMs: 0 })].at(-1) as Step)).toEqual([0, 1, 2, 3, 4]);
});

test("nodes are ordered by their rank on their host", () => {
  expect(spreadByHost(["b_1", "a_2", "a_1", "c_1", "a_3"])).toEqual(["a_1", "b_1", "c_1", "a_2", "a_3"]);
});

const classes = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.constantFrom(0, 0, 0, 1, 3)), { minLength: 1, maxLength: 5 })
  .map((list) => list.map(([weight, fixedCount], i) => ({ name: `C${i}`, weight, fixedCount })))
  .filter((list) => list.some((c) => c.fixedCount === 0));

test("at every step users add up to the plan, indexes are unique and nodes are within one of each other", () => {
  fc.assert(
    fc.property(
      classes,
      fc.integer({ min: 1, max: 7 }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.double({ min: 0.3, max: 40, noNaN: true })), {
        minLength: 1,
        maxLength: 5,
      }),
      (shares, nodeCount, targets) => {
        const nodes = Array.from({ length: nodeCount }, (_, i) => `n${i}`);
        const dispatcher = new Dispatcher({ classes: shares, nodes });
        let before = 0;
        for (const [users, spawnRate] of targets) {
          const perStep = Math.max(1, Math.floor(spawnRate));
          for (const step of dispatcher.plan({ users, spawnRate, atMs: 0 })) {
            const expected = users >= before ? Math.min(users, before + perStep) : Math.max(users, before - perStep);
            expect(step.total).toBe(expected);
            expect(indexesOf(step)).toEqual(Array.from({ length: expected }, (_, i) => i));
            before = expected;
          }
          expect(before).toBe(users);
        }
      },
    ),
  );
});

test("no user is lost, and none changes class or index, when nodes leave and join", () => {
  fc.assert(
    fc.property(
      classes,
      fc.integer({ min: 0, max: 80 }),
      fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 5 })), { maxLength: 8 }),
      (shares, users, changes) => {
        const dispatcher = new Dispatcher({ classes: shares, nodes: ["n0", "n1", "n2"] });
        let step = [...dispatcher.plan({ users, spawnRate: 100, atMs: 0 })].at(-1) as Step;
        const classesBefore = classByIndex(step);
        for (const [join, node] of changes) {
          if (join) dispatcher.addNode(`n${node}`);
          else dispatcher.removeNode(`n${node}`);
          step = dispatcher.now(0);
          if (dispatcher.nodes.length === 0) continue;
          expect(classByIndex(step)).toEqual(classesBefore);
          const loads = [...step.users.values()].map((c) => [...c.values()].flat().length);
          expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1);
        }
      },
    ),
  );
});

function classByIndex(step: Step): string[] {
  const out: string[] = [];
  for (const node of step.users.values()) {
    for (const [name, indexes] of node) for (const index of indexes) out[index] = name;
  }
  return out;
}
