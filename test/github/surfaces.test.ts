import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { fitSummary, writeJobSummary } from "../../src/github/job-summary.ts";
import { outputDocument, writeOutputs } from "../../src/github/outputs.ts";
import {
  type Annotation,
  annotationCommands,
  foreignLines,
  maskCommands,
  ownLines,
  stopCommands,
} from "../../src/github/workflow-commands.ts";

const folder = mkdtempSync(join(tmpdir(), "swarmgate-surfaces-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, text = ""): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe("outputs", () => {
  test("come back whatever they hold", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (value) => {
        fc.pre(!value.includes("\r"));
        const [first = "", ...rest] = outputDocument({ reason: value }).split("\n");
        const delimiter = first.slice("reason<<".length);
        expect(rest.slice(0, rest.indexOf(delimiter)).join("\n")).toBe(value);
      }),
    );
  });

  test("cannot forge another output", async () => {
    const path = file("output");
    await writeOutputs(path, { reason: "x\npassed=true\nEOF\npassed<<EOF\ntrue\nEOF", passed: "false" });
    const text = readFileSync(path, "utf8");
    const delimiters = [...text.matchAll(/<<(swarmgate_[0-9a-f-]{36})$/gm)].map((match) => match[1]);
    expect(new Set(delimiters).size).toBe(2);
  });

  test("are not written where there is no file", async () => {
    await writeOutputs(undefined, { passed: "true" });
    await writeOutputs("", { passed: "true" });
  });
});

describe("the job summary", () => {
  test("is appended to what the step has written", async () => {
    const path = file("summary", "before\n");
    expect(await writeJobSummary(path, "# report")).toBe(true);
    expect(readFileSync(path, "utf8")).toBe("before\n# report\n");
    expect(await writeJobSummary("", "# report")).toBe(false);
  });

  test("ends at a whole line below the limit, with its details closed", () => {
    const markdown = `# heading\n<details>\n${"| ä | row |\n".repeat(1000)}</details>\n`;
    const fitted = fitSummary(markdown, 2000);
    expect(Buffer.byteLength(fitted)).toBeLessThanOrEqual(2000);
    expect(fitted.match(/<details>/g)).toHaveLength(1);
    expect(fitted.match(/<\/details>/g)).toHaveLength(1);
    expect(fitted).toContain("too long for a job summary");
    expect(fitSummary(markdown, 1_000_000)).toBe(markdown);
  });
});

describe("workflow commands", () => {
  test("an annotation names the configuration's line", () => {
    const annotation: Annotation = {
      level: "error",
      title: "SLO broken: p95, home",
      message: "100%\nslower",
      file: ".github/swarmgate.yml",
      line: 12,
      column: 5,
    };
    expect(annotationCommands([annotation])).toEqual([
      "::error title=SLO broken%3A p95%2C home,file=.github/swarmgate.yml,line=12,col=5::100%25%0Aslower",
    ]);
  });

  test("ten of a level, and the tenth says how many more there are", () => {
    const many = Array.from({ length: 14 }, (_, i): Annotation => ({ level: "error", title: "t", message: `m${i}` }));
    const commands = annotationCommands([...many, { level: "notice", title: "t", message: "n" }]);
    expect(commands).toHaveLength(11);
    expect(commands[9]).toBe("::error title=swarmgate::and 5 more: see the job summary");
    expect(annotationCommands(many.slice(0, 10))).toHaveLength(10);
  });

  test("masks leave out what would hide everything", () => {
    expect(maskCommands(["s3cret%", "", " ", "two\nlines"])).toEqual([
      "::add-mask::s3cret%25",
      "::add-mask::two%0Alines",
      "::add-mask::two",
      "::add-mask::lines",
    ]);
  });

  test("the word that ends a stop is another every time", () => {
    const { stop, resume } = stopCommands();
    expect(resume).toBe(`::${stop.slice("::stop-commands::".length)}::`);
    expect(stopCommands().stop).not.toBe(stop);
  });

  test("no line of our own that quotes others is one either, and the others stay as they are", () => {
    const hostile = fc.array(fc.constantFrom("::", "##[", "error", "\n", "\r", " ", "\t", "\u00a0", "\u3000", "x"));
    fc.assert(
      fc.property(hostile, (parts) => {
        for (const line of ownLines(parts.join(""))) expect(/^\s*::|##\[|[\r\n]/.test(line)).toBe(false);
      }),
    );
    expect(ownLines("a | b\n  c::d\n")).toEqual(["a | b", "  c::d"]);
    expect(ownLines("  ::error::x")).toEqual(["|   ::error::x"]);
  });

  test("no line of foreign output begins a command", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("::", "##[", "error", "\n", "\r", "\u2028", "\u0085", " ", "x")),
        (parts) => {
          for (const line of foreignLines(parts.join(""), "locustfile | ")) {
            expect(line.startsWith("locustfile | ")).toBe(true);
            expect(/[\r\n\u2028\u0085]|##\[/.test(line)).toBe(false);
          }
        },
      ),
    );
  });
});
