import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { bodyOf, serve } from "./support/servers.ts";
import { TestWorld } from "./support/world.ts";

/** `/N/status` redirects N times with that status, then tells what arrived. */
function hops() {
  const seen: string[] = [];
  return serve(async (request, response) => {
    seen.push(request.url ?? "");
    const body = await bodyOf(request as IncomingMessage & AsyncIterable<Buffer>);
    const [, left, status] = /^\/(\d+)\/(\d+)$/.exec(request.url ?? "") ?? [];
    if (Number(left) > 0) {
      response
        .writeHead(Number(status), { location: `${Number(left) - 1}`.concat(`/${status}`).replace(/^/, "/") })
        .end("moved");
    } else {
      const type = request.headers["content-type"];
      response.end(JSON.stringify({ method: request.method, body, type, url: request.url }));
    }
  });
}

test("redirects are followed inside one sample, named by the first URL", async () => {
  const server = await hops();
  const world = new TestWorld(server.url);
  const response = await world.client.get("/3/302");
  world.client.close();
  expect(response.status).toBe(200);
  expect(response.url).toBe(`${server.url}/0/302`);
  expect(world.sample.endpoint).toEqual({ method: "GET", name: "/3/302" });
  expect(world.sample.bytesIn).toBe(response.bytes().length);
  expect(server.connections).toBe(1);
});

test.each([
  [301, "POST", "GET", ""],
  [302, "POST", "GET", ""],
  [303, "PUT", "GET", ""],
  [301, "PUT", "PUT", ""],
  [307, "POST", "POST", "payload"],
  [308, "PATCH", "PATCH", "payload"],
])("after %i a %s becomes %s, as in requests", async (status, method, next, body) => {
  const { url } = await hops();
  const world = new TestWorld(url);
  const answer = (await world.client.request(method, `/1/${status}`, { data: "payload" })).json();
  world.client.close();
  expect(answer).toMatchObject({ method: next, body });
  expect(world.sample.endpoint.method).toBe(method);
});

test("30 redirects are followed, 31 are a named failure", async () => {
  const { url } = await hops();
  const { client, samples } = new TestWorld(url);
  expect((await client.get("/30/302")).status).toBe(200);
  await client.get("/31/302");
  client.close();
  expect(samples.map(({ failure }) => failure?.kind)).toEqual([undefined, "redirects"]);
  expect(samples[1]?.failure?.message).toBe("more than 30 redirects");
});

test("without allowRedirects, and for HEAD, the redirect is the answer", async () => {
  const { url } = await hops();
  const { client, samples } = new TestWorld(url);
  const get = await client.get("/1/302", { allowRedirects: false });
  const head = await client.head("/1/302");
  const followed = await client.head("/1/302", { allowRedirects: true });
  client.close();
  expect([get.status, head.status, followed.status]).toEqual([302, 302, 200]);
  expect(get.headers.get("location")).toBe("/0/302");
  expect(samples.every(({ failure }) => failure === undefined)).toBe(true);
});

test("credentials, cookies and the request's own secrets stay behind at another origin", async () => {
  const other = await serve((request, response) => void response.end(JSON.stringify(request.headers)));
  const { url } = await serve((_, response) => void response.writeHead(302, { location: other.url }).end());
  const { client } = new TestWorld(url, {
    extraHeaders: (to) => (to.origin === url ? [["x-bypass", "secret-secret"]] : []),
  });
  client.auth = "session-token";
  const headers = { authorization: "Bearer own", cookie: "a=1", "x-trace": "yes" };
  const arrived = (await client.get("/", { headers })).json();
  client.close();
  expect(arrived).toMatchObject({ "x-trace": "yes" });
  for (const secret of ["authorization", "cookie", "x-bypass"]) expect(arrived).not.toHaveProperty(secret);
});

test("a redirect to something that is no http URL is a named failure", async () => {
  const { url } = await serve((_, response) => void response.writeHead(302, { location: "ftp://x/" }).end());
  const world = new TestWorld(url);
  await world.client.get("/");
  world.client.close();
  expect(world.failure).toBe("redirects: redirected to something that is no http(s) URL: ftp://x/");
});
