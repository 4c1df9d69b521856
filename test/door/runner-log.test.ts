import { describe, expect, test } from "vitest";
import { sourceLimitBytes } from "../../src/door/log-budget.ts";
import { RunnerLog } from "../../src/door/runner-log.ts";

function open() {
  const written: string[] = [];
  return { written, log: new RunnerLog((text) => written.push(text)) };
}

describe("what a library prints past us", () => {
  test("is for those who asked for debug lines", () => {
    const { written, log } = open();
    log.overhear("Artifact name is valid!\n");
    log.overhear("::debug::Body: {%0A}\n::warning::50% of it\n");
    expect(written).toEqual([
      "::debug::Artifact name is valid!\n",
      "::debug::Body: {%0A}\n",
      "::debug::::warning::50%25 of it\n",
    ]);
  });

  test("is hidden while commands are stopped, and its masks come as soon as they are heard", () => {
    const { written, log } = open();
    log.stopCommands();
    log.overhear("::add-mask::s1gnature\n::debug::https://storage/?sig=s1gnature\nUploading\n");
    expect(written.join("")).not.toContain("s1gnature");
    log.resumeCommands();
    expect(written.at(-1)).toBe("::add-mask::s1gnature\n");
    log.resumeCommands();
    expect(written).toHaveLength(3);
  });
});

describe("a source that never stops printing", () => {
  test("fills its part of the log and no more, and how much was left out is reported at the end", () => {
    const { written, log } = open();
    log.stopCommands();
    const line = "x".repeat(999);
    for (let i = 0; i < 10_000; i++) log.quote(line);
    log.info("all users run");
    log.resumeCommands();
    const text = written.join("");
    expect(text.length).toBeLessThan(1.1 * sourceLimitBytes);
    expect(text).toContain("swarmgate: the locustfile's output fills 2 MiB of this log; the rest is left out\n");
    expect(text).toContain("swarmgate: all users run\n");
    expect(written.at(-1)).toBe("swarmgate: left out: 7 903 lines (7.9 MB) of the locustfile's output\n");
  });
});
