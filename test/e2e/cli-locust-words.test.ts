import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startShop } from "../../src/demo/shop.ts";
import { decodeResult } from "../../src/stats/document/result-document.ts";
import { swarmgate } from "../support/built-cli.ts";

type Shop = Awaited<ReturnType<typeof startShop>>;
let shop: Shop;
beforeAll(async () => {
  shop = await startShop({});
});
afterAll(() => shop.close());

const locustfile = (body: string, before = "") => `
import { HttpUser, SequentialTaskSet, TaskSet, constant, events, task } from "swarmgate";
${before}
export class Shopper extends HttpUser {
  override waitTime = constant(0.01);
${body}
}
`;
const browsing = locustfile(`@task async home() { await this.client.get("/"); }`);
const run = (argv: string[], source = browsing) =>
  swarmgate(["-f", "lf.ts", "-H", shop.url, ...argv], { files: { "lf.ts": source } });
const quietly = ["--headless", "--only-summary"];

test("--version after a command, or among options, prints the version and sends nothing", async () => {
  for (const argv of [
    ["run", "--version"],
    ["run", "-f", "lf.ts", "-V"],
    ["-f", "lf.ts", "--version"],
  ]) {
    const said = await swarmgate(argv, { files: { "lf.ts": browsing } });
    expect(said).toMatchObject({ code: 0, error: "" });
    expect(said.out).toMatch(/^swarmgate \d+\.\d+\.\d+\S*\n$/);
  }
});

test("this.random of a task set is its user's dice, and the same in every run of one seed", async () => {
  const sets = `
class Browsing extends TaskSet {
  @task async look() { console.log(String(this.random.float()), this.random === this.user.random); this.user.environment.runner?.quit(); }
}`;
  const source = locustfile("tasks = [Browsing];", sets);
  const [one, two] = [await run([...quietly, "-i", "1"], source), await run([...quietly, "-i", "1"], source)];
  expect(one.out).toMatch(/^0\.\d+ true\n$/);
  expect(two.out).toBe(one.out);
});

test.each(["-i", "--iterations"])(
  "%s ends the run after exactly so many tasks, over all threads and users",
  async (flag) => {
    const source = locustfile(
      `@task async twice() { await this.client.get("/"); await this.client.get("/products"); }`,
    );
    const before = shop.log().total.received;
    const said = await run([...quietly, flag, "25", "-u", "4", "-r", "100", "--processes", "2"], source);
    expect(said, said.error).toMatchObject({ code: 0 });
    expect(shop.log().total.received - before).toBe(50);
  },
);

test("options may be cut short as argparse lets one; the locustfile's own come first; what means several is refused", async () => {
  const short = await run([...quietly, "--skip-log", "--req", "3", "--spawn=1"]);
  expect(short, short.error).toMatchObject({ code: 0 });
  const own = locustfile(
    `@task async home() { await this.client.get("/"); console.log(this.environment.parsedOptions.report); }`,
    `events.initCommandLineParser.addListener(({ parser }) => { parser.addArgument("--report"); });`,
  );
  expect((await run([...quietly, "-n", "1", "--report", "mine", "--skip-log"], own)).out).toBe("mine\n");
  const several = await run([...quietly, "--user", "3"]);
  expect(several.code).toBe(2);
  expect(several.error).toContain("--user: there is no such option");
});

test("without --headless in a pipe a run says what it does, and what will end it", async () => {
  const said = await run(["-n", "2"]);
  expect(said.error).toMatch(/^swarmgate: the web page is not built yet: running as with --headless\n/);
  expect((await run(["-n", "2", "--headless"])).error).not.toContain("web page");
});

test("-f takes a URL, from the hosts that are allowed, redirects included", async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    if (request.url === "/moved.ts") response.writeHead(302, { location: `http://localhost:${port}/lf.ts` }).end();
    else if (request.url === "/large.ts") response.end("x".repeat(1_100_000));
    else if (request.url === "/lf.ts") response.end(browsing);
    else response.writeHead(404).end();
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  const from = (path: string, ...argv: string[]) =>
    swarmgate([
      "-f",
      `http://127.0.0.1:${port}${path}`,
      "-H",
      shop.url,
      ...quietly,
      "-n",
      "3",
      "-o",
      "r.json",
      ...argv,
    ]);
  try {
    const good = await from("/lf.ts");
    expect(good, good.error).toMatchObject({ code: 0 });
    const result = decodeResult(readFileSync(join(good.directory, "r.json"), "utf8"), "r.json");
    expect(result.summary.allRequests).toBe(3);
    expect((await from("/lf.ts", "--allowed-hosts", "127.0.0.1")).code).toBe(0);
    for (const [path, why] of [
      ["/none.ts", "the answer is 404"],
      ["/large.ts", "it is larger than 1 MiB"],
      ["/page", "its path does not end in .ts, .mts, .js or .mjs"],
    ] as const) {
      const said = await from(path);
      expect([said.code, said.error.includes(why)], said.error).toEqual([2, true]);
    }
    asked.length = 0;
    const elsewhere = await from("/lf.ts", "--allowed-hosts", "shop.example", "-H", "http://shop.example");
    expect(elsewhere.error).toContain(`127.0.0.1:${port} is not among the allowed hosts`);
    expect(asked).toEqual([]);
    const moved = await from("/moved.ts", "--allowed-hosts", "127.0.0.1");
    expect(moved.code).toBe(2);
    expect(moved.error).toContain(`localhost:${port} is not among the allowed hosts`);
    expect(asked).toEqual(["/moved.ts"]);
    const metadata = await swarmgate(["-f", "http://169.254.169.254/lf.ts", "-H", shop.url, ...quietly]);
    expect(metadata.error).toContain("a cloud metadata address, never a target");
  } finally {
    server.close();
  }
});
