import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { retries } from "../../src/verdict/validity/retries.ts";
import { runLocustfile } from "../engine/in-process.ts";

let server: Server;
let url: string;
let seen: IncomingMessage[];
let delayMs: number;

beforeEach(async () => {
  seen = [];
  delayMs = 2;
  server = createServer((request, response) => {
    seen.push(request);
    if (request.url === "/broken") response.statusCode = 500;
    setTimeout(() => response.end("hello"), delayMs);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const shopper = `
import { HttpUser, constant, task } from "swarmgate";
export class Shopper extends HttpUser {
  @task(3) async home() { await this.client.get("/"); }
  @task async broken() { await this.client.get("/broken"); }
}
`;

test("an ordinary locustfile: every request is counted by its endpoint, failures are grouped", async () => {
  const { result } = await runLocustfile(shopper, { host: url, users: 4, threads: 2, runTimeMs: 1000 });
  expect(result.summary.allRequests).toBe(seen.length);
  expect(result.summary.endpoints.map(({ endpoint }) => endpoint.name)).toEqual(["/", "/broken"]);
  const broken = seen.filter(({ url: path }) => path === "/broken").length;
  const failed = result.summary.failures.reduce((sum, { count }) => sum + count, 0);
  expect(result.summary.failures[0]).toMatchObject({ kind: "status", endpoint: { name: "/broken" } });
  expect(failed).toBeLessThanOrEqual(broken);
  expect(failed).toBeGreaterThan(broken / 3);
});

test("a budget is exact with real clients on two threads", async () => {
  const { result } = await runLocustfile(shopper, { host: url, users: 8, threads: 2, requests: 500, runTimeMs: null });
  expect(seen).toHaveLength(500);
  expect(result.summary.totals[0]?.requests).toBe(500);
  expect(result.trouble).toMatchObject({ exceptions: [], missingAwaits: [] });
});

test("a server that drops connections stays visible: requests sent twice are counted", async () => {
  let requests = 0;
  let dropped = 0;
  const dropping = createTcpServer((socket) => {
    let answered = 0;
    socket.on("error", () => undefined);
    socket.on("data", () => {
      if (answered++ > 0 && ++requests % 10 === 0) {
        dropped++;
        socket.destroy();
      } else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
  });
  await new Promise<void>((done) => dropping.listen(0, "127.0.0.1", done));
  const host = `http://127.0.0.1:${(dropping.address() as AddressInfo).port}`;
  const source = `
import { constant, HttpUser, task } from "swarmgate";
export class Visitor extends HttpUser {
  waitTime = constant(0.01);
  @task async home() { await this.client.get("/"); }
}
`;
  const { result } = await runLocustfile(source, { host, users: 4, threads: 2, requests: 400, runTimeMs: null });
  dropping.close();
  const [row] = result.summary.endpoints;
  expect(row).toMatchObject({ requests: 400, failures: 0, retried: dropped });
  expect(dropped).toBeGreaterThan(20);
  expect(retries(result)?.message).toContain(`${dropped} of 400 requests`);
}, 20_000);

test("an answer with two framings is a warning of the run", async () => {
  const both = createTcpServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", () => {
      socket.end("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
    });
  });
  await new Promise<void>((done) => both.listen(0, "127.0.0.1", done));
  const host = `http://127.0.0.1:${(both.address() as AddressInfo).port}`;
  const { result } = await runLocustfile(shopper, { host, users: 2, threads: 1, requests: 10, runTimeMs: null });
  both.close();
  expect(result.warnings).toContainEqual({ code: "two-framings", message: expect.stringContaining(host) });
  expect(result.summary.totals[0]?.failures).toBe(0);
}, 20_000);

test("requests in flight when the stop timeout ends are recorded as interrupted", async () => {
  delayMs = 20_000;
  const { result } = await runLocustfile(shopper, { host: url, users: 3, runTimeMs: 500, stopTimeoutMs: 200 });
  expect(result.trouble.killed).toBe(3);
  expect(result.summary.failures.map(({ kind, count }) => [kind, count])).toEqual(
    expect.arrayContaining([["interrupted", expect.any(Number)]]),
  );
  expect(result.summary.allRequests).toBe(3);
});

test("a request elsewhere is not sent, is a named failure and is told by host", async () => {
  const { result } = await runLocustfile(
    `
import { HttpUser, constant, task } from "swarmgate";
export class Stray extends HttpUser {
  waitTime = constant(0.05);
  @task async away() { await this.client.get("http://localhost:1/x"); }
}
`,
    { host: url, allowedHosts: ["127.0.0.1"], runTimeMs: 500 },
  );
  expect(result.trouble.forbiddenHosts).toEqual([{ host: "localhost:1", count: result.summary.allRequests }]);
  expect(result.summary.failures[0]?.kind).toBe("forbidden-host");
  expect(seen).toHaveLength(0);
});

test("headers of the run are sent to the target and their values stay out of the result", async () => {
  const { result } = await runLocustfile(shopper, {
    host: url,
    headers: [["x-bypass", "s3cret-s3cret"]],
    secrets: ["s3cret-s3cret"],
    runTimeMs: 500,
  });
  expect(seen.every(({ headers }) => headers["x-bypass"] === "s3cret-s3cret")).toBe(true);
  expect(JSON.stringify(result)).not.toContain("s3cret");
});

test("a rate cap holds over all threads, and is told", async () => {
  const { result } = await runLocustfile(shopper, { host: url, users: 10, threads: 2, maxRate: 100, runTimeMs: 2000 });
  expect(seen.length).toBeGreaterThan(150);
  expect(seen.length).toBeLessThan(240);
  expect(result.warnings.map(({ code }) => code)).toContain("throttled");
});

test("in the open model latency counts from the intended start", async () => {
  delayMs = 400;
  const { result } = await runLocustfile(shopper, {
    host: url,
    users: 1,
    maxUsers: 1,
    arrivalRate: 5,
    runTimeMs: 3000,
  });
  // One user answers every 0.4 s what is due every 0.2 s: the backlog grows by 0.2 s a request.
  expect(result.summary.totals[0]?.maxMs).toBeGreaterThan(1000);
  expect(result.warnings.map(({ code }) => code)).toContain("late-starts");
});

test("side by side both arms get the same requests, in pairs", async () => {
  const { result } = await runLocustfile(shopper, { host: url, baseHost: url, users: 3, threads: 2, runTimeMs: 1000 });
  const [head, base] = result.summary.totals;
  expect(Math.abs((head?.requests ?? 0) - (base?.requests ?? 0))).toBeLessThanOrEqual(6);
  const rows = result.summary.endpoints.map(({ arm, endpoint }) => `${arm} ${endpoint.name}`);
  expect(rows).toEqual(["head /", "head /broken", "base /", "base /broken"]);
  expect(result.trouble.retiredPairs).toBe(0);
});
