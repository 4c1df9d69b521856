import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { renderHtml } from "../../src/report/html/html.ts";
import { sampleReport } from "../support/make-report.ts";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) =>
  existsSync(path),
);
const quiet = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync"],
];

describe.skipIf(!executablePath)("the report's page in a browser", () => {
  const folder = mkdtempSync(join(tmpdir(), "report-page-"));
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath!, args: quiet });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  /** The page, and everything the browser complained of or asked for. */
  async function open(name: string, options: BrowserContextOptions = {}): Promise<{ page: Page; told: string[] }> {
    const file = join(folder, `${name}.html`);
    writeFileSync(file, renderHtml(sampleReport(name)));
    const context = await browser.newContext({ offline: true, ...options });
    const page = await context.newPage();
    const told: string[] = [];
    page.on("console", (message) => told.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => told.push(`error: ${error.message}`));
    page.on("dialog", (dialog) => {
      told.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("request", (request) => {
      if (request.url() !== pathToFileURL(file).href) told.push(`request: ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
    return { page, told };
  }

  const firstColumn = (page: Page) => page.locator("#endpoints tbody th").allTextContents();

  test.each(["pass", "fail", "nothing", "invalid", "five-hundred", "hostile"])(
    "%s opens without a complaint",
    async (name) => {
      const { page, told } = await open(name);
      const drawn = await page.locator(".uplot canvas").count();
      // Course 4, judged window 2, phases and server timings of all and of one endpoint 2 each, generator 2.
      expect(drawn).toBe(name === "nothing" ? 0 : name === "invalid" ? 13 : 12);
      expect(told).toEqual([]);
      await page.context().close();
    },
  );

  test("is no wider than a phone, in the dark too", async () => {
    for (const name of ["fail", "hostile", "five-hundred"]) {
      const { page } = await open(name, { viewport: { width: 360, height: 740 }, colorScheme: "dark" });
      expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
      const color = (name: string) => page.evaluate<string>(`getComputedStyle(document.body)["${name}"]`);
      const [paper, ink] = [await color("backgroundColor"), await color("color")];
      expect(paper).toBe("rgb(13, 17, 23)");
      expect(ink).toBe("rgb(230, 237, 243)");
      await page.context().close();
    }
  });

  test("sorts by keyboard, and says so", async () => {
    const { page } = await open("fail");
    const head = page.locator("#endpoints thead th", { hasText: /^p50$/ });
    await head.locator("button").focus();
    await page.keyboard.press("Enter");
    expect(await head.getAttribute("aria-sort")).toBe("descending");
    expect(await firstColumn(page)).toEqual(["POST /checkout", "GET /item/{id}", "GET /home"]);
    await page.keyboard.press("Enter");
    expect(await head.getAttribute("aria-sort")).toBe("ascending");
    expect(await firstColumn(page)).toEqual(["GET /home", "GET /item/{id}", "POST /checkout"]);
    expect(await page.locator('#endpoints thead th[aria-sort="ascending"]').count()).toBe(1);
    await page.context().close();
  });

  test("filters by name, and says how many are left", async () => {
    const { page } = await open("five-hundred");
    await page.getByRole("searchbox").fill("section-137/");
    expect(await page.locator("#endpoints tbody tr:visible").count()).toBe(1);
    expect(await page.getByRole("status").textContent()).toBe("1 of 500 shown");
    await page.context().close();
  });

  test("gives a chart's numbers as a table on request", async () => {
    const { page } = await open("fail");
    const figure = page.locator("figure", { has: page.locator("#chart-users") });
    await page.getByLabel("The numbers as a table: Users").focus();
    await page.keyboard.press("Enter");
    // The table is made when the browser tells that it was opened, a little after the key.
    await figure.locator("details tbody tr").first().waitFor();
    expect(await figure.locator("details tbody tr").count()).toBe(12);
    expect(await page.getByRole("region", { name: "The numbers: Users" }).count()).toBe(1);
    expect(await figure.locator("details thead th").allTextContents()).toEqual(["Time", "users"]);
    expect((await figure.locator("details tbody tr").nth(1).textContent())?.trim()).toBe("00:0110");
    await page.context().close();
  });

  test("draws bands that add up, and tells each band's own numbers", async () => {
    const { page } = await open("fail");
    const figure = page.locator("figure", { has: page.locator("#chart-phases-over-time-0") });
    await figure.locator("summary").click();
    await figure.locator("details tbody tr").first().waitFor();
    const head = ["Time", "waiting for a connection", "waiting for the first byte", "reading the answer"];
    expect(await figure.locator("details thead th").allTextContents()).toEqual(head);
    const shares = (await figure.locator("details tbody tr").nth(5).locator("td").allTextContents()).map(Number);
    const [blocked = 0, firstByte = 0, download = 0] = shares;
    expect(blocked).toBeLessThan(download);
    expect(firstByte / download).toBeGreaterThan(8);
    expect(firstByte / download).toBeLessThan(10);
    await page.context().close();
  });

  test("shows a name of the outside as the text it is", async () => {
    const { page, told } = await open("hostile");
    await page.getByText("<img src=x onerror=alert(1)>").first().waitFor();
    expect(await page.locator("img").count()).toBe(0);
    expect(told).toEqual([]);
    await page.context().close();
  });
});
