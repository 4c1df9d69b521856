import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Sentence, say } from "../../src/base/sentence.ts";
import { commentBody, commentLimit } from "../../src/github/comment/comment-document.ts";
import { buildReport, type ReportInput } from "../../src/report/build-report.ts";
import { largestReportBytes, parseReport, type Report, renderJson } from "../../src/report/document/report.ts";
import { renderHtml } from "../../src/report/html/html.ts";
import { longestComment } from "../../src/report/markdown/fit.ts";
import { renderJobSummary } from "../../src/report/markdown/job-summary.ts";
import { renderMarkdown } from "../../src/report/markdown/markdown.ts";
import { commentMarker } from "../../src/report/markdown/marker.ts";
import { headlineMarkdown } from "../../src/report/view/headline.ts";
import { warning } from "../../src/stats/run-result.ts";
import { type Comparison, withNotes } from "../../src/verdict/comparison.ts";
import { reason } from "../../src/verdict/reasons.ts";
import { hostileText, type MarkdownNode, parseMarkdown } from "../support/hostile-text.ts";
import { comparison, gatewayTimeout, threshold } from "../support/make-report.ts";
import { makeResult } from "../support/make-result.ts";

const nasty = fc.constantFrom(
  "`".repeat(300),
  "|",
  "<!-- swarmgate:x -->",
  "漢".repeat(250),
  "a b",
  "😀".repeat(120),
  "&\"<>'".repeat(60),
);

/** Reports of any size and the nastiest names, built the way real ones are. */
const anyPlan = fc.record({
  endpoints: fc.integer({ min: 0, max: 600 }),
  thresholds: fc.integer({ min: 0, max: 600 }),
  name: nasty,
  text: nasty,
  conclusion: fc.constantFrom("pass", "fail", "inconclusive", "invalid"),
  outcome: fc.constantFrom("regressed", "improved", "unchanged", "inconclusive", "no-baseline"),
  failing: fc.boolean(),
});

type Plan = typeof anyPlan extends fc.Arbitrary<infer T> ? T : never;

function reportOf({ endpoints: count, thresholds, name, text, conclusion, outcome, failing }: Plan): Report {
  const endpoints = Array.from({ length: count }, (_, i) => ({ method: "GET", name: `${i}${name}` }));
  const failure = { ...gatewayTimeout(1).failure, message: text };
  const sample = { ...failure.sample, request: text, body: text.repeat(20) };
  return buildReport({
    result: makeResult({
      behaviours: endpoints.map((endpoint) => ({
        endpoint,
        rate: 2,
        medianMs: 20,
        failures: failing ? [{ share: 1, status: 500, failure: { ...failure, sample } }] : [],
      })),
      phases: [["steady", 1]],
      meta: { name, host: text, locustfile: text },
      warnings: Array.from({ length: 50 }, () => ({ code: "x", message: text })),
    }),
    verdict: {
      conclusion,
      reasons: [{ code: "regression", message: text, remedy: text }],
      thresholds: Array.from({ length: thresholds }, () => threshold({ source: text, outcome: "fail", message: text })),
      comparisons: endpoints.map((endpoint) => comparison({ endpoint, outcome, explanation: [text] })),
    },
    generatedAt: "2026-09-22T10:14:00Z",
    passed: false,
    gateChanges: Array.from({ length: 120 }, () => ({
      kind: "loosened" as const,
      setting: text,
      inEffect: true,
      before: text,
      after: text,
    })),
    configuration: Array.from({ length: 120 }, (_, i) => [`${i}`, text] as const),
  });
}

describe("whatever the report", () => {
  test.each([
    ["drawn anew", { numRuns: 15 }],
    // Sheds to a comment of exactly the limit.
    ["at the limit", { seed: 1101568587, path: "4:1:1:0:1:3:4:4:2", endOnFailure: true }],
  ])(
    "every surface keeps its size, and the comment its marker and heading: %s",
    (_, parameters) => {
      fc.assert(
        fc.property(anyPlan, (plan) => {
          const report = reportOf(plan);
          const comment = renderMarkdown(report);
          expect(comment.length).toBeLessThan(longestComment);
          expect(comment.startsWith(`${commentMarker(report.name)}\n`)).toBe(true);
          expect(comment.split("\n")[1]).toBe(`### ${headlineMarkdown(report)}`);
          expect(comment.trimEnd().split("\n").at(-1)).toMatch(/^<sub>.*<\/sub>$/);
          expect(Buffer.byteLength(renderHtml(report))).toBeLessThan(500_000);
          expect(Buffer.byteLength(renderJobSummary(report))).toBeLessThan(1_048_576);
          const json = renderJson(report);
          expect(Buffer.byteLength(json)).toBeLessThan(largestReportBytes);
          expect(parseReport(json)).toEqual(report);
        }),
        parameters,
      );
    },
    60_000,
  );
});

/** Stands in every hostile text, so that a piece of it is known wherever it comes out. */
const canary = "qZ7";

/** A report with another hostile text in every place that somebody else can write to. */
function hostileReport(texts: readonly string[]): Report {
  let used = 0;
  const next = () => `${canary}${texts[used++ % texts.length]}${canary}`;
  const endpoints = [0, 1, 2, 3].map(() => ({ method: next(), name: next() }));
  const failing = (endpoint: (typeof endpoints)[number]) => ({
    endpoint,
    rate: 2,
    medianMs: 20,
    failures: [
      {
        ...gatewayTimeout(1),
        failure: {
          kind: "status" as const,
          message: next(),
          sample: {
            request: next(),
            status: 504,
            headers: [[next(), next()]] as const,
            body: `${next()}\n${next()}`,
            atMs: 0,
          },
        },
      },
    ],
  });
  const result = makeResult({
    behaviours: endpoints.map(failing),
    phases: [["steady", 1]],
    meta: { name: texts[0] ?? "", host: next(), locustfile: next(), seed: next() },
    warnings: [
      { code: next(), message: next() },
      { code: "target", message: next() },
      warning("late-starts", say`waiting for ${next()}: ${next()}`),
    ],
  });
  const exception = { message: next(), trace: `${next()}\n${next()}`, task: next(), count: 3, firstMs: 0, lastMs: 9 };
  const input: ReportInput = {
    generatedAt: "2026-09-22T10:14:00Z",
    passed: false,
    result: { ...result, trouble: { ...result.trouble, exceptions: [exception] } },
    verdict: {
      conclusion: "fail",
      reasons: [
        { code: "regression", message: next(), remedy: next() },
        reason(
          "missing-endpoints",
          say`Not compared: ${next()} and ${next()}.`,
          say`Look at ${next()}, then at \`users\`.`,
        ),
        reason("min-effect", say`${next()}${next()} was slower by ${3} ms`, say`Raise \`run-time\`.`),
      ],
      thresholds: [
        threshold({ source: next(), place: next(), endpoint: endpoints[0]!, outcome: "fail", message: next() }),
        threshold({ source: next(), place: next(), endpoint: endpoints[1]!, outcome: "warn", message: next() }),
      ],
      comparisons: endpoints.map((endpoint, i) =>
        comparison({
          endpoint,
          outcome: i < 2 ? "regressed" : "improved",
          ...speaking(next, say`perhaps renamed: ${next()} is new`, say`${3} ms show in ${next()} of Server-Timing`),
          ...(i === 1 && { waived: { until: "2026-12-24", reason: next() } }),
        }),
      ),
    },
    baseline: { found: false, whyNot: next(), store: next() },
    run: { id: 1, number: 1, attempt: 1, url: next() },
    gateChanges: [{ kind: "loosened", setting: next(), before: next(), after: next(), inEffect: false }],
    configuration: [[next(), next()]],
    vanished: [{ method: next(), name: next() }],
  };
  return buildReport(input);
}

/** A comparison that says more than what a stranger wrote, and quotes strangers in it. */
function speaking(
  next: () => string,
  first: Sentence,
  second: Sentence,
): Pick<Comparison, "warnings" | "explanation" | "said"> {
  return withNotes({ warnings: [next()], explanation: [next()] }, { warnings: [first], explanation: [second] });
}

/** What a document of ours may be made of; anything else came from outside. */
const ours = new Set(
  ["root", "heading", "paragraph", "text", "inlineCode", "code", "html", "table", "tableRow", "tableCell"].concat([
    "list",
    "listItem",
    "strong",
    "emphasis",
    "link",
    "thematicBreak",
  ]),
);
const ownTag = /^<\/?(details|summary|sub|b|br)>$/;
const ownComment = /<!-- swarmgate[^<>]*-->/g;

/** Tags in a piece of HTML that we never write. */
function foreignTags(html: string): string[] {
  return (html.replaceAll(ownComment, "").match(/<[^>]*>?/g) ?? []).filter((tag) => !ownTag.test(tag));
}

function escapes(node: MarkdownNode): string[] {
  const found: string[] = [];
  if (!ours.has(node.type)) found.push(node.type);
  const enclosed = node.type === "inlineCode" || node.type === "code";
  if (!enclosed && node.value?.includes(canary)) found.push(`${node.type}: ${node.value}`);
  if (node.type === "html") found.push(...foreignTags(node.value ?? ""));
  if (node.type === "link" && !node.url?.startsWith("https://")) found.push(`link: ${node.url}`);
  return [...found, ...(node.children ?? []).flatMap(escapes)];
}

describe("thirty thousand hostile texts", () => {
  test("in every place of a report stay in code spans and fences, in the comment and in the summary", () => {
    const perReport = 60;
    let texts = 0;
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: perReport, maxLength: perReport }), (hostile) => {
        texts += hostile.length;
        const report = hostileReport(hostile);
        const markdown = renderMarkdown(report);
        const body = commentBody({ name: report.name, markdown, run: { id: 1, attempt: 1, sha: "abc" } });
        expect(body.length).toBeLessThanOrEqual(commentLimit);
        expect(body.match(/<!-- swarmgate:/g)).toHaveLength(1);
        expect(escapes(parseMarkdown(body))).toEqual([]);
        expect(escapes(parseMarkdown(renderJobSummary(report)))).toEqual([]);
      }),
      { numRuns: 500 },
    );
    expect(texts).toBeGreaterThanOrEqual(30_000);
  }, 300_000);

  test("and one that is not enclosed is found: the fuzzer would notice", () => {
    expect(escapes(parseMarkdown(`a ${canary} b`))).toHaveLength(1);
    expect(escapes(parseMarkdown("![a](b)"))).toHaveLength(1);
    expect(escapes(parseMarkdown("<img src=x>"))).not.toEqual([]);
    expect(escapes(parseMarkdown(`\`${canary}\` | \`${canary}\``))).toEqual([]);
  });
});
