import fc from "fast-check";
import { expect, test } from "vitest";
import { serve, serveRaw } from "./support/servers.ts";
import { TestWorld } from "./support/world.ts";

const noBody = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/** First lines as they were received. */
async function listening(): Promise<{ url: string; lines: string[] }> {
  const lines: string[] = [];
  const { url } = await serveRaw((socket, request) => {
    lines.push(request.slice(0, request.indexOf("\r\n")));
    socket.write(noBody);
  });
  return { url, lines };
}

// What Locust 2.47's HttpUser (requests 2.32, urllib3 2) sends of each printable character within a query.
const asLocust: Readonly<Record<string, string>> = {
  ...{ '"': "%22", "%": "%25", "<": "%3C", ">": "%3E", "[": "%5B", "\\": "%5C", "]": "%5D", "^": "%5E" },
  ...{ "`": "%60", "{": "%7B", "|": "%7C", "}": "%7D", " ": "%20", é: "%C3%A9" },
};

test("every character of a query is sent as Locust sends it, and the endpoint's name stays what it was", async () => {
  const { url, lines } = await listening();
  const world = new TestWorld(url);
  const printable = Array.from({ length: 94 }, (_, i) => String.fromCharCode(0x21 + i));
  const characters = [...printable.filter((character) => character !== "#"), " ", "é"];
  for (const character of characters) await world.client.get(`/q?x=a${character}z`);
  world.client.close();
  const sent = lines.map((line, i) => [characters[i], /^GET \/q\?x=a(.*)z HTTP\/1\.1$/.exec(line)?.[1]]);
  expect(sent).toEqual(characters.map((character) => [character, asLocust[character] ?? character]));
  expect(world.samples[characters.indexOf("{")]?.endpoint.name).toBe("/q?x=a{z");
});

test.each([
  ["/p/{a}|b[c]", "/p/%7Ba%7D%7Cb%5Bc%5D"],
  ["/q?x=%7b%7D", "/q?x=%7b%7D"],
  ["/q?x=%27", "/q?x=%27"],
  ["/q?a=100%&b=%41", "/q?a=100%25&b=%41"],
])("%s is sent as %s", async (written, sent) => {
  const { url, lines } = await listening();
  const { client } = new TestWorld(url);
  await client.get(written);
  client.close();
  expect(lines).toEqual([`GET ${sent} HTTP/1.1`]);
});

test("whatever stands in a URL, what is sent has three parts and no line break", async () => {
  const { url, lines } = await listening();
  const { client } = new TestWorld(url);
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), async (path, query) => {
      lines.length = 0;
      await client.get(`/x${path}?${query}`);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/^GET \/[!-~]* HTTP\/1\.1$/);
    }),
    { numRuns: 300 },
  );
  client.close();
});

test.each(["GET / HTTP/1.1\r\nX: y\r\n\r\nGET", "G T", "", "GÉT", "GET\n", "GET\0"])(
  "%j is no method: nothing is sent",
  async (method) => {
    const { url, lines } = await listening();
    const world = new TestWorld(url);
    await expect(world.client.request(method, "/")).rejects.toMatchObject({ code: "bad-method", exitCode: 2 });
    await expect(world.client.rest(method, "/")).rejects.toMatchObject({ code: "bad-method" });
    world.client.close();
    expect([lines, world.samples]).toEqual([[], []]);
  },
);

test("a method of one's own is sent in capitals", async () => {
  const { url, lines } = await listening();
  const { client } = new TestWorld(url);
  await client.request("purge", "/");
  client.close();
  expect(lines).toEqual(["PURGE / HTTP/1.1"]);
});

test.each(["", "  \t"])("a redirect to %j leads nowhere: its answer is the last", async (location) => {
  let requests = 0;
  const { url } = await serveRaw((socket) => {
    requests++;
    socket.write(`HTTP/1.1 302 Found\r\nLocation:${location}\r\nContent-Length: 4\r\n\r\nstay`);
  });
  const world = new TestWorld(url);
  const response = await world.client.get("/");
  world.client.close();
  expect([response.status, response.text(), requests]).toEqual([302, "stay", 1]);
  expect(world.failure).toBeUndefined();
});

test("a redirect whose header ends with a byte that JavaScript takes for white space leads where it says", async () => {
  const seen: string[] = [];
  const { url } = await serve((request, response) => {
    seen.push(request.url ?? "");
    if (request.url === "/") response.writeHead(302, { location: Buffer.from("/voilà").toString("latin1") });
    response.end();
  });
  const { client } = new TestWorld(url);
  await client.get("/");
  client.close();
  expect(seen).toEqual(["/", "/voil%C3%A0"]);
});

test("an answer with both Transfer-Encoding and Content-Length warns once, with its origin", async () => {
  const { url } = await serveRaw((socket) => {
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
  });
  const world = new TestWorld(url);
  await world.client.get("/");
  await world.client.get("/");
  world.client.close();
  expect(world.warnings).toEqual([
    ["two-framings", expect.stringContaining(`${url} answers with Transfer-Encoding and Content-Length at once.`)],
  ]);
});
