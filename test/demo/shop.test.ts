import { gunzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { type Shop, type ShopOptions, startShop } from "../../src/demo/shop.ts";

let shop: Shop | undefined;
afterEach(async () => {
  await shop?.close();
  shop = undefined;
});

async function open(options: ShopOptions = {}): Promise<Shop> {
  shop = await startShop(options);
  return shop;
}

function post(url: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: "POST", body: new URLSearchParams(fields), headers, redirect: "manual" });
}

const cookieOf = (response: Response) => (response.headers.get("set-cookie") ?? "").split(";")[0] as string;

/** Milliseconds and queries that the database says one answer took. */
function databaseTime(response: Response): { ms: number; queries: number } {
  const match = /^db;dur=([\d.]+);desc="(\d+)"$/.exec(response.headers.get("server-timing") ?? "");
  return { ms: Number(match?.[1]), queries: Number(match?.[2]) };
}

test("pages, catalogue, product and search answer", async () => {
  const { url } = await open();
  expect(await (await fetch(`${url}/`)).text()).toContain("<h1>The sample shop</h1>");
  const listed = await (await fetch(`${url}/products?page=2`)).json();
  expect(listed).toMatchObject({ page: 2, pages: 6 });
  const product = await (await fetch(`${url}/products/7`)).json();
  expect(product).toMatchObject({ id: 7, name: "Linen Lamp", category: "home" });
  expect(await (await fetch(`${url}/product/7`)).text()).toContain("Linen Lamp");
  const found = await (await fetch(`${url}/search?q=lamp`)).json();
  expect(found).toMatchObject({ query: "lamp", found: 10 });
});

test("what is not there, not understood or too large is refused with the right status", async () => {
  const { url } = await open();
  const status = async (path: string, init?: RequestInit) => (await fetch(url + path, init)).status;
  const json = { "content-type": "application/json" };
  expect(await status("/products/999")).toBe(404);
  expect(await status("/nowhere")).toBe(404);
  expect(await status("/search")).toBe(422);
  expect(await status("/checkout", { method: "POST", headers: json, body: "[" })).toBe(400);
  expect(await status("/checkout", { method: "POST", headers: json, body: "{}" })).toBe(409);
  expect(await status("/cart", { method: "POST", headers: { "content-type": "text/csv" }, body: "a" })).toBe(415);
  expect(await status("/cart", { method: "POST", headers: json, body: "x".repeat(2 ** 20 + 1) })).toBe(413);
});

test("a visitor signs in, fills a cart by form and by JSON, pays, and keeps all that by cookie", async () => {
  const { url } = await open();
  const login = await post(`${url}/login`, { username: "kubilay", password: "secret" });
  expect(login.status).toBe(303);
  const cookie = cookieOf(login);
  expect(cookie).toMatch(/^shop_session=/);
  expect((await fetch(`${url}/account`)).status).toBe(401);
  const account = await fetch(`${url}/account`, { headers: { cookie } });
  expect(await account.json()).toEqual({ username: "kubilay", currency: "EUR" });
  expect((await post(`${url}/setCurrency`, { currency_code: "USD" }, { cookie })).status).toBe(303);
  expect((await post(`${url}/cart`, { product_id: "3", quantity: "2" }, { cookie })).status).toBe(303);
  const headers = { cookie, "content-type": "application/json" };
  const byJson = await fetch(`${url}/cart`, { method: "POST", headers, body: JSON.stringify({ product_id: 5 }) });
  expect(await byJson.text()).toContain("Cart (3)");
  const order = await fetch(`${url}/checkout`, { method: "POST", headers, body: "{}" });
  expect(order.status).toBe(201);
  expect(await order.json()).toMatchObject({ number: 1, lines: 2, total: expect.stringMatching(/ USD$/) });
  expect(await (await fetch(`${url}/cart`, { headers: { cookie } })).text()).toContain("Your cart is empty.");
});

test("a wrong password is refused", async () => {
  const { url } = await open();
  expect((await post(`${url}/login`, { username: "kubilay", password: "" })).status).toBe(401);
});

test("answers are compressed where that was asked for, and only there", async () => {
  const { url } = await open();
  const { request } = await import("node:http");
  const get = (headers: Record<string, string>) =>
    new Promise<{ encoding: string | undefined; body: Buffer }>((resolve) => {
      const call = request(`${url}/products`, { headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        const encoding = response.headers["content-encoding"];
        response.on("end", () => resolve({ encoding, body: Buffer.concat(chunks) }));
      });
      call.end();
    });
  const plain = await get({});
  const small = await get({ "accept-encoding": "br, gzip" });
  expect(plain.encoding).toBeUndefined();
  expect(small.encoding).toBe("gzip");
  expect(gunzipSync(small.body).equals(plain.body)).toBe(true);
  expect(small.body.length).toBeLessThan(plain.body.length / 2);
});

test("the planted regression makes a search ask once per row, several times slower, and nothing else", async () => {
  const here = await open();
  const time = async (path: string) => databaseTime(await fetch(here.url + path));
  const sum = async (path: string) => {
    let ms = 0;
    for (let i = 0; i < 10; i++) ms += (await time(path)).ms;
    return ms;
  };
  expect((await time("/search?q=lamp")).queries).toBe(2);
  const before = await sum("/search?q=lamp");
  here.setRegression(true);
  expect((await time("/search?q=lamp")).queries).toBe(11);
  expect(await sum("/search?q=lamp")).toBeGreaterThan(2 * before);
  expect((await time("/products")).queries).toBe(1);
  here.setRegression(false);
  expect((await time("/search?q=lamp")).queries).toBe(2);
});

test("one seed gives one shop: the same catalogue, the same waits, the same faults", async () => {
  const waits = async (seed: string) => {
    const asked: number[] = [];
    const clock = {
      now: () => 0,
      sleep: async (ms: number) => {
        asked.push(ms);
      },
    };
    const here = await startShop({ seed, clock, errorRatio: 0.5 });
    const statuses: number[] = [];
    for (let i = 0; i < 20; i++) statuses.push((await fetch(`${here.url}/search?q=oak`)).status);
    await here.close();
    return { asked, statuses };
  };
  const first = await waits("one");
  expect(new Set(first.statuses)).toEqual(new Set([200, 500]));
  expect(await waits("one")).toEqual(first);
  expect(await waits("two")).not.toEqual(first);
});

test("flaky and failing answers come at the ratio asked for, slow ones when asked", async () => {
  const { url, ...here } = await open({ flakyRatio: 1 });
  expect((await fetch(`${url}/flaky`)).status).toBe(503);
  here.setFlakyRatio(0);
  expect((await fetch(`${url}/flaky`)).status).toBe(200);
  here.setErrorRatio(1);
  expect((await fetch(`${url}/products`)).status).toBe(500);
  expect((await fetch(`${url}/flaky`)).status).toBe(200);
  here.setErrorRatio(0);
  const startMs = performance.now();
  expect(await (await fetch(`${url}/slow?ms=80`)).json()).toEqual({ ms: 80 });
  expect(performance.now() - startMs).toBeGreaterThan(75);
});

test("the log counts to the last request, by route, and its own controls not at all", async () => {
  const here = await open();
  await Promise.all([1, 2, 3].map((id) => fetch(`${here.url}/products/${id}`)));
  await fetch(`${here.url}/products/999`);
  await fetch(`${here.url}/nowhere`);
  const switched = await fetch(`${here.url}/_shop/switch?errorRatio=1`, { method: "POST" });
  expect(switched.status).toBe(200);
  await fetch(`${here.url}/`);
  const log = here.log();
  expect(log.total).toEqual({ received: 6, answered: 6, failed: 3 });
  expect(log.endpoints["GET /products/{id}"]).toEqual({ received: 4, answered: 4, failed: 1 });
  expect(log.endpoints["GET (unknown)"]).toEqual({ received: 1, answered: 1, failed: 1 });
  expect(await (await fetch(`${here.url}/_shop/log`)).json()).toEqual(log);
});

test("a form is refused without the token of its page, and a feed comes line by line", async () => {
  const shop = await startShop();
  try {
    const signedIn = await fetch(`${shop.url}/login`, {
      method: "POST",
      body: new URLSearchParams({ username: "ada", password: "x" }),
      redirect: "manual",
    });
    const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
    const page = await (await fetch(`${shop.url}/address`, { headers: { cookie } })).text();
    const token = /name="csrf_token" value="([^"]+)"/.exec(page)?.[1] ?? "";
    const save = async (csrf_token: string) => {
      const body = new URLSearchParams({ csrf_token, address: "Pier 4" });
      return (await fetch(`${shop.url}/address`, { method: "POST", body, headers: { cookie } })).status;
    };
    expect([await save("stolen"), await save(token)]).toEqual([403, 200]);
    expect((await fetch(`${shop.url}/address`)).status).toBe(401);
    const lines = (await (await fetch(`${shop.url}/feed?lines=3&ms=1`)).text()).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).change)).toEqual([1, 2, 3]);
  } finally {
    await shop.close();
  }
});
