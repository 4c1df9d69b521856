import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { createSecureServer } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { RequestOptions } from "../../src/http/request/options.ts";
import { bodyOf, certificates, listen, serve, serveRaw } from "./support/servers.ts";
import { TestWorld } from "./support/world.ts";

interface Arrived {
  readonly headers: Record<string, string>;
  readonly bytes: number;
  readonly sha: string;
  /** Of bodies up to 10 KB. */
  readonly text: string;
}

const shaOf = (body: Uint8Array) => createHash("sha1").update(body).digest("hex");

async function arrivedOf(request: AsyncIterable<Buffer>, headers: object): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
  } catch {
    // The upload broke off, as some do here.
  }
  const body = Buffer.concat(chunks);
  const text = body.length > 10_000 ? "" : body.toString();
  return JSON.stringify({ headers, bytes: body.length, sha: shaOf(body), text });
}

/** Tells what body arrived; `/307` and `/308` redirect to `/`. */
function target() {
  return serve(async (request, response) => {
    const body = await arrivedOf(request as IncomingMessage & AsyncIterable<Buffer>, request.headers);
    const status = Number(request.url?.slice(1));
    if (status > 0) response.writeHead(status, { location: "/" });
    response.end(body);
  });
}

async function* generated(...pieces: (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  for (const piece of pieces) {
    await sleep(1);
    yield piece;
  }
}

const formData = () => {
  const form = new FormData();
  form.append("name", "a\nb");
  form.append("file", new File(["<x>"], 'q".xml', { type: "text/xml" }));
  form.append("blob", new Blob(["raw"]));
  return form;
};

type Data = NonNullable<RequestOptions["data"]>;
const bytes = new TextEncoder().encode("xhelloy");
const once: Record<string, () => Data> = {
  "an async generator": () => generated("he", new TextEncoder().encode("ll"), "", "o"),
  "a ReadableStream": () => new Blob(["hel", "lo"]).stream(),
  "a Readable": () => Readable.from(["hel", Buffer.from("lo")]),
};
const again: Record<string, () => Data> = {
  text: () => "hello",
  "a Buffer": () => Buffer.from("hello"),
  "an ArrayBuffer": () => bytes.slice(1, 6).buffer,
  "a typed array": () => bytes.subarray(1, 6),
  "a DataView": () => new DataView(bytes.buffer, 1, 5),
  "a Blob": () => new Blob(["hello"]),
};

test.each(Object.entries({ ...once, ...again }))("data may be %s", async (_, data) => {
  const { url } = await target();
  const world = new TestWorld(url);
  const arrived = (await world.client.post("/", { data: data() })).json<Arrived>();
  world.client.close();
  expect(arrived.text).toBe("hello");
  expect(world.sample).toMatchObject({ bytesOut: 5, failure: undefined });
});

test.each(Object.entries(once))("%s goes in chunks as it comes, or with the length that is given", async (_, data) => {
  const { url } = await target();
  const { client } = new TestWorld(url);
  const chunked = (await client.post("/", { data: data() })).json<Arrived>().headers;
  expect(chunked).toMatchObject({ "transfer-encoding": "chunked" });
  expect(chunked).not.toHaveProperty("content-length");
  const counted = (await client.post("/", { data: data(), headers: { "content-length": 5 } })).json<Arrived>();
  client.close();
  expect(counted).toMatchObject({ text: "hello", headers: { "content-length": "5" } });
  expect(counted.headers).not.toHaveProperty("transfer-encoding");
});

test("a Blob's type is the content type, unless a header says another", async () => {
  const { url } = await target();
  const { client } = new TestWorld(url);
  const data = new Blob(["a,b"], { type: "text/csv" });
  expect((await client.put("/", { data })).json<Arrived>().headers["content-type"]).toBe("text/csv");
  const own = { "content-type": "text/plain" };
  expect((await client.put("/", { data, headers: own })).json<Arrived>().headers).toMatchObject(own);
  client.close();
});

test("FormData is multipart, with names, types and line ends as browsers send them", async () => {
  const { url } = await target();
  const { client } = new TestWorld(url);
  const { headers, text } = (await client.post("/", { data: formData() })).json<Arrived>();
  client.close();
  const type = headers["content-type"] ?? "";
  expect(type).toMatch(/^multipart\/form-data; boundary=/);
  const form = await new Response(text, { headers: { "content-type": type } }).formData();
  expect(form.get("name")).toBe("a\r\nb");
  const [file, blob] = [form.get("file"), form.get("blob")] as File[];
  expect([file?.name, file?.type, await file?.text()]).toEqual(['q".xml', "text/xml", "<x>"]);
  expect([blob?.name, blob?.type, await blob?.text()]).toEqual(["blob", "application/octet-stream", "raw"]);
});

class Login {
  user = "ada";
}

test.each<[string, unknown]>([
  ["data is a number", 5],
  ["data is a boolean", true],
  ["data is a function", () => "x"],
  ["data is a Map", new Map([["a", "1"]])],
  ["data is a Set", new Set(["a"])],
  ["data is a Date", new Date(0)],
  ["data is a promise (await it first)", Promise.resolve("x")],
  ["data is an instance of Login", new Login()],
  ["data is a Generator", (function* () {})()],
])("what cannot be a body is an error that names it: %s", async (message, data) => {
  const { url } = await target();
  const world = new TestWorld(url);
  const refused = world.client.post("/", { data: data as Data });
  await expect(refused).rejects.toMatchObject({ code: "bad-body", message: `${message}, which cannot be sent` });
  world.client.close();
  expect(world.samples).toEqual([]);
});

test.each<[string, RequestOptions]>([
  ['data: "a" is an object, which is no text', { data: { a: { b: 1 } as never } }],
  ['form: "a" is a Map, which is no text', { form: { a: [new Map() as never] } }],
  ["form is a Map, which has no fields to send", { form: new Map([["a", "1"]]) as never }],
  ["params is a Set, which has no fields to send", { params: new Set(["a"]) as never }],
  ["data is a list with a string in it in place of a pair", { data: ["ab"] as never }],
  ['params: "f" is a function, which is no text', { params: { f: (() => 1) as never } }],
])("what is no field is an error and no empty form: %s", async (message, options) => {
  const { url } = await target();
  const { client } = new TestWorld(url);
  await expect(client.post("/", options)).rejects.toMatchObject({ code: "bad-fields", message });
  client.close();
});

test("what is no file is an error that names it, and so is text beside files", async () => {
  const { url } = await target();
  const { client } = new TestWorld(url);
  const post = (options: object) => client.post("/", options);
  await expect(post({ files: { f: 5 } })).rejects.toMatchObject({
    message: 'files: "f" is a number, which is no file',
  });
  await expect(post({ files: { f: { content: new Map() } } })).rejects.toMatchObject({
    message: 'files: "f" is a Map as its content, which is no file',
  });
  await expect(post({ files: { f: "/nowhere/at/all" } })).rejects.toMatchObject({ code: "file-unreadable" });
  await expect(post({ files: { f: Buffer.from("x") }, data: "text" })).rejects.toMatchObject({
    message: "data is a string beside files, where only fields can go",
  });
  client.close();
});

test("a stream that was read before is refused, in place of sending what is left of it", async () => {
  const { url } = await target();
  const { client } = new TestWorld(url);
  for (const data of [once["a ReadableStream"]?.(), once["a Readable"]?.()]) {
    expect((await client.post("/", { data })).status).toBe(200);
    await expect(client.post("/", { data })).rejects.toMatchObject({
      code: "bad-body",
      message: expect.stringMatching(/^data: this Readable(Stream)? was read before$|^data: this instance of /),
    });
  }
  client.close();
});

test.each([307, 308])(
  "after %i a body that can be read again is sent again, one that cannot fails by name",
  async (status) => {
    const { url } = await target();
    for (const data of Object.values(again)) {
      const world = new TestWorld(url);
      const arrived = (await world.client.post(`/${status}`, { data: data() })).json<Arrived>();
      world.client.close();
      expect(arrived.text).toBe("hello");
      expect(world.failure).toBeUndefined();
    }
    for (const data of Object.values(once)) {
      const world = new TestWorld(url);
      const response = await world.client.post(`/${status}`, { data: data() });
      world.client.close();
      expect(response.status).toBe(status);
      expect(world.failure).toBe(
        `redirects: cannot follow the redirect (${status}): the body is a stream, which can be sent only once`,
      );
    }
  },
);

test("a large file and a large Blob are sent from where they are, as often as they are needed", async () => {
  const size = 5 * 1024 * 1024;
  const content = Buffer.alloc(size, "swarm");
  const path = join(mkdtempSync(join(tmpdir(), "swarmgate-")), "large.bin");
  writeFileSync(path, content);
  const { url } = await target();
  const { client } = new TestWorld(url);
  const blob = (await client.put("/307", { data: new Blob([content]) })).json<Arrived>();
  expect(blob).toMatchObject({ bytes: size, sha: shaOf(content), headers: { "content-length": `${size}` } });
  const { bytes, headers } = (await client.post("/308", { files: { a: path, b: path } })).json<Arrived>();
  client.close();
  expect(headers["content-length"]).toBe(`${bytes}`);
  expect(bytes).toBeGreaterThan(2 * size);
  expect(bytes).toBeLessThan(2 * size + 1000);
});

test("an upload goes no faster than the server takes it", async () => {
  const piece = Buffer.alloc(64 * 1024);
  const pieces = 1024;
  let pulled = 0;
  const { promise: waiting, resolve } = Promise.withResolvers<() => void>();
  const { url } = await serve((request, response) => {
    resolve(() => {
      request.resume();
      request.on("end", () => response.end("thanks"));
    });
  });
  const source = async function* () {
    for (; pulled < pieces; pulled++) yield piece;
  };
  const world = new TestWorld(url);
  const sent = world.client.post("/", { data: source() });
  const letIn = await waiting;
  await sleep(150);
  // What the buffers of both sides hold went out; most did not.
  expect(pulled).toBeLessThan(pieces / 2);
  letIn();
  expect((await sent).text()).toBe("thanks");
  world.client.close();
  expect(world.sample.bytesOut).toBe(pieces * piece.length);
});

test("an answer that comes before the upload is over ends it: the rest is not read, the connection not used again", async () => {
  const server = await serve((request, response) => {
    if (request.url === "/") response.end("ok");
    else response.writeHead(413).end("too large");
  });
  let closed = false;
  const source = async function* () {
    try {
      for (;;) {
        yield Buffer.alloc(1024);
        await sleep(1);
      }
    } finally {
      closed = true;
    }
  };
  const { client, samples } = new TestWorld(server.url);
  const refused = await client.post("/large", { data: source() });
  expect([refused.status, refused.text()]).toEqual([413, "too large"]);
  expect((await client.get("/")).text()).toBe("ok");
  await sleep(20);
  client.close();
  expect(closed).toBe(true);
  expect(server.connections).toBe(2);
  expect(samples.map(({ failure }) => failure?.kind)).toEqual(["status", undefined]);
});

const endless = async function* () {
  yield "a";
  await new Promise(() => undefined);
};

const broken = async function* () {
  yield "begun";
  throw new RangeError("no more");
};

test.each([
  ["a source that throws", broken, {}, "no more"],
  [
    "a piece that is neither text nor bytes",
    () => Readable.from(["a", 5]),
    {},
    "a piece is a number, neither text nor bytes",
  ],
  ["more than its length", () => generated("abc", "def"), { "content-length": 5 }, "there is more of it than 5 bytes"],
  ["less than its length", () => generated("abc"), { "content-length": 5 }, "it ended after 3 of 5 bytes"],
])(
  "an upload that breaks off is a named failure and leaves no half request behind: %s",
  async (_, data, headers, why) => {
    const server = await target();
    const { client, samples } = new TestWorld(server.url);
    const response = await client.post("/", { data: data(), headers });
    expect(response.status).toBe(0);
    expect((await client.get("/")).status).toBe(200);
    client.close();
    expect(samples[0]?.failure).toMatchObject({
      kind: "exception",
      message: `the body to send broke off: ${why}`,
    });
    expect(server.connections).toBe(2);
  },
);

test("an upload that waits for its source ends at its timeout", async () => {
  const { url } = await target();
  const world = new TestWorld(url);
  await world.client.post("/", { data: endless(), timeout: 0.05 });
  world.client.close();
  expect(world.failure).toBe("timeout: timed out after 0.05 s");
});

test("[property] whatever pieces an upload comes in, its bytes arrive in their order", async () => {
  const { url } = await target();
  const { client } = new TestWorld(url);
  const piece = fc.oneof(fc.uint8Array({ maxLength: 5000 }), fc.string({ unit: "grapheme", maxLength: 50 }));
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 20 }), fc.boolean(), async (pieces, counted) => {
      const whole = Buffer.concat(pieces.map((one) => Buffer.from(one as Uint8Array)));
      const headers = counted ? { "content-length": whole.length } : {};
      const answer = await client.post("/", { data: Readable.from(pieces), headers });
      expect(answer.json<Arrived>()).toMatchObject({ bytes: whole.length, sha: shaOf(whole) });
    }),
    { numRuns: 60 },
  );
  client.close();
});

test("over HTTP/2 uploads go, break off and time out in the same words, and the connection goes on", async () => {
  const { ca, cert, key } = certificates();
  const { url } = await listen(
    createSecureServer({ cert, key }, async (request, response) => {
      response.end(await arrivedOf(request, request.headers));
    }),
    "https",
  );
  const { client, samples } = new TestWorld(url, { settings: { http2: true, tls: { ca } } });
  expect((await client.post("/", { data: generated("hel", "lo") })).json<Arrived>().text).toBe("hello");
  const large = new Blob([Buffer.alloc(2_000_000)]);
  expect((await client.post("/", { data: large })).json<Arrived>().headers["content-length"]).toBe("2000000");
  await client.post("/", { data: broken() });
  await client.post("/", { data: Readable.from(endless()), timeout: 0.05 });
  expect((await client.post("/", { data: "on it goes" })).json<Arrived>().text).toBe("on it goes");
  client.close();
  expect(samples.map(({ bytesOut }) => bytesOut)).toEqual([5, 2_000_000, 5, 1, 10]);
  expect(samples.map(({ failure }) => failure?.message)).toEqual([
    undefined,
    undefined,
    "the body to send broke off: no more",
    "timed out after 0.05 s",
    undefined,
  ]);
});

test.each(["catchResponse", "a callback", "nothing"])(
  "with `stream` what comes back can be streamed, even if no answer came: %s",
  async (how) => {
    const refused = new TestWorld("http://127.0.0.1:1");
    const cut = new TestWorld((await serveRaw((socket) => socket.destroy())).url);
    const elsewhere = new TestWorld(
      (await serve((_, response) => void response.writeHead(302, { location: "ftp://x/" }).end("moved"))).url,
    );
    for (const [world, body] of [
      [refused, ""],
      [cut, ""],
      [elsewhere, "moved"],
    ] as const) {
      let judged: string | undefined;
      const judge = async (response: { text(): Promise<string> }) => {
        judged = await response.text();
      };
      const catchResponse = how === "nothing" ? undefined : how === "catchResponse" ? true : judge;
      const response = await world.client.get("/", { stream: true, catchResponse });
      const chunks: Buffer[] = [];
      for await (const chunk of response.chunks()) chunks.push(chunk);
      for await (const line of response.lines()) expect(line).toBe(body);
      expect(Buffer.concat(chunks).toString()).toBe(body);
      expect(await response.text()).toBe(body);
      expect(judged).toBe(how === "a callback" ? body : undefined);
      world.client.close();
      expect(world.sample.failure).toBeDefined();
    }
  },
);

// What the types promise, held by `tsc`.
test("the answer's type follows `stream`, in a callback too", async () => {
  const { url } = await serve(async (request, response) => {
    await bodyOf(request as IncomingMessage & AsyncIterable<Buffer>);
    response.end("x");
  });
  const { client } = new TestWorld(url);
  const whole: string = (await client.get("/")).text();
  const streamed: Promise<string> = (await client.get("/", { stream: true })).text();
  await client.get("/", { stream: true, catchResponse: async (response) => expect(await response.text()).toBe("x") });
  await client.get("/", { catchResponse: (response) => expect(response.text().length).toBe(1) });
  expect([whole, await streamed]).toEqual(["x", "x"]);
  client.close();
});
