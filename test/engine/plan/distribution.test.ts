import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ClassSequence, type ClassShare, weightedSequence } from "../../../src/engine/plan/distribution.ts";
import { numberOf, type Shard, shareOf } from "../../../src/engine/plan/shard.ts";

function sequence(weights: Record<string, number>, length: number): string {
  const names = weightedSequence(Object.entries(weights).map(([name, weight]) => ({ name, weight })));
  return Array.from({ length }, () => names.next().value).join("");
}

// Printed by Locust itself (docs/locust-semantics.md#distribution-of-users).
test.each([
  [{ A: 5, B: 1 }, "AABAAAAABAAAAABAAA"],
  [{ A: 1, B: 1, C: 1 }, "ABCABCABC"],
  [{ A: 1, B: 2 }, "BABBABBABBABBAB"],
  [{ A: 3, B: 1 }, "ABAAABAAABAAABAA"],
  [{ A: 10, B: 3, C: 1 }, "AABAACABAAABAAAABAAACBAAABAA"],
  [{ A: 0.8, B: 1 }, "BABABABABBABABABAB"],
])("classes of weights %o start in Locust's order", (weights, expected) => {
  expect(sequence(weights, expected.length)).toBe(expected);
});

test("after every start each class is within a user and a half of its share, two classes within one", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 4 }), (weights) => {
      const total = weights.reduce((a, b) => a + b, 0);
      const names = weightedSequence(weights.map((weight, i) => ({ name: String(i), weight })));
      const counts = weights.map(() => 0);
      for (let n = 1; n <= 3 * total; n++) {
        const chosen = Number(names.next().value);
        counts[chosen] = (counts[chosen] ?? 0) + 1;
        for (const [i, weight] of weights.entries()) {
          // Locust's own sequence: with one large weight among small ones the large class gets ahead (19:1:1:1, 1.5).
          const bound = weights.length === 2 ? 1.0001 : 1.5001;
          expect(Math.abs((counts[i] as number) - (n * weight) / total)).toBeLessThanOrEqual(bound);
        }
      }
    }),
    { numRuns: 50 },
  );
});

test("fixed counts are filled first, and again after users were stopped", () => {
  const classes = new ClassSequence([
    { name: "Admin", weight: 1, fixedCount: 2 },
    { name: "Web", weight: 1, fixedCount: 0 },
  ]);
  const running = new Map<string, number>();
  const start = () => {
    const name = classes.next((n) => running.get(n) ?? 0) as string;
    running.set(name, (running.get(name) ?? 0) + 1);
    return name;
  };
  expect([start(), start(), start(), start()]).toEqual(["Admin", "Admin", "Web", "Web"]);
  running.set("Admin", 1);
  classes.usersStopped();
  expect([start(), start()]).toEqual(["Admin", "Web"]);
});

test("with classes of fixed count alone nothing is left to start once they are full", () => {
  const classes = new ClassSequence([{ name: "Admin", weight: 1, fixedCount: 1 }]);
  expect(classes.next(() => 0)).toBe("Admin");
  expect(classes.next(() => 1)).toBeUndefined();
});

test("a class of weight 0 is never started", () => {
  expect(sequence({ A: 0, B: 1 }, 4)).toBe("BBBB");
});

describe("the shards of a swarm", () => {
  const shares = fc
    .array(fc.record({ weight: fc.integer({ min: 1, max: 9 }), fixedCount: fc.oneof(fc.constant(0), fc.nat(5)) }), {
      minLength: 1,
      maxLength: 5,
    })
    .map((list) => list.map((share, i) => ({ name: `C${i}`, ...share })));

  function started(classes: readonly ClassShare[], { users, shard }: { users: number; shard?: Shard }): string[] {
    const sequence = new ClassSequence(classes, shard);
    const running = new Map<string, number>();
    const names: string[] = [];
    while (names.length < users) {
      const name = sequence.next((of) => running.get(of) ?? 0);
      if (name === undefined) break;
      running.set(name, (running.get(name) ?? 0) + 1);
      names.push(name);
    }
    return names;
  }

  test("give every user the class it has where one machine runs them all, a fixed count included", () => {
    fc.assert(
      fc.property(shares, fc.nat(60), fc.integer({ min: 1, max: 7 }), (classes, users, of) => {
        const whole = started(classes, { users });
        const dealt: string[] = [];
        for (let index = 1; index <= of; index++) {
          const shard = { index, of };
          for (const [local, name] of started(classes, { users: shareOf(users, shard), shard }).entries()) {
            dealt[numberOf(local, shard)] = name;
          }
        }
        expect(dealt).toEqual(whole);
      }),
    );
  });

  test("run one user of a class whose fixed count is one, and have it back after it was stopped", () => {
    const classes = [
      { name: "Admin", weight: 1, fixedCount: 1 },
      { name: "Web", weight: 1, fixedCount: 0 },
    ];
    expect([1, 2, 3].map((index) => started(classes, { users: 2, shard: { index, of: 3 } }).join(" "))).toEqual([
      "Admin Web",
      "Web Web",
      "Web Web",
    ]);
    const first = new ClassSequence(classes, { index: 1, of: 3 });
    const second = new ClassSequence(classes, { index: 2, of: 3 });
    for (const sequence of [first, second]) {
      sequence.next(() => 0);
      sequence.usersStopped();
    }
    expect([first.next(() => 0), second.next(() => 0)]).toEqual(["Admin", "Web"]);
  });

  test("end with the users there are where every class has a fixed count", () => {
    const classes = [{ name: "Admin", weight: 1, fixedCount: 2 }];
    const counts = [1, 2, 3].map((index) => started(classes, { users: 5, shard: { index, of: 3 } }).length);
    expect(counts).toEqual([1, 1, 0]);
  });
});
