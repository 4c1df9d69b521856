import { describe, expect, it } from "vitest";
import { baseOfMerge, baseQuestion, parentsOf } from "../../src/service/base-question.ts";

const sha = (digit: string) => digit.repeat(40);
const facts = {
  eventName: "pull_request",
  eventSha: sha("e"),
  headSha: sha("a"),
  isPullRequest: true,
  baseBranch: "main",
  baseSha: sha("b"),
};

describe("the base of a test merge", () => {
  const question = {
    kind: "pull-request",
    eventSha: sha("e"),
    headSha: sha("a"),
    baseBranch: "main",
    baseSha: sha("b"),
  } as const;

  it("is its first parent, newer perhaps than the commit the event names", () => {
    expect(baseOfMerge(question, { sha: sha("e"), parents: [sha("c"), sha("a")] })).toBe(sha("c"));
  });

  it("is not taken from another checkout, another head, or a commit with another number of parents", () => {
    expect(baseOfMerge(question, { sha: sha("f"), parents: [sha("c"), sha("a")] })).toBeNull();
    expect(baseOfMerge(question, { sha: sha("e"), parents: [sha("c"), sha("d")] })).toBeNull();
    expect(baseOfMerge(question, { sha: sha("e"), parents: [sha("c")] })).toBeNull();
    expect(baseOfMerge(question, { sha: sha("e"), parents: [sha("c"), sha("a"), sha("d")] })).toBeNull();
  });
});

describe("what an event is compared with", () => {
  it("is its base for a merge queue, the commit before for a push, and nothing for a schedule", () => {
    const other = { ...facts, isPullRequest: false };
    expect(baseQuestion({ ...other, eventName: "merge_group" })).toEqual({
      kind: "commit",
      sha: sha("b"),
      orParent: false,
    });
    expect(baseQuestion({ ...other, eventName: "push", baseSha: null })).toEqual({
      kind: "commit",
      sha: null,
      orParent: true,
    });
    expect(baseQuestion({ ...other, eventName: "schedule" }).kind).toBe("none");
    expect(baseQuestion(facts).kind).toBe("pull-request");
  });
});

describe("parents of a commit object", () => {
  it("are read from its head alone: a message may hold such a line", () => {
    const object = `tree ${sha("0")}\nparent ${sha("1")}\nparent ${sha("2")}\nauthor a <a> 1 +0000\n\nparent ${sha("3")}\n`;
    expect(parentsOf(object)).toEqual([sha("1"), sha("2")]);
  });
});
