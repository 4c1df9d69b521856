import { mkdtempSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bodyOf, serve } from "../support/servers.ts";
import { TestWorld } from "../support/world.ts";

/** A server that answers with what it was asked. */
function echo() {
  return serve(async (request, response) => {
    const body = await bodyOf(request as IncomingMessage & AsyncIterable<Buffer>);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }));
  });
}

interface Echo {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

test("get and a form post are requests of the user's own, counted by method and path", async () => {
  const { url } = await echo();
  const { client, samples } = new TestWorld(url);
  const page = await client.get("/hello?x=1");
  const login = await client.post("/login", { form: { username: "kubilay", password: "a b&c" } });
  client.close();
  expect(page.status).toBe(200);
  expect(page.json<Echo>().url).toBe("/hello?x=1");
  expect(login.json<Echo>()).toMatchObject({ method: "POST", body: "username=kubilay&password=a+b%26c" });
  expect(login.json<Echo>().headers["content-type"]).toBe("application/x-www-form-urlencoded");
  expect(samples.map(({ endpoint }) => endpoint)).toEqual([
    { method: "GET", name: "/hello?x=1" },
    { method: "POST", name: "/login" },
  ]);
  expect(samples[0]).toMatchObject({ arm: "head", status: 200, bytesOut: 0, failure: undefined });
  expect(samples[0]?.bytesIn).toBe(page.bytes().length);
  expect(samples[1]?.bytesOut).toBe("username=kubilay&password=a+b%26c".length);
});

test.each(["get", "options", "head", "post", "put", "patch", "delete"] as const)(
  "client.%s sends its method",
  async (verb) => {
    let seen: string | undefined;
    const { url } = await serve((request, response) => {
      seen = request.method;
      response.end("ok");
    });
    const { client, samples } = new TestWorld(url);
    const response = await client[verb]("/");
    client.close();
    expect(seen).toBe(verb.toUpperCase());
    expect(response.text()).toBe(verb === "head" ? "" : "ok");
    expect(samples[0]?.endpoint.method).toBe(verb.toUpperCase());
  },
);

test("request takes any method, in any case", async () => {
  const { url } = await echo();
  const { client, samples } = new TestWorld(url);
  expect((await client.request("propfind", "/")).json<Echo>().method).toBe("PROPFIND");
  client.close();
  expect(samples[0]?.endpoint.method).toBe("PROPFIND");
});

test.each([
  [{ a: 1, b: [2, 3], c: null, d: true }, "/?a=1&b=2&b=3&d=true"],
  ["raw=1", "/?raw=1"],
  [new URLSearchParams({ q: "ä ö" }), "/?q=%C3%A4+%C3%B6"],
  [[["k", 1] as const, ["k", 2] as const], "/?k=1&k=2"],
])("params %j are added to the query and to the name", async (params, path) => {
  const { url } = await echo();
  const world = new TestWorld(url);
  expect((await world.client.get("/", { params })).json<Echo>().url).toBe(path);
  world.client.close();
  expect(world.sample.endpoint.name).toBe(path);
});

test("params are put behind a query that is there", async () => {
  const { url } = await echo();
  const { client } = new TestWorld(url);
  expect((await client.get("/a?x=1#frag", { params: { y: 2 } })).json<Echo>().url).toBe("/a?x=1&y=2");
  client.close();
});

test.each([
  ["text as it is", { data: "täxt" }, "täxt", undefined],
  ["bytes as they are", { data: new TextEncoder().encode("bytes") }, "bytes", undefined],
  ["an object as a form", { data: { a: 1 } }, "a=1", "application/x-www-form-urlencoded"],
  [
    "search parameters as a form",
    { data: new URLSearchParams("a=1&a=2") },
    "a=1&a=2",
    "application/x-www-form-urlencoded",
  ],
  ["JSON", { json: { a: [1, null] } }, '{"a":[1,null]}', "application/json"],
  ["JSON null", { json: null }, "null", "application/json"],
])("a body is sent: %s", async (_, options, body, type) => {
  const { url } = await echo();
  const { client } = new TestWorld(url);
  const answer = (await client.post("/", options)).json<Echo>();
  client.close();
  expect(answer.body).toBe(body);
  expect(answer.headers["content-type"]).toBe(type);
  expect(answer.headers["content-length"]).toBe(String(Buffer.byteLength(body)));
});

test("a post without a body says that it has none", async () => {
  const { url } = await echo();
  const { client } = new TestWorld(url);
  expect((await client.post("/")).json<Echo>().headers["content-length"]).toBe("0");
  client.close();
});

test("files are sent as multipart, from a path, bytes, a Blob and a description, with form fields beside them", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "swarmgate-")), "notes.txt");
  writeFileSync(path, "from disk");
  const { url } = await echo();
  const { client } = new TestWorld(url);
  const answer = await client.post("/upload", {
    form: { title: "x" },
    files: {
      a: path,
      b: Buffer.from("bytes"),
      c: [new Blob(["blob"], { type: "text/plain" }), { filename: 'q".csv', content: "1,2", type: "text/csv" }],
    },
  });
  client.close();
  const { headers, body } = answer.json<Echo>();
  const form = await new Response(body, { headers: { "content-type": headers["content-type"] ?? "" } }).formData();
  expect(form.get("title")).toBe("x");
  const read = async (entry: unknown) => (entry instanceof File ? [entry.name, entry.type, await entry.text()] : entry);
  expect(await read(form.get("a"))).toEqual(["notes.txt", "application/octet-stream", "from disk"]);
  expect(await read(form.get("b"))).toEqual(["b", "application/octet-stream", "bytes"]);
  expect(await Promise.all(form.getAll("c").map(read))).toEqual([
    ["c", "text/plain", "blob"],
    ['q".csv', "text/csv", "1,2"],
  ]);
});

test("headers of the session go with every request, those of a request win, null leaves one out", async () => {
  const { url } = await echo();
  const { client } = new TestWorld(url);
  client.headers.set("X-Team", "blue");
  client.headers.set("X-Gone", "1");
  const first = (await client.get("/")).json<Echo>().headers;
  const second = (await client.get("/", { headers: { "x-team": "red", "X-GONE": null, "x-n": 5 } })).json<Echo>()
    .headers;
  client.headers.delete("X-Team");
  const third = (await client.get("/")).json<Echo>().headers;
  client.close();
  expect(first).toMatchObject({ "x-team": "blue", "x-gone": "1" });
  expect(first["user-agent"]).toMatch(/^swarmgate\//);
  expect(first["accept-encoding"]).toBe("gzip, deflate, br, zstd");
  expect(second).toMatchObject({ "x-team": "red", "x-n": "5" });
  expect(second).not.toHaveProperty("x-gone");
  expect(third).not.toHaveProperty("x-team");
});

test("a header that would break the request is refused before anything is sent", async () => {
  const { url } = await echo();
  const { client, samples, witness } = new TestWorld(url);
  await expect(client.get("/", { headers: { "x-a": "1\r\nx-b: 2" } })).rejects.toMatchObject({ code: "bad-header" });
  client.close();
  expect(samples).toEqual([]);
  expect(witness.endTask()).toEqual([]);
});

test("headers of the run go to the target's hosts only", async () => {
  const [target, other] = [await echo(), await echo()];
  const { client } = new TestWorld(target.url, {
    extraHeaders: (url) => (url.origin === target.url ? [["x-bypass", "secret-secret"]] : []),
  });
  expect((await client.get("/")).json<Echo>().headers["x-bypass"]).toBe("secret-secret");
  expect((await client.get(`${other.url}/`)).json<Echo>().headers).not.toHaveProperty("x-bypass");
  client.close();
});

test.each([
  ["a pair", ["u", "p:w"] as const, `Basic ${btoa("u:p:w")}`],
  ["names", { username: "u", password: "p" }, `Basic ${btoa("u:p")}`],
  ["a bearer token", "token", "Bearer token"],
])("auth as %s becomes an Authorization header", async (_, auth, header) => {
  const { url } = await echo();
  const { client } = new TestWorld(url);
  expect((await client.get("/", { auth })).json<Echo>().headers.authorization).toBe(header);
  expect((await client.get("/")).json<Echo>().headers).not.toHaveProperty("authorization");
  client.auth = auth;
  expect((await client.get("/")).json<Echo>().headers.authorization).toBe(header);
  client.close();
});

test("credentials in the host are sent as basic auth, to that host only, and stripped from the URL", async () => {
  const [target, other] = [await echo(), await echo()];
  const { client } = new TestWorld(target.url.replace("http://", "http://me:p%40ss@"));
  const answer = await client.get("/");
  expect(answer.json<Echo>().headers.authorization).toBe(`Basic ${btoa("me:p@ss")}`);
  expect(answer.url).toBe(`${target.url}/`);
  expect((await client.get(other.url)).json<Echo>().headers).not.toHaveProperty("authorization");
  client.close();
});

test("the name is the option, else the name of the moment, else path and query", async () => {
  const { url } = await echo();
  const { client, samples } = new TestWorld(url);
  {
    using _ = client.renameRequest("/blog/{slug}");
    await client.get("/blog/1");
    await client.get("/blog/2", { name: "own" });
  }
  await client.renameRequest("by callback", () => client.get("/blog/3"));
  await client.get("/blog/4");
  client.close();
  expect(samples.map(({ endpoint }) => endpoint.name)).toEqual(["/blog/{slug}", "own", "by callback", "/blog/4"]);
});

test("the base URL's path is put in front, an absolute URL stands for itself, baseUrl can be changed", async () => {
  const [one, two] = [await echo(), await echo()];
  const { client } = new TestWorld(`${one.url}/api/`);
  expect((await client.get("/items")).json<Echo>().url).toBe("/api/items");
  expect((await client.get("items")).json<Echo>().url).toBe("/api/items");
  expect((await client.get(`${two.url}/x`)).url).toBe(`${two.url}/x`);
  client.baseUrl = two.url;
  expect((await client.get("/y")).url).toBe(`${two.url}/y`);
  client.close();
});

test("a host without a scheme is told, and nothing is sent", async () => {
  const { client, samples } = new TestWorld("localhost:8080");
  await expect(client.get("/")).rejects.toMatchObject({
    code: "host-scheme",
    message: 'host "localhost:8080": http:// is missing',
  });
  expect(samples).toEqual([]);
});

test("no host is told for a relative URL, and not missed for an absolute one", async () => {
  const { url } = await echo();
  const { client } = new TestWorld(undefined);
  await expect(client.get("/")).rejects.toMatchObject({ code: "host-missing" });
  expect((await client.get(url)).status).toBe(200);
  client.close();
});

test("rest sends and parses JSON", async () => {
  const { url } = await echo();
  const world = new TestWorld(url);
  const response = await world.client.rest<Echo>("post", "/api", { json: { a: 1 } }, (answer) => {
    expect(answer.js.body).toBe('{"a":1}');
  });
  world.client.close();
  expect(response.js.headers).toMatchObject({ accept: "application/json", "content-type": "application/json" });
  expect(world.failure).toBeUndefined();
});

test("rest: a body that is not JSON is a failure with the body's beginning", async () => {
  const { url } = await serve((_, response) => void response.end(`<html>${"x".repeat(500)}`));
  const world = new TestWorld(url);
  await world.client.rest("GET", "/");
  world.client.close();
  expect(world.failure).toMatch(/^check: not JSON: <html>x{244} \(/);
});

test("rest: what the callback throws is the request's failure and ends nothing", async () => {
  const { url } = await serve((_, response) => void response.end("{}"));
  const { client, samples } = new TestWorld(url);
  const failing = (name: string, message: string) => () => {
    throw Object.assign(new Error(message), { name });
  };
  await client.rest("GET", "/", {}, failing("AssertionError", "no token"));
  await client.rest("GET", "/", {}, failing("AssertionError", "no token,"));
  await client.rest("GET", "/", {}, failing("TypeError", "oh"));
  client.close();
  expect(samples.map(({ failure }) => failure?.message)).toEqual([
    "no token",
    "no token, response was {}",
    expect.stringMatching(/^TypeError: oh at client\.test\.ts:\d+, response was \{\}$/),
  ]);
});

test("listeners of the request event get the response, the context, the URL and the exception", async () => {
  const { url } = await serve((request, response) => {
    response.statusCode = request.url === "/bad" ? 500 : 200;
    response.end("x");
  });
  const { client, details } = new TestWorld(url, { listeners: true });
  const good = await client.get("/good", { context: { id: 7 } });
  await client.get("/bad");
  client.close();
  expect(details[0]).toEqual({ response: good, exception: undefined, context: { id: 7 }, url: `${url}/good` });
  expect(details[1]?.exception).toMatchObject({ name: "status", message: "500 Internal Server Error" });
});

test("the answer's Server-Timing and phases are in the sample", async () => {
  const { url } = await serve((_, response) => {
    response.setHeader("server-timing", 'db;dur=1.5;desc="a,b", cache;dur="0.5", miss');
    response.end("x");
  });
  const { client, samples } = new TestWorld(url);
  const first = await client.get("/");
  await client.get("/");
  client.close();
  expect(samples[0]?.serverTiming).toEqual([
    ["db", 1.5],
    ["cache", 0.5],
  ]);
  expect(Object.keys(samples[0]?.phases ?? {}).sort()).toEqual(["blocked", "connect", "download", "firstByte"]);
  expect(Object.keys(samples[1]?.phases ?? {}).sort()).toEqual(["blocked", "download", "firstByte"]);
  const sum = Object.values(first.timings).reduce((a, b) => a + b, 0);
  expect(Math.abs(sum - first.elapsedMs)).toBeLessThan(5);
});

test("latency counts from the intended start of the task, for its first request", async () => {
  const { url } = await serve((_, response) => void response.end("x"));
  const { client, samples, witness, runtime } = new TestWorld(url);
  witness.schedule(runtime.clock.now() - 1000);
  await client.get("/");
  await client.get("/");
  client.close();
  expect(samples[0]?.latencyMs).toBeGreaterThanOrEqual(1000);
  expect(samples[0]?.startMs).toBeGreaterThanOrEqual((samples[0]?.intendedMs ?? 0) + 1000);
  expect(samples[1]?.latencyMs).toBeLessThan(1000);
});

test("a task that leaves its request in flight is seen, and its place the next time", async () => {
  const { url } = await serve((_, response) => void setTimeout(() => response.end("x"), 30));
  const { client, samples, witness } = new TestWorld(url);
  const first = client.get("/slow");
  expect(witness.endTask()).toEqual([{ label: "GET /slow", place: undefined }]);
  const second = client.get("/slow", { catchResponse: true });
  expect(witness.endTask()[0]?.place).toMatch(/client\.test\.ts:\d+:\d+$/);
  await Promise.all([first, second]);
  client.close();
  expect(samples).toHaveLength(2);
});
