import type { IncomingMessage } from "node:http";
import { createSecureServer } from "node:http2";
import { expect, test } from "vitest";
import { bodyOf, certificates, listen, serve } from "../support/servers.ts";
import { TestWorld } from "../support/world.ts";

interface Arrived {
  readonly method: string;
  /** In lower case, each with every value that came. */
  readonly headers: Record<string, string[]>;
  readonly body: string;
}

/** Answers with every header line that came; `/to?url` redirects there with 302, `/keep?url` with 307. */
function lines() {
  return serve(async (request, response) => {
    const body = await bodyOf(request as IncomingMessage & AsyncIterable<Buffer>);
    const [, how, to] = /^\/(to|keep)\?(.*)$/.exec(request.url ?? "") ?? [];
    if (to !== undefined) {
      response.writeHead(how === "keep" ? 307 : 302, { location: to }).end();
      return;
    }
    const headers: Record<string, string[]> = {};
    for (let i = 0; i < request.rawHeaders.length; i += 2) {
      const name = (request.rawHeaders[i] as string).toLowerCase();
      headers[name] = [...(headers[name] ?? []), request.rawHeaders[i + 1] as string];
    }
    response.end(JSON.stringify({ method: request.method, headers, body }));
  });
}

const sources = {
  "the request": (world: TestWorld, headers: Record<string, string>) =>
    world.client.post("/", { headers, data: "hello" }),
  "client.headers": (world: TestWorld, headers: Record<string, string>) => {
    for (const [name, value] of Object.entries(headers)) world.client.headers.set(name, value);
    return world.client.post("/", { data: "hello" });
  },
};

test.each(Object.entries(sources))("a Host of the user's own replaces ours: %s", async (_, post) => {
  const { url } = await lines();
  const world = new TestWorld(url);
  const { headers } = (await post(world, { hOsT: "shop.example" })).json<Arrived>();
  world.client.close();
  expect(headers.host).toEqual(["shop.example"]);
});

test("a Host of the run's own (--header) replaces ours, and null takes it back", async () => {
  const { url } = await lines();
  const { client } = new TestWorld(url, { extraHeaders: () => [["Host", "shop.example"]] });
  expect((await client.get("/")).json<Arrived>().headers.host).toEqual(["shop.example"]);
  const plain = (await client.get("/", { headers: { host: null } })).json<Arrived>();
  client.close();
  expect(plain.headers.host).toEqual([new URL(url).host]);
});

test("cookies of a virtual host are that host's", async () => {
  const { url } = await serve((request, response) => {
    response.setHeader("set-cookie", "sid=1; Domain=shop.example");
    response.end(request.headers.cookie ?? "none");
  });
  const { client } = new TestWorld(url);
  const headers = { host: "www.shop.example" };
  await client.get("/", { headers });
  expect((await client.get("/", { headers })).text()).toBe("sid=1");
  expect((await client.get("/")).text()).toBe("none");
  client.close();
});

test("a Content-Length that is right is sent once", async () => {
  const { url } = await lines();
  for (const post of Object.values(sources)) {
    const world = new TestWorld(url);
    const { headers, body } = (await post(world, { "Content-Length": "5" })).json<Arrived>();
    world.client.close();
    expect(headers["content-length"]).toEqual(["5"]);
    expect(body).toBe("hello");
  }
  const { client } = new TestWorld(url);
  const none = (await client.get("/", { headers: { "content-length": 0 } })).json<Arrived>();
  client.close();
  expect(none.headers["content-length"]).toEqual(["0"]);
});

test.each(["4", "6", "5, 5", "0x5", "-5", ""])("a Content-Length of %j for five bytes is refused", async (length) => {
  const { url } = await lines();
  for (const post of Object.values(sources)) {
    const world = new TestWorld(url);
    await expect(post(world, { "Content-Length": length })).rejects.toMatchObject({
      code: "bad-header",
      message: `Content-Length is set to "${length}", and the body has 5 bytes`,
    });
    world.client.close();
    expect(world.samples).toEqual([]);
  }
});

test("a Transfer-Encoding of the user's own is refused: with our framing it would be a second request", async () => {
  const { url } = await lines();
  const world = new TestWorld(url);
  const sent = sources["the request"](world, { "Transfer-Encoding": "chunked" });
  await expect(sent).rejects.toMatchObject({ code: "bad-header" });
  world.client.close();
});

test("a body that a redirect leaves behind takes its headers along, whoever set them", async () => {
  const { url } = await lines();
  const { client } = new TestWorld(url);
  client.headers.set("content-type", "text/csv");
  client.headers.set("content-length", "3");
  const { method, headers, body } = (await client.post("/to?/", { data: "a,b" })).json<Arrived>();
  expect([method, body]).toEqual(["GET", ""]);
  expect(headers).not.toHaveProperty("content-type");
  expect(headers).not.toHaveProperty("content-length");
  const kept = (await client.post("/keep?/", { data: "a,b" })).json<Arrived>();
  client.close();
  expect(kept).toMatchObject({ method: "POST", body: "a,b", headers: { "content-type": ["text/csv"] } });
});

test("a Host is for one origin: kept on its redirects, dropped where one leaves it", async () => {
  const [here, there] = [await lines(), await lines()];
  for (const set of ["request", "session"]) {
    const { client } = new TestWorld(here.url);
    if (set === "session") client.headers.set("host", "shop.example");
    const options = set === "session" ? {} : { headers: { Host: "shop.example" } };
    const within = (await client.get("/to?/", options)).json<Arrived>();
    const beyond = (await client.get(`/to?${there.url}/`, options)).json<Arrived>();
    client.close();
    expect(within.headers.host).toEqual(["shop.example"]);
    expect(beyond.headers.host).toEqual([new URL(there.url).host]);
  }
});

test("credentials in a request's URL are its Authorization, and stand in no name", async () => {
  const { url } = await lines();
  const world = new TestWorld(undefined, { listeners: true });
  const target = url.replace("//", "//us%40er:p%3Ass%zz@");
  const response = await world.client.get(`${target}/secret?x=1`);
  world.client.close();
  const basic = `Basic ${Buffer.from("us@er:p:ss%zz").toString("base64")}`;
  expect(response.json<Arrived>().headers.authorization).toEqual([basic]);
  expect(response.url).toBe(`${url}/secret?x=1`);
  expect(world.sample.endpoint.name).toBe("/secret?x=1");
  expect(world.details[0]?.url).toBe(`${url}/secret?x=1`);
});

test("credentials in a URL are for that request and its origin only, before the session's, after the request's", async () => {
  const [here, there] = [await lines(), await lines()];
  const { client } = new TestWorld(here.url);
  const withUser = here.url.replace("//", "//url:1@");
  const basic = (user: string) => [`Basic ${Buffer.from(`${user}:1`).toString("base64")}`];
  const sent = async (path: string, options = {}) =>
    (await client.get(path, options)).json<Arrived>().headers.authorization;
  expect(await sent(`${withUser}/to?/`)).toEqual(basic("url"));
  expect(await sent("/")).toBeUndefined();
  expect(await sent(`${withUser}/to?${there.url}/`)).toBeUndefined();
  // A redirect is a stranger's word.
  expect(await sent(`/to?${there.url.replace("//", "//loc:1@")}/`)).toBeUndefined();
  client.auth = ["session", "1"];
  expect(await sent(`${withUser}/`)).toEqual(basic("url"));
  expect(await sent(`${withUser}/`, { auth: ["request", "1"] })).toEqual(basic("request"));
  expect(await sent("/")).toEqual(basic("session"));
  client.close();
});

test("a Cookie of the user's own stays behind at another origin, wherever it was set", async () => {
  const [here, there] = [await lines(), await lines()];
  const cookie = "session=secret";
  const worlds = [
    { world: new TestWorld(here.url), options: { headers: { Cookie: cookie } } },
    { world: new TestWorld(here.url), options: {} },
  ] as const;
  worlds[1].world.client.headers.set("Cookie", cookie);
  for (const { world, options } of worlds) {
    const within = (await world.client.get("/to?/", options)).json<Arrived>();
    const beyond = (await world.client.get(`/to?${there.url}/`, options)).json<Arrived>();
    const upload = (await world.client.post(`/keep?${there.url}/`, { ...options, data: "x" })).json<Arrived>();
    world.client.close();
    expect(within.headers.cookie).toEqual([cookie]);
    expect(beyond.headers).not.toHaveProperty("cookie");
    expect(upload.headers).not.toHaveProperty("cookie");
  }
});

test("cookies that the other origin has of its own are sent there all the same", async () => {
  const there = await lines();
  const here = await serve((_, response) => void response.writeHead(302, { location: `${there.url}/` }).end());
  const { client } = new TestWorld(here.url.replace("127.0.0.1", "localhost"));
  client.headers.set("cookie", "mine=1");
  client.cookies.set("theirs", "2", { url: there.url });
  const { headers } = (await client.get("/")).json<Arrived>();
  client.close();
  expect(headers.cookie).toEqual(["theirs=2"]);
});

test("a Cookie of the user's own goes in place of the jar's; what a redirect sets goes in place of it", async () => {
  const { url } = await serve((request, response) => {
    if (request.url === "/login") response.writeHead(302, { location: "/", "set-cookie": "sid=new; Path=/" });
    response.end(request.headers.cookie ?? "");
  });
  const { client } = new TestWorld(url);
  client.cookies.set("jar", "1");
  client.headers.set("cookie", "sid=old");
  expect((await client.get("/")).text()).toBe("sid=old");
  expect((await client.get("/login")).text()).toBe("jar=1; sid=new");
  client.close();
});

test("over HTTP/2 a Host of the user's own is the :authority, and a right Content-Length goes once", async () => {
  const { ca, cert, key } = certificates();
  const { url } = await listen(
    createSecureServer({ cert, key }, (request, response) => {
      const { ":authority": authority, host, "content-length": length } = request.headers;
      response.end(JSON.stringify({ authority, host, length }));
    }),
    "https",
  );
  const { client } = new TestWorld(url, { settings: { http2: true, tls: { ca } } });
  const headers = { host: "shop.example", "content-length": "5" };
  const arrived = (await client.post("/", { headers, data: "hello" })).json();
  client.close();
  expect(arrived).toEqual({ authority: "shop.example", length: "5" });
});
