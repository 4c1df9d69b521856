import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { assetsModule } from "../../../scripts/inline-html-assets.ts";
import { buildReport } from "../../../src/report/build-report.ts";
import { pageScript, pageStyle } from "../../../src/report/html/assets.ts";
import { renderHtml } from "../../../src/report/html/html.ts";
import { jsonMarkup, markup } from "../../../src/report/html/markup.ts";
import { sampleInputs, sampleNames, sampleReport, threshold } from "../../support/make-report.ts";

/** The page without its own script and style: what the report put into it. */
function ours(name: string): string {
  return renderHtml(sampleReport(name)).replace(pageScript, "").replace(pageStyle, "");
}

describe("the page", () => {
  test.each(sampleNames)("%s stays small and asks nothing of the network", (name) => {
    const page = ours(name);
    expect(Buffer.byteLength(page) + pageScript.length + pageStyle.length).toBeLessThan(500_000);
    // Within a tag every `>` of ours is escaped, so a tag ends at the first.
    for (const [tag] of page.matchAll(/<[a-z][^>]*>/gi)) {
      expect(tag).not.toMatch(
        /^<(?:link|img|iframe|object|embed|form|base)\b|\s(?:on[a-z]+|style|src|srcset|action)=/i,
      );
      const [, link] = /\shref="([^"]*)"/.exec(tag) ?? [];
      if (link !== undefined) expect(link).toMatch(/^#|^https:\/\/github\.example\/acme\/shop\/actions\/runs\//);
    }
  });

  test("allows its own script and style by their hashes, and nothing else", () => {
    const hash = (text: string) => `sha256-${createHash("sha256").update(text).digest("base64")}`;
    const page = renderHtml(sampleReport("fail"));
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!.replaceAll("&#39;", "'");
    expect(policy).toBe(
      `default-src 'none'; script-src '${hash(pageScript)}'; style-src '${hash(pageStyle)}'; base-uri 'none'; form-action 'none'`,
    );
    expect(page).toContain(`<script>${pageScript}</script>`);
    expect(page).toContain(`<style>${pageStyle}</style>`);
  });

  test("lets no name, error or body become markup", () => {
    const page = ours("hostile");
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page.match(/<!--/g)).toBeNull();
    expect(page).not.toContain("<img");
    expect(page).not.toContain("<b>x");
    expect(page).toContain("&lt;img src=x onerror=alert(1)&gt;");
    const json = /<script type="application\/json" id="data">([^<]*)<\/script>/.exec(page)![1]!;
    expect(JSON.parse(json)).toHaveProperty("charts.percentiles");
  });

  test("gives every table a caption, every picture words, every sortable head its state", () => {
    const page = ours("fail");
    const tables = page.match(/<table/g)!.length;
    expect(page.match(/<caption>[^<]+<\/caption>/g)).toHaveLength(tables);
    const pictures = page.match(/role="img" aria-labelledby="chart-[a-z0-9-]+"/g)!;
    expect(page.match(/<figcaption id="chart-[a-z0-9-]+">/g)).toHaveLength(pictures.length);
    expect(page).toContain('aria-sort="none"><button type="button">p95</button>');
  });

  test("carries the script and style that page.ts and style.css say", () => {
    const generated = assetsModule();
    expect(generated).toContain(JSON.stringify(pageScript));
    expect(generated).toContain(JSON.stringify(pageStyle));
  });
});

describe("markup", () => {
  test("escapes what is put into it, once", () => {
    const inner = markup`<b>${"<&\"'>"}</b>`;
    expect(inner.text).toBe("<b>&lt;&amp;&quot;&#39;&gt;</b>");
    expect(markup`${[inner, null]}${null}${3}`.text).toBe(`${inner.text}3`);
  });

  test("writes JSON that cannot end its element", () => {
    const text = jsonMarkup({ a: "</script><!--\u2028" }).text;
    expect(text).not.toMatch(/[<>\u2028]/);
    expect(JSON.parse(text)).toEqual({ a: "</script><!--\u2028" });
  });
});

test("no label of the capacity's picture touches another, wherever the lines end and promises lie", () => {
  const input = sampleInputs.capacity!();
  const near = input.capacity!.steps.at(-1)!;
  for (const [p50Ms, p95Ms, limits] of [
    [299, 301, [300]],
    [300, 300, [300, 303, 306]],
    [1, 2, [300]],
    [2, 300, [1, 2, 3]],
    [0, 0.4, [0.1]],
  ] as const) {
    const steps = [10, 11, 20].map((load) => ({ ...near, load, p50Ms, p95Ms }));
    const thresholds = limits.map((expected) => threshold({ expected, source: `p95 < ${expected}ms` }));
    const page = renderHtml(
      buildReport({
        ...input,
        verdict: { ...input.verdict, thresholds },
        capacity: { ...input.capacity!, steps },
      }),
    );
    const boxes = [...page.matchAll(/<text x="([\d.]+)" y="([\d.]+)"([^>]*)>([^<]*)<\/text>/g)].map(
      ([, x, y, rest, text]) => {
        // 12 px letters are 7 px wide on average, and rise 10 px above their line.
        const wide = 7 * text!.length;
        const left = Number(x) - (rest!.includes('"end"') ? wide : rest!.includes('"middle"') ? wide / 2 : 0);
        return { text, left, right: left + wide, top: Number(y) - 10, bottom: Number(y) };
      },
    );
    expect(boxes.length).toBeGreaterThan(8);
    const touching = boxes.flatMap((a, i) =>
      boxes
        .slice(i + 1)
        .filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
        .map((b) => `${a.text} | ${b.text}`),
    );
    expect(touching).toEqual([]);
    for (const { left, right, top } of boxes) expect(left >= 0 && right <= 720 && top >= 0).toBe(true);
  }
});
