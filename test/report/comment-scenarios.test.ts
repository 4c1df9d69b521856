import { describe, expect, test } from "vitest";
import { renderMarkdown } from "../../src/report/markdown/markdown.ts";
import { reportOfScenario, scenarios } from "../support/comment-scenarios.ts";
import { expectGolden } from "../support/golden.ts";

describe.each(Object.entries(scenarios))("the comment on a run with %s", (name, scenario) => {
  test("says it", () => {
    const text = renderMarkdown(reportOfScenario(scenario));
    expect(text.length).toBeLessThan(60_000);
    expectGolden(`comment-scenarios/${name}.md`, text);
  });
});
