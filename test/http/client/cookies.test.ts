import { expect, test } from "vitest";
import { serve } from "../support/servers.ts";
import { TestWorld } from "../support/world.ts";

/** Sets the cookies of its query and answers with the cookies it got. */
function jarServer() {
  return serve((request, response) => {
    const url = new URL(request.url ?? "", "http://x");
    const set = url.searchParams.getAll("set");
    if (set.length > 0) response.setHeader("set-cookie", set);
    if (url.searchParams.has("to")) response.writeHead(302, { location: url.searchParams.get("to") ?? "" });
    response.end(request.headers.cookie ?? "");
  });
}

test("a user keeps its cookies, and another user has its own", async () => {
  const { url } = await jarServer();
  const [one, two] = [new TestWorld(url).client, new TestWorld(url).client];
  await one.get("/login", { params: { set: ["id=1; Path=/; HttpOnly", "deep=2; Path=/deep"] } });
  expect((await one.get("/")).text()).toBe("id=1");
  expect((await one.get("/deep/x")).text()).toBe("deep=2; id=1");
  expect((await two.get("/")).text()).toBe("");
  one.close();
  two.close();
});

test("a cookie set on a redirect is sent on the next hop", async () => {
  const { url } = await jarServer();
  const { client } = new TestWorld(url);
  expect((await client.get("/", { params: { set: "id=9", to: "/next" } })).text()).toBe("id=9");
  client.close();
});

test("a cookie that expires is sent until then, and one deleted by the server no more", async () => {
  const { url } = await jarServer();
  const { client } = new TestWorld(url);
  await client.get("/", { params: { set: ["short=1; Max-Age=1", "long=2"] } });
  expect((await client.get("/")).text()).toBe("short=1; long=2");
  await client.get("/", { params: { set: "long=; Max-Age=0" } });
  expect((await client.get("/")).text()).toBe("short=1");
  client.close();
});

test("the locustfile sets, reads and clears cookies", async () => {
  const { url } = await jarServer();
  const { client } = new TestWorld(url);
  client.cookies.set("token", "abc");
  expect((await client.get("/any/path")).text()).toBe("token=abc");
  expect(client.cookies.get("token")).toBe("abc");
  expect(client.cookies.toObject()).toEqual({ token: "abc" });
  client.cookies.clear();
  expect((await client.get("/")).text()).toBe("");
  client.close();
});

test("a cookie for somebody else's domain is not taken", async () => {
  const { url } = await jarServer();
  const { client } = new TestWorld(url);
  await client.get("/", { params: { set: "a=1; Domain=example.com" } });
  expect((await client.get("/")).text()).toBe("");
  client.close();
});
