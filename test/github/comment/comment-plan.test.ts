import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  commentBody,
  commentLimit,
  isNewer,
  saysTheSame,
  stampOf,
  withNote,
} from "../../../src/github/comment/comment-document.ts";
import { type CommentMode, type News, newsOf, planComment } from "../../../src/github/comment/comment-plan.ts";
import { commentMarker } from "../../../src/report/markdown/marker.ts";
import type { Comparison } from "../../../src/verdict/comparison.ts";
import type { Verdict } from "../../../src/verdict/verdict.ts";

const run = { id: 100, attempt: 1, sha: "a".repeat(40) };
const body = (markdown: string, id = run.id) => commentBody({ name: "api", markdown, run: { ...run, id } });
const existing = (text: string) => ({ id: 7, body: text, url: "https://x" });

describe("the plan", () => {
  test.each<[CommentMode, News, boolean, string]>([
    ["always", "quiet", false, "create"],
    ["always", "quiet", true, "update"],
    ["on-change", "quiet", false, "leave"],
    ["on-change", "change", false, "create"],
    ["on-change", "failing", false, "create"],
    ["on-change", "quiet", true, "update"],
    ["on-failure", "quiet", false, "leave"],
    ["on-failure", "change", false, "leave"],
    ["on-failure", "failing", false, "create"],
    ["on-failure", "quiet", true, "update"],
    ["never", "failing", false, "leave"],
    ["never", "failing", true, "leave"],
  ])("%s, %s, a comment there: %s: %s", (mode, news, there, expected) => {
    const before = there ? existing(body("### before", 99)) : undefined;
    expect(planComment({ mode, news, body: body("### after"), run, existing: before }).do).toBe(expected);
  });

  test("never lets an older run win over a newer one, whatever the order they arrive in", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(fc.nat(20), fc.nat(3)), { minLength: 1, selector: String }), (runs) => {
        let there: { id: number; body: string; url: string } | undefined;
        for (const [id, attempt] of runs) {
          const stamp = { id, attempt, sha: "" };
          const text = commentBody({ name: "api", markdown: `run ${id}.${attempt}`, run: stamp });
          const plan = planComment({ mode: "always", news: "quiet", body: text, run: stamp, existing: there });
          if (plan.do !== "leave") there = existing(text);
        }
        const [newest] = [...runs].sort((a, b) => b[0] - a[0] || b[1] - a[1]);
        expect(there?.body).toContain(`run ${newest?.[0]}.${newest?.[1]}\n`);
      }),
    );
  });
});

describe("the comment's text", () => {
  test("begins with the marker and remembers its run", () => {
    const text = body("<!-- swarmgate:api -->\n### x");
    expect(text.startsWith("<!-- swarmgate:api -->\n### x\n")).toBe(true);
    expect(stampOf(text)).toEqual(run);
    expect(stampOf("### x")).toBeUndefined();
    expect(isNewer(run, { ...run, attempt: 0 })).toBe(true);
  });

  test("of any name has a marker that nothing in the name can end", () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(commentMarker(name)).toMatch(/^<!-- swarmgate:[A-Za-z0-9._-]+ -->$/);
        expect(commentMarker(name).slice(4, -3)).not.toContain("--");
      }),
    );
    expect(commentMarker("api")).not.toBe(commentMarker("api-v2"));
    expect(`${commentMarker("api-v2")}\n`.startsWith(commentMarker("api"))).toBe(false);
  });

  test("never exceeds GitHub's limit", () => {
    for (const markdown of ["x".repeat(200_000), "x\n".repeat(100_000), `### y\n${"z".repeat(70_000)}`]) {
      expect(body(markdown).length).toBeLessThanOrEqual(commentLimit);
      expect(stampOf(body(markdown))).toEqual(run);
    }
  });

  test("says the same if only the footer, the run and line ends differ", () => {
    const before = body("### x\n\n| a |\n\n<sub>now</sub>", 1).replaceAll("\n", "\r\n");
    expect(saysTheSame({ before, after: body("### x\n\n| a |\n\n<sub>later</sub>", 2) })).toBe(true);
    expect(saysTheSame({ before, after: body("### x\n\n| b |\n\n<sub>now</sub>", 1) })).toBe(false);
    expect(saysTheSame({ before: withNote(before, "running"), after: before })).toBe(false);
  });

  test("has one note at most, and the note cannot begin a line of its own", () => {
    const noted = withNote(withNote(body("### x"), "running"), "cancelled\n# y");
    expect(noted.match(/swarmgate-note/g)).toHaveLength(1);
    expect(noted.split("\n")[1]).toBe("<!-- swarmgate-note -->cancelled # y");
    expect(stampOf(noted)).toEqual(run);
  });
});

test("a passing verdict is news if something moved or is waived or warned", () => {
  const verdict: Verdict = { conclusion: "pass", reasons: [], thresholds: [], comparisons: [] };
  const comparison = (outcome: Comparison["outcome"]) => ({ outcome }) as Comparison;
  expect(newsOf(verdict, false)).toBe("quiet");
  expect(newsOf(verdict, true)).toBe("failing");
  expect(newsOf({ ...verdict, conclusion: "inconclusive" }, false)).toBe("change");
  expect(newsOf({ ...verdict, comparisons: [comparison("improved")] }, false)).toBe("change");
  expect(newsOf({ ...verdict, comparisons: [comparison("unchanged"), comparison("no-baseline")] }, false)).toBe(
    "quiet",
  );
});
